/**
 * Rules of the spools: the ledger and the reservation. Every change of grams in the farm goes through this file.
 * free = remaining − reserved; remaining = total + ledger; 0 ≤ reserved ≤ remaining.
 */
import { List } from 'immutable';
import { assert } from '../base/assert.ts';
import { milligrams, type Milligrams, type WallMs } from '../base/units.ts';
import type { CommandOf } from './commands.ts';
import type { FarmState, Filament, LedgerEntry } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/**
 * Refusals: `invalid_command` when more remains than there ever was; `duplicate_id` when the id names a spool that was
 * created with other content.
 */
export function addFilament(state: FarmState, command: CommandOf<'addFilament'>, nowMs: WallMs): Step {
  const { id, type, color, totalMg, remainingMg } = command;
  if (remainingMg > totalMg) {
    const detail = `the remaining weight (${String(remainingMg)} mg) is more than the total (${String(totalMg)} mg)`;
    return refuse(state, { code: 'invalid_command', detail });
  }
  const existing = state.filaments.get(id);
  if (existing !== undefined) {
    return wasCreatedBy(existing, command)
      ? repeated(state, { kind: 'filament', record: existing, created: false })
      : refuse(state, { code: 'duplicate_id', record: 'filament', id });
  }
  const record: Filament = {
    id,
    type,
    color,
    totalMg,
    remainingMg,
    reservedMg: milligrams(0),
    ledger: openingLedger(totalMg, remainingMg, nowMs),
    createdAtMs: nowMs,
    version: 1,
  };
  return changed(
    { ...state, filaments: state.filaments.set(id, record) },
    { kind: 'filament', record, created: true },
    [{ collection: 'filaments', id }],
  );
}

/** What no queued or running job counts on: 0 or more. */
export function freeMg(filament: Filament): Milligrams {
  return milligrams(filament.remainingMg - filament.reservedMg);
}

/** Promises `weightMg` to a job. The caller has checked that it is free. */
export function withReserved(filament: Filament, weightMg: Milligrams): Filament {
  assert(weightMg >= 0 && weightMg <= freeMg(filament), 'only free filament is reserved');
  return {
    ...filament,
    reservedMg: milligrams(filament.reservedMg + weightMg),
    version: filament.version + 1,
  };
}

/** Takes back a promise of `weightMg`; the grams stay on the spool. */
export function withReleased(filament: Filament, weightMg: Milligrams): Filament {
  assert(weightMg >= 0 && weightMg <= filament.reservedMg, 'only reserved filament is released');
  return {
    ...filament,
    reservedMg: milligrams(filament.reservedMg - weightMg),
    version: filament.version + 1,
  };
}

/** Turns the promise to a job into use: its grams leave the spool, with one entry for this attempt. */
export function withUsed(
  filament: Filament,
  use: {
    readonly jobId: string;
    readonly attempt: number;
    readonly weightMg: Milligrams;
    readonly atMs: WallMs;
  },
): Filament {
  const { jobId, attempt, weightMg, atMs } = use;
  assert(weightMg >= 0 && weightMg <= filament.reservedMg, 'only reserved filament is used');
  const entry: LedgerEntry = { reason: 'use', deltaMg: milligrams(0 - weightMg), jobId, attempt, atMs };
  return {
    ...filament,
    reservedMg: milligrams(filament.reservedMg - weightMg),
    remainingMg: milligrams(filament.remainingMg - weightMg),
    ledger: filament.ledger.push(entry),
    version: filament.version + 1,
  };
}

function openingLedger(totalMg: Milligrams, remainingMg: Milligrams, atMs: WallMs): List<LedgerEntry> {
  if (remainingMg === totalMg) return List();
  const deltaMg = milligrams(remainingMg - totalMg);
  return List([{ reason: 'opening', deltaMg, jobId: null, attempt: null, atMs }]);
}

/** Compares with the content at creation. A field that becomes changeable must keep its first value for this. */
function wasCreatedBy(filament: Filament, command: CommandOf<'addFilament'>): boolean {
  const first = filament.ledger.first();
  const openingDeltaMg = first?.reason === 'opening' ? first.deltaMg : 0;
  return (
    filament.type === command.type &&
    filament.color === command.color &&
    filament.totalMg === command.totalMg &&
    filament.totalMg + openingDeltaMg === command.remainingMg
  );
}
