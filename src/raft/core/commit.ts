/** When an entry is committed, and what follows from it. */
import { appendMembership, trackMembers } from './append.ts';
import { trace } from './emit.ts';
import { isJoint, isVoter, leaveJoint } from './membership.ts';
import { quorumValue } from './quorum.ts';
import { releaseEarlyReads } from './reads.ts';
import { stepDown } from './roles.ts';
import type { RaftState } from './state.ts';
import { handOver } from './transfer.ts';
import type { Index } from './types.ts';

/**
 * Leader: an entry of THIS term that is durable on a quorum is committed, and all before it (paper §5.3, §5.4.2).
 * The leader's own disk counts like any other, once it is durable there.
 */
export function advanceCommit(s: RaftState): void {
  if (s.phase !== 'leader') return;
  const reached = quorumValue(s.memberships.current, (id) =>
    id === s.id ? s.disk.stableIndex : (s.peers.get(id)?.match ?? 0),
  );
  if (reached <= s.commit || !s.log.matches(reached, s.term)) return;
  for (let index = s.commit + 1; index <= reached; index += 1) {
    s.uncommittedBytes -= s.log.at(index).data.length;
  }
  s.commit = reached;
  s.verified = Math.max(s.verified, reached);
  trace(s, 'commit');
  releaseEarlyReads(s);
  finishMembershipChange(s);
}

/** Follower: what the leader says is committed, as far as this log is known to agree with the leader's. */
export function commitTo(s: RaftState, index: Index): void {
  const upTo = Math.min(index, s.verified);
  if (upTo <= s.commit) return;
  s.commit = upTo;
  trace(s, 'commit');
}

/**
 * A committed joint membership is left at once, by whichever leader sees it committed, so no crash can leave the
 * cluster in it. A leader that a committed membership no longer counts steps down (paper §6).
 */
function finishMembershipChange(s: RaftState): void {
  const { current, currentIndex } = s.memberships;
  if (currentIndex > s.commit) return;
  trackMembers(s);
  if (isJoint(current)) {
    appendMembership(s, leaveJoint(current));
    advanceCommit(s);
  } else if (!isVoter(current, s.id)) {
    handOver(s);
    stepDown(s, 'no longer a voter');
  }
}
