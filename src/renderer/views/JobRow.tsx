/** One job as a row of the queue. */
import { memo } from 'react';
import type { FilamentRecord, PrintjobRecord } from '../../contract/records.ts';
import { SpoolSwatch } from '../components/SpoolSwatch.tsx';
import { JobStatusWord } from '../components/StatusWord.tsx';
import { useNow } from '../components/useNow.ts';
import { fileNameOf } from '../format/fileName.ts';
import { text } from '../format/text.ts';
import { formatMoment, parseWireTime } from '../format/time.ts';
import { formatGrams } from '../format/weight.ts';
import { JobActions } from './JobActions.tsx';
import styles from './Table.module.css';

/** Pixels; the loading rows have it too. */
export const ROW_HEIGHT = 38;

/** "Today" becomes a date at midnight: an hourly look is enough. */
const DAY_STEP_MS = 3_600_000;

export interface JobRowProps {
  readonly job: PrintjobRecord;
  readonly printerName: string;
  /** Undefined when the mirror does not hold that spool. */
  readonly filament: FilamentRecord | undefined;
}

/** Drawn again only when one of its records changed. */
export const JobRow = memo(function JobRow({ job, printerName, filament }: JobRowProps) {
  return (
    <tr data-status={job.status}>
      <td>
        <JobStatusWord status={job.status} />
      </td>
      <td>
        <div className={styles['main']} title={job.filepath}>
          {fileNameOf(job.filepath)}
        </div>
        <div className={styles['sub']}>{job.id}</div>
      </td>
      <td>
        <div className={styles['cut']} title={printerName}>
          {printerName}
        </div>
      </td>
      <td>
        <span className={styles['withSwatch']}>
          <SpoolSwatch color={filament?.color ?? ''} />
          <span className={styles['cut']}>
            {filament === undefined ? job.filament_id : `${filament.type} ${filament.color}`}
          </span>
        </span>
      </td>
      <td className={styles['number']}>{formatGrams(job.print_weight_in_grams)}</td>
      <td className={styles['quiet']}>
        <JobMoment job={job} />
      </td>
      <td>
        <JobActions job={job} />
      </td>
    </tr>
  );
});

/** When the job came into the status that it has. */
function JobMoment({ job }: { readonly job: PrintjobRecord }) {
  const nowMs = useNow(DAY_STEP_MS);
  const wire = job.ended_at ?? job.started_at ?? job.created_at;
  const atMs = parseWireTime(wire);
  if (atMs === null) return text('common.unknown');
  return <time dateTime={wire}>{text(`queue.time.${job.status}`, { time: formatMoment(atMs, nowMs) })}</time>;
}
