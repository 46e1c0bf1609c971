/**
 * Rules of the jobs: creation with its reservation, and the job's life.
 * queued -> running -> done, and canceled from queued or running; everything else is refused.
 */
import { assert, assertNever } from '../base/assert.ts';
import type { WallMs } from '../base/units.ts';
import type { CommandOf } from './commands.ts';
import { freeMg, withReleased, withReserved, withUsed } from './filaments.ts';
import type { FarmState, Filament, Job, JobStatus } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/**
 * Creates a queued job and reserves its filament in the same step, so that two operators at two PCs cannot promise the
 * same grams. Refusals: `duplicate_id` (other content), `unknown_printer`, `unknown_filament`,
 * `filament_over_committed`.
 */
export function createJob(state: FarmState, command: CommandOf<'createJob'>, nowMs: WallMs): Step {
  const { id, printerId, filamentId, filepath, printWeightMg } = command;
  const existing = state.jobs.get(id);
  if (existing !== undefined) {
    return wasCreatedBy(existing, command)
      ? repeated(state, { kind: 'job', record: existing, created: false })
      : refuse(state, { code: 'duplicate_id', record: 'job', id });
  }
  if (!state.printers.has(printerId)) return refuse(state, { code: 'unknown_printer', printerId });
  const filament = state.filaments.get(filamentId);
  if (filament === undefined) return refuse(state, { code: 'unknown_filament', filamentId });
  if (printWeightMg > freeMg(filament)) {
    return refuse(state, {
      code: 'filament_over_committed',
      filamentId,
      freeMg: freeMg(filament),
      wantedMg: printWeightMg,
    });
  }
  const record: Job = {
    id,
    printerId,
    filamentId,
    filepath,
    printWeightMg,
    status: 'queued',
    sequence: state.nextJobSequence,
    attempt: 0,
    createdAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    version: 1,
  };
  return withJob({ ...state, nextJobSequence: state.nextJobSequence + 1 }, record, {
    filament: withReserved(filament, printWeightMg),
    created: true,
  });
}

/**
 * Reports what became of a job. `done` charges the spool once, `canceled` gives the reservation back and charges
 * nothing (a manual printer counts no extrusion). Refusals: `unknown_job`, `illegal_transition`; a report that was made
 * already is such a transition too, and charges nothing.
 */
export function setJobStatus(state: FarmState, command: CommandOf<'setJobStatus'>, nowMs: WallMs): Step {
  const { jobId, status } = command;
  const job = state.jobs.get(jobId);
  if (job === undefined) return refuse(state, { code: 'unknown_job', jobId });
  if (!nextStatuses[job.status].includes(status)) {
    return refuse(state, { code: 'illegal_transition', jobId, from: job.status, to: status });
  }
  switch (status) {
    case 'running': {
      const record: Job = { ...moved(job, status), attempt: job.attempt + 1, startedAtMs: nowMs };
      return withJob(state, record, { filament: null, created: false });
    }
    case 'done': {
      const use = { jobId, attempt: job.attempt, weightMg: job.printWeightMg, atMs: nowMs };
      const record: Job = { ...moved(job, status), endedAtMs: nowMs };
      return withJob(state, record, { filament: withUsed(filamentOf(state, job), use), created: false });
    }
    case 'canceled': {
      const filament = withReleased(filamentOf(state, job), job.printWeightMg);
      return withJob(state, { ...moved(job, status), endedAtMs: nowMs }, { filament, created: false });
    }
    default:
      return assertNever(status);
  }
}

/** True while a job may still be printed and so holds its reservation: queued or running. */
export function isActive(status: JobStatus): boolean {
  return status === 'queued' || status === 'running';
}

const nextStatuses: { readonly [From in JobStatus]: readonly JobStatus[] } = {
  queued: ['running', 'canceled'],
  running: ['done', 'canceled'],
  done: [],
  canceled: [],
};

function moved(job: Job, status: JobStatus): Job {
  return { ...job, status, version: job.version + 1 };
}

function filamentOf(state: FarmState, job: Job): Filament {
  const filament = state.filaments.get(job.filamentId);
  assert(filament !== undefined, 'the spool of a job is never removed');
  return filament;
}

/** Puts a job, and its spool when the step moved grams, into the state. */
function withJob(
  state: FarmState,
  record: Job,
  change: { readonly filament: Filament | null; readonly created: boolean },
): Step {
  const { filament, created } = change;
  const jobs = state.jobs.set(record.id, record);
  const value = { kind: 'job', record, created } as const;
  const jobTouched = { collection: 'jobs', id: record.id } as const;
  if (filament === null) return changed({ ...state, jobs }, value, [jobTouched]);
  const filaments = state.filaments.set(filament.id, filament);
  return changed({ ...state, jobs, filaments }, value, [
    jobTouched,
    { collection: 'filaments', id: filament.id },
  ]);
}

/** Compares with the content at creation. A field that becomes changeable must keep its first value for this. */
function wasCreatedBy(job: Job, command: CommandOf<'createJob'>): boolean {
  return (
    job.printerId === command.printerId &&
    job.filamentId === command.filamentId &&
    job.filepath === command.filepath &&
    job.printWeightMg === command.printWeightMg
  );
}
