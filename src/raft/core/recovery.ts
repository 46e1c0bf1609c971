/**
 * A node that lost records which it may have acknowledged (protocol-aware recovery, after Alagappan et al., FAST
 * 2018). Until it has fetched them again it neither votes nor campaigns nor acknowledges: its word was counted.
 *
 * It asks the leader, with a ReadIndex marked `damaged`, for the leader's LAST index, confirmed by a quorum after
 * the leader stopped counting on it. Whatever it may ever have acknowledged and that was committed lies at or
 * below that index, so holding the log up to there makes it whole, also where nobody knows what it lost.
 *
 * A wiped node also lost its term and vote. It may have voted in a term that it does not remember, but only for a
 * voter who is now in that term or a later one. So it asks every other voter for its term and takes the greatest,
 * in which it votes for nobody else. While a voter stays silent, nothing that the wiped one says counts: the silent
 * one may lead by its forgotten vote.
 */
import { send, trace } from './emit.ts';
import { becomeFollower } from './roles.ts';
import type { RaftState, Recovery } from './state.ts';
import type { Index, Message, NodeId, Persisted } from './types.ts';

/** Contexts of these reads. A driver must not begin its own with it. */
const CONTEXT_PREFIX = '\u0000recovery/';

export function initialRecovery(persisted: Persisted): Recovery | null {
  const { integrity, hardState, entries, snapshot } = persisted;
  if (integrity.kind === 'intact') return null;
  const empty = entries.length === 0 && snapshot === null;
  const wiped = integrity.from <= 1 && empty && hardState.term === 0;
  const until = integrity.until > integrity.from ? integrity.until : Number.MAX_SAFE_INTEGER;
  return { until, wiped, confirmed: null, terms: new Map(), mark: '', asked: 0 };
}

/** True when this node may say that it holds the log up to `index`. */
export function canAcknowledge(s: RaftState, index: Index): boolean {
  const { recovery } = s;
  return recovery === null || (isComplete(recovery, index) && silentVoters(s, recovery).length === 0);
}

/**
 * True when this node's answer to a heartbeat may prove to the leader that there is no later one. A wiped node does
 * not know whom it elected in a term that it forgot.
 */
export function mayConfirm(s: RaftState): boolean {
  return s.recovery?.wiped !== true || canAcknowledge(s, s.log.lastIndex);
}

function isComplete(recovery: Recovery, index: Index): boolean {
  if (recovery.confirmed !== null && index >= recovery.confirmed) return true;
  return !recovery.wiped && index >= recovery.until - 1;
}

export function isRecoveryContext(ctx: string): boolean {
  return ctx.startsWith(CONTEXT_PREFIX);
}

/** Asks again each heartbeat interval: the leader until it confirmed, and (wiped) whoever has not named its term. */
export function tickRecovery(s: RaftState): void {
  const { recovery } = s;
  if (recovery === null || s.ticks % s.options.heartbeatTicks !== 0) return;
  recovery.asked += 1;
  const ctx = `${CONTEXT_PREFIX}${recovery.mark}/${recovery.asked}`;
  const asked = new Set(silentVoters(s, recovery));
  if (s.leader !== null && recovery.confirmed === null) asked.add(s.leader);
  for (const id of asked) send(s, id, { t: 'readIndex', ctx, damaged: true });
  finishRecovery(s);
}

export function handleRecoveryAnswer(s: RaftState, m: Extract<Message, { t: 'readIndexResp' }>): void {
  const { recovery } = s;
  if (recovery === null || !m.ctx.startsWith(`${CONTEXT_PREFIX}${recovery.mark}/`)) return;
  if (recovery.wiped) recovery.terms.set(m.from, Math.max(m.term, recovery.terms.get(m.from) ?? 0));
  if (m.index !== null && m.from === s.leader) recovery.confirmed ??= m.index;
  finishRecovery(s);
}

function silentVoters(s: RaftState, recovery: Recovery): readonly NodeId[] {
  if (!recovery.wiped) return [];
  const { voters, outgoing } = s.memberships.current;
  return [...new Set([...voters, ...outgoing])].filter((id) => id !== s.id && !recovery.terms.has(id));
}

/** To be called when more became durable or an answer came. */
export function finishRecovery(s: RaftState): void {
  const { recovery } = s;
  if (recovery === null || !isComplete(recovery, s.disk.stableIndex)) return;
  if (silentVoters(s, recovery).length > 0) return;
  s.recovery = null;
  trace(s, 'recovered', { index: s.disk.stableIndex });
  if (!recovery.wiped) return;
  const term = Math.max(s.term, ...recovery.terms.values());
  if (term > s.term) becomeFollower(s, term, null);
  s.vote ??= s.id;
  s.startTerm = s.term;
}
