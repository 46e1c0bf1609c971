/**
 * One spool with the jobs on it as a machine that does one thing at a time, for {@link checkLinearizable}. Jobs race
 * for its last grams, so a spool and its jobs are one key of a history.
 */
import { assertNever } from '../../src/base/assert.ts';
import type { FarmState, JobStatus } from '../../src/farm/state.ts';
import type { Model, Operation } from '../support/linearizability.ts';

export interface SpoolState {
  readonly added: boolean;
  readonly remainingMg: number;
  readonly reservedMg: number;
  /** In the order of creation. */
  readonly jobs: readonly SpoolJob[];
}

export interface SpoolJob {
  readonly id: string;
  readonly weightMg: number;
  readonly status: JobStatus;
}

export type SpoolInput =
  | { readonly kind: 'add'; readonly totalMg: number }
  | { readonly kind: 'create'; readonly jobId: string; readonly weightMg: number }
  | { readonly kind: 'set'; readonly jobId: string; readonly status: Exclude<JobStatus, 'queued'> }
  | { readonly kind: 'read' };

/** `refused`: the farm's code for it. `saw`: the fingerprint of what a read found. */
export type SpoolOutput =
  | { readonly kind: 'created' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'saw'; readonly fingerprint: string };

export type SpoolOperation = Operation<SpoolInput, SpoolOutput>;

const EMPTY: SpoolState = { added: false, remainingMg: 0, reservedMg: 0, jobs: [] };

const NEXT: { readonly [From in JobStatus]: readonly JobStatus[] } = {
  queued: ['running', 'canceled'],
  running: ['done', 'canceled'],
  done: [],
  canceled: [],
};

interface Step {
  readonly state: SpoolState;
  readonly output: SpoolOutput;
}

function refused(state: SpoolState, code: string): Step {
  return { state, output: { kind: 'refused', code } };
}

function create(state: SpoolState, jobId: string, weightMg: number): Step {
  if (state.jobs.some(({ id }) => id === jobId)) return { state, output: { kind: 'repeated' } };
  if (!state.added) return refused(state, 'unknown_filament');
  if (weightMg > state.remainingMg - state.reservedMg) return refused(state, 'filament_over_committed');
  const jobs = [...state.jobs, { id: jobId, weightMg, status: 'queued' as const }];
  return { state: { ...state, jobs, reservedMg: state.reservedMg + weightMg }, output: { kind: 'created' } };
}

function set(state: SpoolState, jobId: string, status: JobStatus): Step {
  const job = state.jobs.find(({ id }) => id === jobId);
  if (job === undefined) return refused(state, 'unknown_job');
  if (!NEXT[job.status].includes(status)) return refused(state, 'illegal_transition');
  const jobs = state.jobs.map((each) => (each === job ? { ...job, status } : each));
  const releasedMg = status === 'running' ? 0 : job.weightMg;
  const usedMg = status === 'done' ? job.weightMg : 0;
  const { remainingMg, reservedMg } = state;
  return {
    state: { ...state, jobs, remainingMg: remainingMg - usedMg, reservedMg: reservedMg - releasedMg },
    output: { kind: 'changed' },
  };
}

function step(state: SpoolState, input: SpoolInput): Step {
  switch (input.kind) {
    case 'add':
      return state.added
        ? { state, output: { kind: 'repeated' } }
        : { state: { ...state, added: true, remainingMg: input.totalMg }, output: { kind: 'created' } };
    case 'create':
      return create(state, input.jobId, input.weightMg);
    case 'set':
      return set(state, input.jobId, input.status);
    case 'read':
      return { state, output: { kind: 'saw', fingerprint: fingerprintOf(state) } };
    default:
      return assertNever(input);
  }
}

const fingerprints = new WeakMap<SpoolState, string>();

/** Equal for equal spools only. */
export function fingerprintOf(state: SpoolState): string {
  const known = fingerprints.get(state);
  if (known !== undefined) return known;
  const jobs = state.jobs.map(({ id, weightMg, status }) => `${id}:${weightMg}:${status}`);
  const text = `${String(state.added)} ${state.remainingMg} ${state.reservedMg} ${jobs.join(' ')}`;
  fingerprints.set(state, text);
  return text;
}

/** The spool as a node's copy of the farm shows it. `jobIds`: all that may ever be on it. */
export function spoolIn(farm: FarmState, spoolId: string, jobIds: readonly string[]): SpoolState {
  const spool = farm.filaments.get(spoolId);
  if (spool === undefined) return EMPTY;
  const jobs = jobIds
    .flatMap((id) => farm.jobs.get(id) ?? [])
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ id, printWeightMg, status }) => ({ id, weightMg: printWeightMg, status }));
  return { added: true, remainingMg: spool.remainingMg, reservedMg: spool.reservedMg, jobs };
}

function isSame(a: SpoolOutput, b: SpoolOutput): boolean {
  if (a.kind === 'refused' && b.kind === 'refused') return a.code === b.code;
  if (a.kind === 'saw' && b.kind === 'saw') return a.fingerprint === b.fingerprint;
  return a.kind === b.kind;
}

export const spoolModel: Model<SpoolState, SpoolInput, SpoolOutput> = {
  initial: EMPTY,
  returned(state, input, output) {
    const expected = step(state, input);
    return isSame(expected.output, output) ? expected.state : null;
  },
  unseen: (state, input) => step(state, input).state,
  fingerprint: fingerprintOf,
};
