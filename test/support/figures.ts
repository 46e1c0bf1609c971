/** Figures of end-to-end tests: printed for people, never asserted tightly, because the machine is shared. */

/** The middle one, or NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** `12 ms` */
export function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

/** Puts one line into the output of the run. */
export function report(what: string, figures: string): void {
  process.stdout.write(`figures: ${what}: ${figures}\n`);
}
