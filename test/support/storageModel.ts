/**
 * A model of one node's storage for property tests: makes random legal batches, remembers what was acknowledged, and
 * says whether what a restart found is allowed.
 */
import { assert } from '../../src/base/assert.ts';
import type { Random } from '../../src/base/random.ts';
import type { Entry, Persisted } from '../../src/raft/core/types.ts';
import type { StorageBatch } from '../../src/raft/node/ports.ts';

export interface ModelState {
  readonly term: number;
  readonly vote: string | null;
  readonly commit: number;
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  /** Contiguous from 1: the model never forgets, the storage may. */
  readonly entries: readonly Entry[];
}

export const EMPTY_MODEL: ModelState = {
  term: 0,
  vote: null,
  commit: 0,
  snapshotIndex: 0,
  snapshotTerm: 0,
  entries: [],
};

const PAYLOAD_SIZES = [0, 1, 7, 60, 200, 511, 512, 700, 1500, 5000];
const BATCH_ENTRIES_MAX = 6;

/** A payload of a random size; now and then all zeros, which must not be taken for a torn write. */
function payload(random: Random): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_SIZES[random.below(PAYLOAD_SIZES.length)] ?? 0);
  if (random.chance(0.8)) for (let at = 0; at < bytes.length; at += 1) bytes[at] = random.below(256);
  return bytes;
}

/** One legal batch on top of `model`: sometimes a new term, sometimes a cut of what is not committed. */
export function randomBatch(model: ModelState, random: Random): { batch: StorageBatch; next: ModelState } {
  const newTerm = model.term === 0 || random.chance(0.2);
  const term = newTerm ? model.term + 1 + random.below(2) : model.term;
  const vote = newTerm ? (random.chance(0.5) ? `node-${String(random.below(3))}` : null) : model.vote;
  const last = model.entries.length;
  const cuts = newTerm && last > model.commit && random.chance(0.5);
  const keep = cuts ? model.commit + random.below(last - model.commit) : last;
  const count = random.below(BATCH_ENTRIES_MAX);
  const added: Entry[] = [];
  for (let at = 1; at <= count; at += 1) {
    added.push({
      index: keep + at,
      term,
      kind: random.chance(0.1) ? 'noop' : 'command',
      data: payload(random),
    });
  }
  const entries = [...model.entries.slice(0, keep), ...added];
  const commit = random.chance(0.5) ? model.commit + random.below(keep - model.commit + 1) : model.commit;
  const changed = newTerm || commit !== model.commit;
  const batch: StorageBatch = {
    snapshot: null,
    truncateFrom: cuts ? keep + 1 : null,
    entries: added,
    hardState: changed ? { term, vote, commit } : null,
    mustSync: newTerm || cuts || added.length > 0,
  };
  return { batch, next: { ...model, term, vote, commit, entries } };
}

function sameEntry(a: Entry, b: Entry | undefined): boolean {
  return (
    b !== undefined &&
    a.index === b.index &&
    a.term === b.term &&
    a.kind === b.kind &&
    Buffer.from(a.data.buffer, a.data.byteOffset, a.data.length).equals(b.data)
  );
}

/** Whether the log found is exactly the model's after the snapshot, or its beginning up to `length`. */
function isLogOf(found: Persisted, model: ModelState, length: number): boolean {
  const base = found.snapshot?.index ?? 0;
  if (base + found.entries.length !== Math.max(length, base)) return false;
  return found.entries.every((entry) => sameEntry(entry, model.entries[entry.index - 1]));
}

/**
 * Whether `found` is allowed after a crash: `acknowledged` is what a resolved write promised, `attempted` are the
 * states that the write under way passed through. No damage was done, so none may be reported.
 */
export function isAllowed(
  found: Persisted,
  acknowledged: ModelState,
  attempted: readonly ModelState[],
): string | null {
  if (found.integrity.kind !== 'intact') return `reported damage: ${JSON.stringify(found.integrity)}`;
  const states = [acknowledged, ...attempted];
  const { term, vote } = found.hardState;
  const known = states.some((state) => state.term === term && state.vote === vote);
  if (!known) return `term ${String(term)} and vote ${String(vote)} were never written`;
  if (states.some((state) => isLogOf(found, state, state.entries.length))) return null;
  return `a log of ${String(found.entries.length)} entries that was never written`;
}

/** After damage: each acknowledged entry is there unchanged, or lies in the range reported as damaged. */
export function isHonest(found: Persisted, acknowledged: ModelState): string | null {
  const base = found.snapshot?.index ?? 0;
  const last = acknowledged.entries.length;
  for (const entry of found.entries) {
    if (entry.index <= last && !sameEntry(entry, acknowledged.entries[entry.index - 1])) {
      return `entry ${String(entry.index)} was changed`;
    }
  }
  const foundLast = base + found.entries.length;
  if (found.integrity.kind === 'intact') {
    return foundLast === last ? null : `silently ${String(foundLast)} entries instead of ${String(last)}`;
  }
  assert(found.integrity.from === foundLast + 1, 'damage begins where the entries end');
  return found.integrity.until > last ? null : 'the damaged range ends before the last acknowledged entry';
}
