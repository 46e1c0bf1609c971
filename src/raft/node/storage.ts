/**
 * What the driver makes durable: hard state, log and snapshots of one directory behind one door. This file orders
 * them: hard state before log before answer, one write at a time, nothing after a failure.
 */
import { assert } from '../../base/assert.ts';
import type { Entry, Persisted, SnapshotMeta } from '../core/types.ts';
import { IDENTIFIER_BYTES_MAX, type DirectoryIdentity } from './directoryIdentity.ts';
import { openHardStateFile, type HardStateFile } from './hardStateFile.ts';
import type { Disk, SnapshotSink, StorageBatch } from './ports.ts';
import { SEGMENT_BYTES, startSegmentLog, type SegmentLog } from './segmentLog.ts';
import { readSegments } from './segmentReader.ts';
import { decideRecovery } from './segmentRecovery.ts';
import { replaySegments } from './segmentReplay.ts';
import { openSnapshotStore, type SnapshotStore } from './snapshotStore.ts';
import { StorageError } from './storageErrors.ts';

export interface RaftStorage {
  /**
   * Group commit: in order, one log sync at the end if any batch has mustSync. Calls queue behind each other (at
   * most {@link WAITING_CALLS_MAX}). Rejects on any failure, and from then on always: the process must end.
   */
  write(batches: readonly StorageBatch[]): Promise<void>;
  /** Takes a snapshot of the state machine at (index, term), durable and read back when it resolves. One at a time. */
  saveSnapshot(
    at: Omit<SnapshotMeta, 'id' | 'bytes' | 'checksum'>,
    slices: Iterable<Uint8Array>,
  ): Promise<SnapshotMeta>;
  /** Drops log entries <= meta.index (whole segments) and older snapshots. `meta` is a durable snapshot's. */
  compact(meta: SnapshotMeta): Promise<void>;
  /** Begins or resumes taking in a snapshot. A transfer that is still open is superseded. */
  receiveSnapshot(meta: SnapshotMeta): Promise<SnapshotSink>;
  /** A kept snapshot's bytes from `offset` on: the newest, or one since the last {@link compact}. Errors: `snapshot_unknown`, `snapshot_damaged`. */
  openSnapshot(meta: SnapshotMeta, offset: number): AsyncIterable<Uint8Array>;
  /** Writes commit hint and a last sync mark, then closes. After a failure it only closes. */
  close(): Promise<void>;
}

export interface StorageOptions {
  /** A new segment begins when the current one has this many bytes. Default {@link SEGMENT_BYTES}. */
  readonly segmentBytes?: number;
  /** Lets other work run between slices of a snapshot. Default setImmediate; the simulator passes its own. */
  readonly yieldTurn?: () => Promise<void>;
}

/** The driver writes one group at a time; more than this waiting is a driver that does not wait at all. */
const WAITING_CALLS_MAX = 1024;

function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Recovers what `disk` holds, makes it fit for writing, and says what the node starts with. Safe to be cut off at any
 * point and begun again. An empty directory gives term 0, intact.
 *
 * Errors: `wrong_directory`, `unsupported_version`, `hard_state_missing`, `hard_state_damaged`, the disk's own.
 */
export async function openStorage(
  disk: Disk,
  identity: DirectoryIdentity,
  options: StorageOptions = {},
): Promise<{ readonly storage: RaftStorage; readonly persisted: Persisted }> {
  for (const id of [identity.cluster, identity.nodeId]) {
    assert(id !== '' && Buffer.byteLength(id) <= IDENTIFIER_BYTES_MAX, 'an id has 1 to 128 bytes');
  }
  const yieldTurn = options.yieldTurn ?? yieldToEventLoop;
  // A crashed process may have left renames that are visible but not durable.
  await disk.syncDirectory();
  const names = await disk.list();
  const images = await readSegments(disk, identity, names);
  const hardState = await openHardStateFile(disk, identity, names);
  const snapshots = await openSnapshotStore(disk, names, yieldTurn);

  const current = hardState.current();
  const newest = snapshots.newest();
  const snapshot = { index: newest?.index ?? 0, term: newest?.term ?? 0 };
  const replay = replaySegments(images, snapshot.index + 1);
  const recovery = decideRecovery({
    replay,
    snapshot,
    damagedSnapshotIndex: snapshots.damagedIndex(),
    commit: current.commit,
  });
  if ((recovery.entries.at(-1)?.term ?? 0) > current.term) {
    throw new StorageError(
      'hard_state_damaged',
      'the log holds a later term than the hard state: it went back',
    );
  }
  const log = await startSegmentLog(disk, identity, {
    replay,
    recovery,
    snapshot,
    incarnation: current.incarnation,
    segmentBytes: options.segmentBytes ?? SEGMENT_BYTES,
  });
  return {
    storage: createStorage(log, hardState, snapshots, recovery.commit),
    persisted: {
      hardState: { term: current.term, vote: current.vote, commit: recovery.commit },
      snapshot: newest,
      entries: recovery.entries,
      integrity: recovery.integrity,
    },
  };
}

/** What is to be appended: everything above `baseIndex` goes, `entries` come. */
interface PendingAppend {
  readonly baseIndex: number;
  readonly entries: Entry[];
}

function createStorage(
  log: SegmentLog,
  hardState: HardStateFile,
  snapshots: SnapshotStore,
  recoveredCommit: number,
): RaftStorage {
  let commit = recoveredCommit;
  let failure: { readonly cause: unknown } | null = null;
  let closed = false;
  let waiting = 0;
  let queue: Promise<unknown> = Promise.resolve();

  /** One at a time, in order; the first failure is the last thing that happens. */
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    if (closed) return Promise.reject(new StorageError('storage_closed', 'the storage is closed'));
    assert(waiting < WAITING_CALLS_MAX, 'the driver waits for its writes');
    waiting += 1;
    const done = queue.then(async () => {
      waiting -= 1;
      if (failure !== null)
        throw new StorageError('storage_failed', 'an earlier write failed', failure.cause);
      try {
        await work();
      } catch (error) {
        failure = { cause: error };
        throw error;
      }
    });
    queue = done.catch(() => undefined);
    return done;
  };

  const flush = async (pending: PendingAppend | null): Promise<null> => {
    if (pending !== null) await log.append(pending.baseIndex, pending.entries, commit);
    return null;
  };

  /** The snapshot is durable as current before the log that it covers goes (Raft §7). */
  const install = async (meta: SnapshotMeta): Promise<void> => {
    await snapshots.install(meta);
    if (log.termAt(meta.index) !== meta.term) await log.reset(meta.index, meta.term);
    await log.sync();
    await log.compact(meta.index);
    await snapshots.removeBelow(meta.index);
    commit = Math.max(commit, meta.index);
  };

  const writeHardState = async (batches: readonly StorageBatch[]): Promise<void> => {
    let next: StorageBatch['hardState'] = null;
    for (const batch of batches) next = batch.hardState ?? next;
    if (next === null) return;
    const stored = hardState.current();
    if (next.term !== stored.term || next.vote !== stored.vote) {
      // Only what is durable already: the hint must never promise more than the log can hold after a crash.
      const durable = Math.min(commit, log.durableIndex());
      await hardState.write({ term: next.term, vote: next.vote, commit: durable });
    }
    commit = Math.max(commit, next.commit);
  };

  const writeBatches = async (batches: readonly StorageBatch[]): Promise<void> => {
    await writeHardState(batches);
    let pending: PendingAppend | null = null;
    for (const batch of batches) {
      if (batch.snapshot !== null) {
        pending = await flush(pending);
        await install(batch.snapshot);
      }
      pending = addToPending(pending, batch, log.lastIndex());
    }
    await flush(pending);
    if (batches.some((batch) => batch.mustSync)) await log.sync();
  };

  return {
    write: (batches) => enqueue(() => writeBatches(batches)),
    saveSnapshot: (at, slices) => snapshots.save(at, slices),
    compact: (meta) =>
      enqueue(async () => {
        assert(
          (snapshots.newest()?.index ?? 0) >= meta.index,
          'only what a durable snapshot covers is dropped',
        );
        await log.compact(meta.index);
        await snapshots.removeBelow(meta.index);
      }),
    receiveSnapshot: (meta) => snapshots.receive(meta),
    openSnapshot: (meta, offset) => snapshots.open(meta, offset),
    async close() {
      if (closed) return;
      closed = true;
      await queue;
      if (failure !== null) {
        await log.close();
      } else {
        await log.seal(commit);
        const { term, vote } = hardState.current();
        await hardState.write({ term, vote, commit: Math.min(commit, log.durableIndex()) });
      }
      await hardState.close();
    },
  };
}

/** Adds one batch to what is not written yet. A suffix that was never written needs no cutting on disk. */
function addToPending(
  pending: PendingAppend | null,
  batch: StorageBatch,
  logLast: number,
): PendingAppend | null {
  if (batch.truncateFrom === null && batch.entries.length === 0) return pending;
  const now = pending ?? { baseIndex: logLast, entries: [] };
  const last = now.baseIndex + now.entries.length;
  const keepThrough = Math.min(last, (batch.truncateFrom ?? Infinity) - 1);
  assert(
    (batch.entries[0]?.index ?? keepThrough + 1) === keepThrough + 1,
    'new entries follow without a gap',
  );
  const baseIndex = Math.min(now.baseIndex, keepThrough);
  now.entries.length = keepThrough - baseIndex;
  for (const entry of batch.entries) now.entries.push(entry);
  return { baseIndex, entries: now.entries };
}
