/** How long to wait before the next try: doubling, with jitter, up to a limit. Pure: chance is handed in. */

export interface BackoffLimits {
  readonly firstMs: number;
  readonly greatestMs: number;
}

/**
 * The wait before try number `tries` + 1, when `tries` (from 1) have failed. Between half and all of the doubled
 * time, so that the windows of a farm do not knock at the same moment. `chance` is in [0, 1).
 */
export function backoffMs(tries: number, chance: number, limits: BackoffLimits): number {
  // 2^20 is far beyond every limit; the bound keeps the power finite.
  const doubled = limits.firstMs * 2 ** Math.min(Math.max(tries, 1) - 1, 20);
  const wholeMs = Math.min(doubled, limits.greatestMs);
  return Math.round(wholeMs / 2 + (wholeMs / 2) * chance);
}
