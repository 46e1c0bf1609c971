/**
 * A snapshot on its way in from a peer: kept as a `.part` file so that a broken transfer resumes, turned into a
 * `.ready` file when size and SHA-256 hold. It becomes current only by the storage batch that names it.
 */
import { createHash } from 'node:crypto';
import type { SnapshotMeta } from '../core/types.ts';
import type { Disk, DiskFile, SnapshotSink } from './ports.ts';
import { chunkOffset, encodeSnapshotHeader, SNAPSHOT_CHUNK_BYTES } from './snapshotFormat.ts';
import { findWriterStart, verifySnapshot } from './snapshotReader.ts';
import { createSnapshotWriter, emptyStart, type WriterStart } from './snapshotWriter.ts';
import { isMissingFile, StorageError } from './storageErrors.ts';

const NAME = /^incoming-[0-9a-f]{32}\.(part|ready)$/;

export function isIncomingName(name: string): boolean {
  return NAME.test(name);
}

/** Half a SHA-256 of the meta, in hex: two different snapshots never share a file. */
const TAG_DIGITS = 32;

/** The file of this very snapshot: other id, size or checksum, other file. */
export function incomingName(meta: SnapshotMeta, state: 'part' | 'ready'): string {
  const key = [meta.id, meta.checksum, meta.term, meta.index, meta.bytes].join('\n');
  return `incoming-${createHash('sha256').update(key).digest('hex').slice(0, TAG_DIGITS)}.${state}`;
}

export interface Incoming extends SnapshotSink {
  /** Another transfer takes its place: later calls reject with `snapshot_superseded`. */
  supersede(): Promise<void>;
}

/** All bytes are there from an earlier transfer. */
export function finishedIncoming(meta: SnapshotMeta): Incoming {
  return {
    offset: meta.bytes,
    write: (chunk) =>
      chunk.length === 0
        ? Promise.resolve()
        : Promise.reject(new StorageError('snapshot_mismatch', 'the snapshot is complete already')),
    finish: () => Promise.resolve(),
    abort: () => Promise.resolve(),
    supersede: () => Promise.resolve(),
  };
}

/** Goes on where an earlier transfer of the same snapshot broke off, or begins. */
export async function openIncoming(
  disk: Disk,
  meta: SnapshotMeta,
  yieldTurn: () => Promise<void>,
): Promise<Incoming> {
  const name = incomingName(meta, 'part');
  const { file, start } = await openPart(disk, name, yieldTurn);
  const writer = createSnapshotWriter(file, start);
  let state: 'open' | 'closed' | 'superseded' = 'open';

  const requireOpen = (): void => {
    if (state === 'superseded')
      throw new StorageError('snapshot_superseded', 'another transfer took its place');
    if (state === 'closed') throw new StorageError('storage_closed', 'this transfer has ended');
  };
  const close = async (next: 'closed' | 'superseded'): Promise<void> => {
    if (state === 'open') {
      state = next;
      await file.close();
    }
  };
  const refuse = async (what: string): Promise<never> => {
    await close('closed');
    await disk.remove(name);
    throw new StorageError('snapshot_mismatch', what);
  };

  /** After a failed write or sync nobody knows what the file holds, so no later transfer may go on with it. */
  const whole = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StorageError)) {
        await close('closed').catch(() => undefined);
        await disk.remove(name).catch(() => undefined);
      }
      throw error;
    }
  };

  return {
    offset: start.chunks * SNAPSHOT_CHUNK_BYTES,
    async write(chunk) {
      requireOpen();
      if (writer.size() + chunk.length > meta.bytes) await refuse('more bytes came than were announced');
      await whole(() => writer.push(chunk));
    },
    async finish() {
      requireOpen();
      await whole(async () => {
        const { bytes, checksum } = await writer.finishChunks();
        if (bytes !== meta.bytes || checksum !== meta.checksum) {
          await refuse(`${String(bytes)} bytes of ${String(meta.bytes)} came, or their SHA-256 differs`);
        }
        await writer.finishFooter(meta);
      });
      requireOpen();
      await close('closed');
      await verifySnapshot(disk, name, yieldTurn);
      await disk.rename(name, incomingName(meta, 'ready'));
      await disk.syncDirectory();
    },
    abort: () => close('closed'),
    supersede: () => close('superseded'),
  };
}

async function openPart(
  disk: Disk,
  name: string,
  yieldTurn: () => Promise<void>,
): Promise<{ readonly file: DiskFile; readonly start: WriterStart }> {
  const header = encodeSnapshotHeader();
  let file: DiskFile;
  try {
    file = await disk.open(name, 'readWrite');
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    file = await disk.open(name, 'create');
  }
  const found = await findWriterStart(file, yieldTurn);
  const start = found ?? emptyStart(header.crc);
  // What follows the last whole chunk is written anew.
  await file.truncate(found === null ? 0 : chunkOffset(start.chunks));
  if (found === null) await file.write(0, [header.bytes]);
  return { file, start };
}
