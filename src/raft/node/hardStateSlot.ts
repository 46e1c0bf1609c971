/**
 * The bytes of one hard-state record: 512 bytes, one disk sector, which disks write whole or not at all. A slot is
 * eight copies of it. Where they stand in the file and which one counts is not decided here.
 */
import { crc32 } from './crc32.ts';
import { IDENTIFIER_BYTES_MAX, readIdentifier, writeIdentifier } from './directoryIdentity.ts';
import { readU64, viewOf, writeU64 } from './wideIntegers.ts';

export const HARD_STATE_COPY_BYTES = 512;
export const COPIES_PER_SLOT = 8;
export const HARD_STATE_SLOT_BYTES = HARD_STATE_COPY_BYTES * COPIES_PER_SLOT;
export const HARD_STATE_VERSION = 1;

const MAGIC = Buffer.from('R3DHARD\n', 'latin1');
const VERSION_AT = 8;
const HAS_VOTE_AT = 12;
const SEQUENCE_AT = 16;
const TERM_AT = 24;
const COMMIT_AT = 32;
const INCARNATION_AT = 40;
const VOTE_AT = 48;
const IDENTIFIER_FIELD_BYTES = 2 + IDENTIFIER_BYTES_MAX;
const CLUSTER_AT = VOTE_AT + IDENTIFIER_FIELD_BYTES;
const NODE_ID_AT = CLUSTER_AT + IDENTIFIER_FIELD_BYTES;
const CRC_AT = HARD_STATE_COPY_BYTES - 4;

export interface HardStateRecord {
  /** Grows by one with each write; the highest valid one counts. */
  readonly sequence: number;
  readonly term: number;
  readonly vote: string | null;
  /** A hint: entries up to here were committed and durable when this was written. */
  readonly commit: number;
  /** How often this directory was opened. */
  readonly incarnation: number;
  readonly cluster: string;
  readonly nodeId: string;
}

/** All eight copies of `record`, 4096 bytes. */
export function encodeHardStateSlot(record: HardStateRecord): Buffer {
  const slot = Buffer.alloc(HARD_STATE_SLOT_BYTES);
  const copy = slot.subarray(0, HARD_STATE_COPY_BYTES);
  MAGIC.copy(copy, 0);
  copy.writeUInt32LE(HARD_STATE_VERSION, VERSION_AT);
  copy.writeUInt32LE(record.vote === null ? 0 : 1, HAS_VOTE_AT);
  writeU64(copy, record.sequence, SEQUENCE_AT);
  writeU64(copy, record.term, TERM_AT);
  writeU64(copy, record.commit, COMMIT_AT);
  writeU64(copy, record.incarnation, INCARNATION_AT);
  writeIdentifier(copy, record.vote ?? '', VOTE_AT);
  writeIdentifier(copy, record.cluster, CLUSTER_AT);
  writeIdentifier(copy, record.nodeId, NODE_ID_AT);
  copy.writeUInt32LE(crc32(copy.subarray(0, CRC_AT)), CRC_AT);
  for (let at = 1; at < COPIES_PER_SLOT; at += 1) copy.copy(slot, at * HARD_STATE_COPY_BYTES);
  return slot;
}

/** `bytes` is one copy. Null when it is torn, damaged or was never written. `version` says who wrote it. */
export function decodeHardStateCopy(
  bytes: Uint8Array,
): { readonly version: number; readonly record: HardStateRecord } | null {
  if (bytes.length !== HARD_STATE_COPY_BYTES) return null;
  const view = viewOf(bytes);
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) return null;
  if (view.getUint32(CRC_AT, true) !== crc32(bytes.subarray(0, CRC_AT))) return null;
  const sequence = readU64(view, SEQUENCE_AT);
  const term = readU64(view, TERM_AT);
  const commit = readU64(view, COMMIT_AT);
  const incarnation = readU64(view, INCARNATION_AT);
  if (sequence === null || term === null || commit === null || incarnation === null) return null;
  return {
    version: view.getUint32(VERSION_AT, true),
    record: {
      sequence,
      term,
      vote: view.getUint32(HAS_VOTE_AT, true) === 0 ? null : readIdentifier(bytes, VOTE_AT),
      commit,
      incarnation,
      cluster: readIdentifier(bytes, CLUSTER_AT),
      nodeId: readIdentifier(bytes, NODE_ID_AT),
    },
  };
}
