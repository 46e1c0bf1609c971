/** What changed lately, by applied index, so that a client that was away for a moment need not read everything again. */
import { HISTORY_BATCHES_MAX, HISTORY_RECORDS_MAX } from './limits.ts';
import { PendingChanges } from './pendingChanges.ts';

interface Batch {
  /** The last index whose changes are in it. */
  readonly appliedIndex: number;
  readonly changes: PendingChanges;
}

export class ChangeHistory {
  /** Oldest first. */
  private readonly batches: Batch[] = [];
  private records = 0;
  /** Everything after this index is remembered. */
  private baseIndex: number;

  constructor(appliedIndex: number) {
    this.baseIndex = appliedIndex;
  }

  /** Remembers a batch; forgets the oldest beyond the limits. `appliedIndex` never falls. */
  add(appliedIndex: number, changes: PendingChanges): void {
    this.batches.push({ appliedIndex, changes });
    this.records += changes.size;
    while (this.batches.length > HISTORY_BATCHES_MAX || this.records > HISTORY_RECORDS_MAX) {
      const oldest = this.batches.shift();
      if (oldest === undefined) return;
      this.records -= oldest.changes.size;
      this.baseIndex = oldest.appliedIndex;
    }
  }

  /** All changes after `appliedIndex`, or null when they are no longer remembered. */
  since(appliedIndex: number): PendingChanges | null {
    if (appliedIndex < this.baseIndex) return null;
    const changes = new PendingChanges();
    for (const batch of this.batches) if (batch.appliedIndex > appliedIndex) changes.merge(batch.changes);
    return changes;
  }
}
