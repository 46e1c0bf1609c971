/** Which jobs a person sees where, and in what order. Pure; computed once per change of the jobs. */
import type { PrintjobRecord, PrintjobStatus } from '../../contract/records.ts';
import { memoizeLast } from './memoize.ts';

/** What the queue shows: open = queued and running. */
export type JobFilter = 'open' | 'done' | 'canceled' | 'all';

export const JOB_FILTERS: readonly JobFilter[] = ['open', 'done', 'canceled', 'all'];

/** Running first, then the queue in its order, then what ended, latest first. */
const GROUP: Readonly<Record<PrintjobStatus, number>> = { running: 0, queued: 1, done: 2, canceled: 2 };

export function compareJobs(a: PrintjobRecord, b: PrintjobRecord): number {
  const byGroup = GROUP[a.status] - GROUP[b.status];
  if (byGroup !== 0) return byGroup;
  if (GROUP[a.status] < 2) return a.sequence - b.sequence;
  // ISO texts of one zone order like the times they name.
  const aEnd = a.ended_at ?? '';
  const bEnd = b.ended_at ?? '';
  if (aEnd !== bEnd) return aEnd < bEnd ? 1 : -1;
  return b.sequence - a.sequence;
}

export const sortedJobs = memoizeLast((jobs: ReadonlyMap<string, PrintjobRecord>) =>
  [...jobs.values()].sort(compareJobs),
);

export function jobFitsFilter(job: PrintjobRecord, filter: JobFilter): boolean {
  switch (filter) {
    case 'open':
      return job.status === 'queued' || job.status === 'running';
    case 'done':
    case 'canceled':
      return job.status === filter;
    case 'all':
      return true;
  }
}

/** How many jobs each filter shows. */
export const countJobs = memoizeLast(
  (jobs: ReadonlyMap<string, PrintjobRecord>): Readonly<Record<JobFilter, number>> => {
    const counts: Record<JobFilter, number> = { open: 0, done: 0, canceled: 0, all: jobs.size };
    for (const job of jobs.values()) {
      if (job.status === 'done' || job.status === 'canceled') counts[job.status] += 1;
      else counts.open += 1;
    }
    return counts;
  },
);

/** The open jobs of one printer: those running, and the queue in order. */
export interface PrinterWork {
  readonly running: readonly PrintjobRecord[];
  readonly queued: readonly PrintjobRecord[];
}

export const noWork: PrinterWork = { running: [], queued: [] };

/** Printer id -> its open jobs. Printers without any are absent. */
export const workByPrinter = memoizeLast(
  (jobs: ReadonlyMap<string, PrintjobRecord>): ReadonlyMap<string, PrinterWork> => {
    const work = new Map<string, { running: PrintjobRecord[]; queued: PrintjobRecord[] }>();
    for (const job of sortedJobs(jobs)) {
      if (job.status !== 'running' && job.status !== 'queued') continue;
      let entry = work.get(job.printer_id);
      if (entry === undefined) {
        entry = { running: [], queued: [] };
        work.set(job.printer_id, entry);
      }
      entry[job.status].push(job);
    }
    return work;
  },
);

/** Which steps the status rules allow: running from queued, done from running, canceled from both. */
export function allowedSteps(status: PrintjobStatus): readonly Exclude<PrintjobStatus, 'queued'>[] {
  switch (status) {
    case 'queued':
      return ['running', 'canceled'];
    case 'running':
      return ['done', 'canceled'];
    case 'done':
    case 'canceled':
      return [];
  }
}
