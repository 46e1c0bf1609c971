/**
 * Brings committed entries to the state machine, in order and each once, in short turns: a node that catches up
 * on a whole night must still answer its clients. A received snapshot is restored in its place in that order.
 */
import { assert } from '../../base/assert.ts';
import type { Entry, Index, SnapshotMeta, Term } from '../core/types.ts';
import type { StateMachine } from './ports.ts';

/** How long one turn may apply entries: half of what an event-loop turn may take. */
const TURN_MS = 5;
/** The clock is looked at each so many entries. */
const ENTRIES_PER_LOOK = 16;

type Work =
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'restore'; readonly meta: SnapshotMeta; readonly open: () => AsyncIterable<Uint8Array> };

export interface ApplierOptions {
  readonly machine: StateMachine;
  nowMs(): number;
  /** Runs the callback soon, after what waits in the event loop. */
  defer(callback: () => void): void;
  appliedEntry(entry: Entry, result: unknown): void;
  restored(meta: SnapshotMeta): void;
  /** After each turn that applied something. */
  turnEnded(): void;
  failed(error: Error): void;
}

export class Applier {
  readonly #options: ApplierOptions;
  #work: Work[] = [];
  #position = 0;
  #busy = false;
  #index: Index;
  #term: Term;

  /** `index` and `term` of the last entry that the machine's state contains. */
  constructor(options: ApplierOptions, index: Index, term: Term) {
    this.#options = options;
    this.#index = index;
    this.#term = term;
  }

  /** The last applied entry. */
  get at(): { readonly index: Index; readonly term: Term } {
    return { index: this.#index, term: this.#term };
  }

  get isIdle(): boolean {
    return this.#work.length === 0;
  }

  push(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.#work.push({ kind: 'entries', entries });
    this.#run();
  }

  restore(meta: SnapshotMeta, open: () => AsyncIterable<Uint8Array>): void {
    this.#work.push({ kind: 'restore', meta, open });
    this.#run();
  }

  #run(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#turn();
  }

  #turn(): void {
    const endMs = this.#options.nowMs() + TURN_MS;
    let late = false;
    while (!late) {
      const work = this.#work[0];
      if (work === undefined) {
        this.#busy = false;
        this.#options.turnEnded();
        return;
      }
      if (work.kind === 'restore') {
        void this.#restore(work.meta, work.open);
        return;
      }
      late = this.#applySome(work.entries, endMs);
    }
    this.#options.turnEnded();
    this.#options.defer(() => {
      this.#turn();
    });
  }

  /** True when the turn's time is over. */
  #applySome(entries: readonly Entry[], endMs: number): boolean {
    while (this.#position < entries.length) {
      const entry = entries[this.#position];
      assert(entry?.index === this.#index + 1, 'entries are applied in order, each once');
      const result = entry.kind === 'command' ? this.#options.machine.apply(entry) : undefined;
      this.#position += 1;
      this.#index = entry.index;
      this.#term = entry.term;
      this.#options.appliedEntry(entry, result);
      if (this.#position % ENTRIES_PER_LOOK === 0 && this.#options.nowMs() >= endMs) return true;
    }
    this.#position = 0;
    this.#work.shift();
    return false;
  }

  async #restore(meta: SnapshotMeta, open: () => AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#options.machine.restore(open());
    } catch (error) {
      this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#work.shift();
    this.#index = meta.index;
    this.#term = meta.term;
    this.#options.restored(meta);
    this.#turn();
  }
}
