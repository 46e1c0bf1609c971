/**
 * The bytes of one log record: a 32-byte header, the payload, and 1 to 8 closing bytes up to a multiple of 8. A
 * record proves itself (its CRC covers header and payload, seeded per segment) and its place (it repeats the CRC of
 * the record before it). What records mean together is not decided here.
 */
import { assert } from '../../base/assert.ts';
import type { EntryKind } from '../core/types.ts';
import { crc32 } from './crc32.ts';
import { readU64, writeU64 } from './wideIntegers.ts';

export const RECORD_HEADER_BYTES = 32;
/** Far above the 1 MiB or so that the core puts into one entry; bounds what a damaged length can make us read. */
export const RECORD_PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;
const ALIGNMENT = 8;
/** Not zero: a sector that holds only the end of a record must not look as if it had never been written. */
const CLOSING_BYTE = 0xee;
/** "R3r" in the three low bytes of the word whose high byte is the kind. */
const MAGIC = 0x723352;

const CRC_AT = 0;
const LENGTH_AT = 4;
const PREVIOUS_CRC_AT = 8;
const KIND_AT = 12;
const INDEX_AT = 16;
const TERM_AT = 24;

/** `mark` begins a frame (see segmentFrame.ts); the others are log entries. */
export type RecordKind = 'mark' | EntryKind;
const KINDS: readonly RecordKind[] = ['mark', 'noop', 'command', 'membership'];

export interface LogRecord {
  readonly kind: RecordKind;
  readonly index: number;
  readonly term: number;
  /** A view into the bytes that were decoded, not a copy. */
  readonly payload: Uint8Array;
  readonly crc: number;
  readonly previousCrc: number;
  /** Header, payload and closing bytes. */
  readonly bytes: number;
}

/** The size on disk of a record with `payloadBytes` of payload. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + (Math.floor(payloadBytes / ALIGNMENT) + 1) * ALIGNMENT;
}

/** Writes a header at `offset` for `payload` and answers its CRC, which the next record repeats. */
export function encodeRecordHeader(
  target: Buffer,
  offset: number,
  record: {
    readonly kind: RecordKind;
    readonly index: number;
    readonly term: number;
    readonly payload: Uint8Array;
  },
  previousCrc: number,
  salt: number,
): number {
  const { payload } = record;
  assert(payload.length <= RECORD_PAYLOAD_BYTES_MAX, 'an entry fits a record');
  target.writeUInt32LE(payload.length, offset + LENGTH_AT);
  target.writeUInt32LE(previousCrc, offset + PREVIOUS_CRC_AT);
  target.writeUInt32LE(((KINDS.indexOf(record.kind) << 24) | MAGIC) >>> 0, offset + KIND_AT);
  writeU64(target, record.index, offset + INDEX_AT);
  writeU64(target, record.term, offset + TERM_AT);
  const header = target.subarray(offset + LENGTH_AT, offset + RECORD_HEADER_BYTES);
  const crc = crc32(payload, crc32(header, salt));
  target.writeUInt32LE(crc, offset + CRC_AT);
  return crc;
}

/** Fills the closing bytes of a record whose payload ends at `offset`. */
export function encodeClosing(target: Buffer, offset: number, payloadBytes: number): number {
  const count = recordBytes(payloadBytes) - RECORD_HEADER_BYTES - payloadBytes;
  target.fill(CLOSING_BYTE, offset, offset + count);
  return count;
}

/** The record at `offset` if it is whole and its own CRC holds, else null. The chain is the caller's to check. */
export function decodeRecord(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  salt: number,
): LogRecord | null {
  if (offset + RECORD_HEADER_BYTES > bytes.length) return null;
  const kindWord = view.getUint32(offset + KIND_AT, true);
  const kind = KINDS[kindWord >>> 24];
  if (kind === undefined || (kindWord & 0xffffff) !== MAGIC) return null;
  const length = view.getUint32(offset + LENGTH_AT, true);
  const total = recordBytes(length);
  if (length > RECORD_PAYLOAD_BYTES_MAX || offset + total > bytes.length) return null;
  const payloadAt = offset + RECORD_HEADER_BYTES;
  const crc = view.getUint32(offset + CRC_AT, true);
  if (crc32(bytes.subarray(offset + LENGTH_AT, payloadAt + length), salt) !== crc) return null;
  for (let at = payloadAt + length; at < offset + total; at += 1) if (bytes[at] !== CLOSING_BYTE) return null;
  const index = readU64(view, offset + INDEX_AT);
  const term = readU64(view, offset + TERM_AT);
  if (index === null || term === null) return null;
  return {
    kind,
    index,
    term,
    payload: new Uint8Array(bytes.buffer, bytes.byteOffset + payloadAt, length),
    crc,
    previousCrc: view.getUint32(offset + PREVIOUS_CRC_AT, true),
    bytes: total,
  };
}
