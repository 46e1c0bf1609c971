import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobModel, type JobInput, type JobOperation, type JobOutput, type JobState } from './jobModel.ts';
import { checkLinearizable } from './linearizability.ts';

const create: JobInput = { kind: 'create' };
const read: JobInput = { kind: 'read' };
const set = (status: 'running' | 'done' | 'canceled'): JobInput => ({ kind: 'set', status });
const done: JobOutput = { kind: 'done' };
const saw = (state: JobState): JobOutput => ({ kind: 'saw', state });

function at(startMs: number, endMs: number, input: JobInput, output: JobOutput, key = 'j'): JobOperation {
  return { key, input, startMs, outcome: { kind: 'returned', output, endMs } };
}

function unknown(startMs: number, input: JobInput): JobOperation {
  return { key: 'j', input, startMs, outcome: { kind: 'unknown' } };
}

const verdict = (...history: JobOperation[]): string => checkLinearizable(jobModel, history).kind;

describe('the check for linearizability accepts', () => {
  it('one thing after the other', () => {
    expect(
      verdict(
        at(0, 1, read, saw('absent')),
        at(2, 3, create, done),
        at(4, 5, create, { kind: 'repeated' }),
        at(6, 7, set('running'), done),
        at(8, 9, set('running'), { kind: 'illegal' }),
        at(10, 11, read, saw('running')),
      ),
    ).toBe('linearizable');
  });

  it('either order of two calls at the same time', () => {
    expect(verdict(at(0, 10, create, done), at(1, 9, read, saw('absent')))).toBe('linearizable');
    expect(verdict(at(0, 10, create, done), at(1, 9, read, saw('queued')))).toBe('linearizable');
  });

  it('an unknown outcome that happened, that never happened, and that happened late', () => {
    expect(verdict(unknown(0, create), at(5, 6, read, saw('queued')))).toBe('linearizable');
    expect(verdict(unknown(0, create), at(5, 6, read, saw('absent')))).toBe('linearizable');
    expect(verdict(unknown(0, create), at(5, 6, read, saw('absent')), at(7, 8, read, saw('queued')))).toBe(
      'linearizable',
    );
  });

  it('a read that begins before a change and ends after it, beside one that saw the change', () => {
    expect(
      verdict(
        at(0, 1, create, done),
        at(2, 9, set('running'), done),
        at(3, 4, read, saw('queued')),
        at(5, 6, read, saw('running')),
      ),
    ).toBe('linearizable');
  });
});

describe('the check for linearizability rejects', () => {
  it('a read that misses what was acknowledged before it began', () => {
    expect(verdict(at(0, 1, create, done), at(2, 3, read, saw('absent')))).toBe('violation');
  });

  it('a read that goes back in time after another read', () => {
    expect(
      verdict(
        at(0, 1, create, done),
        at(2, 20, set('running'), done),
        at(3, 4, read, saw('running')),
        at(5, 6, read, saw('queued')),
      ),
    ).toBe('violation');
  });

  it('a change that is lost, and one that is made twice', () => {
    expect(verdict(at(0, 1, create, done), at(2, 3, create, done))).toBe('violation');
    expect(
      verdict(at(0, 1, create, done), at(2, 3, set('running'), done), at(4, 5, set('running'), done)),
    ).toBe('violation');
  });

  it('a state that nobody asked for', () => {
    expect(verdict(at(0, 1, create, done), at(2, 3, read, saw('done')))).toBe('violation');
    expect(verdict(unknown(5, create), at(0, 1, read, saw('queued')))).toBe('violation');
  });

  it('an unknown outcome that seems to come and go', () => {
    expect(verdict(unknown(0, create), at(1, 2, read, saw('queued')), at(3, 4, read, saw('absent')))).toBe(
      'violation',
    );
  });

  it('the one bad key among good ones, and names it', () => {
    const result = checkLinearizable(jobModel, [
      at(0, 1, create, done, 'good'),
      at(0, 1, create, done, 'bad'),
      at(2, 3, read, saw('queued'), 'good'),
      at(2, 3, read, saw('absent'), 'bad'),
    ]);
    expect(result).toMatchObject({ kind: 'violation', key: 'bad' });
  });
});

/** What a real single machine would have answered: each operation takes effect somewhere within its time. */
const trueHistory = fc
  .array(
    fc.record({
      input: fc.constantFrom(create, read, set('running'), set('done'), set('canceled')),
      effectMs: fc.integer({ min: 0, max: 100_000 }),
      beforeMs: fc.integer({ min: 0, max: 8_000 }),
      afterMs: fc.integer({ min: 0, max: 8_000 }),
      isKnown: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((calls) => {
    let state = jobModel.initial;
    return [...calls]
      .sort((a, b) => a.effectMs - b.effectMs)
      .map(({ input, effectMs, beforeMs, afterMs, isKnown }): JobOperation => {
        const output = answer(state, input);
        state = jobModel.unseen(state, input);
        const startMs = effectMs - beforeMs;
        if (!isKnown && input.kind !== 'read') return unknown(startMs, input);
        return at(startMs, effectMs + afterMs, input, output);
      });
  });

function answer(state: JobState, input: JobInput): JobOutput {
  const answers: JobOutput[] = [done, { kind: 'repeated' }, { kind: 'illegal' }, saw(state)];
  return answers.find((output) => jobModel.returned(state, input, output) !== null)!;
}

describe('the check for linearizability, on histories of any shape,', () => {
  it('accepts what one machine answered', () => {
    fc.assert(
      fc.property(trueHistory, (history) => {
        expect(checkLinearizable(jobModel, history).kind).toBe('linearizable');
      }),
    );
  });

  it('rejects them once a read afterwards sees a state that was never reached', () => {
    fc.assert(
      fc.property(trueHistory, (history) => {
        const withoutDone = history.filter(({ input }) => input.kind !== 'set' || input.status !== 'done');
        const consistent = withoutDone.filter(
          ({ outcome }) =>
            !(
              outcome.kind === 'returned' &&
              outcome.output.kind === 'saw' &&
              outcome.output.state === 'done'
            ),
        );
        const late = at(300_000, 300_001, read, saw('done'));
        expect(checkLinearizable(jobModel, [...consistent, late]).kind).toBe('violation');
      }),
    );
  });
});
