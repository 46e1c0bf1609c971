/**
 * What has been handed to the disk and what is durable there. Several Readies may be outstanding (asynchronous
 * storage, thesis §10.2.1), so each one is remembered until `persisted(seq)`, and a truncation takes back what
 * an outstanding one would have made durable.
 */
import type { HardState, Index, NodeId, SnapshotMeta, Term } from './types.ts';

interface Outstanding {
  readonly seq: number;
  /** The last entry that it writes; lowered by a later truncation. */
  lastIndex: Index;
  readonly term: Term;
  readonly vote: NodeId | null;
  readonly mustSync: boolean;
  ageTicks: number;
}

export class DiskProgress {
  /** Durable on this node's disk. */
  stableIndex: Index;
  durableTerm: Term;
  durableVote: NodeId | null;
  /** The last entry that a Ready carried. */
  handedIndex: Index;
  /** The hard state that a Ready carried last. */
  handedHardState: HardState;
  /** To be handed out with the next Ready. */
  truncateFrom: Index | null = null;
  snapshot: SnapshotMeta | null = null;
  #seq = 0;
  #outstanding: Outstanding[] = [];

  constructor(hardState: HardState, lastIndex: Index) {
    this.stableIndex = lastIndex;
    this.handedIndex = lastIndex;
    this.durableTerm = hardState.term;
    this.durableVote = hardState.vote;
    this.handedHardState = hardState;
  }

  /** The log was cut: entries from `index` on are no longer what any outstanding write makes durable. */
  truncated(index: Index): void {
    if (index <= this.handedIndex) {
      this.truncateFrom = Math.min(index, this.truncateFrom ?? index);
      this.handedIndex = index - 1;
    }
    this.stableIndex = Math.min(this.stableIndex, index - 1);
    for (const write of this.#outstanding) write.lastIndex = Math.min(write.lastIndex, index - 1);
  }

  /** A received snapshot replaced the whole log. */
  replacedBy(meta: SnapshotMeta): void {
    // What the disk holds above it is cut, also when an earlier cut has not been handed out so far.
    const cut = this.handedIndex > meta.index || this.truncateFrom !== null;
    this.truncateFrom = cut ? meta.index + 1 : null;
    this.snapshot = meta;
    this.handedIndex = meta.index;
    this.stableIndex = 0;
    for (const write of this.#outstanding) write.lastIndex = 0;
  }

  /** Numbers the Ready that is being made. It writes up to `lastIndex` with this hard state. */
  handOut(lastIndex: Index, hardState: HardState, mustSync: boolean): number {
    this.#seq += 1;
    this.handedIndex = lastIndex;
    this.handedHardState = hardState;
    if (mustSync) {
      this.truncateFrom = null;
      this.snapshot = null;
    }
    const { term, vote } = hardState;
    this.#outstanding.push({ seq: this.#seq, lastIndex, term, vote, mustSync, ageTicks: 0 });
    return this.#seq;
  }

  /** A number for a Ready that writes nothing any more (the disk failed). */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** This Ready and all before it are durable. An unknown or repeated number changes nothing. */
  persisted(seq: number): void {
    if (seq > this.#seq) return;
    while (this.#outstanding[0] !== undefined && this.#outstanding[0].seq <= seq) {
      const write = this.#outstanding.shift();
      if (write === undefined) return;
      this.stableIndex = Math.max(this.stableIndex, write.lastIndex);
      this.durableTerm = write.term;
      this.durableVote = write.vote;
    }
  }

  tick(): void {
    for (const write of this.#outstanding) write.ageTicks += 1;
  }

  /** How long the disk has owed the oldest sync, in ticks; 0 when it owes none. */
  get stalledTicks(): number {
    return this.#outstanding.find((write) => write.mustSync)?.ageTicks ?? 0;
  }

  /** For the digest. */
  dump(): unknown {
    const { stableIndex, durableTerm, durableVote, handedIndex, handedHardState, truncateFrom, snapshot } =
      this;
    const seq = this.#seq;
    const outstanding = this.#outstanding;
    return {
      stableIndex,
      durableTerm,
      durableVote,
      handedIndex,
      handedHardState,
      truncateFrom,
      snapshot,
      seq,
      outstanding,
    };
  }
}
