/** Random writes, crashes and damage against the storage on the memory disk: nothing acknowledged is lost silently. */
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../src/base/random.ts';
import { openStorage } from '../../../src/raft/node/storage.ts';
import { createMemoryDisk, type MemoryDisk } from '../../support/memoryDisk.ts';
import {
  EMPTY_MODEL,
  isAllowed,
  isHonest,
  randomBatch,
  type ModelState,
} from '../../support/storageModel.ts';

const IDENTITY = { cluster: 'farm', nodeId: 'node-0' };
const OPTIONS = { segmentBytes: 8192, yieldTurn: () => Promise.resolve() };
const MEMBERSHIP = { voters: ['node-0'], learners: [], outgoing: [], learnersNext: [] };

interface Written {
  readonly acknowledged: ModelState;
  readonly attempted: readonly ModelState[];
}

/** Writes groups of batches until `groups` are done or the disk goes down. */
async function writeSome(
  disk: MemoryDisk,
  model: ModelState,
  random: Random,
  groups: number,
): Promise<Written> {
  let acknowledged = model;
  let attempted: ModelState[] = [];
  try {
    const { storage } = await openStorage(disk, IDENTITY, OPTIONS);
    for (let group = 0; group < groups; group += 1) {
      const batches = [];
      let next = acknowledged;
      attempted = [];
      for (let count = 1 + random.below(3); count > 0; count -= 1) {
        const made = randomBatch(next, random);
        batches.push(made.batch);
        next = made.next;
        attempted.push(next);
      }
      await storage.write(batches);
      acknowledged = next;
      attempted = [];
      if (random.chance(0.15) && acknowledged.commit > 0) {
        const index = acknowledged.commit;
        const term = acknowledged.entries[index - 1]?.term ?? 0;
        const at = { index, term, membership: MEMBERSHIP, membershipIndex: 0 };
        const meta = await storage.saveSnapshot(at, [new Uint8Array(700).fill(index)]);
        if (random.chance(0.7)) await storage.compact(meta);
      }
    }
    if (random.chance(0.3)) await storage.close();
  } catch (error) {
    if (!disk.hasCrashed()) throw error;
  }
  return { acknowledged, attempted };
}

/** Adopts what a restart found as the new truth: an unacknowledged write that survived counts from then on. */
function adopt(found: Awaited<ReturnType<typeof openStorage>>['persisted'], written: Written): ModelState {
  const base = found.snapshot?.index ?? 0;
  const states = [written.acknowledged, ...written.attempted].reverse();
  const last = base + found.entries.length;
  const log = states.find(
    (state) =>
      state.entries.length === last &&
      found.entries.every((entry) => state.entries[entry.index - 1]?.term === entry.term),
  );
  const { term, vote, commit } = found.hardState;
  return { ...EMPTY_MODEL, term, vote, commit: Math.max(commit, base), entries: log?.entries ?? [] };
}

async function crashRun(seed: number): Promise<string | null> {
  const random = createRandom(seed);
  const disk = createMemoryDisk({ seed });
  let model = EMPTY_MODEL;
  for (let life = 0; life < 4; life += 1) {
    disk.crashAfter(random.below(60));
    const written = await writeSome(disk, model, random, 1 + random.below(12));
    if (random.chance(0.2)) disk.restartProcess();
    else disk.crash();
    // Up to two more crashes in the middle of recovery.
    for (let more = random.below(3); more > 0; more -= 1) {
      disk.crashAfter(random.below(8));
      await openStorage(disk, IDENTITY, OPTIONS).catch((error: unknown) => {
        if (!disk.hasCrashed()) throw error;
      });
      disk.crash();
    }
    const { persisted } = await openStorage(disk, IDENTITY, OPTIONS);
    if (persisted.hardState.term < written.acknowledged.term) return 'the term went back';
    const wrong = isAllowed(persisted, written.acknowledged, written.attempted);
    if (wrong !== null) return wrong;
    model = adopt(persisted, written);
    disk.restartProcess();
  }
  return null;
}

async function flipRun(seed: number): Promise<string | null> {
  const random = createRandom(seed);
  const disk = createMemoryDisk({ seed });
  const { acknowledged } = await writeSome(disk, EMPTY_MODEL, random, 1 + random.below(10));
  disk.crash();
  const logs = disk.names().filter((name) => name.startsWith('log-'));
  const name = logs[random.below(logs.length)] ?? '';
  disk.flipBit(name, random.below(disk.contents(name).length * 8));
  const first = await openStorage(disk, IDENTITY, OPTIONS);
  const wrong = isHonest(first.persisted, acknowledged);
  if (wrong !== null) return wrong;
  // The report outlives crashes until the range was fetched again.
  disk.crashAfter(random.below(6));
  await openStorage(disk, IDENTITY, OPTIONS).catch((error: unknown) => {
    if (!disk.hasCrashed()) throw error;
  });
  disk.crash();
  const second = await openStorage(disk, IDENTITY, OPTIONS);
  expect(second.persisted.integrity).toEqual(first.persisted.integrity);
  const { integrity } = second.persisted;
  if (integrity.kind === 'damaged') {
    const refetched = [];
    for (let index = integrity.from; index < integrity.until; index += 1) {
      refetched.push({
        index,
        term: second.persisted.hardState.term,
        kind: 'noop' as const,
        data: new Uint8Array(0),
      });
    }
    await second.storage.write([
      { snapshot: null, truncateFrom: null, entries: refetched, hardState: null, mustSync: true },
    ]);
    disk.crash();
    const third = await openStorage(disk, IDENTITY, OPTIONS);
    expect(third.persisted.integrity).toEqual({ kind: 'intact' });
  }
  return null;
}

async function failures(run: (seed: number) => Promise<string | null>, seeds: number): Promise<string[]> {
  const found: string[] = [];
  for (let seed = 1; seed <= seeds && found.length < 5; seed += 1) {
    const wrong = await run(seed).catch((error: unknown) => String((error as Error).stack));
    if (wrong !== null) found.push(`seed ${String(seed)}: ${wrong}`);
  }
  return found;
}

/** RAFT3D_STORAGE_SEEDS asks for more: a few thousand take a minute. */
const SEEDS = Number(process.env['RAFT3D_STORAGE_SEEDS'] ?? 400);
const TIMEOUT_MS = 600_000;

describe('storage under crashes', () => {
  it(
    'keeps everything acknowledged, reports no damage, and survives crashes during recovery',
    async () => {
      expect(await failures(crashRun, SEEDS)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'reports every flipped bit that costs an acknowledged record, until the range is refetched',
    async () => {
      expect(await failures(flipRun, SEEDS)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
