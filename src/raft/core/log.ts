/**
 * The log in memory: contiguous entries after the snapshot's index. It answers questions about terms and cuts
 * slices; it does not know what is durable (`diskProgress.ts`) or committed.
 */
import { assert } from '../../base/assert.ts';
import type { Entry, Index, Term } from './types.ts';

export class RaftLog {
  #base: Index;
  #baseTerm: Term;
  /** `#entries[i]` has index `#base + 1 + i`. */
  #entries: Entry[];

  /** `base` and `baseTerm` are those of the snapshot before the first entry; 0 and 0 without one. */
  constructor(base: Index, baseTerm: Term, entries: readonly Entry[]) {
    this.#base = base;
    this.#baseTerm = baseTerm;
    this.#entries = [];
    this.append(entries);
  }

  get firstIndex(): Index {
    return this.#base + 1;
  }

  get lastIndex(): Index {
    return this.#base + this.#entries.length;
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#baseTerm;
  }

  /** The term of the entry at `index`, the snapshot's own included; null outside of the log. */
  termAt(index: Index): Term | null {
    if (index === this.#base) return this.#baseTerm;
    return this.#entries[index - this.#base - 1]?.term ?? null;
  }

  matches(index: Index, term: Term): boolean {
    return this.termAt(index) === term;
  }

  /** Entries from `from` to `to`, both included, cut at `maxBytes` of data but never below one entry. */
  slice(from: Index, to: Index, maxBytes: number): readonly Entry[] {
    const last = Math.min(to, this.lastIndex);
    assert(from >= this.firstIndex, 'entries before the first index are gone');
    let bytes = 0;
    let end = from;
    while (end <= last) {
      bytes += this.at(end).data.length;
      if (bytes > maxBytes && end > from) break;
      end += 1;
    }
    return this.#entries.slice(from - this.#base - 1, end - this.#base - 1);
  }

  at(index: Index): Entry {
    const entry = this.#entries[index - this.#base - 1];
    assert(entry !== undefined, 'an index inside of the log');
    return entry;
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert(entry.index === this.lastIndex + 1, 'entries are contiguous');
      assert(entry.term >= this.lastTerm, 'terms never fall along the log');
      this.#entries.push(entry);
    }
  }

  truncateFrom(index: Index): void {
    assert(index >= this.firstIndex, 'what a snapshot covers is never truncated');
    this.#entries.length = Math.min(this.#entries.length, index - this.#base - 1);
  }

  /** Forgets the entries up to `index`, which a durable snapshot covers. */
  compact(index: Index): void {
    const term = this.termAt(index);
    assert(term !== null, 'compaction stays inside of the log');
    this.#entries = this.#entries.slice(index - this.#base);
    this.#base = index;
    this.#baseTerm = term;
  }

  /** Drops everything: the snapshot at `index` is all there is. */
  reset(index: Index, term: Term): void {
    this.#base = index;
    this.#baseTerm = term;
    this.#entries = [];
  }

  /**
   * The greatest index not above `index` whose term is not above `term`, and that term: one probe passes a whole
   * term of conflicting entries (paper §5.3, the optimization at its end). Term 0 when that part was compacted.
   */
  findConflictByTerm(index: Index, term: Term): { readonly index: Index; readonly term: Term } {
    let at = Math.min(index, this.lastIndex);
    while (at > this.#base) {
      const own = this.at(at).term;
      if (own <= term) return { index: at, term: own };
      at -= 1;
    }
    return { index: at, term: this.termAt(at) ?? 0 };
  }

  /** Paper §5.4.1: later last term wins, then the longer log. */
  isUpToDate(lastIndex: Index, lastTerm: Term): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }
}
