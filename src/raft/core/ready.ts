/** Moving the effects out, and hearing that they are durable or applied. */
import { countOwnVote } from './election.ts';
import { advanceCommit } from './commit.ts';
import { finishRecovery } from './recovery.ts';
import { replicate } from './replication.ts';
import { hardStateOf, roleOf, type RaftState } from './state.ts';
import { publicProgress } from './progress.ts';
import type { Entry, HardState, Index, Ready, Status } from './types.ts';

export function hasReady(s: RaftState): boolean {
  if (!s.failed) replicate(s);
  return (
    !s.out.isEmpty ||
    (!s.failed && hasWrites(s)) ||
    (!s.failed && s.handedOut < s.commit) ||
    statusChanged(s) !== null
  );
}

function hasWrites(s: RaftState): boolean {
  return s.disk.snapshot !== null || s.disk.handedIndex < s.log.lastIndex || changedHardState(s) !== null;
}

function changedHardState(s: RaftState): HardState | null {
  const now = hardStateOf(s);
  const before = s.disk.handedHardState;
  const same = now.term === before.term && now.vote === before.vote && now.commit === before.commit;
  return same ? null : now;
}

export function ready(s: RaftState): Ready {
  if (!s.failed) replicate(s);
  const { snapshot, truncateFrom, handedHardState, handedIndex } = s.disk;
  const entries: readonly Entry[] =
    s.failed || handedIndex >= s.log.lastIndex
      ? []
      : s.log.slice(handedIndex + 1, s.log.lastIndex, Number.MAX_SAFE_INTEGER);
  const hardState = s.failed ? null : changedHardState(s);
  const newPromise =
    hardState !== null &&
    (hardState.term !== handedHardState.term || hardState.vote !== handedHardState.vote);
  const mustSync = snapshot !== null || entries.length > 0 || newPromise;
  const effects = s.out.take(s.disk.durableTerm);
  const committed = s.failed ? [] : takeCommitted(s);
  const status = statusChanged(s);
  if (status !== null) s.reported = status;
  // A truncation waits for the entries that replace what is cut: one write, one sync.
  const cut = mustSync ? truncateFrom : null;
  const seq = s.failed ? s.disk.nextSeq() : s.disk.handOut(s.log.lastIndex, hardStateOf(s), mustSync);
  return { seq, snapshot, truncateFrom: cut, entries, hardState, mustSync, ...effects, committed, status };
}

/** At most `maxApplyBytes` at once, so that applying never starves the rest; the next Ready carries on. */
function takeCommitted(s: RaftState): readonly Entry[] {
  if (s.handedOut >= s.commit) return [];
  const entries = s.log.slice(s.handedOut + 1, s.commit, s.options.maxApplyBytes);
  s.handedOut += entries.length;
  return entries;
}

/** The driver says that this Ready and all before it are durable. */
export function persisted(s: RaftState, seq: number): void {
  if (s.failed) return;
  s.disk.persisted(seq);
  finishRecovery(s);
  countOwnVote(s);
  advanceCommit(s);
}

export function applied(s: RaftState, index: Index): void {
  s.applied = Math.max(s.applied, Math.min(index, s.handedOut));
}

export function statusOf(s: RaftState): Status {
  const progress = new Map([...s.peers].map(([id, peer]) => [id, publicProgress(peer)] as const));
  return {
    id: s.id,
    role: roleOf(s),
    term: s.term,
    vote: s.vote,
    leader: s.failed ? null : s.leader,
    commit: s.commit,
    applied: s.applied,
    firstIndex: s.log.firstIndex,
    lastIndex: s.log.lastIndex,
    persistedIndex: s.disk.stableIndex,
    membership: s.memberships.current,
    membershipIndex: s.memberships.currentIndex,
    transferTo: s.transfer?.to ?? null,
    electionElapsed: s.electionElapsed,
    electionTimeout: s.electionTimeout,
    progress: s.phase === 'leader' ? progress : null,
  };
}

/** The status when it differs from the last one reported. Timers and peers' progress run all the time and do not count. */
function statusChanged(s: RaftState): Status | null {
  const before = s.reported;
  const same =
    before !== null &&
    before.role === roleOf(s) &&
    before.term === s.term &&
    before.vote === s.vote &&
    before.leader === (s.failed ? null : s.leader) &&
    before.commit === s.commit &&
    before.applied === s.applied &&
    before.firstIndex === s.log.firstIndex &&
    before.lastIndex === s.log.lastIndex &&
    before.persistedIndex === s.disk.stableIndex &&
    before.membership === s.memberships.current &&
    before.membershipIndex === s.memberships.currentIndex &&
    before.transferTo === (s.transfer?.to ?? null);
  return same ? null : statusOf(s);
}
