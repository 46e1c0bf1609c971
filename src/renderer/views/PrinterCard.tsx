/** One printer on the floor: state, the job on it, the job after it, and the step that is due. */
import { Button } from '@mantine/core';
import { memo } from 'react';
import type { PrinterRecord, PrintjobRecord } from '../../contract/records.ts';
import { PlusIcon } from '../components/icons.tsx';
import { SpoolSwatch } from '../components/SpoolSwatch.tsx';
import { PrinterStateWord } from '../components/StatusWord.tsx';
import { useNow } from '../components/useNow.ts';
import { fileNameOf } from '../format/fileName.ts';
import { text } from '../format/text.ts';
import { formatMoment, formatSpan, parseWireTime } from '../format/time.ts';
import { formatGrams } from '../format/weight.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import type { PrinterWork } from '../store/jobLists.ts';
import { printerState } from '../store/printerState.ts';
import { JobActions } from './JobActions.tsx';
import styles from './PrinterCard.module.css';

/** Pixels; the loading cards have it too, so nothing jumps. */
export const CARD_HEIGHT = 176;

export interface PrinterCardProps {
  readonly printer: PrinterRecord;
  readonly work: PrinterWork;
}

/** Drawn again only when this printer or its work changed: the floor may hold a thousand. */
export const PrinterCard = memo(PrinterCardBody, (before, after) => {
  if (before.printer !== after.printer) return false;
  return sameJobs(before.work.running, after.work.running) && sameJobs(before.work.queued, after.work.queued);
});

function sameJobs(before: readonly PrintjobRecord[], after: readonly PrintjobRecord[]): boolean {
  return before.length === after.length && before.every((job, index) => job === after[index]);
}

function PrinterCardBody({ printer, work }: PrinterCardProps) {
  const state = printerState(work);
  const current = work.running[0] ?? work.queued[0];
  return (
    <li className={styles['card']} data-state={state}>
      <div className={styles['head']}>
        <h2 className={styles['name']} title={printer.name}>
          {printer.name}
        </h2>
        <PrinterStateWord state={state} />
      </div>
      <div className={styles['model']}>
        {printer.company} {printer.model}
        {printer.name === printer.id ? null : <span className={styles['id']}>{printer.id}</span>}
      </div>
      {current === undefined ? (
        <NothingQueued printerId={printer.id} />
      ) : (
        <CurrentJob job={current} work={work} />
      )}
    </li>
  );
}

function NothingQueued({ printerId }: { readonly printerId: string }) {
  const show = useDialogs((store) => store.show);
  return (
    <>
      <div className={styles['nothing']}>{text('floor.nothingQueued')}</div>
      <div className={styles['foot']}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<PlusIcon size={13} />}
          onClick={() => {
            show({ kind: 'job', printerId, filamentId: null });
          }}
        >
          {text('floor.newJob')}
        </Button>
      </div>
    </>
  );
}

function CurrentJob({ job, work }: { readonly job: PrintjobRecord; readonly work: PrinterWork }) {
  const filament = useFarm((mirror) => mirror.filaments.get(job.filament_id));
  const others = work.running.length > 1 ? work.running.slice(1) : work.queued.filter((each) => each !== job);
  const next = others[0];
  return (
    <>
      <div className={styles['job']}>
        <div className={styles['file']} title={`${job.filepath} (${job.id})`}>
          {fileNameOf(job.filepath)}
        </div>
        {job.status === 'running' ? <RunningFor job={job} /> : null}
      </div>
      <div className={styles['spool']}>
        <SpoolSwatch color={filament?.color ?? ''} />
        <span className={styles['cut']}>
          {filament === undefined ? job.filament_id : `${filament.type} ${filament.color}`}
        </span>
        <span className={styles['number']}>{formatGrams(job.print_weight_in_grams)}</span>
      </div>
      <div className={styles['next']}>
        {next === undefined ? null : (
          <>
            <span className={styles['label']}>
              {text(next.status === 'running' ? 'floor.alsoRunning' : 'floor.next')}
            </span>
            <span className={styles['cut']} title={next.filepath}>
              {fileNameOf(next.filepath)}
            </span>
            {others.length > 1 ? (
              <span className={styles['number']}>{text('floor.more', { count: others.length - 1 })}</span>
            ) : null}
          </>
        )}
      </div>
      <div className={styles['foot']}>
        <JobActions job={job} />
      </div>
    </>
  );
}

/** Spans of minutes: a floor of a thousand printers is not drawn again every second. */
const SPAN_STEP_MS = 30_000;

function RunningFor({ job }: { readonly job: PrintjobRecord }) {
  const nowMs = useNow(SPAN_STEP_MS);
  const startedAtMs = parseWireTime(job.started_at);
  if (startedAtMs === null) return null;
  return (
    <div className={styles['span']} title={text('floor.since', { time: formatMoment(startedAtMs, nowMs) })}>
      {text('floor.runningFor', { span: formatSpan(nowMs - startedAtMs) })}
    </div>
  );
}
