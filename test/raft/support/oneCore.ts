/** One core without a cluster around it: a test plays all the other nodes, the disk and the clock. */
import { createRandom } from '../../../src/base/random.ts';
import {
  createCore,
  type Entry,
  type EntryKind,
  type Membership,
  type Message,
  type NodeId,
  type Options,
  type Persisted,
  type RaftCore,
  type Ready,
  type Term,
} from '../../../src/raft/index.ts';
import { baseOptions, members } from './coreCluster.ts';

type Kind = Message['t'];
type Of<T extends Kind> = Message extends infer M
  ? M extends { t: infer K }
    ? T extends K
      ? M
      : never
    : never
  : never;
/** A message with its envelope left out; `term` and `from` are what tests are about. */
type Body<T extends Kind> = Omit<Of<T>, 't' | 'cluster' | 'to' | 'from' | 'term'>;

const SPIN_MAX = 1_000;

export interface OneCoreOptions {
  readonly voters?: readonly NodeId[];
  readonly bootstrap?: Membership;
  readonly options?: Partial<Options>;
  readonly found?: Partial<Persisted>;
}

export class OneCore {
  readonly core: RaftCore;
  /** Everything that has left the node, oldest first. */
  sent: Message[] = [];
  readies: Ready[] = [];
  /** While false, nothing becomes durable and nothing that waits for it leaves. */
  syncs = true;
  #unsynced: Ready[] = [];

  constructor({ voters = ['a', 'b', 'c'], bootstrap, options = {}, found = {} }: OneCoreOptions = {}) {
    const rng = createRandom(1);
    this.core = createCore(
      {
        ...baseOptions,
        bootstrap: bootstrap ?? members(...voters),
        id: 'a',
        cluster: 'farm',
        rng,
        ...options,
      },
      {
        hardState: { term: 0, vote: null, commit: 0 },
        snapshot: null,
        entries: [],
        integrity: { kind: 'intact' },
        ...found,
      },
    );
    this.settle();
  }

  get status(): ReturnType<RaftCore['status']> {
    return this.core.status();
  }

  /** Handles all Readies, as a driver does. */
  settle(): void {
    for (let i = 0; this.core.hasReady(); i += 1) {
      if (i > SPIN_MAX) throw new Error('the core never comes to rest');
      const ready = this.core.ready();
      this.readies.push(ready);
      this.sent.push(...ready.messages);
      this.#unsynced.push(ready);
      const last = ready.committed.at(-1);
      if (ready.snapshot !== null) this.core.applied(ready.snapshot.index);
      if (last !== undefined) this.core.applied(last.index);
      if (this.syncs) this.sync();
    }
  }

  sync(): void {
    for (const ready of this.#unsynced.splice(0)) {
      this.core.persisted(ready.seq);
      this.sent.push(...ready.messagesAfterPersist);
    }
  }

  /** Calls the core, and handles what follows. */
  do<T>(call: (core: RaftCore) => T): T {
    const result = call(this.core);
    this.settle();
    return result;
  }

  receive<T extends Kind>(t: T, from: NodeId, term: Term, body: Body<T>): void {
    const message = { t, cluster: 'farm', from, to: 'a', term, ...body } as unknown as Message;
    this.do((core) => core.step(message));
  }

  tick(times = 1): void {
    for (let i = 0; i < times; i += 1) this.do((core) => core.tick());
  }

  /** Takes out the messages of one kind that have left so far; the others are dropped. */
  take<T extends Kind>(t: T): readonly Of<T>[] {
    return this.sent.splice(0).filter((m): m is Of<T> => m.t === t);
  }

  /** Wins an election with b's votes, and commits the empty entry of the term with b's acknowledgement. */
  lead(): Term {
    this.do((core) => core.campaign());
    if (this.status.role === 'preCandidate')
      this.receive('preVoteResp', 'b', this.status.term + 1, { granted: true });
    const { term } = this.status;
    if (this.status.role === 'candidate') this.receive('voteResp', 'b', term, { granted: true });
    this.ack('b');
    this.sent = [];
    return term;
  }

  /** `from` acknowledges up to `index`, by default all that is there. */
  ack(from: NodeId, index = this.status.lastIndex): void {
    const { term } = this.status;
    this.receive('appendResp', from, term, { ok: true, index, rejectIndex: 0, hintIndex: 0, hintTerm: 0 });
  }
}

export function entry(
  index: number,
  term: Term,
  text = `${term}/${index}`,
  kind: EntryKind = 'command',
): Entry {
  return { index, term, kind, data: new TextEncoder().encode(text) };
}

/** Entries 1, 2, … of the given terms. */
export function entriesOf(...terms: readonly Term[]): readonly Entry[] {
  return terms.map((term, i) => entry(i + 1, term));
}
