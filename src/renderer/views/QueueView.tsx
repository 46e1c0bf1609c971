/** The queue: every job as a row, open ones first, found by filter and words. */
import { Button, SegmentedControl } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { PlusIcon, QueueIcon } from '../components/icons.tsx';
import { EmptyState, LoadingRows } from '../components/PageState.tsx';
import { ShowMore, usePaged } from '../components/ShowMore.tsx';
import { ViewHead } from '../components/ViewHead.tsx';
import { text } from '../format/text.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import { countJobs, JOB_FILTERS, type JobFilter, jobFitsFilter, sortedJobs } from '../store/jobLists.ts';
import type { Mirror } from '../store/mirror.ts';
import { matchesWords, searchWords } from '../store/search.ts';
import { JobRow, ROW_HEIGHT } from './JobRow.tsx';
import styles from './Table.module.css';

export function QueueView() {
  const loaded = useFarm((mirror) => mirror.loaded);
  const jobs = useFarm((mirror) => mirror.jobs);
  const printers = useFarm((mirror) => mirror.printers);
  const filaments = useFarm((mirror) => mirror.filaments);
  const [filter, setFilter] = useState<JobFilter>('open');
  const [search, setSearch] = useState('');
  const words = searchWords(useDeferredValue(search));
  const wordsKey = words.join(' ');
  const rows = useMemo(
    () => fittingJobs({ jobs, printers, filaments }, filter, searchWords(wordsKey)),
    [jobs, printers, filaments, filter, wordsKey],
  );
  const paged = usePaged(rows, `${filter} ${wordsKey}`);
  const empty = loaded && jobs.size === 0;
  return (
    <>
      <ViewHead
        title={text('queue.title')}
        summary={empty ? null : <FilterControl value={filter} onChange={setFilter} />}
        {...(empty ? {} : { search: { value: search, label: text('queue.search'), onChange: setSearch } })}
        action={empty ? null : <NewJobButton />}
      />
      {loaded ? null : <LoadingRows rows={12} rowHeight={ROW_HEIGHT} />}
      {empty ? <NoJobs hasPrinter={printers.size > 0} hasFilament={filaments.size > 0} /> : null}
      {loaded && !empty && rows.length === 0 ? (
        <EmptyState icon={<QueueIcon size={28} />} title={nothingTitle(search, filter)} />
      ) : null}
      {paged.shown.length === 0 ? null : (
        <div className={styles['frame']}>
          <table className={styles['table']} aria-label={text('queue.title')}>
            <QueueHead />
            <tbody>
              {paged.shown.map((job) => (
                <JobRow
                  key={job.id}
                  job={job}
                  printerName={printers.get(job.printer_id)?.name ?? job.printer_id}
                  filament={filaments.get(job.filament_id)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <ShowMore paged={paged} />
    </>
  );
}

type Collections = Pick<Mirror, 'jobs' | 'printers' | 'filaments'>;

function fittingJobs(
  { jobs, printers, filaments }: Collections,
  filter: JobFilter,
  words: readonly string[],
) {
  return sortedJobs(jobs).filter((job) => {
    if (!jobFitsFilter(job, filter)) return false;
    if (words.length === 0) return true;
    const spool = filaments.get(job.filament_id);
    const printer = printers.get(job.printer_id)?.name ?? '';
    const material = spool === undefined ? '' : `${spool.type} ${spool.color}`;
    return matchesWords(words, [job.id, job.filepath, job.printer_id, printer, job.filament_id, material]);
  });
}

function nothingTitle(search: string, filter: JobFilter): string {
  if (search.trim() !== '') return text('queue.noMatch', { search });
  return text(filter === 'open' ? 'queue.nothingOpen' : 'queue.nothingHere');
}

function FilterControl({
  value,
  onChange,
}: {
  readonly value: JobFilter;
  readonly onChange: (filter: JobFilter) => void;
}) {
  const counts = useFarm((mirror) => countJobs(mirror.jobs));
  return (
    <SegmentedControl
      size="xs"
      aria-label={text('queue.filter')}
      value={value}
      onChange={(next) => {
        onChange(JOB_FILTERS.find((filter) => filter === next) ?? 'open');
      }}
      data={JOB_FILTERS.map((filter) => ({
        value: filter,
        label: `${text(`queue.filter.${filter}`)} ${counts[filter]}`,
      }))}
    />
  );
}

function NewJobButton() {
  const show = useDialogs((store) => store.show);
  return (
    <Button
      leftSection={<PlusIcon size={14} />}
      onClick={() => {
        show({ kind: 'job', printerId: null, filamentId: null });
      }}
    >
      {text('queue.add')}
    </Button>
  );
}

function NoJobs({
  hasPrinter,
  hasFilament,
}: {
  readonly hasPrinter: boolean;
  readonly hasFilament: boolean;
}) {
  const show = useDialogs((store) => store.show);
  const icon = <QueueIcon size={28} />;
  if (!hasPrinter || !hasFilament) {
    const missing = hasPrinter ? 'filament' : 'printer';
    return (
      <EmptyState
        icon={icon}
        title={text('queue.empty')}
        hint={text(hasPrinter ? 'queue.emptyNeedsFilament' : 'queue.emptyNeedsPrinter')}
      >
        <Button
          leftSection={<PlusIcon size={14} />}
          onClick={() => {
            show({ kind: missing });
          }}
        >
          {text(hasPrinter ? 'filament.add' : 'floor.add')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title={text('queue.empty')} hint={text('queue.emptyHint')}>
      <NewJobButton />
    </EmptyState>
  );
}

function QueueHead() {
  return (
    <thead>
      <tr>
        <th scope="col">{text('queue.column.status')}</th>
        <th scope="col">{text('queue.column.job')}</th>
        <th scope="col">{text('queue.column.printer')}</th>
        <th scope="col">{text('queue.column.filament')}</th>
        <th scope="col" className={styles['number']}>
          {text('queue.column.weight')}
        </th>
        <th scope="col">{text('queue.column.time')}</th>
        <th scope="col">{text('queue.column.actions')}</th>
      </tr>
    </thead>
  );
}
