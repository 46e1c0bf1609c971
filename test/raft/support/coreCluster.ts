/**
 * A cluster of bare cores on simulated disks and links, driven step by step from one seed: the smallest driver
 * that keeps the contract of `Ready`. It checks the cluster-wide invariants after every step.
 */
import { createRandom, type Random } from '../../../src/base/random.ts';
import {
  createCore,
  type Entry,
  type Index,
  type Membership,
  type Message,
  type NodeId,
  type Options,
  type Persisted,
  type RaftCore,
  type Ready,
  type SnapshotMeta,
} from '../../../src/raft/index.ts';
import { SimDisk } from './simDisk.ts';

export interface SimNode {
  readonly id: NodeId;
  disk: SimDisk;
  core: RaftCore | null;
  writes: Ready[];
  appliedEntries: Entry[];
  applied: Index;
  reads: { ctx: string; index: Index }[];
  failedReads: string[];
  fates: Map<string, Ready['proposals'][number]['fate']>;
  frozen: boolean;
}

export const baseOptions: Omit<Options, 'id' | 'rng' | 'cluster'> = {
  electionTicks: 10,
  heartbeatTicks: 2,
  preVote: true,
  checkQuorum: true,
  leaseReads: false,
  maxAppendBytes: 64 * 1024,
  maxInflight: 16,
  maxInflightBytes: 1024 * 1024,
  maxUncommittedBytes: 16 * 1024 * 1024,
  maxApplyBytes: 1024 * 1024,
};

export function members(...voters: NodeId[]): Membership {
  return { voters, learners: [], outgoing: [], learnersNext: [] };
}

export class CoreCluster {
  readonly random: Random;
  readonly nodes = new Map<NodeId, SimNode>();
  readonly wire: Message[] = [];
  /** Links cut, as `from>to`. */
  readonly cut = new Set<string>();
  /** When false, writes stay outstanding until `sync` is called. */
  syncAtOnce = true;
  readonly leaders = new Map<number, NodeId>();
  /** index -> term and data of what was applied first anywhere. */
  readonly committed = new Map<Index, Entry>();
  readonly #options: Partial<Options>;
  readonly #bootstrap: Membership;

  constructor(seed: number, bootstrap: Membership, options: Partial<Options> = {}) {
    this.random = createRandom(seed);
    this.#options = options;
    this.#bootstrap = bootstrap;
    for (const id of bootstrap.voters) this.start(id);
  }

  /** Starts (or restarts) a node from its disk. A node outside of the bootstrap starts knowing nobody. */
  start(id: NodeId, integrity?: Persisted['integrity'], options: Partial<Options> = {}): SimNode {
    const disk = this.nodes.get(id)?.disk ?? new SimDisk();
    const rng = createRandom(this.random.u32());
    const known = this.#bootstrap.voters.includes(id) || this.#bootstrap.learners.includes(id);
    const core = createCore(
      {
        ...baseOptions,
        ...this.#options,
        ...options,
        ...(known ? { bootstrap: this.#bootstrap } : {}),
        id,
        cluster: 'farm',
        rng: { u32: () => rng.u32() },
      },
      disk.persisted(integrity),
    );
    const applied = disk.snapshot?.index ?? 0;
    const node: SimNode = {
      id,
      disk,
      core,
      writes: [],
      appliedEntries: [],
      applied,
      reads: [],
      failedReads: [],
      fates: new Map(),
      frozen: false,
    };
    this.nodes.set(id, node);
    this.pump(node);
    return node;
  }

  node(id: NodeId): SimNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  core(id: NodeId): RaftCore {
    const { core } = this.node(id);
    if (core === null) throw new Error(`${id} is down`);
    return core;
  }

  /** Power off: outstanding writes are lost, or the first `kept` of them survive. */
  crash(id: NodeId, kept = 0): void {
    const node = this.node(id);
    for (const ready of node.writes.slice(0, kept)) node.disk.apply(ready);
    node.writes = [];
    node.core = null;
  }

  /** Handles all Readies of a node, as a driver does. */
  pump(node: SimNode): void {
    const { core } = node;
    if (core === null || node.frozen) return;
    let rounds = 0;
    while (core.hasReady()) {
      rounds += 1;
      if (rounds > 10_000) throw new Error(`${node.id} never comes to rest`);
      const ready = core.ready();
      for (const message of ready.messages) this.post(message);
      this.#apply(node, core, ready);
      node.writes.push(ready);
      if (this.syncAtOnce) this.sync(node.id);
      for (const { to, meta } of ready.streamSnapshot) {
        this.post({ t: 'snapshot', cluster: 'farm', from: node.id, to, term: core.status().term, meta });
        core.snapshotSent(to, true);
      }
    }
    this.#check(node, core);
  }

  /** Makes the oldest `count` outstanding writes durable and sends what waited for them. */
  sync(id: NodeId, count = Number.MAX_SAFE_INTEGER): void {
    const node = this.node(id);
    for (const ready of node.writes.splice(0, count)) {
      node.disk.apply(ready);
      node.core?.persisted(ready.seq);
      for (const message of ready.messagesAfterPersist) this.post(message);
    }
  }

  post(message: Message): void {
    this.wire.push(message);
  }

  #apply(node: SimNode, core: RaftCore, ready: Ready): void {
    if (ready.snapshot !== null) {
      node.applied = ready.snapshot.index;
      core.applied(node.applied);
    }
    for (const entry of ready.committed) {
      if (entry.index !== node.applied + 1)
        throw new Error(`${node.id} applies ${entry.index} after ${node.applied}`);
      node.applied = entry.index;
      node.appliedEntries.push(entry);
      this.#checkCommitted(entry, core.membershipAt(entry.index).membership);
    }
    if (ready.committed.length > 0) core.applied(node.applied);
    node.reads.push(...ready.reads);
    node.failedReads.push(...ready.failedReads);
    for (const { id, fate } of ready.proposals) {
      if (node.fates.has(id)) throw new Error(`proposal ${id} got a second fate`);
      node.fates.set(id, fate);
    }
  }

  /** Same index, same bytes, and durable on a quorum of the disks at this moment. */
  #checkCommitted(entry: Entry, membership: Membership): void {
    const first = this.committed.get(entry.index);
    if (first === undefined) {
      for (const half of [membership.voters, membership.outgoing]) {
        const holders = half.filter((id) => this.nodes.get(id)?.disk.holds(entry.index, entry.term) === true);
        if (half.length > 0 && holders.length * 2 <= half.length) {
          throw new Error(
            `entry ${entry.index} was committed but is durable on ${holders.join() || 'no'} disk only`,
          );
        }
      }
      this.committed.set(entry.index, entry);
      return;
    }
    const same = first.term === entry.term && Buffer.compare(first.data, entry.data) === 0;
    if (!same) throw new Error(`two entries were applied at index ${entry.index}`);
  }

  #check(node: SimNode, core: RaftCore): void {
    const { role, term } = core.status();
    if (role !== 'leader') return;
    const other = this.leaders.get(term);
    if (other !== undefined && other !== node.id) throw new Error(`two leaders in term ${term}`);
    this.leaders.set(term, node.id);
  }

  /** Delivers one message, the first or a random one. False when the wire is empty. */
  deliver(at = 0): boolean {
    const [message] = this.wire.splice(at, 1);
    if (message === undefined) return false;
    const node = this.nodes.get(message.to);
    if (node?.core === undefined || node.core === null || node.frozen) return true;
    if (this.cut.has(`${message.from}>${message.to}`)) return true;
    node.core.step(message);
    this.pump(node);
    return true;
  }

  settle(): void {
    let steps = 0;
    while (this.deliver()) {
      steps += 1;
      if (steps > 1_000_000) throw new Error('messages never end');
    }
  }

  tick(ids: Iterable<NodeId> = this.nodes.keys()): void {
    for (const id of ids) {
      const node = this.node(id);
      if (node.core === null || node.frozen) continue;
      node.core.tick();
      this.pump(node);
    }
  }

  /** Ticks and delivers everything, `ticks` times. */
  run(ticks: number): void {
    for (let i = 0; i < ticks; i += 1) {
      this.tick();
      this.settle();
    }
  }

  leader(): NodeId | null {
    const leaders = [...this.nodes.values()].filter((n) => n.core?.status().role === 'leader');
    const newest = leaders.sort((a, b) => (b.core?.status().term ?? 0) - (a.core?.status().term ?? 0))[0];
    return newest?.id ?? null;
  }

  elect(): NodeId {
    for (let i = 0; i < 200; i += 1) {
      this.run(1);
      const id = this.leader();
      if (id !== null) return id;
    }
    throw new Error('nobody was elected');
  }

  propose(id: NodeId, name: string): ReturnType<RaftCore['propose']> {
    const outcome = this.core(id).propose(name, Buffer.from(name));
    this.pump(this.node(id));
    return outcome;
  }

  /** The texts of the commands that a node applied since its start, in order. */
  applied(id: NodeId): readonly string[] {
    return this.node(id)
      .appliedEntries.filter((e) => e.kind === 'command')
      .map((e) => Buffer.from(e.data).toString());
  }

  /** Takes a snapshot at the applied index of a node. */
  compact(id: NodeId): SnapshotMeta {
    const node = this.node(id);
    const core = this.core(id);
    const { membership, membershipIndex } = core.membershipAt(node.applied);
    const term = this.committed.get(node.applied)?.term ?? 0;
    const meta: SnapshotMeta = {
      index: node.applied,
      term,
      membership,
      membershipIndex,
      id: `${id}-${node.applied}`,
      bytes: 0,
      checksum: '',
    };
    node.disk.compact(meta);
    core.compacted(meta);
    this.pump(node);
    return meta;
  }
}
