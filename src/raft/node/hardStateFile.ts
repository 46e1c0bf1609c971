/**
 * Term, vote and commit hint on disk: two slots written in turn, so that a torn write never touches the last good
 * one. A slot holds eight copies, one a sector: a torn write leaves whole old or whole new copies, so a slot WITHOUT
 * any valid copy was damaged later and may have held the latest vote. That is an error, never an older state.
 */
import { assert } from '../../base/assert.ts';
import { requireIdentity, type DirectoryIdentity } from './directoryIdentity.ts';
import {
  COPIES_PER_SLOT,
  decodeHardStateCopy,
  encodeHardStateSlot,
  HARD_STATE_COPY_BYTES,
  HARD_STATE_SLOT_BYTES,
  HARD_STATE_VERSION,
  type HardStateRecord,
} from './hardStateSlot.ts';
import type { Disk, DiskFile } from './ports.ts';
import { StorageError } from './storageErrors.ts';

export const HARD_STATE_FILE = 'hard-state';
const NEW_FILE = 'hard-state.tmp';
const SLOTS = 2;

export interface HardStateFile {
  /** What is durable now. */
  current(): HardStateRecord;
  /** Writes the slot that does not hold the current state, then syncs. Rejects with the disk's error. */
  write(next: {
    readonly term: number;
    readonly vote: string | null;
    readonly commit: number;
  }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file, or makes it (term 0) when `names`, the directory's listing, holds no data of ours. The state that
 * was read is written again under a new incarnation before this resolves: a copy read from the page cache of a
 * crashed process may not be durable yet, and a torn slot is healed by it.
 *
 * Errors: `hard_state_missing`, `hard_state_damaged`, `wrong_directory`, `unsupported_version`, the disk's own.
 */
export async function openHardStateFile(
  disk: Disk,
  identity: DirectoryIdentity,
  names: readonly string[],
): Promise<HardStateFile> {
  if (!names.includes(HARD_STATE_FILE)) await createFile(disk, identity, names);
  const file = await disk.open(HARD_STATE_FILE, 'readWrite');
  let current = newestRecord(await readSlots(file), identity);

  const write = async (next: HardStateRecord): Promise<void> => {
    await file.write(slotOffset(next.sequence), [encodeHardStateSlot(next)]);
    await file.sync();
    current = next;
  };
  await write({ ...current, sequence: current.sequence + 1, incarnation: current.incarnation + 1 });

  return {
    current: () => current,
    async write({ term, vote, commit }) {
      assert(term >= current.term, 'a term never goes back');
      assert(
        term > current.term || current.vote === null || vote === current.vote,
        'a vote is not changed within its term',
      );
      const kept = Math.max(commit, current.commit);
      await write({ ...current, sequence: current.sequence + 1, term, vote, commit: kept });
    },
    close: () => file.close(),
  };
}

function slotOffset(sequence: number): number {
  return (sequence % SLOTS) * HARD_STATE_SLOT_BYTES;
}

/** Both slots are filled from the start, so that later an empty slot can only be damage. Appears whole by the rename. */
async function createFile(disk: Disk, identity: DirectoryIdentity, names: readonly string[]): Promise<void> {
  const data = names.find((name) => /^(log|snap|incoming)-/.test(name));
  if (data !== undefined) {
    throw new StorageError(
      'hard_state_missing',
      `the directory holds ${data} but no ${HARD_STATE_FILE}: term and vote are lost; remove this node and let it join anew`,
    );
  }
  if (names.includes(NEW_FILE)) await disk.remove(NEW_FILE);
  const file = await disk.open(NEW_FILE, 'create');
  const first = { term: 0, vote: null, commit: 0, incarnation: 0, ...identity };
  for (const sequence of [1, 2]) {
    await file.write(slotOffset(sequence), [encodeHardStateSlot({ ...first, sequence })]);
  }
  await file.sync();
  await file.close();
  await disk.rename(NEW_FILE, HARD_STATE_FILE);
  await disk.syncDirectory();
}

/** The best copy of each slot, null for a slot without a valid one. */
export async function readSlots(file: DiskFile): Promise<readonly (HardStateRecord | null)[]> {
  const slots: (HardStateRecord | null)[] = [];
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const bytes = await file.read(slot * HARD_STATE_SLOT_BYTES, HARD_STATE_SLOT_BYTES);
    slots.push(bestCopy(bytes));
  }
  return slots;
}

function bestCopy(slot: Uint8Array): HardStateRecord | null {
  let best: HardStateRecord | null = null;
  for (let at = 0; at < COPIES_PER_SLOT; at += 1) {
    const start = at * HARD_STATE_COPY_BYTES;
    const copy = decodeHardStateCopy(slot.subarray(start, start + HARD_STATE_COPY_BYTES));
    if (copy === null) continue;
    if (copy.version > HARD_STATE_VERSION) {
      throw new StorageError('unsupported_version', `${HARD_STATE_FILE} has version ${String(copy.version)}`);
    }
    if (best === null || copy.record.sequence > best.sequence) best = copy.record;
  }
  return best;
}

function newestRecord(
  slots: readonly (HardStateRecord | null)[],
  identity: DirectoryIdentity,
): HardStateRecord {
  let newest: HardStateRecord | null = null;
  for (const record of slots) {
    if (record === null) {
      throw new StorageError(
        'hard_state_damaged',
        `a slot of ${HARD_STATE_FILE} is unreadable and may have held the latest vote; remove this node and let it join anew`,
      );
    }
    requireIdentity(record, identity, HARD_STATE_FILE);
    if (newest === null || record.sequence > newest.sequence) newest = record;
  }
  assert(newest !== null, 'there are two slots');
  return newest;
}
