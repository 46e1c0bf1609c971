/** The real `Disk`: one directory over node:fs. Durability is fdatasync plus a sync of the directory. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../../base/assert.ts';
import type { Disk, DiskFile } from './ports.ts';
import { writeFully } from './writeFully.ts';

const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  readWrite: constants.O_RDWR,
  read: constants.O_RDONLY,
} as const;

/** Only this user reads term, vote and log. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Makes `directory` when it is missing (its parents too). Rejects with the system's error. */
export async function createNodeDisk(directory: string): Promise<Disk> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  const pathOf = (name: string): string => {
    assert(/^[\w.-]+$/.test(name) && !/^\.+$/.test(name), `a plain file name: ${name}`);
    return join(directory, name);
  };
  return {
    list: () => readdir(directory),
    async open(name, mode) {
      return diskFile(await open(pathOf(name), FLAGS[mode], FILE_MODE));
    },
    rename: (from, to) => rename(pathOf(from), pathOf(to)),
    remove: (name) => rm(pathOf(name)),
    async syncDirectory() {
      if (process.platform === 'win32') return;
      const handle = await open(directory, constants.O_RDONLY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    async size() {
      return (await handle.stat()).size;
    },
    read: (position, length) => readFully(handle, position, length),
    write: (position, chunks) =>
      writeFully(
        async (rest, at) => (await handle.writev(rest as Uint8Array[], at)).bytesWritten,
        position,
        chunks,
      ),
    sync: () => handle.datasync(),
    truncate: (size) => handle.truncate(size),
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
