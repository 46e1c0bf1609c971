/** Snapshots in the storage: taking, receiving, resuming, installing, compaction, and what damage does to them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Entry, SnapshotMeta } from '../../../src/raft/core/types.ts';
import type { StorageBatch } from '../../../src/raft/node/ports.ts';
import { openStorage, type RaftStorage } from '../../../src/raft/node/storage.ts';
import { createMemoryDisk } from '../../support/memoryDisk.ts';

const IDENTITY = { cluster: 'farm', nodeId: 'node-0' };
const OPTIONS = { segmentBytes: 4096, yieldTurn: () => Promise.resolve() };
const MEMBERSHIP = { voters: ['node-0'], learners: [], outgoing: [], learnersNext: [] };
const CHUNK_BYTES = 256 * 1024;

/** 600,000 bytes: two whole chunks and a part of one. */
const STATE = Buffer.from(Array.from({ length: 600_000 }, (_, at) => (at * 31) & 0xff));

function metaOf(index: number, term: number, bytes = STATE): SnapshotMeta {
  const checksum = createHash('sha256').update(bytes).digest('hex');
  return {
    index,
    term,
    membership: MEMBERSHIP,
    membershipIndex: 1,
    id: 'from-peer',
    bytes: bytes.length,
    checksum,
  };
}

function entries(from: number, to: number, term: number): Entry[] {
  const made: Entry[] = [];
  for (let index = from; index <= to; index += 1) {
    made.push({ index, term, kind: 'command', data: new Uint8Array(100).fill(index) });
  }
  return made;
}

function batch(part: Partial<StorageBatch>): StorageBatch {
  return { snapshot: null, truncateFrom: null, entries: [], hardState: null, mustSync: true, ...part };
}

async function startWith(
  count: number,
): Promise<{ disk: ReturnType<typeof createMemoryDisk>; storage: RaftStorage }> {
  const disk = createMemoryDisk({ seed: 3 });
  const { storage } = await openStorage(disk, IDENTITY, OPTIONS);
  await storage.write([batch({ hardState: { term: 5, vote: null, commit: 0 } })]);
  for (let index = 1; index <= count; index += 1)
    await storage.write([batch({ entries: entries(index, index, 5) })]);
  return { disk, storage };
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function receive(storage: RaftStorage, meta: SnapshotMeta, bytes: Uint8Array = STATE): Promise<void> {
  const sink = await storage.receiveSnapshot(meta);
  await sink.write(bytes.subarray(sink.offset));
  await sink.finish();
}

describe('a snapshot taken here', () => {
  it('can still be streamed after a newer one was taken, until the log is compacted', async () => {
    const { storage } = await startWith(20);
    const at = { term: 5, membership: MEMBERSHIP, membershipIndex: 1 };
    const before = await storage.saveSnapshot({ ...at, index: 10 }, slices(STATE));
    const newer = await storage.saveSnapshot({ ...at, index: 20 }, slices(STATE.subarray(0, 1000)));
    expect((await readAll(storage.openSnapshot(before, 0))).equals(STATE)).toBe(true);
    await storage.compact(newer);
    await expect(readAll(storage.openSnapshot(before, 0))).rejects.toMatchObject({
      code: 'snapshot_unknown',
    });
    expect(await readAll(storage.openSnapshot(newer, 0))).toHaveLength(1000);
  });

  it('is durable when the call resolves and can be read from any offset', async () => {
    const { disk, storage } = await startWith(10);
    const at = { index: 8, term: 5, membership: MEMBERSHIP, membershipIndex: 1 };
    const meta = await storage.saveSnapshot(at, slices(STATE));
    expect(meta).toMatchObject({ ...at, bytes: STATE.length, checksum: metaOf(8, 5).checksum });
    disk.crash();
    const reopened = await openStorage(disk, IDENTITY, OPTIONS);
    expect(reopened.persisted.snapshot).toEqual(meta);
    expect(reopened.persisted.entries.map((entry) => entry.index)).toEqual([9, 10]);
    for (const offset of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 5, STATE.length]) {
      const bytes = await readAll(reopened.storage.openSnapshot(meta, offset));
      expect(bytes.equals(STATE.subarray(offset))).toBe(true);
    }
  });

  it('lets compaction remove whole segments and older snapshots', async () => {
    const { disk, storage } = await startWith(40);
    const older = await storage.saveSnapshot({ ...metaOf(10, 5) }, [STATE.subarray(0, 10)]);
    await storage.compact(older);
    const before = disk.names().filter((name) => name.startsWith('log-')).length;
    const meta = await storage.saveSnapshot({ ...metaOf(35, 5) }, [STATE.subarray(0, 20)]);
    await storage.compact(meta);
    expect(disk.names().filter((name) => name.startsWith('log-')).length).toBeLessThan(before);
    expect(disk.names().filter((name) => name.startsWith('snap-'))).toEqual(['snap-5-35']);
    disk.crash();
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted.entries).toEqual(entries(36, 40, 5));
    expect(persisted.integrity).toEqual({ kind: 'intact' });
  });

  it('counts as damage when it is unreadable and the log does not reach below it', async () => {
    const { disk, storage } = await startWith(40);
    const meta = await storage.saveSnapshot({ ...metaOf(35, 5) }, [STATE]);
    await storage.compact(meta);
    await storage.close();
    disk.flipBit('snap-5-35', 300_000 * 8);
    for (let opening = 0; opening < 2; opening += 1) {
      const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
      expect(persisted).toMatchObject({ snapshot: null, entries: [] });
      expect(persisted.integrity).toEqual({ kind: 'damaged', from: 1, until: 41 });
      disk.crash();
    }
  });
});

describe('a snapshot received', () => {
  it('becomes current by the batch that names it, replaces a log of another history, and stays after a crash', async () => {
    const { disk, storage } = await startWith(10);
    const meta = metaOf(30, 7);
    await receive(storage, meta);
    const hardState = { term: 7, vote: null, commit: 30 };
    await storage.write([batch({ snapshot: meta, hardState }), batch({ entries: entries(31, 32, 7) })]);
    disk.crash();
    const { persisted, storage: reopened } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted).toEqual({
      snapshot: meta,
      hardState,
      entries: entries(31, 32, 7),
      integrity: { kind: 'intact' },
    });
    expect((await readAll(reopened.openSnapshot(meta, 0))).equals(STATE)).toBe(true);
  });

  it('keeps the suffix of a log that has its last entry', async () => {
    const { disk, storage } = await startWith(10);
    const meta = metaOf(6, 5);
    await receive(storage, meta);
    await storage.write([batch({ snapshot: meta })]);
    disk.crash();
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted.entries).toEqual(entries(7, 10, 5));
  });

  it('leaves everything as it was when the process ends before the batch', async () => {
    const { disk, storage } = await startWith(10);
    await receive(storage, metaOf(30, 7));
    disk.crash();
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted).toMatchObject({ snapshot: null, entries: entries(1, 10, 5) });
  });

  it('shows either the old log or the snapshot wherever a crash cuts its installation', async () => {
    for (let calls = 0; calls < 14; calls += 1) {
      const { disk, storage } = await startWith(10);
      const meta = metaOf(30, 5);
      await receive(storage, meta);
      disk.crashAfter(calls);
      await storage.write([batch({ snapshot: meta })]).catch(() => undefined);
      disk.crash();
      const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
      expect(persisted.integrity).toEqual({ kind: 'intact' });
      if (persisted.snapshot === null) expect(persisted.entries).toEqual(entries(1, 10, 5));
      else expect(persisted).toMatchObject({ snapshot: meta, entries: [] });
    }
  });

  it('resumes a broken transfer at the last whole chunk, also after a restart', async () => {
    const { disk, storage } = await startWith(1);
    const meta = metaOf(30, 7);
    const first = await storage.receiveSnapshot(meta);
    expect(first.offset).toBe(0);
    await first.write(STATE.subarray(0, CHUNK_BYTES + 1000));
    await first.abort();
    expect((await storage.receiveSnapshot(meta)).offset).toBe(CHUNK_BYTES);
    disk.restartProcess();
    const { storage: reopened } = await openStorage(disk, IDENTITY, OPTIONS);
    const second = await reopened.receiveSnapshot(meta);
    expect(second.offset).toBe(CHUNK_BYTES);
    await second.write(STATE.subarray(CHUNK_BYTES));
    await second.finish();
    await reopened.write([batch({ snapshot: meta })]);
    expect((await readAll(reopened.openSnapshot(meta, 0))).equals(STATE)).toBe(true);
  });

  it('begins anew after a failed sync: what the disk kept of it is unknown', async () => {
    const { disk, storage } = await startWith(10);
    const meta = metaOf(30, 5);
    disk.failSyncs(true);
    await expect(receive(storage, meta)).rejects.toMatchObject({ code: 'EIO' });
    disk.failSyncs(false);
    const sink = await storage.receiveSnapshot(meta);
    expect(sink.offset).toBe(0);
    await sink.write(STATE);
    await sink.finish();
    await storage.write([batch({ snapshot: meta })]);
    expect((await readAll(storage.openSnapshot(meta, 0))).equals(STATE)).toBe(true);
  });

  it('is refused and dropped when its bytes are not those announced', async () => {
    const { disk, storage } = await startWith(10);
    const wrong = Buffer.from(STATE);
    wrong[5] = 99;
    await expect(receive(storage, metaOf(30, 7), wrong)).rejects.toMatchObject({ code: 'snapshot_mismatch' });
    const short = STATE.subarray(0, 100);
    await expect(receive(storage, metaOf(30, 7), short)).rejects.toMatchObject({ code: 'snapshot_mismatch' });
    expect(disk.names().filter((name) => name.startsWith('incoming-'))).toEqual([]);
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted).toMatchObject({ snapshot: null, entries: entries(1, 10, 5) });
  });

  it('gives way to a newer transfer', async () => {
    const { storage } = await startWith(1);
    const old = await storage.receiveSnapshot(metaOf(30, 7));
    await storage.receiveSnapshot(metaOf(31, 7));
    await expect(old.write(STATE)).rejects.toMatchObject({ code: 'snapshot_superseded' });
  });

  it('ends the storage when a batch names one that was never received', async () => {
    const { disk, storage } = await startWith(10);
    const writing = storage.write([batch({ snapshot: metaOf(30, 7) })]);
    await expect(writing).rejects.toMatchObject({ code: 'snapshot_unknown' });
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    expect(persisted).toMatchObject({ snapshot: null, entries: entries(1, 10, 5) });
  });
});
