/** What the filament view derives: the order of the spools, and the words about their stock. */
import type { FilamentRecord } from '../../contract/records.ts';
import { percentOf, toWholeMilligrams } from '../format/weight.ts';
import { memoizeLast } from './memoize.ts';

/** Below this part of a full spool it is called low; an order for the next one takes days. */
const LOW_PERCENT = 10;

const byWord = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** By material, then colour, then id: like spools stand together, as on a shelf. */
export const sortedSpools = memoizeLast((filaments: ReadonlyMap<string, FilamentRecord>) =>
  [...filaments.values()].sort(
    (a, b) =>
      byWord.compare(a.type, b.type) || byWord.compare(a.color, b.color) || byWord.compare(a.id, b.id),
  ),
);

export const totalFreeGrams = memoizeLast((filaments: ReadonlyMap<string, FilamentRecord>) => {
  let freeMg = 0;
  for (const spool of filaments.values()) freeMg += Math.round(spool.free_weight_in_grams * 1000);
  return freeMg / 1000;
});

export function isLow(spool: FilamentRecord): boolean {
  return percentOf(spool.free_weight_in_grams, spool.total_weight_in_grams) < LOW_PERCENT;
}

/** The three parts of a spool's bar in grams; together they are the total. */
export interface SpoolParts {
  readonly freeGrams: number;
  readonly reservedGrams: number;
  readonly usedGrams: number;
}

export function spoolParts(spool: FilamentRecord): SpoolParts {
  return {
    freeGrams: spool.free_weight_in_grams,
    reservedGrams: spool.reserved_weight_in_grams,
    usedGrams: toWholeMilligrams(spool.total_weight_in_grams - spool.remaining_weight_in_grams),
  };
}
