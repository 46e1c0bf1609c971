/**
 * The snapshots of one directory: taking, receiving, making current, finding the newest readable one, removing old
 * ones. The one before is kept until the new one was read back. It does not touch the log.
 */
import type { SnapshotMeta } from '../core/types.ts';
import type { Disk, SnapshotSink } from './ports.ts';
import {
  CHECKSUM_PATTERN,
  encodeSnapshotHeader,
  parseSnapshotName,
  sameSnapshot,
  SNAPSHOT_BYTES_MAX,
  snapshotName,
} from './snapshotFormat.ts';
import {
  finishedIncoming,
  incomingName,
  isIncomingName,
  openIncoming,
  type Incoming,
} from './snapshotIncoming.ts';
import { readSnapshot, verifySnapshot } from './snapshotReader.ts';
import { createSnapshotWriter, emptyStart } from './snapshotWriter.ts';
import { StorageError } from './storageErrors.ts';

export interface SnapshotStore {
  /** The newest readable one. */
  newest(): SnapshotMeta | null;
  /** The highest index of an unreadable one, 0 for none. */
  damagedIndex(): number;
  save(
    at: Omit<SnapshotMeta, 'id' | 'bytes' | 'checksum'>,
    slices: Iterable<Uint8Array>,
  ): Promise<SnapshotMeta>;
  receive(meta: SnapshotMeta): Promise<SnapshotSink>;
  /** Makes a received snapshot current. Durable when it resolves. Error: `snapshot_unknown`. */
  install(meta: SnapshotMeta): Promise<void>;
  /** Removes all snapshots below `index`, readable or not. */
  removeBelow(index: number): Promise<void>;
  /** The bytes of one that is kept, from `offset` on. Errors: `snapshot_unknown`, `snapshot_damaged`. */
  open(meta: SnapshotMeta, offset: number): AsyncIterable<Uint8Array>;
}

const TEMPORARY = /^snap-\d+-\d+\.tmp$/;
/** Digits of the checksum in an id: enough to tell two snapshots of one index apart. */
const ID_CHECKSUM_DIGITS = 16;

/** Reads and checks what is there. Leftovers of a crash (`.tmp`) are removed. */
export async function openSnapshotStore(
  disk: Disk,
  names: readonly string[],
  yieldTurn: () => Promise<void>,
): Promise<SnapshotStore> {
  for (const name of names) if (TEMPORARY.test(name)) await disk.remove(name);
  const { newest: found, damagedIndex } = await findNewest(disk, names, yieldTurn);
  let newest = found;
  /** Those that can be streamed: a leader goes on sending the one before until its log has forgotten what that covers. */
  let kept: readonly SnapshotMeta[] = found === null ? [] : [found];
  let incoming: Incoming | null = null;
  let saving = false;

  const publish = async (from: string, meta: SnapshotMeta): Promise<void> => {
    await disk.rename(from, snapshotName(meta));
    await disk.syncDirectory();
    if (newest === null || meta.index >= newest.index) newest = meta;
    kept = [...kept.filter((other) => snapshotName(other) !== snapshotName(meta)), meta];
  };
  const removeWhere = async (isOld: (name: string) => boolean): Promise<void> => {
    const old = (await disk.list()).filter(isOld);
    for (const name of old) await disk.remove(name);
    if (old.length > 0) await disk.syncDirectory();
  };

  return {
    newest: () => newest,
    damagedIndex: () => damagedIndex,
    async save(at, slices) {
      if (saving) throw new StorageError('snapshot_superseded', 'a snapshot is being taken already');
      saving = true;
      const name = `${snapshotName(at)}.tmp`;
      try {
        const meta = await writeSnapshot(disk, name, at, slices, yieldTurn);
        await verifySnapshot(disk, name, yieldTurn);
        await publish(name, meta);
        return meta;
      } catch (error) {
        // The error is what the caller must see; a leftover is removed at the next start.
        await disk.remove(name).catch(() => undefined);
        throw error;
      } finally {
        saving = false;
      }
    },
    async receive(meta) {
      if (meta.bytes > SNAPSHOT_BYTES_MAX) {
        throw new StorageError(
          'snapshot_too_large',
          `a snapshot of ${String(meta.bytes)} bytes is announced`,
        );
      }
      if (!CHECKSUM_PATTERN.test(meta.checksum)) {
        throw new StorageError('snapshot_mismatch', 'the announced checksum is no SHA-256 in hex');
      }
      await incoming?.supersede();
      incoming = null;
      const [part, ready] = [incomingName(meta, 'part'), incomingName(meta, 'ready')];
      await removeWhere((name) => isIncomingName(name) && name !== part && name !== ready);
      const isComplete =
        (newest !== null && sameSnapshot(newest, meta)) || (await disk.list()).includes(ready);
      incoming = isComplete ? finishedIncoming(meta) : await openIncoming(disk, meta, yieldTurn);
      return incoming;
    },
    async install(meta) {
      const ready = incomingName(meta, 'ready');
      if ((await disk.list()).includes(ready)) {
        await publish(ready, meta);
      } else if (newest === null || !sameSnapshot(newest, meta)) {
        throw new StorageError('snapshot_unknown', `the snapshot ${meta.id} was not received here`);
      }
    },
    removeBelow(index) {
      kept = kept.filter((meta) => meta.index >= index);
      return removeWhere((name) => (parseSnapshotName(name)?.index ?? Infinity) < index);
    },
    async *open(meta, offset) {
      const name = snapshotName(meta);
      if (!kept.some((known) => sameSnapshot(known, meta))) {
        throw new StorageError('snapshot_unknown', `the snapshot ${meta.id} is not kept here`);
      }
      yield* readSnapshot(disk, name, meta, offset);
    },
  };
}

async function writeSnapshot(
  disk: Disk,
  name: string,
  at: Omit<SnapshotMeta, 'id' | 'bytes' | 'checksum'>,
  slices: Iterable<Uint8Array>,
  yieldTurn: () => Promise<void>,
): Promise<SnapshotMeta> {
  const file = await disk.open(name, 'create');
  try {
    const header = encodeSnapshotHeader();
    await file.write(0, [header.bytes]);
    const writer = createSnapshotWriter(file, emptyStart(header.crc));
    for (const slice of slices) {
      await writer.push(slice);
      await yieldTurn();
    }
    const { bytes, checksum } = await writer.finishChunks();
    const { index, term, membership, membershipIndex } = at;
    const id = `${String(term)}-${String(index)}-${checksum.slice(0, ID_CHECKSUM_DIGITS)}`;
    const meta: SnapshotMeta = { index, term, membership, membershipIndex, id, bytes, checksum };
    await writer.finishFooter(meta);
    return meta;
  } finally {
    await file.close();
  }
}

async function findNewest(
  disk: Disk,
  names: readonly string[],
  yieldTurn: () => Promise<void>,
): Promise<{ readonly newest: SnapshotMeta | null; readonly damagedIndex: number }> {
  const found = names
    .flatMap((name) => {
      const at = parseSnapshotName(name);
      return at === null ? [] : [{ name, ...at }];
    })
    .sort((a, b) => b.index - a.index || b.term - a.term);
  let damagedIndex = 0;
  for (const { name, index } of found) {
    try {
      return { newest: await verifySnapshot(disk, name, yieldTurn), damagedIndex };
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'snapshot_damaged') throw error;
      damagedIndex = Math.max(damagedIndex, index);
    }
  }
  return { newest: null, damagedIndex };
}
