/**
 * Linearizable reads without a log entry: ReadIndex (thesis §6.4), from any node. The leader notes its commit
 * index, hears from a quorum that it still leads, then answers. Leases (§6.4.1) shorten the second step and are
 * off unless asked for: a monotonic clock stops while a PC sleeps.
 */
import { send } from './emit.ts';
import { enterProbe } from './progress.ts';
import { isQuorum, quorumValue } from './quorum.ts';
import { hasCommittedInTerm, type EarlyRead, type PendingRead, type RaftState } from './state.ts';
import type { Index, Message, NodeId, Outcome } from './types.ts';

/** Reads that may wait at once; the driver batches many clients into one context, so this is generous. */
const READS_MAX = 10_000;
/** Rounds remembered for the lease: more are never under way within one election timeout. */
const LEASE_ROUNDS_MAX = 64;

/** A read asked here: confirmed here when leading, else forwarded. */
export function readIndex(s: RaftState, ctx: string): Outcome {
  if (s.failed) return { ok: false, why: 'failed', leader: null };
  if (s.phase === 'leader') {
    if (s.pendingReads.length + s.earlyReads.length >= READS_MAX)
      return { ok: false, why: 'busy', leader: s.id };
    leaderRead(s, { ctx, from: s.id, damaged: false, askedTick: s.ticks });
    return { ok: true };
  }
  if (s.leader === null) return { ok: false, why: 'notLeader', leader: null };
  if (s.forwardedReads.size >= READS_MAX || s.forwardedReads.has(ctx)) {
    return { ok: false, why: 'busy', leader: s.leader };
  }
  s.forwardedReads.set(ctx, 0);
  send(s, s.leader, { t: 'readIndex', ctx });
  return { ok: true };
}

/** A follower's or learner's read. A node that does not lead says so at once. */
export function handleReadIndex(s: RaftState, m: Extract<Message, { t: 'readIndex' }>): void {
  const full = s.pendingReads.length + s.earlyReads.length >= READS_MAX;
  if (s.phase !== 'leader' || full) {
    send(s, m.from, { t: 'readIndexResp', ctx: m.ctx, index: null });
    return;
  }
  const damaged = m.damaged === true;
  if (damaged) stopCountingOn(s, m.from);
  leaderRead(s, { ctx: m.ctx, from: m.from, damaged, askedTick: s.ticks });
}

/** It lost what it acknowledged: nothing of it counts until it acknowledges again (`recovery.ts`). */
function stopCountingOn(s: RaftState, id: NodeId): void {
  const peer = s.peers.get(id);
  if (peer === undefined || peer.match === 0) return;
  peer.match = 0;
  if (peer.mode === 'replicate') enterProbe(peer, peer.next);
}

export function handleReadIndexResp(s: RaftState, m: Extract<Message, { t: 'readIndexResp' }>): void {
  if (!s.forwardedReads.delete(m.ctx)) return;
  if (m.index === null) s.out.failRead(m.ctx);
  else s.out.read(m.ctx, m.index);
}

function leaderRead(s: RaftState, read: EarlyRead): void {
  if (!hasCommittedInTerm(s)) {
    s.earlyReads.push(read);
    return;
  }
  // Who lost records must fetch everything that it may have acknowledged: that can be all that this log holds.
  const index = read.damaged ? s.log.lastIndex : s.commit;
  if ((hasLease(s) && !read.damaged) || isQuorum(s.memberships.current, (id) => id === s.id)) {
    answer(s, read, index);
    return;
  }
  s.roundWanted = true;
  s.pendingReads.push({ ...read, index, round: s.round + 1 });
}

/** To be called when the commit index of this term became known. */
export function releaseEarlyReads(s: RaftState): void {
  const early = s.earlyReads;
  s.earlyReads = [];
  for (const read of early) leaderRead(s, read);
}

/** A heartbeat round was answered: reads that waited for it, or for an earlier one, are confirmed by a quorum. */
export function confirmRounds(s: RaftState): void {
  const confirmed = quorumValue(s.memberships.current, (id) =>
    id === s.id ? s.round : (s.peers.get(id)?.ackedRound ?? 0),
  );
  extendLease(s, confirmed);
  s.pendingReads = s.pendingReads.filter((read) => {
    const done = read.damaged ? isOnlyLeaderWithout(s, read) : read.round <= confirmed;
    if (done) answer(s, read, read.index);
    return !done;
  });
}

/**
 * For one that lost records: those that have not answered, together with it, are no quorum. So no other leader was
 * elected, and nothing was committed, with the help of what it has lost. Its own answer does not count.
 */
function isOnlyLeaderWithout(s: RaftState, { from, round }: PendingRead): boolean {
  const isSilent = (id: NodeId): boolean => id !== s.id && (s.peers.get(id)?.ackedRound ?? 0) < round;
  return !isQuorum(s.memberships.current, (id) => id === from || isSilent(id));
}

function answer(s: RaftState, read: Pick<PendingRead, 'ctx' | 'from'>, index: Index): void {
  if (read.from === s.id) s.out.read(read.ctx, index);
  else send(s, read.from, { t: 'readIndexResp', ctx: read.ctx, index });
}

/** Starts the next heartbeat round; the caller sends the heartbeats. */
export function nextRound(s: RaftState): void {
  s.round += 1;
  s.roundWanted = false;
  if (s.options.leaseReads === false) return;
  s.roundTicks.set(s.round, s.ticks);
  if (s.roundTicks.size > LEASE_ROUNDS_MAX) {
    const oldest = s.roundTicks.keys().next();
    if (oldest.done !== true) s.roundTicks.delete(oldest.value);
  }
}

/** The lease counts from when the answered round was SENT: the followers' patience began after that. */
function extendLease(s: RaftState, confirmedRound: number): void {
  const leases = s.options.leaseReads;
  const sentTick = s.roundTicks.get(confirmedRound);
  if (leases === false || sentTick === undefined) return;
  s.leaseUntilTick = Math.max(s.leaseUntilTick, sentTick + s.options.electionTicks - leases.maxDriftTicks);
}

/** A transfer lets its target campaign at once, so no lease holds while one is under way. */
function hasLease(s: RaftState): boolean {
  return (
    s.options.leaseReads !== false &&
    s.options.checkQuorum &&
    s.transfer === null &&
    !s.leaseGivenUp &&
    s.ticks < s.leaseUntilTick
  );
}

/** Leadership is lost or another leader is there: nothing that waits can be confirmed any more. */
export function failReads(s: RaftState): void {
  for (const read of s.pendingReads) fail(s, read);
  for (const read of s.earlyReads) fail(s, read);
  for (const ctx of s.forwardedReads.keys()) s.out.failRead(ctx);
  s.pendingReads = [];
  s.earlyReads = [];
  s.forwardedReads.clear();
  s.roundWanted = false;
}

function fail(s: RaftState, { ctx, from }: Pick<PendingRead, 'ctx' | 'from'>): void {
  if (from === s.id) s.out.failRead(ctx);
  else send(s, from, { t: 'readIndexResp', ctx, index: null });
}

/** A leader that hears from no quorum cannot answer; without check-quorum it would not step down either. */
export function ageLeaderReads(s: RaftState): void {
  const isYoung = (read: EarlyRead): boolean => {
    const young = s.ticks - read.askedTick < 2 * s.options.electionTicks;
    if (!young) fail(s, read);
    return young;
  };
  s.pendingReads = s.pendingReads.filter(isYoung);
  s.earlyReads = s.earlyReads.filter(isYoung);
}

/** A lost message must not leave a context without an answer: two election timeouts are enough for any round trip. */
export function ageReads(s: RaftState): void {
  for (const [ctx, age] of s.forwardedReads) {
    if (age + 1 < 2 * s.options.electionTicks) s.forwardedReads.set(ctx, age + 1);
    else {
      s.forwardedReads.delete(ctx);
      s.out.failRead(ctx);
    }
  }
}
