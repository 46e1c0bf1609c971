/** The first sector of a segment file: whose it is, where it stands in the log, and how it follows what came before. */
import { assert } from '../../base/assert.ts';
import { crc32 } from './crc32.ts';
import {
  IDENTIFIER_BYTES_MAX,
  readIdentifier,
  writeIdentifier,
  type DirectoryIdentity,
} from './directoryIdentity.ts';
import { readU64, viewOf, writeU64 } from './wideIntegers.ts';

/** What disks write whole or not at all. Frames begin on it, so that no acknowledged sector is written twice. */
export const SECTOR_BYTES = 512;
/** A header fills one sector, so that it is written whole or not at all. */
export const SEGMENT_HEADER_BYTES = 1 * SECTOR_BYTES;
export const SEGMENT_VERSION = 1;

/**
 * - `continues`: the log goes on where the segment before it ended, all of which is durable.
 * - `reset`: whatever earlier segments hold is dropped; a snapshot at `firstIndex - 1` stands in its place.
 * - `repair`: damage was found; of the earlier segments only entries before `firstIndex` count.
 */
export type SegmentKind = 'continues' | 'reset' | 'repair';
const KINDS: readonly SegmentKind[] = ['continues', 'reset', 'repair'];

export interface SegmentHeader extends DirectoryIdentity {
  readonly version: number;
  readonly kind: SegmentKind;
  /** The number in the file's name. */
  readonly sequence: number;
  readonly firstIndex: number;
  /** Term of the entry before `firstIndex`, 0 for none. */
  readonly previousTerm: number;
  readonly incarnation: number;
  /** For `continues`: bytes of the segment before this one that were durable when this one was made. */
  readonly previousEndBytes: number;
  /** For `continues`: CRC of the last record before this segment. */
  readonly previousCrc: number;
  /** Entries below this index may be missing although they were acknowledged; 0 = none. */
  readonly damagedUntil: number;
}

const MAGIC = Buffer.from('R3DLOG\n\0', 'latin1');
const VERSION_AT = 8;
const KIND_AT = 12;
const SEQUENCE_AT = 16;
const FIRST_INDEX_AT = 24;
const PREVIOUS_TERM_AT = 32;
const INCARNATION_AT = 40;
const PREVIOUS_END_AT = 48;
const DAMAGED_UNTIL_AT = 56;
const PREVIOUS_CRC_AT = 64;
const CLUSTER_AT = 72;
const NODE_ID_AT = CLUSTER_AT + 2 + IDENTIFIER_BYTES_MAX;
const CRC_AT = SEGMENT_HEADER_BYTES - 4;

export function encodeSegmentHeader(header: Omit<SegmentHeader, 'version'>): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(SEGMENT_VERSION, VERSION_AT);
  bytes.writeUInt32LE(KINDS.indexOf(header.kind), KIND_AT);
  writeU64(bytes, header.sequence, SEQUENCE_AT);
  writeU64(bytes, header.firstIndex, FIRST_INDEX_AT);
  writeU64(bytes, header.previousTerm, PREVIOUS_TERM_AT);
  writeU64(bytes, header.incarnation, INCARNATION_AT);
  writeU64(bytes, header.previousEndBytes, PREVIOUS_END_AT);
  writeU64(bytes, header.damagedUntil, DAMAGED_UNTIL_AT);
  bytes.writeUInt32LE(header.previousCrc, PREVIOUS_CRC_AT);
  writeIdentifier(bytes, header.cluster, CLUSTER_AT);
  writeIdentifier(bytes, header.nodeId, NODE_ID_AT);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

/** The CRC that a header ends with: the first record of its segment repeats it. `bytes` is a whole header. */
export function segmentHeaderCrc(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(CRC_AT, true);
}

/** Null when the header is torn, damaged or was never written. `bytes` may be longer than the header. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < SEGMENT_HEADER_BYTES) return null;
  const view = viewOf(bytes);
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) return null;
  if (view.getUint32(CRC_AT, true) !== crc32(bytes.subarray(0, CRC_AT))) return null;
  const kind = KINDS[view.getUint32(KIND_AT, true)];
  if (kind === undefined) return null;
  const number = (at: number): number => {
    const value = readU64(view, at);
    assert(value !== null, 'a header with a good CRC holds safe integers');
    return value;
  };
  return {
    version: view.getUint32(VERSION_AT, true),
    kind,
    sequence: number(SEQUENCE_AT),
    firstIndex: number(FIRST_INDEX_AT),
    previousTerm: number(PREVIOUS_TERM_AT),
    incarnation: number(INCARNATION_AT),
    previousEndBytes: number(PREVIOUS_END_AT),
    damagedUntil: number(DAMAGED_UNTIL_AT),
    previousCrc: view.getUint32(PREVIOUS_CRC_AT, true),
    cluster: readIdentifier(bytes, CLUSTER_AT),
    nodeId: readIdentifier(bytes, NODE_ID_AT),
  };
}

const NAME = /^log-(\d{16})$/;

export function segmentName(sequence: number): string {
  return `log-${String(sequence).padStart(16, '0')}`;
}

/** The sequence in a segment's file name, null for any other file. */
export function segmentSequence(name: string): number | null {
  const match = NAME.exec(name);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/**
 * The seed of every record CRC in one segment. It does not depend on the header's bytes, so that records can still
 * be recognised behind a damaged header; and a record copied from another segment or node never passes.
 */
export function segmentSalt(sequence: number, identity: DirectoryIdentity): number {
  return crc32(Buffer.from(`${String(sequence)}\n${identity.cluster}\n${identity.nodeId}`, 'utf8'));
}
