/**
 * The words of the pure Raft core: everything that goes in or comes out of it. Contract of `createCore`
 * (see docs/raft.md): names and meanings are fixed, because outside examiners drive the core through them.
 *
 * Where the contract could be read two ways:
 *  - `committed` may be applied as soon as the Ready is taken: by contract it is durable on a quorum already.
 *  - After a restart the driver applies again from `snapshot.index + 1`. After a Ready with `snapshot` it restores the
 *    state machine and calls `applied(meta.index)`.
 *  - `streamSnapshot` asks the DRIVER to send: it streams the bytes, then sends the `snapshot` message with the
 *    leader's term, then calls `snapshotSent`. The core itself puts no `snapshot` message into `messages`.
 *  - A proposal's fate `appended` says where it stands in the log; it counts as done when the proposing node applies
 *    the entry of that index AND term. A refused proposal never takes effect. Exactly one fate each.
 *  - A driver that finds an empty directory under an id that the farm already knows reports `damaged` from 1 on.
 *
 * No I/O, no clock, no timers, no randomness, no globals, no async inside. The same options and the same sequence
 * of calls give deep-equal outputs. Add to it where needed; do not rename or drop.
 */

/** Stable device id (SHA-256 of the certificate's public key). Never an address. */
export type NodeId = string;
/** Safe integers, asserted. 0 = none; the first entry has index 1. */
export type Term = number;
export type Index = number;

export type EntryKind = 'noop' | 'command' | 'membership';
export interface Entry {
  readonly index: Index;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly data: Uint8Array;
}

export interface Membership {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** Not empty = joint consensus: every decision needs BOTH majorities (paper §6). */
  readonly outgoing: readonly NodeId[];
  /** Voters that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
}

/** `term` and `vote` must be durable before anything that depends on them leaves; `commit` is a hint. */
export interface HardState {
  readonly term: Term;
  readonly vote: NodeId | null;
  readonly commit: Index;
}

export interface SnapshotMeta {
  readonly index: Index;
  readonly term: Term;
  readonly membership: Membership;
  readonly membershipIndex: Index;
  readonly id: string;
  readonly bytes: number;
  readonly checksum: string;
}

/** What a restart finds on disk. `entries` are contiguous from `snapshot.index + 1`. */
export interface Persisted {
  readonly hardState: HardState;
  readonly snapshot: SnapshotMeta | null;
  readonly entries: readonly Entry[];
  /**
   * 'damaged': a record that may have been acknowledged cannot be read. Neither vote nor campaign nor acknowledge
   * below `until` before the range was fetched again from a peer (protocol-aware recovery).
   */
  readonly integrity:
    { readonly kind: 'intact' } | { readonly kind: 'damaged'; readonly from: Index; readonly until: Index };
}

/** Injected and seeded by the driver; drawn ONLY when an election timeout is set. */
export interface Rng {
  u32(): number;
}

export interface Options {
  readonly id: NodeId;
  /** Messages of another cluster id are dropped. */
  readonly cluster: string;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly rng: Rng;
  readonly bootstrap?: Membership;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  /** false = ReadIndex only, the default: a monotonic clock stops while a PC sleeps. */
  readonly leaseReads: { readonly maxDriftTicks: number } | false;
  readonly maxAppendBytes: number;
  readonly maxInflight: number;
  readonly maxInflightBytes: number;
  readonly maxUncommittedBytes: number;
  readonly maxApplyBytes: number;
  /** 0 = never campaign unless told to (a PC that is switched off at night). */
  readonly priority?: number;
}

interface M<T extends string> {
  readonly t: T;
  readonly cluster: string;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly term: Term;
}
export type Message =
  | (M<'preVote' | 'vote'> & {
      readonly lastIndex: Index;
      readonly lastTerm: Term;
      readonly transfer: boolean;
    })
  | (M<'preVoteResp' | 'voteResp'> & { readonly granted: boolean; readonly reason?: string })
  | (M<'append'> & {
      readonly prevIndex: Index;
      readonly prevTerm: Term;
      readonly entries: readonly Entry[];
      readonly commit: Index;
    })
  | (M<'appendResp'> & {
      readonly ok: boolean;
      readonly index: Index;
      readonly rejectIndex: Index;
      readonly hintIndex: Index;
      readonly hintTerm: Term;
      /** The sender lost records that it had acknowledged: forget what it acknowledged above `hintIndex`. */
      readonly damaged?: boolean;
    })
  | (M<'heartbeat'> & { readonly commit: Index; readonly round: number })
  | (M<'heartbeatResp'> & { readonly round: number })
  /** Only the metadata; the driver streams the bytes in chunks, then steps this message. */
  | (M<'snapshot'> & { readonly meta: SnapshotMeta })
  | M<'timeoutNow'>
  /** `damaged`: asked by a node that lost records; the answer is then the leader's last index (recovery.ts). */
  | (M<'readIndex'> & { readonly ctx: string; readonly damaged?: boolean })
  | (M<'readIndexResp'> & { readonly ctx: string; readonly index: Index | null })
  /** A forwarded proposal; refused when `seenTerm` is older than the leader's term (etcd issue 15247). */
  | (M<'propose'> & {
      readonly id: string;
      readonly kind: EntryKind;
      readonly data: Uint8Array;
      readonly seenTerm: Term;
    })
  | (M<'proposeResp'> & {
      readonly id: string;
      readonly at: { readonly index: Index; readonly term: Term } | null;
      /** Why it was refused, when `at` is null. */
      readonly why?: string;
    });

export type ProposalFate =
  | { readonly k: 'appended'; readonly index: Index; readonly term: Term }
  | { readonly k: 'refused'; readonly why: string; readonly leader: NodeId | null }
  | { readonly k: 'unknown' };

export interface Ready {
  /** 1, 2, 3 …; several may be outstanding (asynchronous storage). */
  readonly seq: number;

  // 1. Write in this order, then ONE sync if mustSync, then core.persisted(seq). A failed write or sync means
  //    core.storageFailed() and the end of the process; a failed sync is never retried.
  /** Already received: make it current, then drop the log it covers (keep the suffix only if terms match). */
  readonly snapshot: SnapshotMeta | null;
  readonly truncateFrom: Index | null;
  readonly entries: readonly Entry[];
  readonly hardState: HardState | null;
  readonly mustSync: boolean;

  // 2. Send.
  /** May leave at once, even before step 1 is durable. */
  readonly messages: readonly Message[];
  /** May leave only when this seq and all before it are durable (a vote, an ack, a leader's ack to itself). */
  readonly messagesAfterPersist: readonly Message[];
  readonly streamSnapshot: readonly { readonly to: NodeId; readonly meta: SnapshotMeta }[];

  // 3. Apply in order, exactly once per index in this incarnation, then core.applied(index).
  /** Only entries durable on a quorum; self counts after persisted(). */
  readonly committed: readonly Entry[];

  // 4. Tell clients. Every proposal and every read gets a fate; none is ever dropped silently.
  /** Serve when applied >= index. */
  readonly reads: readonly { readonly ctx: string; readonly index: Index }[];
  readonly failedReads: readonly string[];
  readonly proposals: readonly { readonly id: string; readonly fate: ProposalFate }[];
  /** Not null when it changed. */
  readonly status: Status | null;
  /** One per state transition: for trace validation and for the log view. */
  readonly trace: readonly TraceEvent[];
}

export type Role =
  'follower' | 'preCandidate' | 'candidate' | 'leader' | 'learner' | 'removed' | 'recovering' | 'failed';

export interface Progress {
  readonly match: Index;
  readonly next: Index;
  readonly mode: 'probe' | 'replicate' | 'snapshot';
  readonly inflight: number;
  readonly recentActive: boolean;
}

export interface Status {
  readonly id: NodeId;
  readonly role: Role;
  readonly term: Term;
  readonly vote: NodeId | null;
  readonly leader: NodeId | null;
  readonly commit: Index;
  readonly applied: Index;
  readonly firstIndex: Index;
  readonly lastIndex: Index;
  readonly persistedIndex: Index;
  readonly membership: Membership;
  readonly membershipIndex: Index;
  readonly transferTo: NodeId | null;
  readonly electionElapsed: number;
  readonly electionTimeout: number;
  readonly progress: ReadonlyMap<NodeId, Progress> | null;
}

export interface TraceEvent {
  readonly name: string;
  readonly role: Role;
  readonly term: Term;
  readonly vote: NodeId | null;
  readonly commit: Index;
  readonly lastIndex: Index;
  readonly detail: unknown;
}

export interface MembershipChange {
  readonly addVoters?: readonly NodeId[];
  readonly addLearners?: readonly NodeId[];
  readonly remove?: readonly NodeId[];
  /** Optimistic lock on `membershipIndex`. */
  readonly expectIndex: Index;
}

export type Outcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why:
        | 'notLeader'
        | 'noTermCommit'
        | 'changePending'
        | 'stale'
        | 'busy'
        | 'learnerBehind'
        | 'noVoters'
        | 'transferring'
        | 'failed';
      readonly leader: NodeId | null;
    };

/** Every call is synchronous, never throws on any message content, and queues its effects for `ready()`. */
export interface RaftCore {
  /** One logical tick. */
  tick(): void;
  /** The driver saw the clock jump (sleep, SIGSTOP): drop the lease, restart the election timer, do not campaign at once. */
  resumed(): void;
  /** Duplicates, reordering, loss and stale terms are all legal input. */
  step(m: Message): void;
  /** On a follower or learner: forwarded to the leader. */
  propose(id: string, data: Uint8Array): Outcome;
  /** Joint consensus when more than one voter changes; leaves the joint state by itself. */
  changeMembership(c: MembershipChange): Outcome;
  transfer(to: NodeId): Outcome;
  readIndex(ctx: string): Outcome;
  campaign(): Outcome;
  hasReady(): boolean;
  /** Moves the effects out; calling it twice never repeats one. */
  ready(): Ready;
  persisted(seq: number): void;
  applied(index: Index): void;
  /** The driver took a snapshot that is durable; the core may forget entries <= meta.index. */
  compacted(meta: SnapshotMeta): void;
  snapshotSent(to: NodeId, ok: boolean): void;
  unreachable(to: NodeId): void;
  storageFailed(): void;
  status(): Status;
  /** The membership in force at `index` (firstIndex - 1 to lastIndex): what a snapshot taken there must carry. */
  membershipAt(index: Index): { readonly membership: Membership; readonly membershipIndex: Index };
  /** Canonical dump of all state: determinism checks and state deduplication. */
  digest(): string;
}
