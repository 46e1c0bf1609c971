/**
 * The live log: appends frames to the last segment, begins new segments, syncs, removes old ones. Knows what is
 * durable. It does not order writes against the hard state and does not retry: after an error it must not be used.
 */
import { assert } from '../../base/assert.ts';
import type { Entry } from '../core/types.ts';
import type { DirectoryIdentity } from './directoryIdentity.ts';
import type { Disk, DiskFile } from './ports.ts';
import { encodeFrame } from './segmentFrame.ts';
import {
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentHeaderCrc,
  segmentName,
  segmentSalt,
  type SegmentKind,
} from './segmentHeader.ts';
import type { LogTail, Replay } from './segmentReplay.ts';
import type { Recovery } from './segmentRecovery.ts';
import { createTermRuns } from './segmentTerms.ts';

/** Small enough that compaction frees space soon and a reading fits memory, large enough that new files are rare. */
export const SEGMENT_BYTES = 8 * 1024 * 1024;
/** A frame takes no more payload than this; a larger group commit becomes several. Bounds a segment's overshoot. */
export const FRAME_PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

export interface SegmentLog {
  lastIndex(): number;
  termAt(index: number): number | null;
  /** The last index that is certainly on disk. */
  durableIndex(): number;
  /** Cuts the log after `baseIndex` and appends `entries`, in one step for a crash. One gather write. Not synced. */
  append(baseIndex: number, entries: readonly Entry[], commit: number): Promise<void>;
  /** Makes everything appended durable. Does nothing when it is. */
  sync(): Promise<void>;
  /** Drops the whole log: a durable snapshot at (`index`, `term`) stands in its place. Durable when it resolves. */
  reset(index: number, term: number): Promise<void>;
  /** Removes segments that hold nothing above `index`, which a durable snapshot covers. */
  compact(index: number): Promise<void>;
  /** Writes a last mark, so that everything before is proven to be durable, syncs, and closes. */
  seal(commit: number): Promise<void>;
  /** Closes without writing: after a failure. */
  close(): Promise<void>;
}

export interface SegmentLogStart {
  readonly replay: Replay;
  readonly recovery: Recovery;
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly incarnation: number;
  readonly segmentBytes: number;
}

interface OpenSegment {
  readonly file: DiskFile;
  readonly sequence: number;
  readonly salt: number;
  endBytes: number;
  durableEndBytes: number;
  lastCrc: number;
}

/** Makes the directory fit for appending as recovery decided. Nothing old is removed before the new is durable. */
export async function startSegmentLog(
  disk: Disk,
  identity: DirectoryIdentity,
  start: SegmentLogStart,
): Promise<SegmentLog> {
  const { replay, recovery } = start;
  const terms = createTermRuns(start.snapshot.index, start.snapshot.term);
  for (const entry of recovery.entries) terms.push(entry.term);
  let durableIndex = terms.lastIndex();
  let damagedUntil = recovery.damagedUntil;
  let nextSequence = replay.nextSequence;
  let live = [...replay.live];
  let appended = false;

  const removeSegments = async (sequences: readonly number[]): Promise<void> => {
    if (sequences.length === 0) return;
    for (const sequence of sequences) await disk.remove(segmentName(sequence));
    await disk.syncDirectory();
  };

  const create = async (kind: SegmentKind, previous: OpenSegment | null): Promise<OpenSegment> => {
    if (terms.lastIndex() >= damagedUntil - 1) damagedUntil = 0;
    const sequence = nextSequence;
    nextSequence += 1;
    const header = encodeSegmentHeader({
      ...identity,
      kind,
      sequence,
      firstIndex: terms.lastIndex() + 1,
      previousTerm: terms.lastTerm(),
      incarnation: start.incarnation,
      previousEndBytes: previous?.endBytes ?? 0,
      previousCrc: previous?.lastCrc ?? 0,
      damagedUntil,
    });
    const file = await disk.open(segmentName(sequence), 'create');
    await file.write(0, [header]);
    await file.sync();
    await disk.syncDirectory();
    live.push({ sequence, firstIndex: terms.lastIndex() + 1 });
    return {
      file,
      sequence,
      salt: segmentSalt(sequence, identity),
      endBytes: SEGMENT_HEADER_BYTES,
      durableEndBytes: SEGMENT_HEADER_BYTES,
      lastCrc: segmentHeaderCrc(header),
    };
  };

  let current =
    recovery.next.kind === 'append'
      ? await reopen(disk, recovery.next.tail, identity)
      : await create(recovery.next.segmentKind, null);
  await removeSegments(replay.obsolete);

  const sync = async (): Promise<void> => {
    if (current.endBytes === current.durableEndBytes) return;
    const { endBytes } = current;
    const lastIndex = terms.lastIndex();
    await current.file.sync();
    current.durableEndBytes = endBytes;
    durableIndex = lastIndex;
  };

  const writeFrame = async (baseIndex: number, entries: readonly Entry[], commit: number): Promise<void> => {
    if (current.endBytes >= start.segmentBytes) {
      await sync();
      const previous = current;
      current = await create('continues', previous);
      await previous.file.close();
    }
    const baseTerm = terms.termAt(baseIndex);
    assert(baseTerm !== null, 'a frame goes on from an entry that the log has');
    durableIndex = Math.min(durableIndex, baseIndex);
    const frame = encodeFrame(
      { baseIndex, baseTerm, commit: Math.min(commit, durableIndex), entries },
      { previousCrc: current.lastCrc, salt: current.salt, durableEndBytes: current.durableEndBytes },
    );
    terms.cutAt(baseIndex);
    for (const entry of entries) terms.push(entry.term);
    await current.file.write(current.endBytes, frame.chunks);
    current.endBytes += frame.bytes;
    current.lastCrc = frame.lastCrc;
    appended = true;
  };

  return {
    lastIndex: () => terms.lastIndex(),
    termAt: (index) => terms.termAt(index),
    durableIndex: () => durableIndex,
    async append(baseIndex, entries, commit) {
      let base = baseIndex;
      for (const part of splitFrames(entries)) {
        await writeFrame(base, part, commit);
        base += part.length;
      }
    },
    sync,
    async reset(index, term) {
      terms.reset(index, term);
      durableIndex = index;
      const previous = current;
      current = await create('reset', null);
      await previous.file.close();
    },
    async compact(index) {
      let keepFrom = 0;
      for (const [at, segment] of live.entries()) if (segment.firstIndex <= index + 1) keepFrom = at;
      const gone = live.slice(0, keepFrom);
      live = live.slice(keepFrom);
      if (index <= terms.lastIndex()) terms.compactTo(index);
      await removeSegments(gone.map((segment) => segment.sequence));
    },
    async seal(commit) {
      await sync();
      if (appended) await writeFrame(terms.lastIndex(), [], commit);
      await sync();
      await current.file.close();
    },
    close: () => current.file.close(),
  };
}

/** Syncs what a crashed process may have left in the page cache, and cuts a torn tail off before anything follows. */
async function reopen(disk: Disk, tail: LogTail, identity: DirectoryIdentity): Promise<OpenSegment> {
  const file = await disk.open(segmentName(tail.sequence), 'readWrite');
  if ((await file.size()) > tail.endBytes) await file.truncate(tail.endBytes);
  await file.sync();
  return {
    file,
    sequence: tail.sequence,
    salt: segmentSalt(tail.sequence, identity),
    endBytes: tail.endBytes,
    durableEndBytes: tail.endBytes,
    lastCrc: tail.lastCrc,
  };
}

/** At least one part, also when there are no entries: a frame may only cut. */
function* splitFrames(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, entry] of entries.entries()) {
    if (at > from && bytes + entry.data.length > FRAME_PAYLOAD_BYTES_MAX) {
      yield entries.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += entry.data.length;
  }
  yield entries.slice(from);
}
