/** The floor: one card a printer, with what it prints and what comes next. */
import { Button } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { PlusIcon, PrinterIcon } from '../components/icons.tsx';
import { EmptyState, LoadingCards } from '../components/PageState.tsx';
import { ShowMore, usePaged } from '../components/ShowMore.tsx';
import { ViewHead } from '../components/ViewHead.tsx';
import { text } from '../format/text.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import { noWork, workByPrinter } from '../store/jobLists.ts';
import { countFloor, sortedPrinters } from '../store/printerState.ts';
import { matchesWords, searchWords } from '../store/search.ts';
import { CARD_HEIGHT, PrinterCard } from './PrinterCard.tsx';
import styles from './FloorView.module.css';

export function FloorView() {
  const loaded = useFarm((mirror) => mirror.loaded);
  const printers = useFarm((mirror) => mirror.printers);
  const work = useFarm((mirror) => workByPrinter(mirror.jobs));
  const show = useDialogs((store) => store.show);
  const [search, setSearch] = useState('');
  const words = searchWords(useDeferredValue(search));
  const fitting = sortedPrinters(printers).filter((printer) =>
    matchesWords(words, [printer.name, printer.id, printer.company, printer.model]),
  );
  const paged = usePaged(fitting, words.join(' '));
  const addButton = (
    <Button
      leftSection={<PlusIcon size={14} />}
      onClick={() => {
        show({ kind: 'printer' });
      }}
    >
      {text('floor.add')}
    </Button>
  );
  const empty = loaded && printers.size === 0;
  return (
    <>
      <ViewHead
        title={text('floor.title')}
        summary={printers.size === 0 ? null : text('floor.summary', { ...countFloor(printers, work) })}
        {...(empty ? {} : { search: { value: search, label: text('floor.search'), onChange: setSearch } })}
        action={empty ? null : addButton}
      />
      {loaded ? null : <LoadingCards cards={8} cardHeight={CARD_HEIGHT} />}
      {empty ? (
        <EmptyState
          icon={<PrinterIcon size={28} />}
          title={text('floor.empty')}
          hint={text('floor.emptyHint')}
        >
          {addButton}
        </EmptyState>
      ) : null}
      {loaded && !empty && fitting.length === 0 ? (
        <EmptyState icon={<PrinterIcon size={28} />} title={text('floor.noMatch', { search })} />
      ) : null}
      <ul className={styles['grid']}>
        {paged.shown.map((printer) => (
          <PrinterCard key={printer.id} printer={printer} work={work.get(printer.id) ?? noWork} />
        ))}
      </ul>
      <ShowMore paged={paged} />
    </>
  );
}
