/** The storage on the real file system, through `createNodeDisk`. */
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/raft/core/types.ts';
import { crc32 } from '../../../src/raft/node/crc32.ts';
import { createNodeDisk } from '../../../src/raft/node/nodeDisk.ts';
import { openStorage } from '../../../src/raft/node/storage.ts';

const IDENTITY = { cluster: 'farm', nodeId: 'node-0' };
const EMPTY = { snapshot: null, truncateFrom: null, entries: [], hardState: null, mustSync: true };
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raft3d-storage-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function entries(from: number, to: number): Entry[] {
  const made: Entry[] = [];
  for (let index = from; index <= to; index += 1) {
    made.push({ index, term: 1, kind: 'command', data: new Uint8Array(index % 9000).fill(index) });
  }
  return made;
}

/** One short line an entry: comparing a thousand byte arrays element by element takes seconds. */
function lines(list: readonly Entry[]): string[] {
  return list.map(
    ({ index, term, kind, data }) => `${String(index)} ${String(term)} ${kind} ${String(crc32(data))}`,
  );
}

describe('storage on the real file system', () => {
  it('reads back what was written over several segments and restarts', async () => {
    const options = { segmentBytes: 64 * 1024 };
    const first = await openStorage(await createNodeDisk(directory), IDENTITY, options);
    await first.storage.write([{ ...EMPTY, hardState: { term: 1, vote: 'node-0', commit: 0 } }]);
    for (let index = 1; index <= 901; index += 100) {
      await first.storage.write([{ ...EMPTY, entries: entries(index, index + 99) }]);
    }
    // Not closed: as after a kill.
    const second = await openStorage(await createNodeDisk(directory), IDENTITY, options);
    expect(lines(second.persisted.entries)).toEqual(lines(entries(1, 1000)));
    expect(second.persisted.hardState).toEqual({ term: 1, vote: 'node-0', commit: 0 });
    await second.storage.close();
    expect((await readdir(directory)).length).toBeGreaterThan(5);
  });

  it('cuts a torn tail off and goes on after it', async () => {
    const first = await openStorage(await createNodeDisk(directory), IDENTITY);
    await first.storage.write([{ ...EMPTY, hardState: { term: 1, vote: null, commit: 0 } }]);
    await first.storage.write([{ ...EMPTY, entries: entries(1, 10) }]);
    const path = join(directory, 'log-0000000000000001');
    const handle = await open(path, 'r+');
    const durableBytes = (await handle.stat()).size;
    await first.storage.write([{ ...EMPTY, entries: entries(11, 900) }]);
    await handle.truncate((await handle.stat()).size - 700);
    const second = await openStorage(await createNodeDisk(directory), IDENTITY);
    expect(second.persisted.entries).toEqual(entries(1, 10));
    expect(second.persisted.integrity).toEqual({ kind: 'intact' });
    expect((await handle.stat()).size).toBe(durableBytes);
    await handle.close();
    await second.storage.write([{ ...EMPTY, entries: entries(11, 12) }]);
    await second.storage.close();
    const third = await openStorage(await createNodeDisk(directory), IDENTITY);
    expect(third.persisted.entries).toEqual(entries(1, 12));
    await third.storage.close();
  });

  it('opens files as the port promises', async () => {
    const disk = await createNodeDisk(directory);
    await expect(disk.open('absent', 'readWrite')).rejects.toMatchObject({ code: 'ENOENT' });
    const file = await disk.open('made', 'create');
    await expect(disk.open('made', 'create')).rejects.toMatchObject({ code: 'EEXIST' });
    await file.write(3, [Buffer.from('ab'), Buffer.from('c')]);
    await file.sync();
    expect([...(await file.read(2, 100))]).toEqual([0, 97, 98, 99]);
    await file.close();
    await disk.rename('made', 'renamed');
    await disk.syncDirectory();
    expect(await disk.list()).toEqual(['renamed']);
  });
});
