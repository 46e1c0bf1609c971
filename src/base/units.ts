/** Physical units of the farm. Inside we count whole milligrams, so that sums are exact; on the wire, grams. */
import { assert } from './assert.ts';
import type { Brand } from './brand.ts';

/** A whole number of milligrams; may be negative in a ledger entry. */
export type Milligrams = Brand<number, 'Milligrams'>;
/** Milliseconds since 1970-01-01 UTC, as people's clocks say it. */
export type WallMs = Brand<number, 'WallMs'>;

/** Greatest weight that a single number may state: one tonne. It keeps every sum far inside safe integers. */
export const GRAMS_MAX = 1_000_000;

/** Asserts that `value` is a whole number of milligrams. */
export function milligrams(value: number): Milligrams {
  assert(Number.isSafeInteger(value), 'milligrams are whole numbers');
  return value as Milligrams;
}

/** Rounds grams (0 to {@link GRAMS_MAX}, at most three decimals are meant) to milligrams. */
export function gramsToMilligrams(grams: number): Milligrams {
  assert(Number.isFinite(grams) && Math.abs(grams) <= GRAMS_MAX, 'grams are finite and at most a tonne');
  return milligrams(Math.round(grams * 1000));
}

/** Grams for the wire: exact to the milligram. */
export function milligramsToGrams(weight: Milligrams): number {
  return weight / 1000;
}
