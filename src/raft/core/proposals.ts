/**
 * Commands on their way into the log: appended here when leading, forwarded otherwise. Every accepted proposal
 * gets exactly one fate: appended (where), refused (never takes effect), or unknown (the answer was lost).
 */
import { appendAsLeader } from './append.ts';
import { send } from './emit.ts';
import { roleOf, type ForwardedFate, type RaftState } from './state.ts';
import type { EntryKind, Message, Outcome } from './types.ts';

/** Proposals that may be under way to the leader at once: more clients than any PC serves. */
const FORWARDED_MAX = 20_000;
/** Forwarded proposals whose fate is remembered against duplicated messages. */
const DEDUPLICATED_MAX = 20_000;

/** The answer of a node that has restarted since: an earlier copy of the message may have been appended. */
const FATE_FORGOTTEN = 'unknown';

export function propose(s: RaftState, id: string, data: Uint8Array): Outcome {
  if (s.failed) return { ok: false, why: 'failed', leader: null };
  if (s.phase !== 'leader') return forward(s, id, data);
  const why = refusal(s, data.length);
  if (why !== null) return { ok: false, why, leader: s.id };
  const { index, term } = appendAsLeader(s, 'command', data);
  s.out.fate(id, { k: 'appended', index, term });
  return { ok: true };
}

/** Why the leader cannot take `bytes` more now. One proposal always fits into an empty pipeline. */
function refusal(s: RaftState, bytes: number): 'transferring' | 'busy' | null {
  if (s.transfer !== null) return 'transferring';
  if (s.uncommittedBytes > 0 && s.uncommittedBytes + bytes > s.options.maxUncommittedBytes) return 'busy';
  return null;
}

function forward(s: RaftState, id: string, data: Uint8Array): Outcome {
  const role = roleOf(s);
  if (s.leader === null || role === 'removed') return { ok: false, why: 'notLeader', leader: s.leader };
  if (s.forwardedProposals.size >= FORWARDED_MAX || s.forwardedProposals.has(id)) {
    return { ok: false, why: 'busy', leader: s.leader };
  }
  s.forwardedProposals.set(id, 0);
  send(s, s.leader, { t: 'propose', id, kind: 'command', data, seenTerm: s.term });
  return { ok: true };
}

/**
 * A forwarded proposal is fenced by the sender's term: one that was sent to an earlier leadership is refused,
 * because its sender may have been told meanwhile that it failed (etcd issue 15247).
 */
export function handlePropose(s: RaftState, m: Extract<Message, { t: 'propose' }>): void {
  const key = `${m.from}\n${m.seenTerm}\n${m.id}`;
  let fate = s.forwarded.get(key);
  if (fate === undefined) {
    fate = decideForwarded(s, m);
    // What is refused for now stays refused, or a later copy of the message would make the refusal untrue.
    if (m.seenTerm >= s.term) remember(s, key, fate);
  }
  const answer =
    fate.k === 'appended' ? { at: { index: fate.index, term: fate.term } } : { at: null, why: fate.why };
  send(s, m.from, { t: 'proposeResp', id: m.id, ...answer });
}

function decideForwarded(s: RaftState, m: Extract<Message, { t: 'propose' }>): ForwardedFate {
  const why = forwardedRefusal(s, m.kind, m.seenTerm, m.data.length);
  if (why !== null) return { k: 'refused', why: m.seenTerm <= s.startTerm ? FATE_FORGOTTEN : why };
  const { index, term } = appendAsLeader(s, m.kind, m.data);
  return { k: 'appended', index, term };
}

function forwardedRefusal(s: RaftState, kind: EntryKind, seenTerm: number, bytes: number): string | null {
  if (s.phase !== 'leader') return 'notLeader';
  if (seenTerm !== s.term) return 'stale';
  if (kind !== 'command') return 'kind';
  return refusal(s, bytes);
}

function remember(s: RaftState, key: string, fate: ForwardedFate): void {
  s.forwarded.set(key, fate);
  if (s.forwarded.size <= DEDUPLICATED_MAX) return;
  const oldest = s.forwarded.keys().next();
  if (oldest.done !== true) s.forwarded.delete(oldest.value);
}

export function handleProposeResp(s: RaftState, m: Extract<Message, { t: 'proposeResp' }>): void {
  if (!s.forwardedProposals.delete(m.id)) return;
  if (m.at === null && m.why === FATE_FORGOTTEN) s.out.fate(m.id, { k: 'unknown' });
  else if (m.at === null) s.out.fate(m.id, { k: 'refused', why: m.why ?? 'refused', leader: s.leader });
  else s.out.fate(m.id, { k: 'appended', index: m.at.index, term: m.at.term });
}

/** The link to the leader broke, or this node failed: the answers are lost, and nobody knows what came of them. */
export function abandonForwarded(s: RaftState): void {
  for (const id of s.forwardedProposals.keys()) s.out.fate(id, { k: 'unknown' });
  s.forwardedProposals.clear();
}

/**
 * A new term alone loses no answer: the old leader placed or refused the proposal, and says so, also when it has
 * handed over meanwhile. Two election timeouts are enough for any round trip.
 */
export function ageForwarded(s: RaftState): void {
  for (const [id, age] of s.forwardedProposals) {
    if (age + 1 < 2 * s.options.electionTicks) s.forwardedProposals.set(id, age + 1);
    else {
      s.forwardedProposals.delete(id);
      s.out.fate(id, { k: 'unknown' });
    }
  }
}
