/**
 * A deterministic `Disk` in memory that loses what a real one may lose: at a crash each unsynced sector is, each by
 * itself, the old one, the new one or one written in between; unsynced creations, renames and removals are kept or
 * lost one by one. Faults (bit flips, full disk, failing sync, short writes, a crash after N calls) are on request.
 */
import { createRandom, type Random } from '../../src/base/random.ts';
import type { Disk, DiskFile } from '../../src/raft/node/ports.ts';

/** What disks write whole or not at all. */
const SECTOR_BYTES = 512;

/** An error like the operating system's: with a `code`. */
export class DiskFault extends Error {
  override readonly name = 'DiskFault';
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export interface MemoryDiskOptions {
  /** Decides what a crash keeps. */
  readonly seed: number;
  /** Awaited before each call: the simulator puts its virtual latency here. */
  readonly delay?: (call: string) => Promise<void>;
}

export interface MemoryDisk extends Disk {
  /** Power loss: open files become useless, unsynced changes are kept or lost at random. */
  crash(): void;
  /** The process ended, the machine did not: open files become useless, all changes stay (still unsynced). */
  restartProcess(): void;
  /** From the `calls`-th changing call on (0 = the next) everything fails; that call itself is done in part. */
  crashAfter(calls: number): void;
  /** Whether {@link crashAfter} has struck. */
  hasCrashed(): boolean;
  /** Changing calls since the disk was made. */
  callCount(): number;
  /** Inverts one bit, durably. `bit` counts from the file's start. */
  flipBit(name: string, bit: number): void;
  /** After `bytes` more written bytes: ENOSPC, the write done in part. Null = never. */
  limitSpace(bytes: number | null): void;
  /** All syncs fail with EIO; what they should have made durable is lost or not. */
  failSyncs(fails: boolean): void;
  /** The next write is done in part and rejects, as the port demands of a short write. */
  shortenNextWrite(): void;
  names(): readonly string[];
  /** The present bytes of a file. */
  contents(name: string): Uint8Array;
  /** Number of successful syncs of files since the disk was made. */
  syncCount(): number;
  /** An independent copy of everything durable and pending, under another seed. */
  clone(seed: number): MemoryDisk;
}

interface Inode {
  bytes: Uint8Array;
  size: number;
  durable: Uint8Array;
  /** Sectors touched since the last sync, each with the versions it went through (the durable one not included). */
  pending: Map<number, Uint8Array[]>;
  /** Sizes since the last sync, the durable one first. */
  sizes: number[];
}

type DirectoryChange =
  | { readonly kind: 'set'; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly name: string };

export function createMemoryDisk(options: MemoryDiskOptions): MemoryDisk {
  return buildDisk(options, new Map(), new Map(), []);
}

function buildDisk(
  options: MemoryDiskOptions,
  firstFiles: Map<string, Inode>,
  firstDurable: Map<string, Inode>,
  firstChanges: DirectoryChange[],
): MemoryDisk {
  const random = createRandom(options.seed);
  let files = firstFiles;
  let durableFiles = firstDurable;
  let changes = firstChanges;
  let epoch = 0;
  let callsLeft = Infinity;
  let spaceLeft = Infinity;
  let syncsFail = false;
  let shortWrite = false;
  let calls = 0;
  let syncs = 0;

  const begin = async (call: string, atEpoch: number): Promise<void> => {
    if (options.delay !== undefined) await options.delay(call);
    if (atEpoch !== epoch || callsLeft < 0) throw new DiskFault('EIO', `the machine is down (${call})`);
  };
  /** Counts a changing call. True: the crash strikes in the middle of this one. */
  const strikes = (): boolean => {
    calls += 1;
    callsLeft -= 1;
    return callsLeft < 0;
  };
  const down = (): DiskFault => new DiskFault('EIO', 'the machine went down');
  const inodeOf = (name: string): Inode => {
    const inode = files.get(name);
    if (inode === undefined) throw new DiskFault('ENOENT', name);
    return inode;
  };
  const change = async (call: string, next: () => DirectoryChange): Promise<void> => {
    await begin(call, epoch);
    const made = next();
    const struck = strikes();
    if (struck && random.chance(0.5)) throw down();
    applyChange(files, made);
    changes.push(made);
    if (struck) throw down();
  };

  const openFile = (inode: Inode): DiskFile => {
    const opened = epoch;
    const start = async (call: string): Promise<void> => {
      await begin(call, opened);
    };
    return {
      async size() {
        await start('size');
        return inode.size;
      },
      async read(position, length) {
        await start('read');
        return inode.bytes.slice(position, Math.min(position + length, inode.size));
      },
      async write(position, chunks) {
        await start('write');
        const data = Buffer.concat(chunks);
        const struck = strikes();
        const room = Math.min(spaceLeft, struck || shortWrite ? random.below(data.length + 1) : data.length);
        writeBytes(inode, position, data.subarray(0, room));
        spaceLeft -= room;
        if (struck) throw down();
        if (shortWrite) {
          shortWrite = false;
          throw new DiskFault('EIO', `short write: ${String(room)} of ${String(data.length)}`);
        }
        if (room < data.length) throw new DiskFault('ENOSPC', 'no space left');
      },
      async sync() {
        await start('sync');
        if (strikes()) {
          if (random.chance(0.5)) settle(inode);
          throw down();
        }
        if (syncsFail) {
          if (random.chance(0.5)) settle(inode);
          throw new DiskFault('EIO', 'sync failed');
        }
        settle(inode);
        syncs += 1;
      },
      async truncate(size) {
        await start('truncate');
        if (strikes()) {
          if (random.chance(0.5)) resize(inode, size);
          throw down();
        }
        resize(inode, size);
      },
      async close() {
        if (opened === epoch && options.delay !== undefined) await options.delay('close');
      },
    };
  };

  const end = (): void => {
    epoch += 1;
    callsLeft = Infinity;
    spaceLeft = Infinity;
    syncsFail = false;
    shortWrite = false;
  };

  return {
    async list() {
      await begin('list', epoch);
      return [...files.keys()].sort();
    },
    async open(name, mode) {
      if (mode !== 'create') {
        await begin('open', epoch);
        return openFile(inodeOf(name));
      }
      await change('create', () => {
        if (files.has(name)) throw new DiskFault('EEXIST', name);
        return { kind: 'set', name, inode: newInode() };
      });
      return openFile(inodeOf(name));
    },
    rename: (from, to) => change('rename', () => ({ kind: 'rename', from, to, inode: inodeOf(from) })),
    remove: (name) =>
      change('remove', () => {
        inodeOf(name);
        return { kind: 'remove', name };
      }),
    async syncDirectory() {
      await begin('syncDirectory', epoch);
      if (strikes()) throw down();
      durableFiles = new Map(files);
      changes = [];
    },
    crash() {
      end();
      for (const made of changes) if (random.chance(0.5)) applyChange(durableFiles, made);
      changes = [];
      for (const inode of new Set(durableFiles.values())) loseUnsynced(inode, random);
      files = new Map(durableFiles);
    },
    restartProcess: end,
    crashAfter(count) {
      callsLeft = count;
    },
    hasCrashed: () => callsLeft < 0,
    callCount: () => calls,
    flipBit(name, bit) {
      const inode = inodeOf(name);
      const at = Math.floor(bit / 8);
      if (at >= inode.size) throw new DiskFault('EINVAL', `${name} ends before bit ${String(bit)}`);
      for (const image of [inode.bytes, inode.durable]) {
        if (at < image.length) image[at] = (image[at] ?? 0) ^ (1 << (bit % 8));
      }
    },
    limitSpace(bytes) {
      spaceLeft = bytes ?? Infinity;
    },
    failSyncs(fails) {
      syncsFail = fails;
    },
    shortenNextWrite() {
      shortWrite = true;
    },
    names: () => [...files.keys()].sort(),
    contents(name) {
      const inode = inodeOf(name);
      return inode.bytes.slice(0, inode.size);
    },
    syncCount: () => syncs,
    clone(seed) {
      const copies = new Map<Inode, Inode>();
      const copyOf = (inode: Inode): Inode => {
        const known = copies.get(inode);
        if (known !== undefined) return known;
        const copy: Inode = {
          bytes: inode.bytes.slice(),
          size: inode.size,
          durable: inode.durable.slice(),
          pending: new Map([...inode.pending].map(([sector, versions]) => [sector, [...versions]])),
          sizes: [...inode.sizes],
        };
        copies.set(inode, copy);
        return copy;
      };
      const copyMap = (map: Map<string, Inode>): Map<string, Inode> =>
        new Map([...map].map(([name, inode]) => [name, copyOf(inode)]));
      const copiedChanges = changes.map((made) =>
        made.kind === 'remove' ? made : { ...made, inode: copyOf(made.inode) },
      );
      return buildDisk({ ...options, seed }, copyMap(files), copyMap(durableFiles), copiedChanges);
    },
  };
}

function newInode(): Inode {
  return { bytes: new Uint8Array(0), size: 0, durable: new Uint8Array(0), pending: new Map(), sizes: [0] };
}

function applyChange(map: Map<string, Inode>, made: DirectoryChange): void {
  switch (made.kind) {
    case 'set':
      map.set(made.name, made.inode);
      return;
    case 'rename':
      if (map.get(made.from) === made.inode) map.delete(made.from);
      map.set(made.to, made.inode);
      return;
    case 'remove':
      map.delete(made.name);
  }
}

/** The bytes of one sector, zeros where the image ends. */
function sectorOf(image: Uint8Array, sector: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR_BYTES);
  bytes.set(image.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES));
  return bytes;
}

function grow(image: Uint8Array, size: number): Uint8Array {
  if (size <= image.length) return image;
  const larger = new Uint8Array(Math.max(size, image.length * 2));
  larger.set(image);
  return larger;
}

function noteSectors(inode: Inode, from: number, to: number): void {
  for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < to; sector += 1) {
    const versions = inode.pending.get(sector) ?? [];
    versions.push(sectorOf(inode.bytes, sector));
    inode.pending.set(sector, versions);
  }
}

function writeBytes(inode: Inode, position: number, data: Uint8Array): void {
  if (data.length === 0) return;
  const end = position + data.length;
  inode.bytes = grow(inode.bytes, end);
  inode.bytes.set(data, position);
  inode.size = Math.max(inode.size, end);
  inode.sizes.push(inode.size);
  noteSectors(inode, position, end);
}

function resize(inode: Inode, size: number): void {
  const before = inode.size;
  inode.bytes = grow(inode.bytes, size);
  if (size < before) inode.bytes.fill(0, size, before);
  inode.size = size;
  inode.sizes.push(size);
  if (size < before) noteSectors(inode, size, before);
}

function settle(inode: Inode): void {
  inode.durable = inode.bytes.slice(0, inode.size);
  inode.pending.clear();
  inode.sizes = [inode.size];
}

function loseUnsynced(inode: Inode, random: Random): void {
  const size = inode.sizes[random.below(inode.sizes.length)] ?? 0;
  const image = grow(inode.durable.slice(), Math.ceil(size / SECTOR_BYTES) * SECTOR_BYTES);
  for (const [sector, versions] of inode.pending) {
    const choice = random.below(versions.length + 1);
    const kept = versions[choice - 1];
    if (kept !== undefined && (sector + 1) * SECTOR_BYTES <= image.length)
      image.set(kept, sector * SECTOR_BYTES);
  }
  inode.bytes = new Uint8Array(size);
  inode.bytes.set(image.subarray(0, size));
  inode.size = size;
  settle(inode);
}
