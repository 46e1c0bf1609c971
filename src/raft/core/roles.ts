/** What changes with the role: the term and its vote, the timers, and everything that hung on the old role. */
import { appendAsLeader, trackMembers } from './append.ts';
import { trace } from './emit.ts';
import { failReads } from './reads.ts';
import type { RaftState } from './state.ts';
import type { NodeId, Term } from './types.ts';

/** Draws a new timeout in [electionTicks, 2 * electionTicks) (paper §5.2) and returns the draw, the only one there is. */
export function restartElectionTimer(s: RaftState): number {
  const draw = s.options.rng.u32();
  s.electionElapsed = 0;
  s.electionTimeout = s.options.electionTicks + (draw % s.options.electionTicks);
  return draw;
}

/** A greater term: whatever was, this node follows (paper §5.1), and has not voted in it. */
function enterTerm(s: RaftState, term: Term): void {
  if (term === s.term) return;
  s.term = term;
  s.vote = null;
  s.verified = s.commit;
}

function leaveRole(s: RaftState): void {
  failReads(s);
  s.votes.clear();
  s.leaderDoubted = false;
  s.peers.clear();
  s.transfer = null;
  s.uncommittedBytes = 0;
  s.heartbeatElapsed = 0;
  s.roundTicks.clear();
  s.leaseUntilTick = 0;
  s.leaseGivenUp = false;
}

/** `leader` is null when this term's leader is not known (yet). */
export function becomeFollower(s: RaftState, term: Term, leader: NodeId | null): void {
  leaveRole(s);
  enterTerm(s, term);
  s.phase = 'follower';
  s.leader = leader;
  restartElectionTimer(s);
  trace(s, 'becomeFollower', { leader });
}

/** Asks around before it disturbs anybody: neither term nor vote change (thesis §9.6). */
export function becomePreCandidate(s: RaftState): void {
  leaveRole(s);
  s.phase = 'preCandidate';
  s.leader = null;
  restartElectionTimer(s);
  trace(s, 'becomePreCandidate');
}

/** A new term and a vote for itself (paper §5.2); the vote counts once it is durable. */
export function becomeCandidate(s: RaftState): void {
  leaveRole(s);
  s.phase = 'candidate';
  s.leader = null;
  enterTerm(s, s.term + 1);
  s.vote = s.id;
  restartElectionTimer(s);
  trace(s, 'becomeCandidate');
}

/** Begins its term with an empty entry, which commits all that earlier terms left (paper §8). */
export function becomeLeader(s: RaftState): void {
  leaveRole(s);
  s.phase = 'leader';
  s.leader = s.id;
  s.verified = s.commit;
  s.round = 0;
  restartElectionTimer(s);
  for (let index = s.commit + 1; index <= s.log.lastIndex; index += 1) {
    s.uncommittedBytes += s.log.at(index).data.length;
  }
  trackMembers(s);
  appendAsLeader(s, 'noop');
  trace(s, 'becomeLeader');
}

/** The leader of this term spoke: a candidate gives way, everybody's patience starts anew. */
export function hearLeader(s: RaftState, leader: NodeId): void {
  if (s.phase !== 'follower' || s.leader !== leader) becomeFollower(s, s.term, leader);
  s.electionElapsed = 0;
  s.leaderDoubted = false;
  if (s.options.leaseReads !== false) s.quietTicks = s.options.electionTicks;
}

/** Gives up leadership within its term: another may win the next one. */
export function stepDown(s: RaftState, why: string): void {
  trace(s, 'stepDown', { why });
  becomeFollower(s, s.term, null);
}
