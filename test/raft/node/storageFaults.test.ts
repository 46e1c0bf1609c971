/** What the storage refuses and how it fails: wrong directories, damaged hard state, full disks, failing syncs. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/raft/core/types.ts';
import { createTableCrc32, crc32 } from '../../../src/raft/node/crc32.ts';
import { HARD_STATE_COPY_BYTES, HARD_STATE_SLOT_BYTES } from '../../../src/raft/node/hardStateSlot.ts';
import { dumpDirectory } from '../../../src/raft/node/inspect.ts';
import type { StorageBatch } from '../../../src/raft/node/ports.ts';
import { openStorage } from '../../../src/raft/node/storage.ts';
import { writeFully } from '../../../src/raft/node/writeFully.ts';
import { createMemoryDisk, type MemoryDisk } from '../../support/memoryDisk.ts';

const IDENTITY = { cluster: 'farm', nodeId: 'node-0' };

function entry(index: number, term = 1, text = `{"n":${String(index)}}`): Entry {
  return { index, term, kind: 'command', data: new TextEncoder().encode(text) };
}

function batch(part: Partial<StorageBatch>): StorageBatch {
  return { snapshot: null, truncateFrom: null, entries: [], hardState: null, mustSync: true, ...part };
}

const TERM_1 = batch({ hardState: { term: 1, vote: 'node-0', commit: 0 } });

async function written(disk: MemoryDisk): Promise<void> {
  const { storage } = await openStorage(disk, IDENTITY);
  await storage.write([TERM_1, batch({ entries: [entry(1), entry(2), entry(3)] })]);
}

function imageOf(disk: MemoryDisk): readonly (readonly [string, string])[] {
  return disk.names().map((name) => [name, Buffer.from(disk.contents(name)).toString('base64')]);
}

describe('opening a directory', () => {
  it('gives term 0 and an intact empty log for an empty directory', async () => {
    const { persisted } = await openStorage(createMemoryDisk({ seed: 1 }), IDENTITY);
    expect(persisted).toEqual({
      hardState: { term: 0, vote: null, commit: 0 },
      snapshot: null,
      entries: [],
      integrity: { kind: 'intact' },
    });
  });

  it('refuses the directory of another cluster or node and changes nothing in it', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    await written(disk);
    const before = imageOf(disk);
    for (const other of [
      { ...IDENTITY, cluster: 'elsewhere' },
      { ...IDENTITY, nodeId: 'node-9' },
    ]) {
      await expect(openStorage(disk, other)).rejects.toMatchObject({ code: 'wrong_directory' });
    }
    expect(imageOf(disk)).toEqual(before);
  });

  it('refuses a log without a hard state and changes nothing', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    await written(disk);
    await disk.remove('hard-state');
    const before = imageOf(disk);
    await expect(openStorage(disk, IDENTITY)).rejects.toMatchObject({ code: 'hard_state_missing' });
    expect(imageOf(disk)).toEqual(before);
  });

  it('repairs a hard state with one damaged sector and refuses one with a wholly damaged slot', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    await written(disk);
    for (const slot of [0, 1]) disk.flipBit('hard-state', (slot * HARD_STATE_SLOT_BYTES + 30) * 8);
    const { persisted } = await openStorage(disk, IDENTITY);
    expect(persisted.hardState).toMatchObject({ term: 1, vote: 'node-0' });

    for (let copy = 0; copy < 8; copy += 1)
      disk.flipBit('hard-state', (copy * HARD_STATE_COPY_BYTES + 40) * 8);
    const before = imageOf(disk);
    await expect(openStorage(disk, IDENTITY)).rejects.toMatchObject({ code: 'hard_state_damaged' });
    expect(imageOf(disk)).toEqual(before);
  });

  it('reports damage when the log ends before the commit hint', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    const { storage } = await openStorage(disk, IDENTITY);
    await storage.write([TERM_1, batch({ entries: [entry(1), entry(2)] })]);
    await storage.write([batch({ hardState: { term: 1, vote: 'node-0', commit: 2 }, mustSync: false })]);
    await storage.close();
    const file = await disk.open('log-0000000000000001', 'readWrite');
    await file.truncate(512);
    const { persisted } = await openStorage(disk, IDENTITY);
    expect(persisted.entries).toEqual([]);
    expect(persisted.integrity).toEqual({ kind: 'damaged', from: 1, until: 3 });
  });
});

describe('damage that hides as a torn tail', () => {
  it('is recognised by the sync mark of a later frame when a whole sector reads as zeros', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    const { storage } = await openStorage(disk, IDENTITY);
    await storage.write([TERM_1, batch({ entries: [entry(1)] })]);
    await storage.write([batch({ entries: [entry(2)] })]);
    await storage.write([batch({ entries: [entry(3)] })]);
    const file = await disk.open('log-0000000000000001', 'readWrite');
    await file.write(2 * 512, [new Uint8Array(512)]);
    await file.sync();
    const { persisted } = await openStorage(disk, IDENTITY);
    expect(persisted.entries).toEqual([entry(1)]);
    expect(persisted.integrity).toEqual({ kind: 'damaged', from: 2, until: 4 });
  });

  it('does not let what was read from a dead process be lost afterwards', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const disk = createMemoryDisk({ seed });
      const { storage } = await openStorage(disk, IDENTITY);
      const long = (index: number): Entry => ({ ...entry(index), data: new Uint8Array(600).fill(index) });
      await storage.write([TERM_1, batch({ entries: [long(1)] })]);
      await storage.write([batch({ entries: [long(2), long(3)], mustSync: false })]);
      disk.restartProcess();
      const { length } = disk.contents('log-0000000000000001');
      disk.flipBit('log-0000000000000001', (length - 400) * 8);
      const first = await openStorage(disk, IDENTITY);
      expect(first.persisted.entries).toEqual([long(1), long(2)]);
      disk.crash();
      expect((await openStorage(disk, IDENTITY)).persisted).toEqual(first.persisted);
    }
  });
});

describe('a failing disk', () => {
  it.each([
    ['a failing sync', (disk: MemoryDisk) => disk.failSyncs(true), 'EIO'],
    ['a full disk', (disk: MemoryDisk) => disk.limitSpace(100), 'ENOSPC'],
    ['a short write', (disk: MemoryDisk) => disk.shortenNextWrite(), 'EIO'],
  ])('ends all writing at %s, and a restart finds what was acknowledged', async (_name, fault, code) => {
    const disk = createMemoryDisk({ seed: 7 });
    const { storage } = await openStorage(disk, IDENTITY);
    await storage.write([TERM_1, batch({ entries: [entry(1), entry(2)] })]);
    fault(disk);
    await expect(storage.write([batch({ entries: [entry(3)] })])).rejects.toMatchObject({ code });
    disk.failSyncs(false);
    disk.limitSpace(null);
    await expect(storage.write([batch({ entries: [entry(3)] })])).rejects.toMatchObject({
      code: 'storage_failed',
    });
    await storage.close();
    disk.crash();
    const { persisted } = await openStorage(disk, IDENTITY);
    expect(persisted.integrity).toEqual({ kind: 'intact' });
    expect(persisted.entries.slice(0, 2)).toEqual([entry(1), entry(2)]);
  });

  it('writes on after a partial write until every byte is taken, and calls an empty write an error', async () => {
    const target = Buffer.alloc(10);
    const takeThree = (chunks: readonly Uint8Array[], position: number): Promise<number> => {
      const part = Buffer.concat(chunks).subarray(0, 3);
      target.set(part, position);
      return Promise.resolve(part.length);
    };
    await writeFully(takeThree, 1, [Buffer.from('abcd'), Buffer.alloc(0), Buffer.from('efgh')]);
    expect(target.toString('latin1')).toBe('\0abcdefgh\0');
    const stalled = writeFully(() => Promise.resolve(0), 0, [Buffer.from('a')]);
    await expect(stalled).rejects.toMatchObject({ code: 'short_write' });
  });
});

describe('writing', () => {
  it('syncs once for a whole group and not at all for a commit hint', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    const { storage } = await openStorage(disk, IDENTITY);
    await storage.write([TERM_1]);
    const [syncs, calls] = [disk.syncCount(), disk.callCount()];
    await storage.write([batch({ hardState: { term: 1, vote: 'node-0', commit: 0 }, mustSync: false })]);
    expect(disk.callCount()).toBe(calls);
    await storage.write([1, 2, 3].map((index) => batch({ entries: [entry(index)] })));
    expect(disk.syncCount()).toBe(syncs + 1);
    expect(disk.callCount()).toBe(calls + 2);
  });

  it('replaces a conflicting suffix and carries the commit hint along', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    const { storage } = await openStorage(disk, IDENTITY);
    await storage.write([TERM_1, batch({ entries: [entry(1), entry(2), entry(3)] })]);
    const hardState = { term: 2, vote: null, commit: 1 };
    await storage.write([batch({ hardState, truncateFrom: 2, entries: [entry(2, 2, 'not json')] })]);
    await storage.close();
    const { persisted } = await openStorage(disk, IDENTITY);
    expect(persisted.entries).toEqual([entry(1), entry(2, 2, 'not json')]);
    expect(persisted.hardState).toEqual(hardState);
  });

  it('is listed by the inspector, which also says where it is damaged', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    await written(disk);
    const list = async (): Promise<object[]> => {
      const found: object[] = [];
      for await (const item of dumpDirectory(disk)) found.push(item);
      return found;
    };
    expect(await list()).toContainEqual(expect.objectContaining({ kind: 'entry', index: 2, json: { n: 2 } }));
    disk.flipBit('log-0000000000000001', (512 + 100) * 8);
    expect(await list()).toContainEqual(expect.objectContaining({ kind: 'damage', laterRecordsUpTo: 3 }));
  });

  it('has a portable checksum that agrees with the runtime', () => {
    const table = createTableCrc32();
    expect(table(Buffer.from('123456789'))).toBe(0xcbf43926);
    const bytes = Buffer.from('a longer text, in two parts');
    expect(table(bytes.subarray(9), table(bytes.subarray(0, 9)))).toBe(crc32(bytes));
  });
});
