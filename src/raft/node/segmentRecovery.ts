/**
 * Joins what the segments say with the snapshot and the hard state: which entries the node starts with, whether
 * something acknowledged is missing, and where the log goes on. Pure; the rules are those of docs/storage-format.md.
 */
import type { Entry, Persisted } from '../core/types.ts';
import type { LogTail, Replay } from './segmentReplay.ts';
import type { SegmentKind } from './segmentHeader.ts';

export interface RecoveryInput {
  readonly replay: Replay;
  /** The newest readable snapshot; index 0 and term 0 for none. */
  readonly snapshot: { readonly index: number; readonly term: number };
  /** The index of an unreadable snapshot, 0 for none: it had been acknowledged. */
  readonly damagedSnapshotIndex: number;
  /** The hard state's commit hint: it was durable here once. */
  readonly commit: number;
}

export interface Recovery {
  /** Contiguous from `snapshot.index + 1`. */
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly integrity: Persisted['integrity'];
  /** 0, or the `until` of the damage, to be carried in new segments' headers until it is refetched. */
  readonly damagedUntil: number;
  readonly next:
    | { readonly kind: 'append'; readonly tail: LogTail }
    | { readonly kind: 'newSegment'; readonly segmentKind: SegmentKind };
}

/** See the file's comment. The same input always gives the same answer. */
export function decideRecovery(input: RecoveryInput): Recovery {
  const { replay, snapshot } = input;
  const replayLast = replay.baseIndex + replay.entries.length;
  const reachesDown = replay.baseIndex <= snapshot.index;
  const continuesSnapshot = reachesDown && termInReplay(replay, snapshot.index) === snapshot.term;
  const entries = continuesSnapshot ? replay.entries.slice(snapshot.index - replay.baseIndex) : [];
  const lastIndex = snapshot.index + entries.length;

  const mayExistUntil = Math.max(
    replay.damage?.until ?? 0,
    replay.damagedUntil,
    input.damagedSnapshotIndex + 1,
    input.commit + 1,
    replay.commit + 1,
    reachesDown ? 0 : replayLast + 1,
  );
  const damaged = mayExistUntil > lastIndex + 1;
  const damagedUntil = damaged ? mayExistUntil : 0;
  return {
    entries,
    commit: Math.max(snapshot.index, Math.min(lastIndex, Math.max(input.commit, replay.commit))),
    integrity: damaged ? { kind: 'damaged', from: lastIndex + 1, until: mayExistUntil } : { kind: 'intact' },
    damagedUntil,
    next: decideNext(replay, continuesSnapshot),
  };
}

/** Paper §7: a log that has the snapshot's last entry goes on after it; any other log is replaced by the snapshot. */
function termInReplay(replay: Replay, index: number): number | null {
  if (index === replay.baseIndex) return replay.baseTerm;
  return replay.entries[index - replay.baseIndex - 1]?.term ?? null;
}

function decideNext(replay: Replay, continuesSnapshot: boolean): Recovery['next'] {
  if (!continuesSnapshot) return { kind: 'newSegment', segmentKind: 'reset' };
  if (replay.damage !== null) return { kind: 'newSegment', segmentKind: 'repair' };
  if (replay.tail === null) return { kind: 'newSegment', segmentKind: 'reset' };
  return { kind: 'append', tail: replay.tail };
}
