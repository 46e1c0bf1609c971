/**
 * Majorities, in one place. In the joint state every decision needs a majority of the incoming AND of the outgoing
 * voters (paper §6). Learners never count.
 */
import type { Index, Membership, NodeId } from './types.ts';

export type Verdict = 'won' | 'lost' | 'pending';

/** The halves that each must agree; the second is there in the joint state only. */
function halves(membership: Membership): readonly (readonly NodeId[])[] {
  return membership.outgoing.length > 0 ? [membership.voters, membership.outgoing] : [membership.voters];
}

function majorityOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

function count(ids: readonly NodeId[], counts: (id: NodeId) => boolean): number {
  let n = 0;
  for (const id of ids) if (counts(id)) n += 1;
  return n;
}

/** True when those for whom `counts` holds are a quorum. A membership without voters has none. */
export function isQuorum(membership: Membership, counts: (id: NodeId) => boolean): boolean {
  return halves(membership).every((half) => count(half, counts) >= majorityOf(half.length));
}

/** What the votes given so far decide; a voter that is not in `votes` may still answer. */
export function tally(membership: Membership, votes: ReadonlyMap<NodeId, boolean>): Verdict {
  if (isQuorum(membership, (id) => votes.get(id) === true)) return 'won';
  return isQuorum(membership, (id) => votes.get(id) !== false) ? 'pending' : 'lost';
}

/** The greatest value that a quorum has reached, each voter's value being `valueOf(id)`. */
export function quorumValue(membership: Membership, valueOf: (id: NodeId) => Index): Index {
  let least = Number.MAX_SAFE_INTEGER;
  for (const half of halves(membership)) {
    if (half.length === 0) return 0;
    const values = half.map(valueOf).sort((a, b) => b - a);
    least = Math.min(least, values[majorityOf(half.length) - 1] ?? 0);
  }
  return least;
}
