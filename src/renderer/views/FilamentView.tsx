/** The spools: what is on them, what open jobs hold of it, what is free. */
import { Button } from '@mantine/core';
import { memo, useDeferredValue, useState } from 'react';
import type { FilamentRecord } from '../../contract/records.ts';
import { PlusIcon, SpoolIcon, WarningIcon } from '../components/icons.tsx';
import { EmptyState, LoadingRows } from '../components/PageState.tsx';
import { ShowMore, usePaged } from '../components/ShowMore.tsx';
import { SpoolSwatch } from '../components/SpoolSwatch.tsx';
import { ViewHead } from '../components/ViewHead.tsx';
import { WeightBar, WeightLegend } from '../components/WeightBar.tsx';
import { text } from '../format/text.ts';
import { formatGrams } from '../format/weight.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import { matchesWords, searchWords } from '../store/search.ts';
import { isLow, sortedSpools, spoolParts, totalFreeGrams } from '../store/spools.ts';
import styles from './FilamentView.module.css';
import table from './Table.module.css';

const ROW_HEIGHT = 44;

export function FilamentView() {
  const loaded = useFarm((mirror) => mirror.loaded);
  const filaments = useFarm((mirror) => mirror.filaments);
  const show = useDialogs((store) => store.show);
  const [search, setSearch] = useState('');
  const words = searchWords(useDeferredValue(search));
  const fitting = sortedSpools(filaments).filter((spool) =>
    matchesWords(words, [spool.id, spool.type, spool.color]),
  );
  const paged = usePaged(fitting, words.join(' '));
  const empty = loaded && filaments.size === 0;
  const addButton = (
    <Button
      leftSection={<PlusIcon size={14} />}
      onClick={() => {
        show({ kind: 'filament' });
      }}
    >
      {text('filament.add')}
    </Button>
  );
  return (
    <>
      <ViewHead
        title={text('filament.title')}
        summary={filaments.size === 0 ? null : <Summary filaments={filaments} />}
        {...(empty ? {} : { search: { value: search, label: text('filament.search'), onChange: setSearch } })}
        action={empty ? null : addButton}
      />
      {loaded ? null : <LoadingRows rows={8} rowHeight={ROW_HEIGHT} />}
      {empty ? (
        <EmptyState
          icon={<SpoolIcon size={28} />}
          title={text('filament.empty')}
          hint={text('filament.emptyHint')}
        >
          {addButton}
        </EmptyState>
      ) : null}
      {loaded && !empty && fitting.length === 0 ? (
        <EmptyState icon={<SpoolIcon size={28} />} title={text('filament.noMatch', { search })} />
      ) : null}
      {paged.shown.length === 0 ? null : (
        <div className={table['frame']}>
          <table className={table['table']} aria-label={text('filament.title')}>
            <SpoolHead />
            <tbody>
              {paged.shown.map((spool) => (
                <SpoolRow key={spool.id} spool={spool} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <ShowMore paged={paged} />
    </>
  );
}

function Summary({ filaments }: { readonly filaments: ReadonlyMap<string, FilamentRecord> }) {
  return (
    <span className={styles['summary']}>
      {text('filament.summary', { count: filaments.size, free: formatGrams(totalFreeGrams(filaments)) })}
      <WeightLegend />
    </span>
  );
}

function SpoolHead() {
  return (
    <thead>
      <tr>
        <th scope="col">{text('filament.column.spool')}</th>
        <th scope="col" className={table['stock']}>
          {text('filament.column.stock')}
        </th>
        {(['free', 'reserved', 'left', 'total'] as const).map((column) => (
          <th key={column} scope="col" className={table['number']}>
            {text(`filament.column.${column}`)}
          </th>
        ))}
        <th scope="col">{text('queue.column.actions')}</th>
      </tr>
    </thead>
  );
}

const SpoolRow = memo(function SpoolRow({ spool }: { readonly spool: FilamentRecord }) {
  const show = useDialogs((store) => store.show);
  return (
    <tr>
      <td>
        <div className={styles['spool']}>
          <SpoolSwatch color={spool.color} size={24} />
          <div>
            <div className={table['main']}>
              {spool.type} {spool.color}
            </div>
            <div className={table['sub']}>{spool.id}</div>
          </div>
        </div>
      </td>
      <td className={table['stock']}>
        <WeightBar parts={spoolParts(spool)} totalGrams={spool.total_weight_in_grams} />
      </td>
      <td className={table['number']}>
        {isLow(spool) ? (
          <span className={styles['low']}>
            <WarningIcon size={13} />
            {text('filament.low')}
          </span>
        ) : null}
        <strong>{formatGrams(spool.free_weight_in_grams)}</strong>
      </td>
      <td className={table['number']}>{formatGrams(spool.reserved_weight_in_grams)}</td>
      <td className={table['number']}>{formatGrams(spool.remaining_weight_in_grams)}</td>
      <td className={table['number']}>{formatGrams(spool.total_weight_in_grams)}</td>
      <td>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<PlusIcon size={13} />}
          aria-label={`${text('filament.newJob')} ${spool.id}`}
          onClick={() => {
            show({ kind: 'job', printerId: null, filamentId: spool.id });
          }}
        >
          {text('filament.newJob')}
        </Button>
      </td>
    </tr>
  );
});
