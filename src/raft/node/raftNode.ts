/**
 * The driver: brings ticks, messages and clients' requests to the core, and carries out what each Ready asks, in
 * the order that the contract fixes: persist, send, apply. It decides nothing about consensus.
 */
import { createCore } from '../core/raft.ts';
import type {
  Entry,
  Membership,
  MembershipChange,
  Message,
  NodeId,
  Options,
  Outcome,
  Persisted,
  RaftCore,
  Ready,
  Status,
} from '../core/types.ts';
import { Applier } from './applier.ts';
import { ApplyOrder } from './applyOrder.ts';
import type { Clock, Net, StateMachine } from './ports.ts';
import { Requests, type ProposeOutcome } from './requests.ts';
import { Snapshotter } from './snapshotter.ts';
import type { RaftStorage } from './storage.ts';
import { startTicker } from './ticker.ts';
import { Writer } from './writer.ts';

const SNAPSHOT_LOOK_MS = 1_000;

/** Sizes and times of one node; see docs/raft.md for how the defaults were found. */
export interface RaftTuning {
  readonly tickMs: number;
  readonly core: Omit<Options, 'id' | 'cluster' | 'rng' | 'bootstrap'>;
  /** Applied entries after which a snapshot is taken. */
  readonly entriesPerSnapshot?: number;
}

export interface RaftNodeOptions {
  readonly id: NodeId;
  readonly cluster: string;
  /** The founding membership, at a founder only; needed at each start until there is a snapshot. */
  readonly bootstrap?: Membership;
  readonly storage: RaftStorage;
  /** What `openStorage` found; the machine was restored from its snapshot already. */
  readonly persisted: Persisted;
  readonly net: Net;
  readonly clock: Clock;
  readonly machine: StateMachine;
  readonly tuning: RaftTuning;
  /** Runs a callback soon, after the sockets were read: what arrived together shares one Ready. */
  defer(callback: () => void): void;
  /** 32 random bits. */
  u32(): number;
  /** Sees each Ready before it is carried out, and changes nothing: for traces and the simulator's checks. */
  observed?(ready: Ready): void;
  /** Called with each applied command and its result, then `turnApplied` once for all of a turn. */
  applied(entry: Entry, result: unknown): void;
  turnApplied(index: number): void;
  /** A snapshot replaced the whole state. */
  restored(index: number): void;
  /** Role, term, leader or membership changed. */
  statusChanged(status: Status): void;
  /** The disk failed or a bug showed: the process must end. Called once. */
  fatal(error: Error): void;
}

export class RaftNode {
  readonly #options: RaftNodeOptions;
  readonly #core: RaftCore;
  readonly #writer: Writer;
  readonly #applier: Applier;
  readonly #order: ApplyOrder;
  readonly #snapshotter: Snapshotter;
  readonly #requests: Requests;
  readonly #timers: (() => void)[] = [];
  #pumpDue = false;
  #stopped = false;
  #status: Status;
  #leaderHeardMs: number | null = null;

  constructor(options: RaftNodeOptions) {
    this.#options = options;
    const { id, cluster, bootstrap, persisted, tuning } = options;
    const rng = { u32: () => options.u32() };
    this.#core = createCore(
      { ...tuning.core, id, cluster, rng, ...(bootstrap ? { bootstrap } : {}) },
      persisted,
    );
    this.#status = this.#core.status();
    this.#writer = this.#makeWriter();
    this.#applier = this.#makeApplier();
    this.#order = new ApplyOrder({
      push: (entries) => this.#applier.push(entries),
      restore: (meta) => this.#applier.restore(meta, () => options.storage.openSnapshot(meta, 0)),
    });
    this.#snapshotter = this.#makeSnapshotter();
    this.#requests = new Requests({
      core: this.#core,
      clock: options.clock,
      prefix: `${id.slice(0, 8)}-${options.u32().toString(36)}${options.u32().toString(36)}-`,
      wake: () => this.#wake(),
    });
    this.#listen();
    this.#startTimers();
    this.#campaignAlone();
    this.#wake();
  }

  /**
   * Brings a command into the log and waits until it is applied here. It is tried again while it is certain that
   * it had no effect, until `deadlineMs` from now has passed. Never rejects.
   */
  propose(data: Uint8Array, deadlineMs: number): Promise<ProposeOutcome> {
    return this.#requests.propose(data, deadlineMs);
  }

  /** True when everything acknowledged anywhere before the call is applied here; false when nobody could tell. */
  readBarrier(deadlineMs: number): Promise<boolean> {
    return this.#requests.readBarrier(deadlineMs);
  }

  changeMembership(change: MembershipChange): Outcome {
    return this.#wakeAfter(this.#core.changeMembership(change));
  }

  transfer(to: NodeId): Outcome {
    return this.#wakeAfter(this.#core.transfer(to));
  }

  status(): Status {
    return this.#core.status();
  }

  get appliedIndex(): number {
    return this.#applier.at.index;
  }

  /** Milliseconds since the leader was heard: 0 at the leader, null when none was since the start. */
  leaderContactMs(): number | null {
    if (this.#status.role === 'leader') return 0;
    return this.#leaderHeardMs === null
      ? null
      : Math.round(this.#options.clock.nowMs() - this.#leaderHeardMs);
  }

  /** Takes a snapshot now and compacts the log. */
  compactNow(): Promise<void> {
    return this.#snapshotter.takeNow();
  }

  /** Stops ticking and taking requests, and waits for what is being written. The storage stays open. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#requests.stop();
    await this.#writer.idle();
    await this.#snapshotter.idle();
  }

  // --- Parts ---

  #makeWriter(): Writer {
    return new Writer(this.#options.storage, {
      durable: (readies) => this.#durable(readies),
      failed: (error) => this.#fail(error),
    });
  }

  #makeApplier(): Applier {
    const { machine, clock, persisted } = this.#options;
    return new Applier(
      {
        machine,
        nowMs: () => clock.nowMs(),
        defer: (callback) => this.#options.defer(() => this.#guard(callback)),
        appliedEntry: (entry, result) => {
          this.#requests.entryApplied(entry, result);
          if (entry.kind === 'command') this.#options.applied(entry, result);
        },
        restored: (meta) => {
          this.#requests.restoredUpTo(meta.index);
          this.#snapshotter.installed(meta);
          this.#options.restored(meta.index);
        },
        turnEnded: () => this.#turnApplied(),
        failed: (error) => this.#fail(error),
      },
      persisted.snapshot?.index ?? 0,
      persisted.snapshot?.term ?? 0,
    );
  }

  #makeSnapshotter(): Snapshotter {
    const { cluster, storage, net, machine, tuning, persisted } = this.#options;
    const { entriesPerSnapshot } = tuning;
    return new Snapshotter(
      {
        core: this.#core,
        cluster,
        storage,
        net,
        machine,
        applied: () => this.#applier.at,
        changed: () => this.#wake(),
        failed: (error) => this.#fail(error),
        ...(entriesPerSnapshot === undefined ? {} : { entriesPerSnapshot }),
      },
      persisted.snapshot?.index ?? 0,
    );
  }

  // --- Inputs ---

  #listen(): void {
    this.#options.net.listen({
      message: (message) => this.#receive(message),
      snapshot: (meta) => this.#options.storage.receiveSnapshot(meta),
      unreachable: (peer) => this.#input(() => this.#core.unreachable(peer)),
    });
  }

  #startTimers(): void {
    const { clock, tuning } = this.#options;
    const stopTicker = startTicker(clock, {
      tickMs: tuning.tickMs,
      sleepGapMs: tuning.core.electionTicks * tuning.tickMs,
      tick: () => this.#input(() => this.#core.tick()),
      resumed: () => this.#input(() => this.#core.resumed()),
    });
    const stopLooking = startTicker(clock, {
      tickMs: SNAPSHOT_LOOK_MS,
      sleepGapMs: Number.MAX_SAFE_INTEGER,
      tick: () => this.#snapshotter.look(),
      resumed: () => undefined,
    });
    this.#timers.push(stopTicker, stopLooking);
  }

  /** A cluster of one has nobody to wait for. */
  #campaignAlone(): void {
    const { voters } = this.#status.membership;
    if (voters.length === 1 && voters[0] === this.#options.id) this.#core.campaign();
  }

  #receive(message: Message): void {
    if (message.from === this.#status.leader) this.#leaderHeardMs = this.#options.clock.nowMs();
    this.#input(() => this.#core.step(message));
  }

  #input(call: () => void): void {
    if (this.#stopped) return;
    this.#guard(call);
    this.#wake();
  }

  /** A bug in the core or the state machine ends the node; it is never caught to go on. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    if (this.#stopped) return;
    this.#core.storageFailed();
    void this.stop();
    this.#options.fatal(error);
  }

  // --- Readies ---

  #wakeAfter<T>(result: T): T {
    this.#wake();
    return result;
  }

  #wake(): void {
    if (this.#pumpDue || this.#stopped) return;
    this.#pumpDue = true;
    this.#options.defer(() => {
      this.#pumpDue = false;
      this.#guard(() => this.#pump());
    });
  }

  #pump(): void {
    this.#requests.askForReads();
    while (!this.#stopped && this.#core.hasReady()) this.#handle(this.#core.ready());
  }

  #handle(ready: Ready): void {
    this.#options.observed?.(ready);
    for (const message of ready.messages) this.#options.net.send(message);
    this.#order.taken(ready);
    this.#writer.push(ready);
    this.#requests.answered(ready, this.#applier.at.index);
    this.#order.committed(ready.committed);
    for (const { to, meta } of ready.streamSnapshot) void this.#snapshotter.stream(to, meta);
    if (ready.status !== null) this.#report(ready.status);
  }

  #durable(readies: readonly Ready[]): void {
    const last = readies.at(-1);
    if (last === undefined || this.#stopped) return;
    this.#core.persisted(last.seq);
    for (const ready of readies) {
      for (const message of ready.messagesAfterPersist) this.#options.net.send(message);
      this.#order.durable(ready.seq);
    }
    this.#wake();
  }

  #turnApplied(): void {
    const { index } = this.#applier.at;
    this.#core.applied(index);
    this.#requests.turnApplied(index);
    this.#options.turnApplied(index);
    this.#wake();
  }

  #report(status: Status): void {
    const before = this.#status;
    this.#status = status;
    if (status.leader !== null) this.#requests.leaderKnown();
    const same =
      before.role === status.role &&
      before.term === status.term &&
      before.leader === status.leader &&
      before.membership === status.membership;
    if (!same) this.#options.statusChanged(status);
  }
}
