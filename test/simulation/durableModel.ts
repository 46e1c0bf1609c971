/**
 * What one PC's disk must hold: everything that its storage called durable. Checked at each start against what the
 * recovery found, and asked by the checker whether a commit is durable on a quorum at that moment.
 */
import type { Persisted } from '../../src/raft/index.ts';
import type { StorageBatch } from '../../src/raft/node/ports.ts';
import type { RaftStorage } from '../../src/raft/node/storage.ts';

export class DurableModel {
  #term = 0;
  #vote: string | null = null;
  /** Term of the entry at each index, sparse below the base; the index is the place. */
  #terms: number[] = [];
  #baseIndex = 0;
  #snapshot = { index: 0, term: 0 };
  /** Terms of entries that were durable and got lost by damage: promises that bind until the node is whole again. */
  #lost: readonly number[] = [];
  /** Being written: nobody knows how much of it the disk holds. */
  #attempted: readonly StorageBatch[] = [];

  /** The disk is new, or its contents are known to be damaged. */
  forget(): void {
    this.#lost = [...this.#lost, ...this.#terms.slice(this.#lost.length)];
    this.#term = 0;
    this.#vote = null;
    this.#terms = [];
    this.#baseIndex = 0;
    this.#snapshot = { index: 0, term: 0 };
    this.#attempted = [];
  }

  /** The other PCs made it whole: what was lost is durable again, or was never committed. */
  recovered(): void {
    this.#lost = [];
  }

  get term(): number {
    return this.#term;
  }

  get vote(): string | null {
    return this.#vote;
  }

  get lastIndex(): number {
    return Math.max(this.#terms.length - 1, this.#baseIndex);
  }

  /**
   * True when the entry of this index and term (or a snapshot that covers it) is durable here. Also when it was, and
   * damage took it: a leader may count that acknowledgement, because this node elects nobody before it has it again.
   */
  holds(index: number, term: number): boolean {
    return index <= this.#snapshot.index || this.#terms[index] === term || this.#lost[index] === term;
  }

  /** The same storage, watched. */
  watch(storage: RaftStorage): RaftStorage {
    return {
      ...storage,
      write: async (batches) => {
        // The batches are the driver's Readies: taken as they are now.
        this.#attempted = [...this.#attempted, ...batches];
        await storage.write(batches);
        for (const batch of batches) this.#add(batch);
        this.#attempted = this.#attempted.slice(batches.length);
      },
    };
  }

  #add({ snapshot, truncateFrom, entries, hardState, mustSync }: StorageBatch): void {
    if (hardState !== null && mustSync) {
      this.#term = hardState.term;
      this.#vote = hardState.vote;
    }
    if (snapshot !== null) {
      if (this.#terms[snapshot.index] !== snapshot.term) this.#terms = [];
      this.#baseIndex = snapshot.index;
      this.#terms[snapshot.index] = snapshot.term;
      this.#snapshot = { index: snapshot.index, term: snapshot.term };
    }
    if (truncateFrom !== null) this.#terms.length = Math.min(this.#terms.length, truncateFrom);
    for (const entry of entries) this.#terms[entry.index] = entry.term;
  }

  /** What the recovery must not have lost; null when all is there. Afterwards the model is what was found. */
  checkRecovered(found: Persisted, damageExpected: boolean): string | null {
    const complaint = this.#complaint(found, damageExpected);
    if (found.integrity.kind === 'damaged')
      this.#lost = [...this.#terms, ...this.#lost.slice(this.#terms.length)];
    this.#term = found.hardState.term;
    this.#vote = found.hardState.vote;
    this.#snapshot = { index: found.snapshot?.index ?? 0, term: found.snapshot?.term ?? 0 };
    this.#baseIndex = this.#snapshot.index;
    this.#terms = [];
    this.#terms[this.#baseIndex] = this.#snapshot.term;
    for (const entry of found.entries) this.#terms[entry.index] = entry.term;
    this.#attempted = [];
    return complaint;
  }

  #complaint(found: Persisted, damageExpected: boolean): string | null {
    const { hardState, integrity } = found;
    if (integrity.kind === 'damaged' && !damageExpected) {
      return `damage was reported where nothing was damaged: ${JSON.stringify(integrity)}`;
    }
    if (hardState.term < this.#term) return `the term went back from ${this.#term} to ${hardState.term}`;
    if (hardState.term === this.#term && this.#vote !== null && hardState.vote !== this.#vote) {
      return `the vote of term ${this.#term} was forgotten`;
    }
    const snapshotIndex = found.snapshot?.index ?? 0;
    const mayBeCutFrom = Math.min(
      ...this.#attempted.map((batch) => (batch.snapshot === null ? (batch.truncateFrom ?? Infinity) : 0)),
      integrity.kind === 'damaged' ? integrity.from : Infinity,
    );
    for (let index = snapshotIndex + 1; index < Math.min(this.#terms.length, mayBeCutFrom); index += 1) {
      const term = this.#terms[index];
      const there = found.entries[index - snapshotIndex - 1]?.term;
      if (term !== undefined && there !== term) {
        return `entry ${index} of term ${term} was durable, the recovery found ${String(there)}`;
      }
    }
    return null;
  }
}
