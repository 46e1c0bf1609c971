/**
 * One client of the event stream. It holds what the client must still be told as ids and flags, never as text: a slow
 * client makes its next event larger (in the end a snapshot), not a queue longer.
 */
import type { ServerResponse } from 'node:http';
import type { ClusterRecord } from '../../contract/records.ts';
import { clusterText, HEARTBEAT_TEXT, patchPieces, snapshotPieces, type EventView } from './eventText.ts';
import { PendingChanges } from './pendingChanges.ts';
import { gatherSlices, writeSlices } from './slicedBody.ts';
import type { Timers } from './timers.ts';

/** Where events take their content from, at the moment they are written. */
export interface EventContent {
  view(): EventView;
  cluster(): ClusterRecord;
}

export class EventStream {
  private readonly res: ServerResponse;
  private readonly content: EventContent;
  private readonly timers: Timers;
  private pending: PendingChanges;
  /** A resumed stream begins with a patch even when nothing changed: the client learns that it is up to date. */
  private patchDue: boolean;
  private clusterDue: boolean;
  private heartbeatDue = false;
  private isWriting = false;

  /** `missed`: what the client has not seen; null = everything. */
  constructor(res: ServerResponse, content: EventContent, timers: Timers, missed: PendingChanges | null) {
    this.res = res;
    this.content = content;
    this.timers = timers;
    this.pending = missed ?? new PendingChanges();
    if (missed === null) this.pending.markEverything();
    this.patchDue = missed !== null;
    this.clusterDue = missed !== null;
  }

  tellChanges(changes: PendingChanges): void {
    this.pending.merge(changes);
    this.wake();
  }

  tellCluster(): void {
    this.clusterDue = true;
    this.wake();
  }

  beat(): void {
    this.heartbeatDue = true;
    this.wake();
  }

  /** Writes what is due, unless that is under way already. */
  wake(): void {
    if (!this.isWriting) void this.write();
  }

  end(): void {
    this.res.end();
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    for (let event = this.takeNext(); event !== null; event = this.takeNext()) {
      if ((await writeSlices(this.res, gatherSlices(event), this.timers)) === 'gone') break;
    }
    this.isWriting = false;
  }

  /** The next event that is due, which then no longer is; null = nothing is. */
  private takeNext(): Iterable<string> | null {
    if (this.res.destroyed || this.res.writableEnded) return null;
    if (this.pending.isEverything) {
      this.takePending();
      this.clusterDue = false;
      return snapshotPieces(this.content.view(), this.content.cluster());
    }
    if (this.patchDue || !this.pending.isEmpty) return patchPieces(this.content.view(), this.takePending());
    if (this.clusterDue) {
      this.clusterDue = false;
      return [clusterText(this.content.cluster())];
    }
    if (!this.heartbeatDue) return null;
    this.heartbeatDue = false;
    return [HEARTBEAT_TEXT];
  }

  private takePending(): PendingChanges {
    const taken = this.pending;
    this.pending = new PendingChanges();
    this.patchDue = false;
    return taken;
  }
}
