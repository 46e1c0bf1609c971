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
  const mustWait = removed !== undefined && !canDoWithout(status, removed);
  // A farm that has not been told of its founder yet must not remove it.
  if (removed !== undefined && farm.members.size > 0 && !mustWait) return { remove: [removed], expectIndex };
  const byAge = [...farm.members.values()].sort(oldestFirst);
  const joined = byAge.find((member) => !inRaft.includes(member.id));
  if (joined !== undefined) return { addLearners: [joined.id], expectIndex };
  if (!mustWait && membership.voters.length >= wantedVoters(byAge.length)) return null;
  const ready = byAge.find(
    (member) => membership.learners.includes(member.id) && isCaughtUp(status, member.id),
  );
  return ready === undefined ? null : { addVoters: [ready.id], expectIndex };
}

/**
 * A voter leaves only while the others are a working quorum without it: one that is off or has lost records could not
 * be made whole again by a cluster that cannot elect anybody. Until then a learner that is ready joins the voters.
 */
function canDoWithout(status: Status, removed: string): boolean {
  const { voters } = status.membership;
  if (!voters.includes(removed)) return true;
  const rest = voters.filter((id) => id !== removed);
  const working = rest.filter((id) => id === status.id || isCaughtUp(status, id));
  return working.length * 2 > rest.length;
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
