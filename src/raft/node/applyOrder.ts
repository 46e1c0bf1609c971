/**
 * Keeps snapshots and entries in the order of their Readies. A received snapshot is restored only when it is
 * current on the disk; the entries that were committed after it wait for that.
 */
import type { Entry, Ready, SnapshotMeta } from '../core/types.ts';

export interface ApplyTarget {
  push(entries: readonly Entry[]): void;
  restore(meta: SnapshotMeta): void;
}

export class ApplyOrder {
  readonly #target: ApplyTarget;
  /** By the number of their Ready. */
  readonly #snapshots = new Map<number, SnapshotMeta>();
  #held: Entry[] = [];

  constructor(target: ApplyTarget) {
    this.#target = target;
  }

  /** To be called before the Ready is written. */
  taken(ready: Pick<Ready, 'seq' | 'snapshot'>): void {
    if (ready.snapshot !== null) this.#snapshots.set(ready.seq, ready.snapshot);
  }

  committed(entries: readonly Entry[]): void {
    if (this.#snapshots.size > 0) this.#held.push(...entries);
    else this.#target.push(entries);
  }

  /** The Ready `seq` is durable. Of two snapshots in quick succession only the newer one is restored. */
  durable(seq: number): void {
    const meta = this.#snapshots.get(seq);
    if (meta === undefined) return;
    this.#snapshots.delete(seq);
    if (this.#snapshots.size > 0) return;
    const held = this.#held.filter((entry) => entry.index > meta.index);
    this.#held = [];
    this.#target.restore(meta);
    this.#target.push(held);
  }
}
