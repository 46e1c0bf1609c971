/** A fixed set of seeds for every run; thousands more by hand with `test/raft/support/swarm/run.ts`. */
import { describe, expect, it } from 'vitest';
import { runSeed } from '../support/swarm/swarm.ts';

const SEEDS = 250;
const STEPS = 800;

/** Seeds that once found a bug, with their steps; each stays here for ever. */
const REGRESSIONS: readonly (readonly [seed: number, steps: number, bug: string])[] = [
  [78, 1_500, 'a full window of lost appends whose entries were compacted was never repaired'],
  [572, 1_500, 'a restarted follower did not learn the commit index without a new entry'],
  [164, 1_500, 'a duplicate of a proposal that was appended was refused'],
  [325, 1_500, 'a wiped leader refused a duplicate of a proposal that it had appended'],
  [251, 1_500, 'a voter whose removal was not committed could not be elected, and nobody else could'],
];

describe('a swarm of faults over bare cores', () => {
  it('keeps every invariant and converges after the faults', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      try {
        runSeed(seed, STEPS);
      } catch (error) {
        throw new Error(`seed ${seed} of ${STEPS} steps: ${(error as Error).message}`, { cause: error });
      }
    }
  });

  it.each(REGRESSIONS)('passes seed %i again, which ran %i steps: %s', (seed, steps) => {
    expect(runSeed(seed, steps).events).toBeGreaterThan(0);
  });

  it('does the same for the same seed, to the last byte of every state', () => {
    for (const seed of [3, 5, 8]) expect(runSeed(seed, STEPS)).toEqual(runSeed(seed, STEPS));
  });
});
