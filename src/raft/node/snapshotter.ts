/**
 * Log compaction (paper §7): when to take a snapshot, when the log may forget what it covers, and streaming one
 * to a node that needs entries which are gone.
 */
import type { Index, NodeId, RaftCore, SnapshotMeta, Term } from '../core/types.ts';
import type { Net, StateMachine } from './ports.ts';
import type { RaftStorage } from './storage.ts';

/** Applied entries after which a snapshot pays: a restart replays at most about this many. */
const ENTRIES_PER_SNAPSHOT = 20_000;
/** A live follower that lacks fewer entries than this is waited for: entries cost it less than a snapshot. */
const FOLLOWER_LAG_ENTRIES = 10_000;
/** … but not for longer than this many looks (one a second): a stuck one must not fill the disk. */
const LOOKS_MAX = 30;

export interface SnapshotterOptions {
  readonly core: RaftCore;
  readonly cluster: string;
  readonly storage: RaftStorage;
  readonly net: Net;
  readonly machine: StateMachine;
  /** The last applied entry; asked in the same turn as the state is captured. */
  applied(): { readonly index: Index; readonly term: Term };
  /** The core has something to say. */
  changed(): void;
  failed(error: Error): void;
  readonly entriesPerSnapshot?: number;
}

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  /** Durable, but the log still holds what it covers. */
  #waiting: SnapshotMeta | null = null;
  #looks = 0;
  #lastIndex: Index;
  #busy: Promise<void> | null = null;

  constructor(options: SnapshotterOptions, lastSnapshotIndex: Index) {
    this.#options = options;
    this.#lastIndex = lastSnapshotIndex;
  }

  /** To be called about once a second. */
  look(): void {
    if (this.#busy !== null) return;
    const threshold = this.#options.entriesPerSnapshot ?? ENTRIES_PER_SNAPSHOT;
    if (this.#waiting !== null) this.#run(() => this.#forgetWhenNobodyNeedsIt());
    else if (this.#options.applied().index - this.#lastIndex >= threshold) this.#run(() => this.#take());
  }

  /** A snapshot from the leader replaced the state: counting starts anew. */
  installed(meta: SnapshotMeta): void {
    this.#lastIndex = Math.max(this.#lastIndex, meta.index);
    if (this.#waiting !== null && this.#waiting.index <= meta.index) this.#waiting = null;
  }

  /** Takes a snapshot now, whatever the threshold, and compacts the log at once. */
  async takeNow(): Promise<void> {
    // Looked at again after each wait: another caller may have begun in between.
    while (this.#busy !== null) await this.#busy;
    this.#run(async () => {
      await this.#take();
      this.#looks = LOOKS_MAX;
      await this.#forgetWhenNobodyNeedsIt();
    });
    await this.idle();
  }

  async idle(): Promise<void> {
    while (this.#busy !== null) await this.#busy;
  }

  #run(work: () => Promise<void>): void {
    this.#busy = work()
      .catch((error: unknown) => {
        this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        this.#busy = null;
      });
  }

  async #take(): Promise<void> {
    const { core, storage, machine } = this.#options;
    const at = this.#options.applied();
    if (at.index <= this.#lastIndex) return;
    const slices = machine.snapshot();
    this.#waiting = await storage.saveSnapshot({ ...at, ...core.membershipAt(at.index) }, slices);
    this.#lastIndex = at.index;
    this.#looks = 0;
  }

  async #forgetWhenNobodyNeedsIt(): Promise<void> {
    const meta = this.#waiting;
    if (meta === null) return;
    this.#looks += 1;
    if (this.#looks < LOOKS_MAX && this.#someFollowerNeeds(meta.index)) return;
    this.#waiting = null;
    // A snapshot from the leader may have overtaken this one while it was written.
    if (meta.index < this.#options.core.status().firstIndex) return;
    this.#options.core.compacted(meta);
    this.#options.changed();
    await this.#options.storage.compact(meta);
  }

  #someFollowerNeeds(index: Index): boolean {
    const { progress } = this.#options.core.status();
    if (progress === null) return false;
    return [...progress.values()].some(
      (peer) => peer.recentActive && peer.match < index && peer.match + FOLLOWER_LAG_ENTRIES >= index,
    );
  }

  /** Streams `meta` to `to` and tells the core what came of it. Never rejects. */
  async stream(to: NodeId, meta: SnapshotMeta): Promise<void> {
    const { core, cluster, net, storage } = this.#options;
    const { id: from, term } = core.status();
    const message = { t: 'snapshot', cluster, from, to, term, meta } as const;
    const arrived = await net
      .sendSnapshot(message, (offset) => storage.openSnapshot(meta, offset))
      .catch(() => false);
    core.snapshotSent(to, arrived);
    this.#options.changed();
  }
}
