/** Medians and ranks: one slow round of a shared machine must not decide a figure. */

/** Median of at least one number; of an even count the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The value that a share `rank` (0 to 1) of the sorted values does not exceed. NaN when there are none. */
export function atRank(sorted: ArrayLike<number>, rank: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(rank * sorted.length) - 1));
  return sorted[at] ?? Number.NaN;
}

/** Half the distance of the extremes in percent of the median: how much the rounds of one row disagree. */
export function spreadPercent(values: readonly number[]): number {
  return (50 * (Math.max(...values) - Math.min(...values))) / median(values);
}
