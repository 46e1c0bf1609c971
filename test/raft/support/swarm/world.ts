/** The nodes, disks and wires of one seed, and the driver of each node; every effect passes the oracle. */
import { createRandom, type Random } from '../../../../src/base/random.ts';
import {
  createCore,
  type Entry,
  type Index,
  type Membership,
  type Message,
  type NodeId,
  type Persisted,
  type RaftCore,
  type Ready,
  type SnapshotMeta,
  type Status,
  type Term,
} from '../../../../src/raft/index.ts';
import { baseOptions, members } from '../coreCluster.ts';
import { SimDisk } from '../simDisk.ts';
import { Oracle } from './oracle.ts';
import type { Plan } from './plan.ts';

/** One node's process; a restart makes a new one on the same disk. */
export interface Actor {
  readonly id: NodeId;
  readonly core: RaftCore;
  status: Status;
  seq: number;
  /** The log as the Readies told it: `log[i]` has index `base + 1 + i`. */
  base: Index;
  baseTerm: Term;
  log: Entry[];
  unsynced: Ready[];
  applied: Index;
  readonly reads: Set<string>;
  readonly proposals: Set<string>;
  stalled: boolean;
  frozen: boolean;
  /** What came while it was frozen. */
  inbox: Message[];
}

export interface Stream {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly meta: SnapshotMeta;
  readonly term: Term;
}

/** More messages than this are dropped, as a network does. */
const WIRE_MAX = 400;
const STALE_MAX = 200;
/** A core that is not at rest after so many Readies in a row spins. */
const READIES_MAX = 2_000;

export class World {
  readonly plan: Plan;
  readonly random: Random;
  readonly disks = new Map<NodeId, SimDisk>();
  readonly actors = new Map<NodeId, Actor>();
  readonly oracle: Oracle;
  wire: Message[] = [];
  /** Copies that arrive very late, maybe. */
  stale: Message[] = [];
  streams: Stream[] = [];
  readonly cut = new Set<string>();
  faultless = false;
  events = 0;

  constructor(plan: Plan, random: Random) {
    this.plan = plan;
    this.random = random;
    for (const id of [...plan.voters, ...plan.joiners]) this.disks.set(id, new SimDisk());
    this.oracle = new Oracle(this.disks);
    for (const id of this.disks.keys()) this.start(id);
  }

  disk(id: NodeId): SimDisk {
    const disk = this.disks.get(id);
    if (disk === undefined) throw new Error(`no node ${id}`);
    return disk;
  }

  start(id: NodeId, integrity?: Persisted['integrity']): void {
    const disk = this.disk(id);
    const rng = createRandom(this.random.u32());
    const options = {
      ...baseOptions,
      ...this.plan.options,
      ...(this.plan.voters.includes(id) ? { bootstrap: members(...this.plan.voters) } : {}),
      ...(this.plan.quiet.has(id) ? { priority: 0 } : {}),
      id,
      cluster: 'farm',
      rng: { u32: () => rng.u32() },
    };
    const core = createCore(options, disk.persisted(integrity));
    const status = core.status();
    const { term, vote } = disk.hardState;
    if (status.term < term || (status.term === term && status.vote !== vote))
      throw new Error(`${id} forgot its vote`);
    const base = disk.snapshot?.index ?? 0;
    const actor: Actor = {
      id,
      core,
      status,
      seq: 0,
      base,
      baseTerm: disk.snapshot?.term ?? 0,
      log: [...disk.entries],
      unsynced: [],
      applied: base,
      reads: new Set(),
      proposals: new Set(),
      stalled: false,
      frozen: false,
      inbox: [],
    };
    // A commit index found on the disk is a commit like any other.
    this.actors.set(id, actor);
    this.#commits(actor, base, status, status.membership, false);
    this.pump(actor);
  }

  crash(id: NodeId): void {
    const actor = this.actors.get(id);
    if (actor === undefined) return;
    this.disk(id).crash(actor.unsynced, this.random);
    this.oracle.forgotten(actor.reads, actor.proposals);
    this.actors.delete(id);
    this.streams = this.streams.filter((stream) => stream.from !== id);
  }

  /** One call into a core, and everything that follows from it. */
  act<T>(actor: Actor, call: (core: RaftCore) => T): T {
    this.events += 1;
    const result = call(actor.core);
    this.pump(actor);
    return result;
  }

  pump(actor: Actor): void {
    const { core } = actor;
    let rounds = 0;
    while (core.hasReady()) {
      if (++rounds > READIES_MAX) throw new Error(`${actor.id} never comes to rest`);
      const ready = core.ready();
      if (ready.seq !== ++actor.seq) throw new Error(`${actor.id} numbered a Ready ${ready.seq}`);
      this.#logWrites(actor, ready);
      if (ready.status !== null) this.#statusChanged(actor, ready.status);
      for (const message of ready.messages) this.post(message);
      actor.unsynced.push(ready);
      this.#clientEffects(actor, ready);
      for (const { to, meta } of ready.streamSnapshot) {
        this.streams.push({ from: actor.id, to, meta, term: actor.status.term });
      }
      if (!actor.stalled && (this.faultless || this.random.chance(this.plan.promptSync)))
        this.#sync(actor, ready.seq);
    }
  }

  /** Syncs the oldest `count` writes, and tells the core once for all of them. */
  sync(actor: Actor, count: number): void {
    const last = actor.unsynced[Math.min(count, actor.unsynced.length) - 1];
    if (last !== undefined && !actor.stalled) this.#sync(actor, last.seq);
    this.pump(actor);
  }

  #sync(actor: Actor, seq: number): void {
    const done = actor.unsynced.filter((ready) => ready.seq <= seq);
    actor.unsynced = actor.unsynced.filter((ready) => ready.seq > seq);
    for (const ready of done) this.disk(actor.id).apply(ready);
    this.events += 1;
    actor.core.persisted(seq);
    if (this.random.chance(0.02)) actor.core.persisted(seq - this.random.below(3));
    for (const ready of done) for (const message of ready.messagesAfterPersist) this.post(message);
  }

  post(message: Message): void {
    this.oracle.leaves(message);
    if (this.wire.length < WIRE_MAX) this.wire.push(message);
    if (this.faultless || !this.random.chance(this.plan.duplication)) return;
    if (this.random.chance(0.5)) this.wire.push(message);
    else if (this.stale.length < STALE_MAX) this.stale.push(message);
    else this.stale[this.random.below(STALE_MAX)] = message;
  }

  deliver(at: number): void {
    const [message] = this.wire.splice(at, 1);
    if (message === undefined) return;
    const actor = this.actors.get(message.to);
    if (actor === undefined || this.cut.has(`${message.from}>${message.to}`)) return;
    if (actor.frozen) {
      if (actor.inbox.length < STALE_MAX) actor.inbox.push(message);
      return;
    }
    this.act(actor, (core) => core.step(message));
  }

  termAt(actor: Actor, index: Index): Term | null {
    return index === actor.base ? actor.baseTerm : (actor.log[index - actor.base - 1]?.term ?? null);
  }

  /** A snapshot taken at `index`, which this node has applied. */
  compact(actor: Actor, index: Index): void {
    const term = this.termAt(actor, index);
    if (term === null) return;
    const { membership, membershipIndex } = actor.core.membershipAt(index);
    const meta = {
      index,
      term,
      membership,
      membershipIndex,
      id: `${actor.id}-${index}`,
      bytes: 0,
      checksum: '',
    };
    this.disk(actor.id).compact(meta);
    this.act(actor, (core) => core.compacted(meta));
    actor.log = actor.log.slice(index - actor.base);
    actor.base = index;
    actor.baseTerm = term;
  }

  #logWrites(actor: Actor, { snapshot, truncateFrom, entries }: Ready): void {
    if (snapshot !== null) {
      if (snapshot.index <= actor.status.commit) throw new Error(`${actor.id} installs an old snapshot`);
      const kept = this.termAt(actor, snapshot.index) === snapshot.term;
      actor.log = kept ? actor.log.slice(snapshot.index - actor.base) : [];
      actor.base = snapshot.index;
      actor.baseTerm = snapshot.term;
    }
    if (truncateFrom !== null) {
      if (truncateFrom <= actor.status.commit) throw new Error(`${actor.id} truncates what is committed`);
      actor.log.length = Math.min(actor.log.length, truncateFrom - actor.base - 1);
    }
    for (const entry of entries) {
      if (entry.index !== actor.base + actor.log.length + 1)
        throw new Error(`${actor.id} writes ${entry.index} with a gap`);
      this.oracle.wrote(actor.log.at(-1)?.term ?? actor.baseTerm, entry);
      actor.log.push(entry);
    }
  }

  #statusChanged(actor: Actor, status: Status): void {
    const before = actor.status;
    actor.status = status;
    if (status.term < before.term) throw new Error(`${actor.id}: the term fell`);
    if (status.commit < before.commit) throw new Error(`${actor.id}: the commit index fell`);
    if (status.applied < before.applied) throw new Error(`${actor.id}: the applied index fell`);
    if (status.role === 'leader') {
      this.oracle.leads(actor.id, status.term, (index) => this.termAt(actor, index), actor.base);
      this.oracle.votes(actor.id, status.term, actor.id);
    }
    if (status.role !== 'recovering') this.disk(actor.id).lost = null;
    // A leader that its own commit removes has stepped down in the same call.
    const led = before.role === 'leader' && before.term === status.term;
    this.#commits(actor, before.commit, status, before.membership, led);
  }

  #commits(actor: Actor, from: Index, status: Status, before: Membership, led: boolean): void {
    const { commit, role, term, membership } = status;
    for (let index = Math.max(from, actor.base) + 1; index <= commit; index += 1) {
      const entry = actor.log[index - actor.base - 1];
      if (entry === undefined) throw new Error(`${actor.id} committed ${index} without holding it`);
      this.oracle.committed(actor.id, entry, led || role === 'leader' ? term : null, [membership, before]);
    }
  }

  #clientEffects(actor: Actor, ready: Ready): void {
    if (ready.snapshot !== null) {
      actor.applied = ready.snapshot.index;
      actor.core.applied(actor.applied);
    }
    for (const entry of ready.committed) {
      if (entry.index !== ++actor.applied) throw new Error(`${actor.id} applies ${entry.index} out of order`);
      if (this.oracle.chosenAt(entry.index)?.term !== entry.term)
        throw new Error(`${actor.id} applies what nobody chose`);
    }
    if (ready.committed.length > 0 && (this.faultless || this.plan.weights.applyLate === 0)) {
      actor.core.applied(actor.applied);
    }
    for (const { ctx, index } of ready.reads) this.#readDone(actor, ctx, index);
    for (const ctx of ready.failedReads) this.#readDone(actor, ctx, null);
    for (const { id, fate } of ready.proposals) {
      actor.proposals.delete(id);
      this.oracle.fate(id, fate);
    }
  }

  #readDone(actor: Actor, ctx: string, index: Index | null): void {
    if (!actor.reads.delete(ctx)) throw new Error(`${actor.id} answers ${ctx}, which it was not asked`);
    this.oracle.answered(ctx, index);
  }
}
