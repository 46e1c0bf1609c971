import { describe, expect, it } from 'vitest';
import { List } from 'immutable';
import { checkFarm, checkStep } from '../../src/farm/invariants.ts';
import { emptyFarm, type FarmState, type Filament, type Job } from '../../src/farm/state.ts';
import {
  at,
  farmAfter,
  filament,
  found,
  invitation,
  job,
  mg,
  printer,
  recordOf,
  report,
} from './fixtures.ts';

const state = farmAfter(
  found(),
  printer(),
  filament(),
  job(),
  job({ id: 'j2' }),
  report('running'),
  report('done'),
  invitation(),
);

const withJob = (id: string, fields: Partial<Job>): FarmState => ({
  ...state,
  jobs: state.jobs.set(id, { ...recordOf(state.jobs, id), ...fields }),
});
const withSpool = (fields: Partial<Filament>): FarmState => ({
  ...state,
  filaments: state.filaments.set('f1', { ...recordOf(state.filaments, 'f1'), ...fields }),
});
const spool = recordOf(state.filaments, 'f1');
const use = spool.ledger.first();
if (use === undefined) throw new Error('the done job was charged');

describe('the checker of states', () => {
  it('finds nothing in a sound farm', () => {
    expect(checkFarm(emptyFarm)).toEqual([]);
    expect(checkFarm(state)).toEqual([]);
  });

  it.each<[RegExp, FarmState]>([
    [/reserved is what active jobs need/, withSpool({ reservedMg: mg(1) })],
    [/reserved <= remaining/, withSpool({ reservedMg: mg(900_000) })],
    [/remaining is total and the ledger/, withSpool({ remainingMg: mg(800_001) })],
    [/remaining is total and the ledger/, withSpool({ ledger: List() })],
    [/whole milligrams/, withSpool({ remainingMg: mg(0.5) })],
    [/no more remains/, withSpool({ totalMg: mg(1) })],
    [/charged twice/, withSpool({ ledger: spool.ledger.push(use) })],
    [/each done job is charged/, withSpool({ ledger: List() })],
    [/weight of a done job/, withSpool({ ledger: List([{ ...use, deltaMg: mg(-1) }]) })],
    [/weight of a done job/, withSpool({ ledger: List([{ ...use, jobId: 'j2' }]) })],
    [/names the attempt/, withSpool({ ledger: List([{ ...use, attempt: 2 }]) })],
    [/only use names a job/, withSpool({ ledger: List([{ ...use, reason: 'adjust' }]) })],
    [/out of order/, withSpool({ ledger: List([{ ...use, atMs: at(1e9) }]) })],
    [/opening entry is first/, withSpool({ ledger: spool.ledger.push({ ...use, reason: 'opening' }) })],
    [/kept under another id/, withJob('j1', { id: 'j7' })],
    [/its printer exists/, withJob('j1', { printerId: 'p9' })],
    [/its filament exists/, withJob('j1', { filamentId: 'f9' })],
    [/numbered 1, 2, 3/, withJob('j2', { sequence: 7 })],
    [/fit the status queued/, withJob('j2', { attempt: 1 })],
    [/fit the status running/, withJob('j2', { status: 'running' })],
    [/fit the status done/, withJob('j1', { endedAtMs: null })],
    [/fit the status canceled/, withJob('j2', { status: 'canceled' })],
    [/in this order/, withJob('j1', { startedAtMs: at(1) })],
    [/versions count from 1/, withJob('j1', { version: 0 })],
    [/comes from the future/, { ...state, farmTimeMs: at(1) }],
    [/no job was lost/, { ...state, jobs: state.jobs.delete('j2') }],
    [/no job was lost/, { ...state, nextJobSequence: 9 }],
    [
      /expires after its creation/,
      {
        ...state,
        invitations: state.invitations.map((each) => ({ ...each, expiresAtMs: each.createdAtMs })),
      },
    ],
  ])('finds %s', (text, broken) => {
    expect(checkFarm(broken)).toContainEqual(expect.stringMatching(text));
  });
});

describe('the checker of steps', () => {
  it('finds nothing when nothing happened', () => {
    expect(checkStep(state, state)).toEqual([]);
  });

  it.each<[RegExp, FarmState]>([
    [/time runs backwards/, { ...state, farmTimeMs: at(0) }],
    [/protocol version is lowered/, { ...state, protocolVersion: 0 }],
    [/changes its identity/, { ...state, farm: null }],
    [/printer p1 is lost/, { ...state, printers: state.printers.clear() }],
    [/f1 loses entries/, { ...state, filaments: state.filaments.clear() }],
    [/f1 loses entries/, withSpool({ ledger: List() })],
    [/f1 skips a version/, withSpool({ version: 99 })],
    [/j2 is lost/, { ...state, jobs: state.jobs.delete('j2') }],
    [/j1 changes after its end/, withJob('j1', { version: 4 })],
    [/j2 skips a version/, withJob('j2', { version: 3 })],
    [/j1 forgets an attempt/, withJob('j1', { attempt: 0 })],
  ])('finds %s', (text, next) => {
    expect(checkStep(state, next)).toContainEqual(expect.stringMatching(text));
  });
});
