/** Handing leadership to a named voter (thesis §3.10), and to the best one when this leader must go. */
import { send, trace } from './emit.ts';
import { isLearner } from './membership.ts';
import type { RaftState } from './state.ts';
import type { NodeId, Outcome } from './types.ts';

/** Starts a transfer: the target is brought up to date, then told to campaign. Gives up after an election timeout. */
export function transfer(s: RaftState, to: NodeId): Outcome {
  if (s.failed) return { ok: false, why: 'failed', leader: null };
  if (s.phase !== 'leader') return { ok: false, why: 'notLeader', leader: s.leader };
  if (to === s.id) return { ok: true };
  const membership = s.memberships.current;
  if (isLearner(membership, to)) return { ok: false, why: 'learnerBehind', leader: s.id };
  if (!membership.voters.includes(to)) return { ok: false, why: 'noVoters', leader: s.id };
  if (s.transfer !== null) {
    return s.transfer.to === to ? { ok: true } : { ok: false, why: 'transferring', leader: s.id };
  }
  s.transfer = { to, elapsed: 0 };
  s.leaseUntilTick = 0;
  trace(s, 'transfer', { to });
  continueTransfer(s, to);
  return { ok: true };
}

/** To be called when `peer` acknowledged more: the target campaigns as soon as it has everything. */
export function continueTransfer(s: RaftState, peer: NodeId): void {
  if (s.transfer?.to !== peer) return;
  if (s.peers.get(peer)?.match === s.log.lastIndex) sendTimeoutNow(s, peer);
}

/** Proposals are taken again when the target did not win within an election timeout. */
export function ageTransfer(s: RaftState): void {
  if (s.transfer === null) return;
  s.transfer.elapsed += 1;
  if (s.transfer.elapsed < s.options.electionTicks) return;
  trace(s, 'transferAborted', { to: s.transfer.to });
  s.transfer = null;
}

/** A leader that must go now tells the most advanced live voter to campaign, so that nobody waits for a timeout. */
export function handOver(s: RaftState): void {
  let best: NodeId | null = null;
  let bestMatch = -1;
  for (const id of s.memberships.current.voters) {
    const peer = s.peers.get(id);
    if (peer === undefined || !peer.recentActive || peer.match <= bestMatch) continue;
    best = id;
    bestMatch = peer.match;
  }
  if (best !== null) sendTimeoutNow(s, best);
}

/** It may arrive late, when this leader has long taken the transfer back: no lease holds any more in this term. */
function sendTimeoutNow(s: RaftState, to: NodeId): void {
  s.leaseGivenUp = true;
  send(s, to, { t: 'timeoutNow' });
}
