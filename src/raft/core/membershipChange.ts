/** When the leader accepts a change of membership (paper §6, thesis §4), and when a learner may become a voter. */
import { appendMembership } from './append.ts';
import { isJoint, planChange, sameMembership } from './membership.ts';
import { hasCommittedInTerm, type RaftState } from './state.ts';
import type { Membership, MembershipChange, NodeId, Outcome } from './types.ts';

/** Entries that a learner may lack when it becomes a voter: few enough to arrive within an election timeout. */
const PROMOTION_LAG_MAX = 1_000;

type Why = Extract<Outcome, { ok: false }>['why'];

export function changeMembership(s: RaftState, change: MembershipChange): Outcome {
  const next = planChange(s.memberships.current, change);
  const why = refusal(s, change, next);
  if (why !== null) return { ok: false, why, leader: s.failed ? null : s.leader };
  if (!sameMembership(next, s.memberships.current)) appendMembership(s, next);
  return { ok: true };
}

function refusal(s: RaftState, change: MembershipChange, next: Membership): Why | null {
  if (s.failed) return 'failed';
  if (s.phase !== 'leader') return 'notLeader';
  if (s.transfer !== null) return 'transferring';
  const { current, currentIndex } = s.memberships;
  // One change at a time, and none before this term committed something: the bug of single-server changes found
  // after the thesis (raft-dev, 2015).
  if (isJoint(current) || currentIndex > s.commit) return 'changePending';
  if (!hasCommittedInTerm(s)) return 'noTermCommit';
  if (change.expectIndex !== currentIndex) return 'stale';
  if (next.voters.length === 0) return 'noVoters';
  const added = next.voters.filter((id) => !current.voters.includes(id));
  return added.every((id) => isPromotable(s, id)) ? null : 'learnerBehind';
}

/** Never a voter that needs a snapshot first: until it arrived, the cluster would be one voter short. */
function isPromotable(s: RaftState, id: NodeId): boolean {
  const peer = s.peers.get(id);
  if (peer === undefined) return s.log.firstIndex === 1;
  return (
    peer.mode === 'replicate' &&
    peer.match + 1 >= s.log.firstIndex &&
    peer.match + PROMOTION_LAG_MAX >= s.commit
  );
}
