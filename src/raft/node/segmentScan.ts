/**
 * What can be learned from a segment's bytes where they no longer parse: whether a frame was torn by a crash or
 * damaged afterwards, and which entries must have been there. Pure; decides, repairs nothing.
 */
import { decodeRecord } from './recordCodec.ts';
import { decodeMark, isZero, type ParsedFrame } from './segmentFrame.ts';
import { SECTOR_BYTES } from './segmentHeader.ts';
import { viewOf } from './wideIntegers.ts';

/** What valid records in a stretch of bytes prove. `lowestIndex` is Infinity and the others 0 when there are none. */
export interface Evidence {
  /** The lowest index that any of them writes, so a truncation to below it must have happened. */
  readonly lowestIndex: number;
  /** The highest index that any of them knows of. */
  readonly highestIndex: number;
  /** The segment was once durable up to here. */
  readonly durableEndBytes: number;
}

export const NO_EVIDENCE: Evidence = { lowestIndex: Infinity, highestIndex: 0, durableEndBytes: 0 };

export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  return {
    lowestIndex: Math.min(a.lowestIndex, b.lowestIndex),
    highestIndex: Math.max(a.highestIndex, b.highestIndex),
    durableEndBytes: Math.max(a.durableEndBytes, b.durableEndBytes),
  };
}

/** Records begin at multiples of 8. */
const RECORD_ALIGNMENT = 8;

/** Looks for records from `from` on that prove themselves, wherever they stand. Steps over what it recognised. */
export function collectEvidence(bytes: Uint8Array, from: number, salt: number): Evidence {
  const view = viewOf(bytes);
  let evidence = NO_EVIDENCE;
  let at = Math.ceil(from / RECORD_ALIGNMENT) * RECORD_ALIGNMENT;
  while (at < bytes.length) {
    const record = decodeRecord(bytes, view, at, salt);
    if (record === null) {
      at += RECORD_ALIGNMENT;
      continue;
    }
    const mark = decodeMark(record);
    evidence = mergeEvidence(evidence, {
      lowestIndex: mark === null ? record.index : mark.baseIndex + 1,
      highestIndex: record.index,
      durableEndBytes: mark?.durableEndBytes ?? 0,
    });
    at += record.bytes;
  }
  return evidence;
}

/**
 * Whether the first frame that does not parse, at `offset` in the LAST segment, may simply be the end: never written
 * or torn by a crash. If not, something that may have been acknowledged is unreadable.
 *
 * A torn write leaves whole sectors as they were, which is zero or beyond the end of the file, and no written sector
 * is all zero unless the mark counted it. So a frame with all its sectors in place was written whole and has changed
 * since; and a frame that a later mark calls durable is damaged whatever it looks like.
 */
export function mayBeTorn(bytes: Uint8Array, offset: number, frame: ParsedFrame, salt: number): boolean {
  if (collectEvidence(bytes, offset, salt).durableEndBytes > offset) return false;
  switch (frame.kind) {
    case 'blank':
      return true;
    case 'whole':
      return false;
    case 'broken':
      return (
        frame.mark !== null &&
        countMissingSectors(bytes, offset, offset + frame.mark.frameBytes) > frame.mark.zeroSectors
      );
  }
}

function countMissingSectors(bytes: Uint8Array, from: number, to: number): number {
  let missing = 0;
  for (let at = from; at < to; at += SECTOR_BYTES) {
    const end = at + SECTOR_BYTES;
    if (end > bytes.length || isZero(bytes, at, end)) missing += 1;
  }
  return missing;
}
