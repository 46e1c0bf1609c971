/**
 * The leader's duty to keep Raft's membership in step with the farm's list of members: a new PC becomes a learner,
 * a learner that caught up becomes a voter while there are too few, a removed PC leaves. One change at a time.
 */
import type { MembershipChange, Status } from '../../raft/index.ts';
import type { FarmState, Member } from '../../farm/state.ts';

/** With five voters two PCs may fail; more only make every write wait for more disks (thesis §11.2). */
const VOTERS_MAX = 5;
/** Fewer than this many PCs: three voters are enough. */
const PCS_FOR_FIVE_VOTERS = 5;
/** A learner that lacks more entries than this is not promoted yet. */
const PROMOTION_LAG_ENTRIES = 100;

/** The next change to propose, or null when the two lists agree. Pure; called by the leader only. */
export function planMembership(status: Status, farm: FarmState): MembershipChange | null {
  const { membership, membershipIndex: expectIndex } = status;
  if (membership.outgoing.length > 0) return null;
  const inRaft = [...membership.voters, ...membership.learners];
  const removed = inRaft.find((id) => !farm.members.has(id));
  // A farm that has not been told of its founder yet must not remove it.
  // The only voter leaves when another one has taken its place.
  const isOnlyVoter = membership.voters.length === 1 && membership.voters[0] === removed;
  if (removed !== undefined && farm.members.size > 0 && !isOnlyVoter) {
    return { remove: [removed], expectIndex };
  }
  const byAge = [...farm.members.values()].sort(oldestFirst);
  const joined = byAge.find((member) => !inRaft.includes(member.id));
  if (joined !== undefined) return { addLearners: [joined.id], expectIndex };
  if (!isOnlyVoter && membership.voters.length >= wantedVoters(byAge.length)) return null;
  const ready = byAge.find(
    (member) => membership.learners.includes(member.id) && isCaughtUp(status, member.id),
  );
  return ready === undefined ? null : { addVoters: [ready.id], expectIndex };
}

function wantedVoters(pcs: number): number {
  return pcs < PCS_FOR_FIVE_VOTERS ? Math.min(pcs, 3) : VOTERS_MAX;
}

function oldestFirst(a: Member, b: Member): number {
  return a.joinedAtMs - b.joinedAtMs || (a.id < b.id ? -1 : 1);
}

function isCaughtUp(status: Status, id: string): boolean {
  const peer = status.progress?.get(id);
  return (
    peer !== undefined &&
    peer.mode === 'replicate' &&
    peer.recentActive &&
    peer.match + PROMOTION_LAG_ENTRIES >= status.commit
  );
}
