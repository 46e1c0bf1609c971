/**
 * The bytes of a snapshot file: header, chunks of equal size with a chained CRC each, and a footer with the meta and
 * the SHA-256 of all the state machine's bytes. Reading and writing files is done elsewhere.
 */
import type { SnapshotMeta } from '../core/types.ts';
import { crc32 } from './crc32.ts';
import { viewOf } from './wideIntegers.ts';

/** 256 KiB: hashing one takes well under a millisecond, so no turn of the event loop gets long. */
export const SNAPSHOT_CHUNK_BYTES = 256 * 1024;
/** A farm of thousands of jobs is a few MiB; this bounds what a peer can make us store. */
export const SNAPSHOT_BYTES_MAX = 1024 * 1024 * 1024;
/** The meta is a membership list and a few numbers. */
const META_BYTES_MAX = 1024 * 1024;

export const SNAPSHOT_HEADER_BYTES = 64;
export const CHUNK_HEAD_BYTES = 8;
export const SNAPSHOT_TRAILER_BYTES = 8;
const SNAPSHOT_VERSION = 1;
const HEADER_MAGIC = Buffer.from('R3DSNAP\n', 'latin1');
/** Stands where a chunk's length would be; no chunk is that long. */
const FOOTER_MARK = 0xffffffff;
const TRAILER_MAGIC = 0x45443352;
const SHA256_BYTES = 32;
const FOOTER_FIXED_BYTES = 8 + SHA256_BYTES + 4;
const HEADER_CRC_AT = SNAPSHOT_HEADER_BYTES - 4;

/** The same for every snapshot; its CRC begins the chain. */
export function encodeSnapshotHeader(): { readonly bytes: Buffer; readonly crc: number } {
  const bytes = Buffer.alloc(SNAPSHOT_HEADER_BYTES);
  HEADER_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(SNAPSHOT_VERSION, 8);
  bytes.writeUInt32LE(SNAPSHOT_CHUNK_BYTES, 12);
  const crc = crc32(bytes.subarray(0, HEADER_CRC_AT));
  bytes.writeUInt32LE(crc, HEADER_CRC_AT);
  return { bytes, crc };
}

/** The CRC that begins the chain, or null when this is no header of this version. */
export function decodeSnapshotHeader(bytes: Uint8Array): number | null {
  const expected = encodeSnapshotHeader();
  return expected.bytes.equals(bytes) ? expected.crc : null;
}

/** Where chunk `number` (from 0) begins. */
export function chunkOffset(number: number): number {
  return SNAPSHOT_HEADER_BYTES + number * (CHUNK_HEAD_BYTES + SNAPSHOT_CHUNK_BYTES);
}

export function encodeChunkHead(
  data: Uint8Array,
  previousCrc: number,
): { readonly bytes: Buffer; readonly crc: number } {
  const bytes = Buffer.alloc(CHUNK_HEAD_BYTES);
  const crc = crc32(data, previousCrc);
  bytes.writeUInt32LE(data.length, 0);
  bytes.writeUInt32LE(crc, 4);
  return { bytes, crc };
}

/** Length and CRC of a chunk; null when the length cannot be one. */
export function decodeChunkHead(bytes: Uint8Array): { readonly length: number; readonly crc: number } | null {
  if (bytes.length < CHUNK_HEAD_BYTES) return null;
  const view = viewOf(bytes);
  const length = view.getUint32(0, true);
  return length === 0 || length > SNAPSHOT_CHUNK_BYTES ? null : { length, crc: view.getUint32(4, true) };
}

/** Footer and trailer. `previousCrc` is the last chunk's, which chains the footer to all before it. */
export function encodeFooter(meta: SnapshotMeta, previousCrc: number): Buffer {
  const json = Buffer.from(JSON.stringify(meta), 'utf8');
  const footer = Buffer.alloc(FOOTER_FIXED_BYTES + json.length + SNAPSHOT_TRAILER_BYTES);
  footer.writeUInt32LE(FOOTER_MARK, 0);
  footer.writeUInt32LE(json.length, 4);
  json.copy(footer, 8);
  Buffer.from(meta.checksum, 'hex').copy(footer, 8 + json.length);
  const crcAt = 8 + json.length + SHA256_BYTES;
  footer.writeUInt32LE(crc32(footer.subarray(0, crcAt), previousCrc), crcAt);
  footer.writeUInt32LE(crcAt + 4, crcAt + 4);
  footer.writeUInt32LE(TRAILER_MAGIC, crcAt + 8);
  return footer;
}

/** How long the footer is, from the file's last {@link SNAPSHOT_TRAILER_BYTES} bytes; null when they are no trailer. */
export function decodeTrailer(bytes: Uint8Array): number | null {
  if (bytes.length !== SNAPSHOT_TRAILER_BYTES) return null;
  const view = viewOf(bytes);
  const footerBytes = view.getUint32(0, true);
  const possible = footerBytes >= FOOTER_FIXED_BYTES && footerBytes <= FOOTER_FIXED_BYTES + META_BYTES_MAX;
  return possible && view.getUint32(4, true) === TRAILER_MAGIC ? footerBytes : null;
}

/** The meta in a footer (without trailer), null when its CRC or its checksum field do not hold. */
export function decodeFooter(footer: Uint8Array, previousCrc: number): SnapshotMeta | null {
  const view = viewOf(footer);
  const jsonBytes = view.getUint32(4, true);
  if (view.getUint32(0, true) !== FOOTER_MARK || jsonBytes !== footer.length - FOOTER_FIXED_BYTES)
    return null;
  const crcAt = footer.length - 4;
  if (view.getUint32(crcAt, true) !== crc32(footer.subarray(0, crcAt), previousCrc)) return null;
  const text = Buffer.from(footer.subarray(8, 8 + jsonBytes)).toString('utf8');
  const meta = JSON.parse(text) as SnapshotMeta;
  const sha = Buffer.from(footer.subarray(8 + jsonBytes, crcAt)).toString('hex');
  return sha === meta.checksum ? meta : null;
}

/** The digest's form in a meta. */
export const CHECKSUM_PATTERN = /^[0-9a-f]{64}$/;

export function sameSnapshot(a: SnapshotMeta, b: SnapshotMeta): boolean {
  return (
    a.id === b.id &&
    a.checksum === b.checksum &&
    a.index === b.index &&
    a.term === b.term &&
    a.bytes === b.bytes
  );
}

const NAME = /^snap-(\d+)-(\d+)$/;

export function snapshotName(at: { readonly term: number; readonly index: number }): string {
  return `snap-${String(at.term)}-${String(at.index)}`;
}

/** Term and index in a finished snapshot's file name, null for any other file. */
export function parseSnapshotName(name: string): { readonly term: number; readonly index: number } | null {
  const match = NAME.exec(name);
  return match === null ? null : { term: Number(match[1]), index: Number(match[2]) };
}
