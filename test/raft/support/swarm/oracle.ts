/**
 * Knows everything that happened in a cluster, and throws as soon as one of the invariants of the whole does not
 * hold: one leader a term, log matching, leader completeness, durable commits, same bytes at the same index, votes
 * given once, fates and reads answered once, reads that see every commit before them.
 */
import type { Entry, Index, Membership, Message, NodeId, Ready, Term } from '../../../../src/raft/index.ts';
import type { SimDisk } from '../simDisk.ts';

type Fate = Ready['proposals'][number]['fate'];

/** A committed entry and the term of the leader that committed it first. */
interface Chosen {
  readonly entry: Entry;
  readonly byTerm: Term;
}

function fail(text: string): never {
  throw new Error(text);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}

const text = new TextDecoder();

export class Oracle {
  readonly #disks: ReadonlyMap<NodeId, SimDisk>;
  readonly #leaders = new Map<Term, NodeId>();
  readonly #votes = new Map<string, NodeId>();
  readonly #written = new Map<string, { readonly prevTerm: Term; readonly entry: Entry }>();
  readonly #chosen: Chosen[] = [];
  readonly #proposals = new Map<string, 'pending' | 'without fate' | Fate>();
  readonly #effects = new Map<string, Index>();
  readonly #reads = new Map<string, { readonly least: Index; done: boolean }>();

  constructor(disks: ReadonlyMap<NodeId, SimDisk>) {
    this.#disks = disks;
  }

  /** The greatest index known to be committed. */
  get chosenIndex(): Index {
    return this.#chosen.length;
  }

  chosenAt(index: Index): Entry | null {
    return this.#chosen[index - 1]?.entry ?? null;
  }

  /** An entry came into a node's log behind one of `prevTerm`: log matching (paper §5.3), by induction. */
  wrote(prevTerm: Term, entry: Entry): void {
    const key = `${entry.index}/${entry.term}`;
    const before = this.#written.get(key);
    if (before === undefined) {
      this.#written.set(key, { prevTerm, entry });
      return;
    }
    const same = before.prevTerm === prevTerm && before.entry.kind === entry.kind;
    if (!same || !sameBytes(before.entry.data, entry.data))
      fail(`log matching: two different entries ${key}`);
  }

  /** Election safety (§5.2) and leader completeness (§5.4.3). */
  leads(id: NodeId, term: Term, termAt: (index: Index) => Term | null, base: Index): void {
    const other = this.#leaders.get(term);
    if (other === id) return;
    if (other !== undefined) fail(`${other} and ${id} lead in term ${term}`);
    this.#leaders.set(term, id);
    this.#chosen.forEach(({ entry, byTerm }, i) => {
      if (byTerm >= term || i < base) return;
      if (termAt(i + 1) !== entry.term)
        fail(`leader completeness: ${id} leads term ${term} without entry ${i + 1}`);
    });
  }

  /** A node learned that `entry` is committed; a leader decides it, the others repeat it. */
  committed(id: NodeId, entry: Entry, leaderTerm: Term | null, memberships: readonly Membership[]): void {
    const known = this.#chosen[entry.index - 1];
    if (known !== undefined) {
      const same = known.entry.term === entry.term && sameBytes(known.entry.data, entry.data);
      if (!same) fail(`${id} committed another entry at ${entry.index}`);
      return;
    }
    if (leaderTerm === null) fail(`${id} believes ${entry.index} committed before any leader did`);
    if (entry.index !== this.#chosen.length + 1) fail(`${id} committed ${entry.index} with a gap`);
    if (!memberships.some((membership) => this.#isDurable(membership, entry))) {
      fail(`${id} committed ${entry.index} that is not durable on a quorum of the disks`);
    }
    this.#chosen.push({ entry, byTerm: leaderTerm });
    if (entry.kind === 'command') this.#tookEffect(text.decode(entry.data), entry.index);
  }

  #isDurable({ voters, outgoing }: Membership, entry: Entry): boolean {
    return [voters, outgoing].every((half) => {
      const holders = half.filter((id) => this.#disks.get(id)?.holds(entry.index, entry.term) === true);
      return half.length === 0 || holders.length * 2 > half.length;
    });
  }

  #tookEffect(id: string, index: Index): void {
    if (this.#effects.has(id)) fail(`proposal ${id} took effect twice`);
    this.#effects.set(id, index);
    const fate = this.#proposals.get(id);
    if (typeof fate === 'object' && fate.k === 'refused') fail(`proposal ${id} was refused and took effect`);
  }

  /** What leaves a node must already be durable there (§5: "updated on stable storage before responding"). */
  leaves(m: Message): void {
    const disk = this.#disks.get(m.from);
    if (disk === undefined) return;
    const { term, vote } = disk.hardState;
    const future = m.t === 'preVote' || (m.t === 'preVoteResp' && m.granted);
    if (!future && m.term > term) fail(`${m.from} spoke of term ${m.term} before it was durable`);
    if (m.t === 'vote' && term === m.term && vote !== m.from)
      fail(`${m.from} asks for votes without its own`);
    if (m.t === 'appendResp' && m.ok && m.term === term && disk.lastIndex < m.index) {
      fail(`${m.from} acknowledged ${m.index} before it was durable`);
    }
    if (m.t !== 'voteResp' || !m.granted) return;
    if (term === m.term && vote !== m.to) fail(`${m.from} voted before the vote was durable`);
    this.votes(m.from, m.term, m.to);
  }

  /** One vote a term, over restarts and over lost disks (§5.2). */
  votes(id: NodeId, term: Term, candidate: NodeId): void {
    const key = `${id}@${term}`;
    const before = this.#votes.get(key);
    if (before !== undefined && before !== candidate) fail(`${id} voted twice in term ${term}`);
    this.#votes.set(key, candidate);
  }

  proposed(id: string, accepted: boolean): void {
    this.#proposals.set(id, accepted ? 'pending' : { k: 'refused', why: 'outcome', leader: null });
  }

  fate(id: string, fate: Fate): void {
    if (this.#proposals.get(id) !== 'pending')
      fail(`proposal ${id} has a fate already, or was never accepted`);
    this.#proposals.set(id, fate);
    if (fate.k === 'refused' && this.#effects.has(id)) fail(`proposal ${id} took effect and was refused`);
  }

  asked(ctx: string): void {
    this.#reads.set(ctx, { least: this.#chosen.length, done: false });
  }

  /** `index` is null when the read failed. */
  answered(ctx: string, index: Index | null): void {
    const read = this.#reads.get(ctx) ?? fail(`read ${ctx} was never asked`);
    if (read.done) fail(`read ${ctx} was answered twice`);
    read.done = true;
    if (index !== null && index < read.least) {
      fail(`stale read: ${ctx} sees ${index} where ${read.least} was committed before it was asked`);
    }
  }

  /** Nobody can answer any more: the node that asked has crashed. */
  forgotten(reads: Iterable<string>, proposals: Iterable<string>): void {
    for (const ctx of reads) {
      const read = this.#reads.get(ctx);
      if (read !== undefined) read.done = true;
    }
    for (const id of proposals)
      if (this.#proposals.get(id) === 'pending') this.#proposals.set(id, 'without fate');
  }

  /** To be called at the end, when everything has come to rest. */
  allAnswered(): void {
    for (const [ctx, { done }] of this.#reads) if (!done) fail(`read ${ctx} got no answer`);
    for (const [id, fate] of this.#proposals) if (fate === 'pending') fail(`proposal ${id} got no fate`);
  }
}
