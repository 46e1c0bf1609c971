import { describe, expect, it } from 'vitest';
import { memoizeLast } from '../../../src/renderer/store/memoize.ts';
import { NOTICES_MAX, type Notice, withNotice } from '../../../src/renderer/store/notices.ts';
import { matchesWords, searchWords } from '../../../src/renderer/store/search.ts';
import { isLow, sortedSpools, spoolParts, totalFreeGrams } from '../../../src/renderer/store/spools.ts';
import { filament } from '../records.ts';

describe('a search', () => {
  it('wants every word somewhere, in any order and case', () => {
    expect(matchesWords(searchWords('  RED pla '), ['PLA', 'Signal Red'])).toBe(true);
    expect(matchesWords(searchWords('red petg'), ['PLA', 'Signal Red'])).toBe(false);
  });

  it('finds everything when nothing is typed', () => {
    expect(matchesWords(searchWords('   '), ['x'])).toBe(true);
  });

  it('does not find a word across two parts', () => {
    expect(matchesWords(searchWords('p1f1'), ['p1', 'f1'])).toBe(false);
  });
});

describe('notices', () => {
  it('push out the oldest when there are too many', () => {
    let notices: readonly Notice[] = [];
    for (let id = 1; id <= NOTICES_MAX + 2; id++)
      notices = withNotice(notices, { id, tone: 'done', text: 'x' });
    expect(notices.map((notice) => notice.id)).toEqual([3, 4, 5, 6]);
  });
});

describe('spools', () => {
  it('have three parts that make the total', () => {
    const parts = spoolParts(
      filament('f1', { total_weight_in_grams: 1000.1, remaining_weight_in_grams: 800 }),
    );
    expect(parts).toEqual({ freeGrams: 500, reservedGrams: 300, usedGrams: 200.1 });
  });

  it('are low when less than a tenth of the full weight is free', () => {
    expect(isLow(filament('f1', { free_weight_in_grams: 99.9 }))).toBe(true);
    expect(isLow(filament('f1', { free_weight_in_grams: 100 }))).toBe(false);
  });

  it('stand by material, then colour', () => {
    const spools = new Map(
      [
        filament('f1', { type: 'PLA', color: 'White' }),
        filament('f2', { type: 'ABS', color: 'White' }),
        filament('f3', { type: 'PLA', color: 'Black' }),
      ].map((spool) => [spool.id, spool]),
    );
    expect(sortedSpools(spools).map((spool) => spool.id)).toEqual(['f2', 'f3', 'f1']);
  });

  it('add up to the milligram', () => {
    const spools = new Map(['f1', 'f2', 'f3'].map((id) => [id, filament(id, { free_weight_in_grams: 0.1 })]));
    expect(totalFreeGrams(spools)).toBe(0.3);
  });
});

describe('a memoized function', () => {
  it('computes again only when an argument is another object', () => {
    let runs = 0;
    const length = memoizeLast((list: readonly number[]) => {
      runs += 1;
      return list.length;
    });
    const list = [1, 2];
    expect([length(list), length(list), runs]).toEqual([2, 2, 1]);
    expect([length([1]), runs]).toEqual([1, 2]);
  });
});
