import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf } from '../../../src/renderer/format/fileName.ts';
import { filamentCssColor, SUGGESTED_COLORS } from '../../../src/renderer/format/filamentColor.ts';
import { suggestJobId, suggestNumberedId } from '../../../src/renderer/format/suggestId.ts';
import { fillBlanks, text } from '../../../src/renderer/format/text.ts';
import { english } from '../../../src/renderer/format/texts.en.ts';
import { formatMoment, formatSpan, parseWireTime } from '../../../src/renderer/format/time.ts';
import {
  formatGrams,
  isExactToMilligram,
  percentOf,
  toWholeMilligrams,
} from '../../../src/renderer/format/weight.ts';

describe('grams', () => {
  it.each([
    [0, '0 g'],
    [0.04, '<0.1 g'],
    [12.34, '12.3 g'],
    [1250, '1,250 g'],
  ])('%d read as %s', (grams, shown) => {
    expect(formatGrams(grams)).toBe(shown);
  });

  it('are exact to the milligram or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (mg) => {
        expect(isExactToMilligram(mg / 1000)).toBe(true);
        expect(toWholeMilligrams(mg / 1000)).toBe(mg / 1000);
      }),
    );
    expect(isExactToMilligram(0.0004)).toBe(false);
  });

  it('fill a bar between 0 and 100 percent', () => {
    expect([percentOf(1, 4), percentOf(5, 4), percentOf(-1, 4), percentOf(1, 0)]).toEqual([25, 100, 0, 0]);
  });
});

describe('time', () => {
  it.each([
    [-5000, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h 00 min'],
    [11_100_000, '3 h 05 min'],
    [187_200_000, '2 d 4 h'],
  ])('spans of %d ms read as %s', (ms, shown) => {
    expect(formatSpan(ms)).toBe(shown);
  });

  it('names the day only when it is another one', () => {
    const noon = new Date(2026, 4, 4, 12).getTime();
    const morning = new Date(2026, 4, 4, 9).getTime();
    const dayBefore = new Date(2026, 4, 3, 9).getTime();
    expect(formatMoment(dayBefore, noon)).toContain('3');
    expect(formatMoment(dayBefore, noon).length).toBeGreaterThan(formatMoment(morning, noon).length);
  });

  it('is null when the wire says no time', () => {
    expect(parseWireTime('1970-01-01T00:00:01.000Z')).toBe(1000);
    expect(parseWireTime('soon')).toBeNull();
    expect(parseWireTime(null)).toBeNull();
  });
});

describe('suggested ids', () => {
  it.each([
    [[], 'p1'],
    [['p1', 'p2'], 'p3'],
    [['p9', 'p10', 'anna', 'p2x', 'f77'], 'p11'],
  ])('after %j is %s', (used, id) => {
    expect(suggestNumberedId('p', used)).toBe(id);
  });

  it('are never one in use', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^p?\d{1,10}$/)), (used) => {
        expect(used).not.toContain(suggestNumberedId('p', used));
      }),
    );
  });

  it('for jobs are short, random and easy to read', () => {
    let next = 0;
    const counting = (count: number) => Uint8Array.from({ length: count }, () => (next += 37) % 256);
    const first = suggestJobId(counting);
    expect(first).toMatch(/^j-[2-9a-hjkmnp-z]{6}$/);
    expect(suggestJobId(counting)).not.toBe(first);
  });
});

describe('the colour of a spool', () => {
  it.each([
    ['Galaxy Black', '#26282b'],
    ['light-blue', '#2563c9'],
    ['#FF8800', '#ff8800'],
    ['Kryptonite', null],
    ['constructor', null],
    ['', null],
  ])('"%s" is %s', (color, css) => {
    expect(filamentCssColor(color)).toBe(css);
  });

  it.each(SUGGESTED_COLORS)('is known for the suggested %s', (color) => {
    expect(filamentCssColor(color)).not.toBeNull();
  });
});

describe('the name of a file', () => {
  it.each([
    ['/prints/cube.gcode', 'cube.gcode'],
    ['C:\\prints\\cube.gcode', 'cube.gcode'],
    ['cube', 'cube'],
    ['/prints/', '/prints/'],
  ])('of %s is %s', (path, name) => {
    expect(fileNameOf(path)).toBe(name);
  });
});

describe('texts', () => {
  it('fill their blanks and leave one without a value visible', () => {
    expect(fillBlanks('{a} of {b} {a}', { a: 1, b: 'x' })).toBe('1 of x 1');
    expect(fillBlanks('{toString} {a}', {})).toBe('{toString} {a}');
    expect(text('common.shown', { shown: 100, total: 250 })).toBe('100 of 250');
  });

  it('have no empty sentence and no half-open blank', () => {
    for (const sentence of Object.values(english)) {
      expect(sentence.trim()).not.toBe('');
      expect(sentence.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    }
  });
});
