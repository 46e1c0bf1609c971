/** Whole farms under faults: seeds that are always run, and some that nobody has run before. */
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

/** Always the same; 171 is one in which a leader that answers reads without asking its quorum would be found out. */
const SEEDS = [1, 2, 3, 4, 5, 6, 8, 13, 16, 171];
const FRESH_SEEDS = 15;
/** A seed takes about a second of one core; the machine may be busy. */
const SEED_TIMEOUT_MS = 120_000;

const fresh = Array.from({ length: FRESH_SEEDS }, () => Math.floor(Math.random() * 2 ** 31));

describe('a farm under faults', () => {
  it.each(SEEDS)(
    'keeps every rule and heals (seed %i)',
    async (seed) => {
      const { violation } = await simulate(seed);
      expect(violation, `npm run simulate -- --seed ${seed}`).toBeNull();
    },
    SEED_TIMEOUT_MS,
  );

  it.each(fresh)(
    'keeps every rule and heals (fresh seed %i)',
    async (seed) => {
      const { violation } = await simulate(seed);
      expect(violation, `npm run simulate -- --seed ${seed}`).toBeNull();
    },
    SEED_TIMEOUT_MS,
  );
});

describe('a simulated run', () => {
  it(
    'is the same again with the same seed, and another with another seed',
    async () => {
      const first = await simulate(7);
      const again = await simulate(7);
      expect(again).toEqual(first);
      expect((await simulate(9)).hash).not.toBe(first.hash);
    },
    SEED_TIMEOUT_MS,
  );

  it(
    'gets work done: commands are acknowledged and judged',
    async () => {
      const { acknowledged, operations, committedEntries } = await simulate(13);
      expect(acknowledged).toBeGreaterThan(50);
      expect(operations).toBeGreaterThan(50);
      expect(committedEntries).toBeGreaterThan(acknowledged);
    },
    SEED_TIMEOUT_MS,
  );

  it(
    'can be watched without becoming another one',
    async () => {
      const lines: string[] = [];
      const watched = await simulate(7, { print: (line) => lines.push(line) });
      expect(watched.hash).toBe((await simulate(7)).hash);
      expect(lines.some((line) => line.includes('becomeLeader'))).toBe(true);
    },
    SEED_TIMEOUT_MS,
  );
});
