/** Reads snapshot files: the meta, the whole for checking, the bytes from an offset on for sending. */
import { createHash } from 'node:crypto';
import type { SnapshotMeta } from '../core/types.ts';
import { crc32 } from './crc32.ts';
import type { Disk, DiskFile } from './ports.ts';
import {
  CHUNK_HEAD_BYTES,
  chunkOffset,
  decodeChunkHead,
  decodeFooter,
  decodeSnapshotHeader,
  decodeTrailer,
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_TRAILER_BYTES,
} from './snapshotFormat.ts';
import { StorageError } from './storageErrors.ts';
import type { WriterStart } from './snapshotWriter.ts';

function damaged(name: string, what: string): StorageError {
  return new StorageError('snapshot_damaged', `${name}: ${what}`);
}

interface Chunk {
  readonly data: Uint8Array;
  readonly crc: number;
}

/** Chunk `number` if it is whole and its CRC continues `previousCrc`, else null. One read. */
async function readChunk(file: DiskFile, number: number, previousCrc: number): Promise<Chunk | null> {
  const bytes = await file.read(chunkOffset(number), CHUNK_HEAD_BYTES + SNAPSHOT_CHUNK_BYTES);
  const head = decodeChunkHead(bytes);
  if (head === null || bytes.length < CHUNK_HEAD_BYTES + head.length) return null;
  const data = bytes.subarray(CHUNK_HEAD_BYTES, CHUNK_HEAD_BYTES + head.length);
  return crc32(data, previousCrc) === head.crc ? { data, crc: head.crc } : null;
}

/** Reads all of `name` and checks every CRC and the SHA-256. Throws `snapshot_damaged`. */
export async function verifySnapshot(
  disk: Disk,
  name: string,
  yieldTurn: () => Promise<void>,
): Promise<SnapshotMeta> {
  const file = await disk.open(name, 'read');
  try {
    let crc = decodeSnapshotHeader(await file.read(0, SNAPSHOT_HEADER_BYTES));
    if (crc === null) throw damaged(name, 'the header is unreadable');
    const size = await file.size();
    const footerBytes = decodeTrailer(await file.read(size - SNAPSHOT_TRAILER_BYTES, SNAPSHOT_TRAILER_BYTES));
    if (footerBytes === null) throw damaged(name, 'the trailer is unreadable');
    const footerAt = size - SNAPSHOT_TRAILER_BYTES - footerBytes;
    const hash = createHash('sha256');
    let bytes = 0;
    for (let number = 0; chunkOffset(number) < footerAt; number += 1) {
      const chunk = await readChunk(file, number, crc);
      if (chunk === null) throw damaged(name, `chunk ${String(number)} is unreadable`);
      hash.update(chunk.data);
      bytes += chunk.data.length;
      crc = chunk.crc;
      await yieldTurn();
    }
    const meta = decodeFooter(await file.read(footerAt, footerBytes), crc);
    if (meta === null) throw damaged(name, 'the footer is unreadable');
    if (meta.bytes !== bytes || meta.checksum !== hash.digest('hex')) {
      throw damaged(name, 'size or SHA-256 do not hold');
    }
    return meta;
  } finally {
    await file.close();
  }
}

/** The state machine's bytes from `offset` on, one chunk at a time, each checked. Throws `snapshot_damaged`. */
export async function* readSnapshot(
  disk: Disk,
  name: string,
  meta: SnapshotMeta,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const file = await disk.open(name, 'read');
  try {
    const header = decodeSnapshotHeader(await file.read(0, SNAPSHOT_HEADER_BYTES));
    if (header === null) throw damaged(name, 'the header is unreadable');
    const first = Math.floor(offset / SNAPSHOT_CHUNK_BYTES);
    let crc = header;
    if (first > 0) {
      const head = decodeChunkHead(await file.read(chunkOffset(first - 1), CHUNK_HEAD_BYTES));
      if (head === null) throw damaged(name, `chunk ${String(first - 1)} is unreadable`);
      crc = head.crc;
    }
    for (let number = first; number * SNAPSHOT_CHUNK_BYTES < meta.bytes; number += 1) {
      const chunk = await readChunk(file, number, crc);
      if (chunk === null) throw damaged(name, `chunk ${String(number)} is unreadable`);
      crc = chunk.crc;
      yield chunk.data.subarray(Math.max(0, offset - number * SNAPSHOT_CHUNK_BYTES));
    }
  } finally {
    await file.close();
  }
}

/** How far an unfinished file is good: whole chunks only. Null when not even its header is. */
export async function findWriterStart(
  file: DiskFile,
  yieldTurn: () => Promise<void>,
): Promise<WriterStart | null> {
  const headerCrc = decodeSnapshotHeader(await file.read(0, SNAPSHOT_HEADER_BYTES));
  if (headerCrc === null) return null;
  const hash = createHash('sha256');
  let lastCrc = headerCrc;
  let chunks = 0;
  for (;;) {
    const chunk = await readChunk(file, chunks, lastCrc);
    if (chunk === null || chunk.data.length < SNAPSHOT_CHUNK_BYTES) return { chunks, lastCrc, hash };
    hash.update(chunk.data);
    lastCrc = chunk.crc;
    chunks += 1;
    await yieldTurn();
  }
}
