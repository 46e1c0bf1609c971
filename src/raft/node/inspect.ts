/** Lists what a data directory holds, one plain object a line, for `raft3d inspect`. Reads only; says where it is damaged. */
import { decodeHardStateCopy, COPIES_PER_SLOT, HARD_STATE_COPY_BYTES } from './hardStateSlot.ts';
import { HARD_STATE_FILE } from './hardStateFile.ts';
import type { Disk } from './ports.ts';
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentHeaderCrc,
  segmentSalt,
  segmentSequence,
} from './segmentHeader.ts';
import { parseFrame } from './segmentFrame.ts';
import { collectEvidence, mayBeTorn } from './segmentScan.ts';
import { parseSnapshotName } from './snapshotFormat.ts';
import { verifySnapshot } from './snapshotReader.ts';
import { StorageError } from './storageErrors.ts';
import { viewOf } from './wideIntegers.ts';

/**
 * Yields objects with a `kind`: `hardState` (one a slot), `segment`, `mark`, `entry`, `snapshot`, `file` (anything
 * else), `tornTail`, and `damage` with file, byte offset and reason. Payloads that are JSON text appear as
 * `json`, others as `base64`. Throws only the disk's own errors.
 */
export async function* dumpDirectory(disk: Disk): AsyncGenerator<object> {
  const names = [...(await disk.list())].sort();
  const lastSegment = names.filter((name) => segmentSequence(name) !== null).at(-1);
  for (const file of names) {
    if (file === HARD_STATE_FILE) yield* dumpHardState(file, await readAll(disk, file));
    else if (segmentSequence(file) !== null) {
      yield* dumpSegment(file, await readAll(disk, file), file === lastSegment);
    } else if (parseSnapshotName(file) !== null) yield await dumpSnapshot(disk, file);
    else yield { kind: 'file', file };
  }
}

async function readAll(disk: Disk, name: string): Promise<Uint8Array> {
  const file = await disk.open(name, 'read');
  try {
    return await file.read(0, await file.size());
  } finally {
    await file.close();
  }
}

function* dumpHardState(file: string, bytes: Uint8Array): Generator<object> {
  const slotBytes = HARD_STATE_COPY_BYTES * COPIES_PER_SLOT;
  for (let slot = 0; slot < 2; slot += 1) {
    const copies = Array.from({ length: COPIES_PER_SLOT }, (_, copy) => {
      const at = slot * slotBytes + copy * HARD_STATE_COPY_BYTES;
      return decodeHardStateCopy(bytes.subarray(at, at + HARD_STATE_COPY_BYTES))?.record ?? null;
    });
    let best = null;
    for (const copy of copies) if (copy !== null && copy.sequence > (best?.sequence ?? 0)) best = copy;
    const validCopies = copies.filter((copy) => copy !== null).length;
    if (best === null)
      yield { kind: 'damage', file, offset: slot * slotBytes, reason: 'a slot without a valid copy' };
    else yield { kind: 'hardState', file, slot, validCopies, ...best };
  }
}

function* dumpSegment(file: string, bytes: Uint8Array, isLast: boolean): Generator<object> {
  const header = decodeSegmentHeader(bytes);
  if (header === null) {
    const isEmpty = bytes.every((byte) => byte === 0);
    if (isEmpty) yield { kind: 'tornTail', file, offset: 0, bytes: bytes.length };
    else yield { kind: 'damage', file, offset: 0, reason: 'the segment header is unreadable' };
    return;
  }
  yield { file, bytes: bytes.length, ...header, kind: 'segment', segmentKind: header.kind };
  const salt = segmentSalt(header.sequence, header);
  const view = viewOf(bytes);
  let offset = SEGMENT_HEADER_BYTES;
  let crc = segmentHeaderCrc(bytes);
  while (offset < bytes.length) {
    const frame = parseFrame(bytes, view, offset, salt, crc);
    if (frame.kind !== 'whole') {
      if (isLast && mayBeTorn(bytes, offset, frame, salt)) {
        yield { kind: 'tornTail', file, offset, bytes: bytes.length - offset };
        return;
      }
      const { highestIndex } = collectEvidence(bytes, offset, salt);
      const at = frame.kind === 'broken' ? frame.at : offset;
      yield {
        kind: 'damage',
        file,
        offset: at,
        reason: 'a record is unreadable',
        laterRecordsUpTo: highestIndex,
      };
      return;
    }
    yield { kind: 'mark', file, offset, ...frame.mark };
    for (const { data, ...entry } of frame.entries) {
      yield { ...entry, kind: 'entry', entryKind: entry.kind, file, ...payloadOf(data) };
    }
    offset += frame.mark.frameBytes;
    crc = frame.lastCrc;
  }
}

function payloadOf(data: Uint8Array): object {
  const text = Buffer.from(data).toString('utf8');
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return { base64: Buffer.from(data).toString('base64') };
  }
}

async function dumpSnapshot(disk: Disk, file: string): Promise<object> {
  try {
    const meta = await verifySnapshot(disk, file, () => new Promise((resolve) => setImmediate(resolve)));
    return { kind: 'snapshot', file, meta };
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'snapshot_damaged') throw error;
    return { kind: 'damage', file, offset: 0, reason: error.message };
  }
}
