/** Every latency of a row, kept whole: ranks of a histogram would be guesses at the tail. */
import { atRank } from '../harness/statistics.ts';

/** More than any row reaches; 32 MiB. */
const SAMPLES_MAX = 4_000_000;

export class Latencies {
  #samples = new Float64Array(65_536);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    if (this.#count === SAMPLES_MAX) return;
    if (this.#count === this.#samples.length) {
      const larger = new Float64Array(Math.min(SAMPLES_MAX, this.#samples.length * 2));
      larger.set(this.#samples);
      this.#samples = larger;
    }
    this.#samples[this.#count] = ms;
    this.#count += 1;
  }

  ranks(): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } {
    const sorted = this.#samples.subarray(0, this.#count).sort();
    return { p50Ms: atRank(sorted, 0.5), p99Ms: atRank(sorted, 0.99), maxMs: atRank(sorted, 1) };
  }
}
