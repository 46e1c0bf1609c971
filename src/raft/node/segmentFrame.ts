/**
 * A frame: what one group commit adds to a segment. It begins on a sector, with a mark record, followed by the
 * entries' records; zeros fill the last sector. A frame takes effect as a whole or not at all, so that dropping a
 * conflicting suffix and appending the new one is a single step for a crash.
 */
import { assert } from '../../base/assert.ts';
import type { Entry } from '../core/types.ts';
import {
  decodeRecord,
  encodeClosing,
  encodeRecordHeader,
  RECORD_HEADER_BYTES,
  recordBytes,
  type LogRecord,
} from './recordCodec.ts';
import { SECTOR_BYTES } from './segmentHeader.ts';
import { readU64, viewOf, writeU64 } from './wideIntegers.ts';

/** What the mark record says about its frame. */
export interface FrameMark {
  /** Sectors of the whole frame, in bytes. */
  readonly frameBytes: number;
  readonly entryCount: number;
  /** The sync mark: this segment was durable up to here before the frame was written. */
  readonly durableEndBytes: number;
  /** Entries above are dropped before the frame's own are appended. */
  readonly baseIndex: number;
  readonly baseTerm: number;
  /** Entries up to here are known to be committed; never above what was durable. */
  readonly commit: number;
  /** Sectors that are all zero because the payload is: not a sign of a torn write. */
  readonly zeroSectors: number;
  /** The log's last index after the frame. */
  readonly lastIndex: number;
}

const MARK_PAYLOAD_BYTES = 48;
const FRAME_BYTES_AT = 0;
const ENTRY_COUNT_AT = 4;
const DURABLE_END_AT = 8;
const BASE_INDEX_AT = 16;
const BASE_TERM_AT = 24;
const COMMIT_AT = 32;
const ZERO_SECTORS_AT = 40;
/** The mark record's size; the first entry's record begins here in its frame. */
export const MARK_BYTES = recordBytes(MARK_PAYLOAD_BYTES);

/** Payloads below are copied beside their headers: cheaper than one more element of the gather write. */
const INLINE_PAYLOAD_BYTES = 4096;

/** A frame to be written: entries contiguous from `baseIndex + 1`. */
export interface Frame {
  readonly baseIndex: number;
  readonly baseTerm: number;
  readonly commit: number;
  readonly entries: readonly Entry[];
}

export interface EncodedFrame {
  /** To be written one after the other. */
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
  readonly lastCrc: number;
}

/** Encodes once; large payloads are passed on, not copied. */
export function encodeFrame(
  frame: Frame,
  at: { readonly previousCrc: number; readonly salt: number; readonly durableEndBytes: number },
): EncodedFrame {
  const plan = planFrame(frame.entries);
  const last = frame.entries.at(-1);
  const arena = Buffer.alloc(plan.arenaBytes);
  const mark = Buffer.alloc(MARK_PAYLOAD_BYTES);
  mark.writeUInt32LE(plan.frameBytes, FRAME_BYTES_AT);
  mark.writeUInt32LE(frame.entries.length, ENTRY_COUNT_AT);
  writeU64(mark, at.durableEndBytes, DURABLE_END_AT);
  writeU64(mark, frame.baseIndex, BASE_INDEX_AT);
  writeU64(mark, frame.baseTerm, BASE_TERM_AT);
  writeU64(mark, frame.commit, COMMIT_AT);
  mark.writeUInt32LE(plan.zeroSectors, ZERO_SECTORS_AT);

  const chunks: Uint8Array[] = [];
  let chunkStart = 0;
  let used = 0;
  let crc = at.previousCrc;
  const put = (record: Parameters<typeof encodeRecordHeader>[2]): void => {
    crc = encodeRecordHeader(arena, used, record, crc, at.salt);
    used += RECORD_HEADER_BYTES;
    if (record.payload.length < INLINE_PAYLOAD_BYTES) {
      arena.set(record.payload, used);
      used += record.payload.length;
    } else {
      chunks.push(arena.subarray(chunkStart, used), record.payload);
      chunkStart = used;
    }
    used += encodeClosing(arena, used, record.payload.length);
  };
  put({
    kind: 'mark',
    index: last?.index ?? frame.baseIndex,
    term: last?.term ?? frame.baseTerm,
    payload: mark,
  });
  let expected = frame.baseIndex + 1;
  for (const entry of frame.entries) {
    assert(entry.index === expected && entry.term >= 1, 'entries of a frame are contiguous and have a term');
    expected += 1;
    put({ kind: entry.kind, index: entry.index, term: entry.term, payload: entry.data });
  }
  chunks.push(arena.subarray(chunkStart));
  return { chunks, bytes: plan.frameBytes, lastCrc: crc };
}

interface FramePlan {
  readonly frameBytes: number;
  /** Everything but the payloads that are passed on uncopied. */
  readonly arenaBytes: number;
  readonly zeroSectors: number;
}

function planFrame(entries: readonly Entry[]): FramePlan {
  let end = MARK_BYTES;
  let outside = 0;
  let zeroSectors = 0;
  for (const { data } of entries) {
    if (data.length >= SECTOR_BYTES) zeroSectors += countZeroSectors(data, end + RECORD_HEADER_BYTES);
    if (data.length >= INLINE_PAYLOAD_BYTES) outside += data.length;
    end += recordBytes(data.length);
  }
  const frameBytes = Math.ceil(end / SECTOR_BYTES) * SECTOR_BYTES;
  return { frameBytes, arenaBytes: frameBytes - outside, zeroSectors };
}

/** Only a sector wholly inside a payload can be all zero: headers end in a term, records in closing bytes. */
function countZeroSectors(payload: Uint8Array, frameOffset: number): number {
  let zeroSectors = 0;
  const first = Math.ceil(frameOffset / SECTOR_BYTES) * SECTOR_BYTES - frameOffset;
  for (let at = first; at + SECTOR_BYTES <= payload.length; at += SECTOR_BYTES) {
    if (isZero(payload, at, at + SECTOR_BYTES)) zeroSectors += 1;
  }
  return zeroSectors;
}

/** Whether all bytes of [from, to) are zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

/** Reads a mark's payload; null when the record is no mark or its numbers cannot be. */
export function decodeMark(record: LogRecord): FrameMark | null {
  if (record.kind !== 'mark' || record.payload.length !== MARK_PAYLOAD_BYTES) return null;
  const view = viewOf(record.payload);
  const durableEndBytes = readU64(view, DURABLE_END_AT);
  const baseIndex = readU64(view, BASE_INDEX_AT);
  const baseTerm = readU64(view, BASE_TERM_AT);
  const commit = readU64(view, COMMIT_AT);
  const frameBytes = view.getUint32(FRAME_BYTES_AT, true);
  if (durableEndBytes === null || baseIndex === null || baseTerm === null || commit === null) return null;
  if (frameBytes === 0 || frameBytes % SECTOR_BYTES !== 0) return null;
  return {
    frameBytes,
    entryCount: view.getUint32(ENTRY_COUNT_AT, true),
    durableEndBytes,
    baseIndex,
    baseTerm,
    commit,
    zeroSectors: view.getUint32(ZERO_SECTORS_AT, true),
    lastIndex: record.index,
  };
}

export type ParsedFrame =
  /** The first sector was never written, or lies beyond the end of the file. */
  | { readonly kind: 'blank' }
  | {
      readonly kind: 'whole';
      readonly mark: FrameMark;
      readonly entries: readonly Entry[];
      readonly lastCrc: number;
    }
  /** `mark` is null when it is unreadable; `entries` are those before the first unreadable record. */
  | {
      readonly kind: 'broken';
      readonly mark: FrameMark | null;
      readonly entries: readonly Entry[];
      readonly at: number;
    };

/** Reads the frame at `offset`. Checks every CRC, the chain, and that the entries are contiguous. */
export function parseFrame(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  salt: number,
  previousCrc: number,
): ParsedFrame {
  const sectorEnd = offset + SECTOR_BYTES;
  if (sectorEnd > bytes.length || isZero(bytes, offset, sectorEnd)) return { kind: 'blank' };
  const first = decodeRecord(bytes, view, offset, salt);
  const mark = first === null || first.previousCrc !== previousCrc ? null : decodeMark(first);
  if (first === null || mark === null) return { kind: 'broken', mark: null, entries: [], at: offset };
  const entries: Entry[] = [];
  let at = offset + first.bytes;
  let lastCrc = first.crc;
  for (let number = 1; number <= mark.entryCount; number += 1) {
    const record = decodeRecord(bytes, view, at, salt);
    if (
      record === null ||
      record.kind === 'mark' ||
      record.previousCrc !== lastCrc ||
      record.index !== mark.baseIndex + number
    ) {
      return { kind: 'broken', mark, entries, at };
    }
    entries.push({ index: record.index, term: record.term, kind: record.kind, data: record.payload });
    lastCrc = record.crc;
    at += record.bytes;
  }
  return { kind: 'whole', mark, entries, lastCrc };
}
