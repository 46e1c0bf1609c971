/** One print job as a machine that does one thing at a time, for {@link checkLinearizable}: the key is the job's id. */
import { assertNever } from '../../src/base/assert.ts';
import type { PrintjobStatus } from '../../src/contract/records.ts';
import type { Model, Operation } from './linearizability.ts';

export type JobState = PrintjobStatus | 'absent';

export type JobInput =
  | { readonly kind: 'create' }
  | { readonly kind: 'read' }
  | { readonly kind: 'set'; readonly status: Exclude<PrintjobStatus, 'queued'> };

export type JobOutput =
  /** Create: the job is new. Set: it was changed. */
  | { readonly kind: 'done' }
  /** Create: the same job was there already. */
  | { readonly kind: 'repeated' }
  /** Set: the farm's rules do not allow it now. */
  | { readonly kind: 'illegal' }
  /** Read: what was there. Set: `absent` when there was no such job. */
  | { readonly kind: 'saw'; readonly state: JobState };

export type JobOperation = Operation<JobInput, JobOutput>;

const LEGAL: { readonly [From in JobState]: readonly JobState[] } = {
  absent: [],
  queued: ['running', 'canceled'],
  running: ['done', 'canceled'],
  done: [],
  canceled: [],
};

/** What one machine answers, and its state afterwards. */
function step(state: JobState, input: JobInput): { readonly state: JobState; readonly output: JobOutput } {
  switch (input.kind) {
    case 'read':
      return { state, output: { kind: 'saw', state } };
    case 'create':
      return state === 'absent'
        ? { state: 'queued', output: { kind: 'done' } }
        : { state, output: { kind: 'repeated' } };
    case 'set':
      if (state === 'absent') return { state, output: { kind: 'saw', state } };
      return LEGAL[state].includes(input.status)
        ? { state: input.status, output: { kind: 'done' } }
        : { state, output: { kind: 'illegal' } };
    default:
      return assertNever(input);
  }
}

function isSame(a: JobOutput, b: JobOutput): boolean {
  return a.kind === 'saw' && b.kind === 'saw' ? a.state === b.state : a.kind === b.kind;
}

export const jobModel: Model<JobState, JobInput, JobOutput> = {
  initial: 'absent',
  returned(state, input, output) {
    const expected = step(state, input);
    return isSame(expected.output, output) ? expected.state : null;
  },
  unseen: (state, input) => step(state, input).state,
  fingerprint: (state) => state,
};
