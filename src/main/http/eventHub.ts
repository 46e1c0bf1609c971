/** Watches the cluster and tells every open event stream what changed, at most once per patch period. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CLUSTER_EVENT_PERIOD_MS, PATCH_PERIOD_MS } from '../../contract/events.ts';
import type { AppliedChange, Cluster } from '../cluster/port.ts';
import { ChangeHistory } from './changeHistory.ts';
import { EventStream, type EventContent } from './eventStream.ts';
import { EVENT_CLIENTS_MAX, HEARTBEAT_PERIOD_MS } from './limits.ts';
import { PendingChanges } from './pendingChanges.ts';
import type { StopTimer, Timers } from './timers.ts';
import { clusterRecord } from './wire.ts';

const RUN_ID_BYTES = 6;
const EVENT_ID = /^([0-9a-f]{12})-([0-9]{1,15})$/;

export class EventHub {
  private readonly cluster: Cluster;
  private readonly timers: Timers;
  private readonly content: EventContent;
  private readonly history: ChangeHistory;
  private readonly streams = new Set<EventStream>();
  private readonly stops: StopTimer[];
  /** Names this run of the node in event ids: an index of another run or farm must not be taken for one of ours. */
  private readonly runId = randomBytes(RUN_ID_BYTES).toString('hex');
  private batch = new PendingChanges();
  private clusterChanged = false;
  private stopFlush: StopTimer | null = null;

  constructor(cluster: Cluster, farmName: () => string, timers: Timers) {
    this.cluster = cluster;
    this.timers = timers;
    this.history = new ChangeHistory(cluster.readLocal().appliedIndex);
    this.content = {
      view: () => {
        const { state, appliedIndex } = cluster.readLocal();
        return { id: `${this.runId}-${appliedIndex}`, state, appliedIndex };
      },
      cluster: () => clusterRecord(cluster.readLocal().state, cluster.status(), farmName()),
    };
    this.stops = [
      cluster.onApplied((change) => this.noteApplied(change)),
      cluster.onStatus(() => this.noteCluster()),
      timers.every(CLUSTER_EVENT_PERIOD_MS, () => this.tellCluster()),
      timers.every(HEARTBEAT_PERIOD_MS, () => this.streams.forEach((stream) => stream.beat())),
    ];
  }

  /** How many streams are open, 0 to {@link EVENT_CLIENTS_MAX}. */
  get size(): number {
    return this.streams.size;
  }

  get isFull(): boolean {
    return this.streams.size >= EVENT_CLIENTS_MAX;
  }

  /** Serves events on `res`, whose head was written, until it closes. The hub must not be full. */
  open(res: ServerResponse, lastEventId: string | undefined): void {
    const stream = new EventStream(res, this.content, this.timers, this.missedSince(lastEventId));
    this.streams.add(stream);
    res.once('close', () => this.streams.delete(stream));
    stream.wake();
  }

  /** Ends all streams and stops watching. */
  stop(): void {
    for (const stop of this.stops) stop();
    this.stopFlush?.();
    this.stopFlush = null;
    for (const stream of this.streams) stream.end();
  }

  private missedSince(lastEventId: string | undefined): PendingChanges | null {
    const [, runId, index] = EVENT_ID.exec(lastEventId ?? '') ?? [];
    const appliedIndex = Number(index);
    if (runId !== this.runId || appliedIndex > this.cluster.readLocal().appliedIndex) return null;
    const missed = this.history.since(appliedIndex);
    missed?.merge(this.batch);
    return missed;
  }

  private noteApplied(change: AppliedChange): void {
    for (const touched of change.touched) {
      this.batch.addTouched(touched);
      if (touched.collection === 'members' || touched.collection === 'farm') this.clusterChanged = true;
    }
    if (!this.batch.isEmpty || this.clusterChanged) this.scheduleFlush();
  }

  private noteCluster(): void {
    this.clusterChanged = true;
    this.scheduleFlush();
  }

  private scheduleFlush(): void {
    this.stopFlush ??= this.timers.after(PATCH_PERIOD_MS, () => this.flush());
  }

  private flush(): void {
    this.stopFlush = null;
    const { batch } = this;
    if (!batch.isEmpty) {
      this.batch = new PendingChanges();
      this.history.add(this.cluster.readLocal().appliedIndex, batch);
      for (const stream of this.streams) stream.tellChanges(batch);
    }
    if (this.clusterChanged) this.tellCluster();
  }

  private tellCluster(): void {
    this.clusterChanged = false;
    for (const stream of this.streams) stream.tellCluster();
  }
}
