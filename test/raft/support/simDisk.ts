/**
 * A disk in memory: what is durable, and what a loss of power leaves of the writes that were not synced. The log is
 * one stream, so a prefix of its writes survives, down to the entry; the hard state is a file of its own, so it may
 * survive without the entries and the other way round. It refuses writes that no sound core orders.
 */
import type { Random } from '../../../src/base/random.ts';
import type {
  Entry,
  HardState,
  Index,
  Persisted,
  Ready,
  SnapshotMeta,
  Term,
} from '../../../src/raft/index.ts';

type Writes = Pick<Ready, 'snapshot' | 'truncateFrom' | 'entries' | 'hardState'>;

/** The log part of a disk, as it was before records were lost. */
interface Holdings {
  readonly snapshot: SnapshotMeta | null;
  readonly entries: readonly Entry[];
}

export class SimDisk {
  hardState: HardState = { term: 0, vote: null, commit: 0 };
  snapshot: SnapshotMeta | null = null;
  entries: Entry[] = [];
  /** What was here before `lose`: its word was given, and it counts until the node has recovered. */
  lost: Holdings | null = null;

  get lastIndex(): Index {
    return this.entries.at(-1)?.index ?? this.snapshot?.index ?? 0;
  }

  /** Makes one Ready's writes durable. */
  apply(writes: Writes): void {
    if (writes.snapshot !== null) this.#install(writes.snapshot);
    if (writes.truncateFrom !== null) this.#truncate(writes.truncateFrom);
    for (const entry of writes.entries) this.#append(entry);
    if (writes.hardState !== null) this.#setHardState(writes.hardState);
  }

  /** The node took a snapshot of what it applied; it is durable at once. */
  compact(meta: SnapshotMeta): void {
    this.snapshot = meta;
    this.entries = this.entries.filter((entry) => entry.index > meta.index);
  }

  termAt(index: Index): Term | null {
    return termAt(this, index);
  }

  /** True when this entry is durable here, or was before records were lost. */
  holds(index: Index, term: Term): boolean {
    return holds(this, index, term) || (this.lost !== null && holds(this.lost, index, term));
  }

  /** The power fails: a random part of the writes that were not synced survives. */
  crash(unsynced: readonly Writes[], random: Random): void {
    let left = random.below(1 + unsynced.reduce((sum, writes) => sum + operationsOf(writes), 0));
    const states = unsynced.map((writes) => writes.hardState).filter((state) => state !== null);
    for (const { snapshot, truncateFrom, entries } of unsynced) {
      if (snapshot !== null && left-- > 0) this.#install(snapshot);
      if (truncateFrom !== null && left-- > 0) this.#truncate(truncateFrom);
      for (const entry of entries) if (left-- > 0) this.#append(entry);
    }
    const survivor = states[random.below(states.length + 1)];
    if (survivor !== undefined) this.#setHardState(survivor);
  }

  /** Records from `from` on become unreadable. */
  lose(from: Index): void {
    this.lost = { snapshot: this.snapshot, entries: this.entries };
    this.entries = this.entries.filter((entry) => entry.index < from);
  }

  /** A new disk in the place of the old one. */
  wipe(): void {
    this.lost = { snapshot: this.snapshot, entries: this.entries };
    this.entries = [];
    this.snapshot = null;
    this.hardState = { term: 0, vote: null, commit: 0 };
  }

  persisted(integrity: Persisted['integrity'] = { kind: 'intact' }): Persisted {
    return { hardState: this.hardState, snapshot: this.snapshot, entries: [...this.entries], integrity };
  }

  #install(meta: SnapshotMeta): void {
    if (this.snapshot !== null && meta.index < this.snapshot.index) return;
    const kept = this.termAt(meta.index) === meta.term;
    this.entries = kept ? this.entries.filter((entry) => entry.index > meta.index) : [];
    this.snapshot = meta;
  }

  #truncate(from: Index): void {
    this.entries = this.entries.filter((entry) => entry.index < from);
  }

  #append(entry: Entry): void {
    if (this.snapshot !== null && entry.index <= this.snapshot.index) return;
    const expected = this.lastIndex + 1;
    if (entry.index !== expected) throw new Error(`disk: entry ${entry.index} where ${expected} belongs`);
    this.entries.push(entry);
  }

  #setHardState(next: HardState): void {
    const { term, vote } = this.hardState;
    if (next.term < term) throw new Error('disk: the term fell');
    if (next.term === term && vote !== null && next.vote !== vote) {
      throw new Error('disk: the vote changed within a term');
    }
    this.hardState = next;
  }
}

function operationsOf({ snapshot, truncateFrom, entries }: Writes): number {
  return (snapshot === null ? 0 : 1) + (truncateFrom === null ? 0 : 1) + entries.length;
}

function termAt({ snapshot, entries }: Holdings, index: Index): Term | null {
  if (index === (snapshot?.index ?? 0)) return snapshot?.term ?? 0;
  const first = entries[0];
  return first === undefined ? null : (entries[index - first.index]?.term ?? null);
}

function holds(holdings: Holdings, index: Index, term: Term): boolean {
  if (holdings.snapshot !== null && index <= holdings.snapshot.index) return true;
  return termAt(holdings, index) === term;
}
