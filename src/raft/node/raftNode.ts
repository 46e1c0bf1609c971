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
  SnapshotMeta,
  Status,
} from '../core/types.ts';
import { Applier } from './applier.ts';
import { PendingProposals, type ProposalAnswer } from './pendingProposals.ts';
import { PendingReads } from './pendingReads.ts';
import type { Clock, Net, StateMachine } from './ports.ts';
import { Snapshotter } from './snapshotter.ts';
import type { RaftStorage } from './storage.ts';
import { startTicker } from './ticker.ts';
import { Waiters } from './waiters.ts';
import { Writer } from './writer.ts';

/** Reads are confirmed in at most so many rounds at once; more share the next one. */
const READ_ROUNDS_MAX = 4;
const SNAPSHOT_LOOK_MS = 1_000;

export interface RaftNodeOptions {
  readonly id: NodeId;
  readonly cluster: string;
  /** The founding membership, at a founder only; needed at each start until there is a snapshot. */
  readonly bootstrap?: Membership;
  readonly storage: RaftStorage;
  readonly persisted: Persisted;
  readonly net: Net;
  readonly clock: Clock;
  /** Runs a callback soon, after the sockets were read: what arrived together shares one Ready. */
  defer(callback: () => void): void;
  /** 32 random bits. */
  u32(): number;
  readonly machine: StateMachine;
  readonly tuning: RaftTuning;
  /** Called with each applied command and its result, then once for the turn. */
  applied(entry: Entry, result: unknown): void;
  turnApplied(index: number): void;
  /** Role, term, leader or membership changed. */
  statusChanged(status: Status): void;
  /** The disk failed or a bug showed: the process must end. */
  fatal(error: Error): void;
}

/** Sizes and times of one node; see docs/raft.md for how the defaults were found. */
export interface RaftTuning {
  readonly tickMs: number;
  readonly core: Omit<Options, 'id' | 'cluster' | 'rng' | 'bootstrap'>;
  readonly entriesPerSnapshot?: number;
}

export type ProposeOutcome =
  | Exclude<ProposalAnswer, { kind: 'refused' }>
  /** Certainly not applied, now or later. */
  | { readonly kind: 'no_leader' }
  | { readonly kind: 'busy' };

export class RaftNode {
  readonly #options: RaftNodeOptions;
  readonly #core: RaftCore;
  readonly #writer: Writer;
  readonly #applier: Applier;
  readonly #snapshotter: Snapshotter;
  readonly #proposals = new PendingProposals();
  readonly #reads = new PendingReads();
  /** Requests that wait for a leader to be known. */
  readonly #waiters: Waiters;
  readonly #stopTicker: () => void;
  readonly #cancelLook: { cancel: () => void };
  readonly #prefix: string;
  #counter = 0;
  #readRounds = 0;
  #pumpDue = false;
  #stopped = false;
  #status: Status;
  #leaderHeardMs: number | null = null;
  /** Snapshots handed over by the core, restored once they are current on the disk. */
  readonly #toRestore = new Map<number, SnapshotMeta>();

  constructor(options: RaftNodeOptions) {
    this.#options = options;
    const { id, cluster, bootstrap, storage, persisted, net, clock, machine, tuning } = options;
    this.#core = createCore(
      { ...tuning.core, id, cluster, rng: { u32: () => options.u32() }, ...(bootstrap ? { bootstrap } : {}) },
      persisted,
    );
    this.#status = this.#core.status();
    this.#prefix = `${id.slice(0, 8)}-${options.u32().toString(36)}${options.u32().toString(36)}-`;
    this.#waiters = new Waiters(clock);
    this.#writer = new Writer(storage, {
      durable: (readies) => {
        this.#durable(readies);
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
    this.#applier = new Applier(
      {
        machine,
        nowMs: () => clock.nowMs(),
        defer: (callback) => {
          options.defer(() => {
            this.#guard(callback);
          });
        },
        appliedEntry: (entry, result) => {
          this.#proposals.applied(entry, result);
          if (entry.kind === 'command') options.applied(entry, result);
        },
        restored: (meta) => {
          this.#proposals.replacedUpTo(meta.index);
          this.#snapshotter.installed(meta);
        },
        turnEnded: () => {
          this.#turnApplied();
        },
        failed: (error) => {
          this.#fail(error);
        },
      },
      persisted.snapshot?.index ?? 0,
      persisted.snapshot?.term ?? 0,
    );
    this.#snapshotter = new Snapshotter(
      {
        core: this.#core,
        cluster,
        storage,
        net,
        machine,
        applied: () => this.#applier.at,
        changed: () => {
          this.#wake();
        },
        failed: (error) => {
          this.#fail(error);
        },
        ...(tuning.entriesPerSnapshot === undefined ? {} : { entriesPerSnapshot: tuning.entriesPerSnapshot }),
      },
      persisted.snapshot?.index ?? 0,
    );
    net.listen({
      message: (message) => {
        this.#receive(message);
      },
      snapshot: (meta) => storage.receiveSnapshot(meta),
      unreachable: (peer) => {
        this.#core.unreachable(peer);
        this.#wake();
      },
    });
    this.#stopTicker = startTicker(clock, {
      tickMs: tuning.tickMs,
      sleepGapMs: tuning.core.electionTicks * tuning.tickMs,
      tick: () => {
        this.#input(() => {
          this.#core.tick();
        });
      },
      resumed: () => {
        this.#input(() => {
          this.#core.resumed();
        });
      },
    });
    this.#cancelLook = this.#lookForSnapshots();
    // A cluster of one has nobody to wait for.
    const { voters } = this.#status.membership;
    if (voters.length === 1 && voters[0] === id) this.#core.campaign();
    this.#wake();
  }

  // --- What the app may ask ---

  /**
   * Brings a command into the log and waits until it is applied here. It is tried again while it is certain that
   * it had no effect, until `deadlineMs` from now has passed. Never rejects.
   */
  async propose(data: Uint8Array, deadlineMs: number): Promise<ProposeOutcome> {
    const endMs = this.#options.clock.nowMs() + deadlineMs;
    for (;;) {
      const answer = await this.#proposeOnce(data, endMs);
      if (answer.kind !== 'refused') return answer;
      if (answer.why === 'busy') return { kind: 'busy' };
      if (!(await this.#waiters.leaderOrPause(() => this.#hasLeader(), endMs))) return { kind: 'no_leader' };
    }
  }

  #proposeOnce(data: Uint8Array, endMs: number): Promise<ProposalAnswer> {
    if (this.#stopped) return Promise.resolve({ kind: 'refused', why: 'stopped' });
    this.#counter += 1;
    const id = `${this.#prefix}${String(this.#counter)}`;
    return new Promise((resolve) => {
      const cancel = this.#options.clock.setTimer(Math.max(0, endMs - this.#options.clock.nowMs()), () => {
        this.#proposals.forget(id);
        resolve({ kind: 'unknown' });
      });
      const answer = (value: ProposalAnswer): void => {
        cancel();
        resolve(value);
      };
      const outcome = this.#core.propose(id, data);
      if (outcome.ok) this.#proposals.add(id, answer);
      else answer({ kind: 'refused', why: outcome.why });
      this.#wake();
    });
  }

  /** True when everything acknowledged anywhere before the call is applied here; false when nobody could tell. */
  async readBarrier(deadlineMs: number): Promise<boolean> {
    const endMs = this.#options.clock.nowMs() + deadlineMs;
    while (!this.#stopped) {
      const served = await this.#readOnce(endMs);
      if (served) return true;
      if (!(await this.#waiters.leaderOrPause(() => this.#hasLeader(), endMs))) return false;
    }
    return false;
  }

  #readOnce(endMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.setTimer(Math.max(0, endMs - this.#options.clock.nowMs()), () => {
        resolve(false);
      });
      this.#reads.add((answer) => {
        cancel();
        resolve(answer.kind === 'ready');
      });
      this.#wake();
    });
  }

  changeMembership(change: MembershipChange): Outcome {
    const outcome = this.#core.changeMembership(change);
    this.#wake();
    return outcome;
  }

  transfer(to: NodeId): Outcome {
    const outcome = this.#core.transfer(to);
    this.#wake();
    return outcome;
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
    return this.#leaderHeardMs === null ? null : this.#options.clock.nowMs() - this.#leaderHeardMs;
  }

  /** Takes a snapshot now and compacts the log. */
  compactNow(): Promise<void> {
    return this.#snapshotter.takeNow();
  }

  /** Stops ticking and taking requests, and waits for what is being written. The storage stays open. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTicker();
    this.#cancelLook.cancel();
    this.#proposals.abandonAll();
    this.#reads.abandonAll();
    this.#waiters.releaseAll();
    await this.#writer.idle();
    await this.#snapshotter.idle();
  }

  // --- Inputs ---

  #receive(message: Message): void {
    if (message.from === this.#status.leader) this.#leaderHeardMs = this.#options.clock.nowMs();
    this.#input(() => {
      this.#core.step(message);
    });
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

  #wake(): void {
    if (this.#pumpDue || this.#stopped) return;
    this.#pumpDue = true;
    this.#options.defer(() => {
      this.#pumpDue = false;
      this.#guard(() => {
        this.#pump();
      });
    });
  }

  #pump(): void {
    this.#askForReads();
    while (!this.#stopped && this.#core.hasReady()) this.#handle(this.#core.ready());
  }

  #askForReads(): void {
    if (!this.#reads.hasNew || this.#readRounds >= READ_ROUNDS_MAX) return;
    this.#counter += 1;
    const ctx = `${this.#prefix}r${String(this.#counter)}`;
    if (!this.#core.readIndex(ctx).ok) {
      this.#reads.refuse();
      return;
    }
    this.#readRounds += 1;
    this.#reads.ask(ctx);
  }

  #handle(ready: Ready): void {
    for (const message of ready.messages) this.#options.net.send(message);
    if (ready.snapshot !== null) this.#toRestore.set(ready.seq, ready.snapshot);
    const held = this.#toRestore.size > 0;
    if (held && ready.committed.length > 0) this.#heldEntries.push(...ready.committed);
    this.#writer.push(ready);
    // Where a proposal stands must be known before the entry there is applied: both may be in one Ready.
    for (const { id, fate } of ready.proposals) this.#proposals.fate(id, fate, this.#applier.at.index);
    if (!held) this.#applier.push(ready.committed);
    for (const { to, meta } of ready.streamSnapshot) void this.#snapshotter.stream(to, meta);
    this.#answerReads(ready);
    if (ready.status !== null) this.#report(ready.status);
  }

  /** Committed after a snapshot that is not yet current on the disk: applied after it. */
  readonly #heldEntries: Entry[] = [];

  #durable(readies: readonly Ready[]): void {
    const last = readies.at(-1);
    if (last === undefined || this.#stopped) return;
    this.#core.persisted(last.seq);
    for (const ready of readies) {
      for (const message of ready.messagesAfterPersist) this.#options.net.send(message);
      this.#restoreDurable(ready.seq);
    }
    this.#wake();
  }

  #restoreDurable(seq: number): void {
    const meta = this.#toRestore.get(seq);
    if (meta === undefined) return;
    this.#toRestore.delete(seq);
    // A newer one follows at once: restoring this one would only cost time.
    if (this.#toRestore.size > 0) return;
    this.#applier.restore(meta, () => this.#options.storage.openSnapshot(meta, 0));
    const after = this.#heldEntries.splice(0).filter((entry) => entry.index > meta.index);
    this.#applier.push(after);
  }

  #answerReads(ready: Ready): void {
    this.#readRounds -= ready.reads.length + ready.failedReads.length;
    for (const { ctx, index } of ready.reads) this.#reads.confirmed(ctx, index, this.#applier.at.index);
    for (const ctx of ready.failedReads) this.#reads.failed(ctx);
    if (this.#reads.hasNew) this.#wake();
  }

  #turnApplied(): void {
    const { index } = this.#applier.at;
    this.#core.applied(index);
    this.#reads.applied(index);
    this.#options.turnApplied(index);
    this.#wake();
  }

  #report(status: Status): void {
    const before = this.#status;
    this.#status = status;
    if (status.leader !== null) this.#waiters.leaderKnown();
    const same =
      before.role === status.role &&
      before.term === status.term &&
      before.leader === status.leader &&
      before.membership === status.membership;
    if (!same) this.#options.statusChanged(status);
  }

  #hasLeader(): boolean {
    return this.#core.status().leader !== null;
  }

  #lookForSnapshots(): { cancel: () => void } {
    const handle = { cancel: (): void => undefined };
    const again = (): void => {
      handle.cancel = this.#options.clock.setTimer(SNAPSHOT_LOOK_MS, () => {
        this.#snapshotter.look();
        again();
      });
    };
    again();
    return handle;
  }
}
