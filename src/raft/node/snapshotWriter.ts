/** Writes a snapshot's chunks and footer into an open file. Never holds more than one chunk in memory. */
import { createHash, type Hash } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import type { SnapshotMeta } from '../core/types.ts';
import type { DiskFile } from './ports.ts';
import {
  chunkOffset,
  encodeChunkHead,
  encodeFooter,
  SNAPSHOT_BYTES_MAX,
  SNAPSHOT_CHUNK_BYTES,
} from './snapshotFormat.ts';
import { StorageError } from './storageErrors.ts';

/** Where writing begins: after `chunks` whole chunks whose bytes `hash` has seen. */
export interface WriterStart {
  readonly chunks: number;
  readonly lastCrc: number;
  readonly hash: Hash;
}

export interface SnapshotWriter {
  /** Takes bytes in; writes whenever a chunk is full. Error: `snapshot_too_large`, the disk's own. */
  push(bytes: Uint8Array): Promise<void>;
  /** Bytes taken in so far. */
  size(): number;
  /** Writes the last chunk and answers size and SHA-256 (hex) of everything. */
  finishChunks(): Promise<{ readonly bytes: number; readonly checksum: string }>;
  /** Writes the footer and syncs. After {@link finishChunks}. */
  finishFooter(meta: SnapshotMeta): Promise<void>;
}

export function createSnapshotWriter(file: DiskFile, start: WriterStart): SnapshotWriter {
  const buffer = Buffer.alloc(SNAPSHOT_CHUNK_BYTES);
  let filled = 0;
  let chunks = start.chunks;
  let lastCrc = start.lastCrc;
  let endBytes = chunkOffset(start.chunks);
  const { hash } = start;

  const writeChunk = async (): Promise<void> => {
    const data = buffer.subarray(0, filled);
    hash.update(data);
    const head = encodeChunkHead(data, lastCrc);
    await file.write(chunkOffset(chunks), [head.bytes, data]);
    endBytes = chunkOffset(chunks) + head.bytes.length + data.length;
    lastCrc = head.crc;
    chunks += 1;
    filled = 0;
  };
  const size = (): number => chunks * SNAPSHOT_CHUNK_BYTES + filled;

  return {
    size,
    async push(bytes) {
      if (size() + bytes.length > SNAPSHOT_BYTES_MAX) {
        throw new StorageError(
          'snapshot_too_large',
          `a snapshot has at most ${String(SNAPSHOT_BYTES_MAX)} bytes`,
        );
      }
      let taken = 0;
      while (taken < bytes.length) {
        const part = bytes.subarray(taken, taken + SNAPSHOT_CHUNK_BYTES - filled);
        buffer.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled === SNAPSHOT_CHUNK_BYTES) await writeChunk();
      }
    },
    async finishChunks() {
      const bytes = size();
      if (filled > 0) await writeChunk();
      return { bytes, checksum: hash.digest('hex') };
    },
    async finishFooter(meta) {
      assert(filled === 0, 'the footer follows the last chunk');
      await file.write(endBytes, [encodeFooter(meta, lastCrc)]);
      await file.sync();
    },
  };
}

/** The start of an empty snapshot, after the header with this CRC. */
export function emptyStart(headerCrc: number): WriterStart {
  return { chunks: 0, lastCrc: headerCrc, hash: createHash('sha256') };
}
