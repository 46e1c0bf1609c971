/** A small seeded generator (xoshiro128**), for tests, the simulator and jitter. Not for secrets. */
import { assert } from './assert.ts';

export interface Random {
  /** The next 32 random bits, 0 to 2^32 - 1. */
  u32(): number;
  /** A whole number in [0, bound). `bound` is 1 to 2^32. */
  below(bound: number): number;
  /** True with probability `p` (0 to 1). */
  chance(p: number): boolean;
}

/** Two generators of the same seed give the same numbers (Blackman and Vigna, xoshiro128**, seeded by splitmix32). */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  const u32 = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result;
  };
  return {
    u32,
    below(bound) {
      assert(Number.isSafeInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'a bound is 1 to 2^32');
      return Math.floor((u32() / 2 ** 32) * bound);
    },
    chance: (p) => u32() / 2 ** 32 < p,
  };
}
