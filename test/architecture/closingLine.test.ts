import { describe, expect, it } from 'vitest';
import { closingLines } from '../support/closingLineReporter.ts';

describe('the end of a test run', () => {
  it('is one line that says how many passed, failed and were skipped', () => {
    expect(closingLines({ passed: 3, failed: 0, skips: [] }, 0)).toEqual(['3 passed, 0 failed, 0 skipped']);
  });

  it('says of each skip why', () => {
    expect(
      closingLines({ passed: 1, failed: 0, skips: [{ title: 'a > b', reason: 'no display' }] }, 0),
    ).toEqual(['skipped: a > b: no display', '1 passed, 0 failed, 1 skipped']);
  });

  it('counts files that could not be run as failures', () => {
    expect(closingLines({ passed: 1, failed: 1, skips: [] }, 2)).toEqual(['1 passed, 3 failed, 0 skipped']);
  });
});
