/** The term of every index of the log, as runs: a log of 100,000 entries has a handful of terms. */
import { assert } from '../../base/assert.ts';

export interface TermRuns {
  lastIndex(): number;
  lastTerm(): number;
  /** The term of `index`, which is between the base and the last index; null outside. */
  termAt(index: number): number | null;
  /** Forgets everything above `index`, which is not below the base. */
  cutAt(index: number): void;
  /** Adds the next index. */
  push(term: number): void;
  /** Begins anew after the entry (`index`, `term`). */
  reset(index: number, term: number): void;
  /** Forgets everything below `index`; it becomes the base. */
  compactTo(index: number): void;
}

export function createTermRuns(baseIndex: number, baseTerm: number): TermRuns {
  let base = baseIndex;
  let last = baseIndex;
  let runs = [{ from: baseIndex, term: baseTerm }];
  const lastTerm = (): number => runs.at(-1)?.term ?? 0;
  return {
    lastIndex: () => last,
    lastTerm,
    termAt(index) {
      if (index < base || index > last) return null;
      for (let at = runs.length - 1; at >= 0; at -= 1) {
        const run = runs[at];
        if (run !== undefined && run.from <= index) return run.term;
      }
      return null;
    },
    cutAt(index) {
      assert(index >= base && index <= last, 'the log is cut between its base and its end');
      while ((runs.at(-1)?.from ?? 0) > index) runs.pop();
      last = index;
    },
    push(term) {
      last += 1;
      if (term !== lastTerm()) runs.push({ from: last, term });
    },
    reset(index, term) {
      base = index;
      last = index;
      runs = [{ from: index, term }];
    },
    compactTo(index) {
      if (index <= base) return;
      assert(index <= last, 'only what is in the log is compacted');
      while ((runs[1]?.from ?? Infinity) <= index) runs.shift();
      base = index;
    },
  };
}
