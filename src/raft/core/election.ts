/**
 * Elections (paper §5.2, §5.4.1) with pre-vote (thesis §9.6) and stickiness (thesis §4.2.3): who may campaign,
 * who gets a vote, who wins.
 */
import { advanceCommit } from './commit.ts';
import { send, sendAfterPersist, trace } from './emit.ts';
import { isVoter } from './membership.ts';
import { abandonForwarded } from './proposals.ts';
import { tally } from './quorum.ts';
import { failReads } from './reads.ts';
import {
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  becomePreCandidate,
  restartElectionTimer,
} from './roles.ts';
import { roleOf, type RaftState } from './state.ts';
import type { Message, NodeId, Outcome } from './types.ts';

/** A disk that owes a sync for this many election timeouts is stalled: its node neither leads nor campaigns. */
const STALL_ELECTION_TIMEOUTS = 2;
/** A pre-candidate that was put off asks again after this part of an election timeout, and goes first for as long. */
const PRE_VOTE_RETRY_PART = 4;
/**
 * Those who lost the link to the leader ask around at different ticks within this part of an election timeout: two in
 * the same tick would split the vote.
 */
const DOUBT_PART = 2;

type Request = Extract<Message, { t: 'preVote' | 'vote' }>;
type Response = Extract<Message, { t: 'preVoteResp' | 'voteResp' }>;

export function isDiskStalled(s: RaftState): boolean {
  return s.disk.stalledTicks >= STALL_ELECTION_TIMEOUTS * s.options.electionTicks;
}

export function mayCampaign(s: RaftState): boolean {
  return !s.failed && s.recovery === null && mayBeElected(s) && !isDiskStalled(s) && s.disk.snapshot === null;
}

/**
 * Also a voter whose removal is not committed stands for election: it may be the only one whose log is complete
 * enough, and it commits its own removal when it wins (thesis §4.2.2).
 */
function mayBeElected(s: RaftState): boolean {
  const { memberships, commit, id } = s;
  return isVoter(memberships.current, id) || isVoter(memberships.at(commit).membership, id);
}

/** A person or the driver wants this node to lead. */
export function campaignNow(s: RaftState): Outcome {
  if (s.failed) return { ok: false, why: 'failed', leader: null };
  if (s.phase === 'leader') return { ok: true };
  if (!mayCampaign(s)) {
    return { ok: false, why: roleOf(s) === 'follower' ? 'failed' : 'noVoters', leader: s.leader };
  }
  // With leases: this node told a leader that it would elect nobody for so long, not even itself.
  if (s.quietTicks > 0) return { ok: false, why: 'busy', leader: s.leader };
  startElection(s);
  return { ok: true };
}

/** The election timeout passed, or somebody asked for it. */
export function startElection(s: RaftState): void {
  if (s.options.preVote) {
    becomePreCandidate(s);
    s.votes.set(s.id, true);
    askForVotes(s, 'preVote', false);
  } else {
    startVoting(s, false);
  }
}

/** `transfer`: the leader itself sent this node, so stickiness does not hold (thesis §4.2.3). */
function startVoting(s: RaftState, transfer: boolean): void {
  becomeCandidate(s);
  askForVotes(s, 'vote', transfer);
}

function askForVotes(s: RaftState, t: 'preVote' | 'vote', transfer: boolean): void {
  const { lastIndex, lastTerm } = s.log;
  const { voters, outgoing } = s.memberships.current;
  for (const id of new Set([...voters, ...outgoing])) {
    if (id === s.id) continue;
    // The vote for itself must be durable before it asks others: else a crash could let it vote twice.
    if (t === 'vote') sendAfterPersist(s, id, { t, lastIndex, lastTerm, transfer });
    else send(s, id, { t, lastIndex, lastTerm, transfer, term: s.term + 1 });
  }
  decide(s);
}

/** The vote for itself became durable. */
export function countOwnVote(s: RaftState): void {
  if (s.phase !== 'candidate' || s.disk.durableTerm !== s.term || s.disk.durableVote !== s.id) return;
  if (s.votes.has(s.id)) return;
  s.votes.set(s.id, true);
  decide(s);
}

function decide(s: RaftState): void {
  const verdict = tally(s.memberships.current, s.votes);
  if (verdict === 'won' && s.phase === 'preCandidate') {
    startVoting(s, false);
  } else if (verdict === 'won') {
    becomeLeader(s);
    advanceCommit(s);
  } else if (verdict === 'lost') {
    becomeFollower(s, s.term, null);
  }
}

/** Believes that a leader lives: it heard from one within the least election timeout, or leads itself. */
function trustsLeader(s: RaftState): boolean {
  if (s.quietTicks > 0) return true;
  return s.leader !== null && !s.leaderDoubted && s.electionElapsed < s.options.electionTicks;
}

/**
 * The link to the leader broke, as it does at once when its process is killed. Asking around soon costs nothing: the
 * others refuse a pre-vote while they hear the leader. Without pre-vote, or where a lease counts on this node's
 * patience, it waits as ever.
 */
export function doubtLeader(s: RaftState, leader: NodeId): void {
  if (s.phase !== 'follower' || s.leader !== leader) return;
  abandonForwarded(s);
  failReads(s);
  if (s.leaderDoubted) return;
  if (!s.options.preVote || s.options.leaseReads !== false) return;
  const spread = Math.max(1, Math.floor(s.options.electionTicks / DOUBT_PART));
  const waitTicks = 1 + (restartElectionTimer(s) % spread);
  s.electionElapsed = s.electionTimeout - waitTicks;
  s.leaderDoubted = true;
  trace(s, 'doubtLeader', { leader });
}

/** A vote request that must not even be looked at, so that its greater term disturbs nobody (thesis §4.2.3). */
export function isDisruptive(s: RaftState, m: Message): boolean {
  return m.t === 'vote' && !m.transfer && (s.options.checkQuorum || s.quietTicks > 0) && trustsLeader(s);
}

/** Why `m` gets no pre-vote here; null when it gets one. Promises nothing, so nothing is remembered. */
function preVoteRefusal(s: RaftState, m: Request): string | null {
  if (m.term < s.term) return 'oldTerm';
  if (s.recovery !== null) return 'recovering';
  if (!m.transfer && trustsLeader(s)) return 'leaderAlive';
  if (m.term === s.term && s.vote !== m.from) return 'oldTerm';
  if (!s.log.isUpToDate(m.lastIndex, m.lastTerm)) return 'log';
  return goesFirst(s, m) ? 'rival' : null;
}

/**
 * Two that ask around at the same time would both be encouraged, and then split the vote. Of two equal logs the
 * greater id goes first, but only for a while: it may be the one that nobody hears.
 */
function goesFirst(s: RaftState, m: Request): boolean {
  if (s.phase !== 'preCandidate' || s.electionElapsed >= preVotePause(s)) return false;
  return m.lastIndex === s.log.lastIndex && m.lastTerm === s.log.lastTerm && s.id > m.from;
}

export function handlePreVote(s: RaftState, m: Request): void {
  const reason = preVoteRefusal(s, m);
  if (reason === null) send(s, m.from, { t: 'preVoteResp', granted: true, term: m.term });
  else send(s, m.from, { t: 'preVoteResp', granted: false, reason });
}

/** Why `m`, of this node's own term, gets no vote here (paper §5.2, §5.4.1). */
function voteRefusal(s: RaftState, m: Request): string | null {
  if (s.recovery !== null) return 'recovering';
  if (s.vote !== null && s.vote !== m.from) return 'voted';
  if (s.vote === null && s.leader !== null) return 'leaderAlive';
  return s.log.isUpToDate(m.lastIndex, m.lastTerm) ? null : 'log';
}

/**
 * A vote is a promise: it leaves when it is durable. Also a node that does not know itself as a voter votes: the
 * candidate may have a newer membership (paper §6).
 */
export function handleVote(s: RaftState, m: Request): void {
  const reason = voteRefusal(s, m);
  if (reason !== null) {
    send(s, m.from, { t: 'voteResp', granted: false, reason });
    return;
  }
  s.vote = m.from;
  s.electionElapsed = 0;
  trace(s, 'vote', { for: m.from });
  sendAfterPersist(s, m.from, { t: 'voteResp', granted: true });
}

/** Counts each voter once, whatever is duplicated. */
export function handleVoteAnswer(s: RaftState, m: Response): void {
  const expected = s.phase === 'preCandidate' ? 'preVoteResp' : 'voteResp';
  if (m.t !== expected || (s.phase !== 'preCandidate' && s.phase !== 'candidate')) return;
  if (m.t === 'preVoteResp' && m.granted && m.term !== s.term + 1) return;
  if (m.t === 'preVoteResp' && (m.reason === 'leaderAlive' || m.reason === 'rival')) {
    retrySoon(s);
    return;
  }
  if (!s.votes.has(m.from)) s.votes.set(m.from, m.granted);
  decide(s);
}

/** Others still trust the leader that this node lost, or go first; asking again costs nothing and finds out. */
function retrySoon(s: RaftState): void {
  s.electionElapsed = Math.max(s.electionElapsed, s.electionTimeout - preVotePause(s));
}

function preVotePause(s: RaftState): number {
  return Math.ceil(s.options.electionTicks / PRE_VOTE_RETRY_PART);
}

/** The leader hands over: campaign at once, without a pre-vote. Only its own word counts. */
export function handleTimeoutNow(s: RaftState, from: NodeId): void {
  if (s.phase !== 'follower' || s.leader !== from || !mayCampaign(s)) return;
  trace(s, 'timeoutNow', { from });
  startVoting(s, true);
}
