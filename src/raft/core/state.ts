/**
 * All state of one core, in one mutable record that the files of rules work on. `raft.ts` owns it; nothing outside
 * of `core/` ever sees it. Each field names who changes it.
 */
import type { DiskProgress } from './diskProgress.ts';
import type { RaftLog } from './log.ts';
import { isLearner, isVoter, type MembershipHistory } from './membership.ts';
import type { Outbox } from './outbox.ts';
import type { Peer } from './progress.ts';
import type { HardState, Index, NodeId, Options, Role, SnapshotMeta, Status, Term } from './types.ts';

/** A linearizable read that the leader has not yet confirmed (`reads.ts`). */
export interface PendingRead {
  readonly ctx: string;
  /** Who asked; this node's own id for a local read. */
  readonly from: NodeId;
  /** The commit index when it was asked: the answer. */
  readonly index: Index;
  /** The heartbeat round that must be answered by a quorum. */
  readonly round: number;
  readonly damaged: boolean;
  readonly askedTick: number;
}

/** A read that arrived before the leader committed in its own term (thesis §6.4 step 1). */
export interface EarlyRead {
  readonly ctx: string;
  readonly from: NodeId;
  readonly damaged: boolean;
  readonly askedTick: number;
}

/** What a forwarded proposal was answered: where it stands in the log, or why it was refused (`proposals.ts`). */
export type ForwardedFate =
  | { readonly k: 'appended'; readonly index: Index; readonly term: Term }
  | { readonly k: 'refused'; readonly why: string };

/** Set while records that may have been acknowledged are missing (`recovery.ts`). */
export interface Recovery {
  /** Records before this index may be missing, Infinity when nobody knows. */
  readonly until: Index;
  /** Even term and vote are lost: the disk was wiped. */
  readonly wiped: boolean;
  /** The leader's last index after it knew of the damage; null until it answered. */
  confirmed: Index | null;
  /** Wiped: the terms that the other voters named since. */
  readonly terms: Map<NodeId, Term>;
  /** Marks the questions of this incarnation; an answer to an earlier one says nothing about what is lost now. */
  mark: string;
  asked: number;
}

export interface RaftState {
  readonly options: Options;
  readonly id: NodeId;
  readonly log: RaftLog;
  readonly memberships: MembershipHistory;
  readonly disk: DiskProgress;
  readonly out: Outbox;

  // roles.ts
  phase: 'follower' | 'preCandidate' | 'candidate' | 'leader';
  term: Term;
  vote: NodeId | null;
  leader: NodeId | null;
  failed: boolean;

  // commit.ts, ready.ts
  commit: Index;
  applied: Index;
  /** The last entry that a Ready handed out for applying. */
  handedOut: Index;
  /** Known to agree with the present leader's log up to here: how far its commit index may be believed. */
  verified: Index;

  // tick.ts, roles.ts
  ticks: number;
  electionElapsed: number;
  electionTimeout: number;
  heartbeatElapsed: number;
  /** With leases: ticks in which no vote is given, because a leader's lease may stand on this node's word. */
  quietTicks: number;

  // election.ts
  votes: Map<NodeId, boolean>;
  /** The link to the leader broke and it was not heard since. */
  leaderDoubted: boolean;

  // Leader only: replication.ts, transfer.ts, proposals.ts, reads.ts
  peers: Map<NodeId, Peer>;
  uncommittedBytes: number;
  transfer: { readonly to: NodeId; elapsed: number } | null;
  /** What became of forwarded proposals: where they stand, or why not, so that a duplicate gets the same answer. */
  forwarded: Map<string, ForwardedFate>;
  /** The term at the start (the greatest number while it is lost): what was forwarded to this node up to then may be forgotten. */
  startTerm: Term;
  pendingReads: PendingRead[];
  earlyReads: EarlyRead[];
  /** The last heartbeat round sent; `roundWanted` asks for a new one with the next Ready. */
  round: number;
  roundWanted: boolean;
  /** When recent rounds were sent, for the lease. */
  roundTicks: Map<number, number>;
  leaseUntilTick: number;
  /** A `timeoutNow` may be under way: its target does not wait for any lease, so none holds in this term. */
  leaseGivenUp: boolean;

  // Follower only: what was forwarded to the leader, with its age in ticks.
  forwardedProposals: Map<string, number>;
  forwardedReads: Map<string, number>;

  // snapshots.ts: the newest durable one, to be streamed to who lags behind the log.
  snapshot: SnapshotMeta | null;
  recovery: Recovery | null;
  /** The last status that a Ready carried. */
  reported: Status | null;
}

/**
 * The commit index in it never passes what is durable here: a crash may keep the hard state and lose the entries
 * written with it, and a commit index above them would then bless whatever stale entries lie in their place.
 */
export function hardStateOf(s: RaftState): HardState {
  const { stableIndex, handedHardState } = s.disk;
  const commit = Math.max(handedHardState.commit, Math.min(s.commit, stableIndex));
  return { term: s.term, vote: s.vote, commit };
}

/** The role as the outside sees it. */
export function roleOf(s: RaftState): Role {
  if (s.failed) return 'failed';
  if (s.phase !== 'follower') return s.phase;
  if (s.recovery !== null) return 'recovering';
  const membership = s.memberships.current;
  if (isVoter(membership, s.id)) return 'follower';
  // Without any known member this node waits to be told: it is on its way in, not out.
  if (isLearner(membership, s.id) || membership.voters.length === 0) return 'learner';
  return 'removed';
}

/** True when the leader committed an entry of its own term: only then is its commit index the cluster's (§5.4.2, §8). */
export function hasCommittedInTerm(s: RaftState): boolean {
  return s.log.termAt(s.commit) === s.term;
}
