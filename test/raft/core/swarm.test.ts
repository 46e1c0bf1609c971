/** A fixed set of seeds for every run; thousands more by hand with `test/raft/support/swarm/run.ts`. */
import { describe, expect, it } from 'vitest';
import { runSeed } from '../support/swarm/swarm.ts';

const SEEDS = 250;
const STEPS = 800;

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

  it('does the same for the same seed, to the last byte of every state', () => {
    for (const seed of [3, 5, 8]) expect(runSeed(seed, STEPS)).toEqual(runSeed(seed, STEPS));
  });
});
