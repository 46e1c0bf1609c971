/** How grams are written for people and read back from a form. The wire is exact to the milligram. */

const shown = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `1,250 g`, `0.4 g`; a weight below a tenth of a gram but above zero is `<0.1 g`, never `0 g`. */
export function formatGrams(grams: number): string {
  if (grams > 0 && grams < 0.1) return '<0.1 g';
  return `${shown.format(grams)} g`;
}

/** Sums and differences of wire grams are rounded to the milligram, so that 0.1 + 0.2 is 0.3. */
export function toWholeMilligrams(grams: number): number {
  return Math.round(grams * 1000) / 1000;
}

/** True when `grams` has at most three decimals, as the wire wants it. */
export function isExactToMilligram(grams: number): boolean {
  return Math.abs(toWholeMilligrams(grams) - grams) < 1e-9;
}

/** Part of a whole as a percentage from 0 to 100, for the width of a bar; 0 when the whole is 0. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(100, Math.max(0, (part / whole) * 100));
}
