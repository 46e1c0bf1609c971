/** Log replication (paper §5.3): what the leader sends to whom, and what a follower makes of it. */
import { advanceCommit, commitTo } from './commit.ts';
import { send, sendAfterPersist, trace } from './emit.ts';
import {
  addInflight,
  enterProbe,
  enterReplicate,
  enterSnapshot,
  freeInflight,
  isWindowFull,
  type Peer,
} from './progress.ts';
import { confirmRounds, nextRound } from './reads.ts';
import { canAcknowledge, mayConfirm } from './recovery.ts';
import { hearLeader } from './roles.ts';
import type { RaftState } from './state.ts';
import { continueTransfer } from './transfer.ts';
import type { Entry, Index, Message, NodeId } from './types.ts';

type Append = Extract<Message, { t: 'append' }>;
type AppendResp = Extract<Message, { t: 'appendResp' }>;

/** Sends each peer what it may get now; called once for each Ready, so that proposals share a message. */
export function replicate(s: RaftState): void {
  if (s.phase !== 'leader') return;
  if (s.roundWanted) broadcastHeartbeat(s);
  for (const [id, peer] of s.peers) feed(s, id, peer);
}

function feed(s: RaftState, id: NodeId, peer: Peer): void {
  if (peer.mode === 'probe' && !peer.probeSent) sendAppend(s, id, peer);
  const { maxInflight, maxInflightBytes } = s.options;
  while (
    peer.mode === 'replicate' &&
    peer.next <= s.log.lastIndex &&
    !isWindowFull(peer, maxInflight, maxInflightBytes)
  ) {
    if (!sendAppend(s, id, peer)) return;
  }
  // Nothing left to carry the news: a follower that serves clients applies what is committed at once.
  if (peer.mode === 'replicate' && peer.next > s.log.lastIndex && peer.commitSent < s.commit)
    sendAppend(s, id, peer);
}

/** False when the window or a missing snapshot lets nothing go now. */
function sendAppend(s: RaftState, id: NodeId, peer: Peer): boolean {
  const prevIndex = peer.next - 1;
  const prevTerm = s.log.termAt(prevIndex);
  if (prevTerm === null) {
    streamSnapshot(s, id, peer);
    return false;
  }
  const { maxAppendBytes, maxInflightBytes } = s.options;
  const room = maxInflightBytes - peer.inflightBytes;
  const entries =
    peer.next <= s.log.lastIndex
      ? s.log.slice(peer.next, s.log.lastIndex, Math.min(maxAppendBytes, room))
      : [];
  // One entry may be greater than the window: then it goes alone.
  if (peer.inflight.length > 0 && bytesOf(entries) > room) return false;
  send(s, id, { t: 'append', prevIndex, prevTerm, entries, commit: s.commit });
  peer.commitSent = s.commit;
  if (peer.mode === 'probe') {
    peer.probeSent = true;
  } else if (entries.length > 0) {
    peer.next += entries.length;
    addInflight(peer, peer.next - 1, bytesOf(entries));
  }
  return true;
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.data.length, 0);
}

/** The peer needs entries that were compacted. Only a live one is worth the bytes (paper §7). */
function streamSnapshot(s: RaftState, id: NodeId, peer: Peer): void {
  if (s.snapshot === null || !peer.recentActive) return;
  enterSnapshot(peer, s.snapshot.index);
  s.out.stream(id, s.snapshot);
  trace(s, 'streamSnapshot', { to: id, index: s.snapshot.index });
}

/** `commit` is limited to what the peer is known to hold: a heartbeat says nothing about its log. */
export function broadcastHeartbeat(s: RaftState): void {
  if (s.roundWanted || s.options.leaseReads !== false) nextRound(s);
  for (const [id, peer] of s.peers) {
    send(s, id, { t: 'heartbeat', commit: Math.min(peer.match, s.commit), round: s.round });
  }
  s.heartbeatElapsed = 0;
}

export function handleHeartbeat(s: RaftState, m: Extract<Message, { t: 'heartbeat' }>): void {
  if (!isFromThisTermsLeader(s, m.from)) return;
  hearLeader(s, m.from);
  commitTo(s, m.commit);
  send(s, m.from, { t: 'heartbeatResp', round: mayConfirm(s) ? m.round : 0 });
  // This node acknowledged that much before it restarted; an append will show again that the logs agree.
  if (m.commit > s.commit && s.recovery === null) refuse(s, m.from, m.commit, s.term);
}

export function handleHeartbeatResp(s: RaftState, m: Extract<Message, { t: 'heartbeatResp' }>): void {
  const peer = s.peers.get(m.from);
  if (s.phase !== 'leader' || peer === undefined) return;
  peer.recentActive = true;
  peer.probeSent = false;
  // A full window of lost messages would never free itself: the peer lives, so probe what it holds.
  if (peer.mode === 'replicate' && peer.match < s.log.lastIndex) recheck(s, m.from, peer);
  continueTransfer(s, m.from);
  if (m.round <= s.round && m.round > peer.ackedRound) {
    peer.ackedRound = m.round;
    confirmRounds(s);
  }
}

/** Asks, by an empty append behind all that was sent, whether it arrived. A refusal starts the repair. */
function recheck(s: RaftState, id: NodeId, peer: Peer): void {
  const prevTerm = s.log.termAt(peer.next - 1);
  if (prevTerm === null) {
    enterProbe(peer, peer.match + 1);
    return;
  }
  send(s, id, { t: 'append', prevIndex: peer.next - 1, prevTerm, entries: [], commit: s.commit });
}

/** There is one leader a term (§5.2): another that claims this term is garbage, and so is a message to the leader. */
function isFromThisTermsLeader(s: RaftState, from: NodeId): boolean {
  if (s.phase === 'leader') return false;
  return s.leader === null || s.leader === from;
}

export function handleAppend(s: RaftState, m: Append): void {
  if (!isFromThisTermsLeader(s, m.from)) return;
  hearLeader(s, m.from);
  const lastNew = m.prevIndex + m.entries.length;
  if (lastNew <= s.commit) {
    // All of it is committed here already: by leader completeness (§5.4.3) it agrees.
    s.verified = Math.max(s.verified, s.commit);
    acknowledge(s, m.from, s.commit);
    commitTo(s, m.commit);
    return;
  }
  // What lies below the commit index agrees; below the snapshot it can no longer be compared.
  const known = Math.max(m.prevIndex, s.commit);
  const prevTerm = known === m.prevIndex ? m.prevTerm : (m.entries[known - m.prevIndex - 1]?.term ?? 0);
  if (!s.log.matches(known, prevTerm)) {
    refuse(s, m.from, m.prevIndex, m.prevTerm);
    return;
  }
  if (!store(s, m.entries.slice(known - m.prevIndex))) return;
  s.verified = Math.max(s.verified, lastNew);
  acknowledge(s, m.from, lastNew);
  commitTo(s, m.commit);
}

/**
 * Keeps what is there already, cuts at the first conflict, appends the rest (paper figure 2, AppendEntries 3, 4).
 * False, and nothing done, when this very leader was seen to have something else there: then `entries` are garbage.
 */
function store(s: RaftState, entries: readonly Entry[]): boolean {
  const first = entries.findIndex((entry) => !s.log.matches(entry.index, entry.term));
  if (first === -1) return true;
  const fresh = entries.slice(first);
  const from = fresh[0]?.index ?? 0;
  if (from <= s.verified) return false;
  if (from <= s.log.lastIndex) {
    s.log.truncateFrom(from);
    s.memberships.truncateFrom(from);
    s.disk.truncated(from);
    trace(s, 'truncate', { from });
  }
  s.log.append(fresh);
  for (const entry of fresh) s.memberships.observe(entry);
  trace(s, 'append', { count: fresh.length });
  return true;
}

/** An acknowledgement promises durability, so it waits for the disk. */
export function acknowledge(s: RaftState, to: NodeId, index: Index): void {
  if (!canAcknowledge(s, index)) {
    // The leader must send on without counting it: the refusal says where.
    sendAfterPersist(s, to, {
      t: 'appendResp',
      ok: false,
      index: 0,
      rejectIndex: index,
      hintIndex: index,
      hintTerm: s.log.termAt(index) ?? 0,
      damaged: true,
    });
    return;
  }
  sendAfterPersist(s, to, { t: 'appendResp', ok: true, index, rejectIndex: 0, hintIndex: 0, hintTerm: 0 });
}

function refuse(s: RaftState, to: NodeId, prevIndex: Index, prevTerm: number): void {
  const hint = s.log.findConflictByTerm(Math.min(prevIndex, s.log.lastIndex), prevTerm);
  send(s, to, {
    t: 'appendResp',
    ok: false,
    index: 0,
    rejectIndex: prevIndex,
    hintIndex: hint.index,
    hintTerm: hint.term,
    ...(s.recovery === null ? {} : { damaged: true }),
  });
}

/** A message of an older term: its sender learns the present one from the answer (paper §5.1). */
export function refuseOldTerm(s: RaftState, m: Message): void {
  const { lastIndex, lastTerm } = s.log;
  send(s, m.from, {
    t: 'appendResp',
    ok: false,
    index: 0,
    rejectIndex: 0,
    hintIndex: lastIndex,
    hintTerm: lastTerm,
  });
}

export function handleAppendResp(s: RaftState, m: AppendResp): void {
  const peer = s.peers.get(m.from);
  if (s.phase !== 'leader' || peer === undefined) return;
  peer.recentActive = true;
  if (!m.ok) {
    handleRefusal(s, peer, m);
    return;
  }
  if (m.index > s.log.lastIndex) return;
  const news = m.index > peer.match;
  peer.match = Math.max(peer.match, m.index);
  peer.next = Math.max(peer.next, m.index + 1);
  if (peer.mode === 'replicate') freeInflight(peer, m.index);
  else if (peer.mode === 'probe') enterReplicate(peer);
  else if (peer.match + 1 >= s.log.firstIndex) enterReplicate(peer);
  if (!news) return;
  continueTransfer(s, m.from);
  advanceCommit(s);
}

/**
 * The logs differ at `rejectIndex`. The follower named its greatest index of a term that is not newer; the leader
 * does the same on its side, so each probe passes at least one whole term (paper §5.3).
 */
function handleRefusal(s: RaftState, peer: Peer, m: AppendResp): void {
  if (m.rejectIndex > s.log.lastIndex) return;
  if (m.damaged === true) {
    // It lost what it acknowledged. Counting less is always safe.
    peer.match = Math.min(peer.match, m.hintIndex);
  } else if (peer.mode === 'replicate' && m.rejectIndex <= peer.match) {
    recheck(s, m.from, peer);
    return;
  } else if (peer.mode === 'snapshot' || m.rejectIndex <= peer.match) {
    return;
  } else if (peer.mode === 'probe' && m.rejectIndex !== peer.next - 1) {
    return;
  }
  if (peer.mode === 'snapshot') return;
  const hinted = Math.min(m.hintIndex, s.log.lastIndex);
  const agreed = m.hintTerm > 0 ? s.log.findConflictByTerm(hinted, m.hintTerm).index : hinted;
  if (m.damaged !== true) {
    enterProbe(peer, Math.min(m.rejectIndex, agreed + 1));
    return;
  }
  enterProbe(peer, agreed + 1);
  // It has everything and only may not acknowledge yet: the next heartbeat asks again, not this very moment.
  peer.probeSent = peer.next > s.log.lastIndex;
}
