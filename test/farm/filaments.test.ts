import { describe, expect, it } from 'vitest';
import { milligrams } from '../../src/base/units.ts';
import { freeMg, withReleased, withReserved, withUsed } from '../../src/farm/filaments.ts';
import { emptyFarm } from '../../src/farm/state.ts';
import {
  accepted,
  after,
  apply,
  at,
  expectRefused,
  expectRepeated,
  farmAfter,
  filament,
  job,
  mg,
  printer,
  recordOf,
  report,
} from './fixtures.ts';

describe('adding a spool', () => {
  it('starts with nothing reserved and, when it is full, an empty ledger', () => {
    const step = apply(emptyFarm, filament());
    const spool = recordOf(step.state.filaments, 'f1');
    expect(spool).toMatchObject({ totalMg: 1_000_000, remainingMg: 1_000_000, reservedMg: 0, version: 1 });
    expect(spool.ledger.size).toBe(0);
    expect(step.touched).toEqual([{ collection: 'filaments', id: 'f1' }]);
  });

  it('notes in the ledger what was gone when it came', () => {
    const spool = recordOf(farmAfter(filament({ remainingMg: mg(400_000) })).filaments, 'f1');
    expect(spool.remainingMg).toBe(400_000);
    expect(spool.ledger.toArray()).toEqual([
      { reason: 'opening', deltaMg: -600_000, jobId: null, attempt: null, atMs: 20 },
    ]);
  });

  it.each([0, 1, 1_000_000_000])('takes a spool of %i mg', (weight) => {
    const state = farmAfter(filament({ totalMg: mg(weight), remainingMg: mg(weight) }));
    expect(freeMg(recordOf(state.filaments, 'f1'))).toBe(weight);
  });

  it('refuses more remaining than the total, with both weights', () => {
    expectRefused(emptyFarm, filament({ totalMg: mg(5), remainingMg: mg(6) }), {
      code: 'invalid_command',
      detail: 'the remaining weight (6 mg) is more than the total (5 mg)',
    });
  });

  it.each([{ type: 'PETG' }, { color: 'Blue' }, { totalMg: mg(2_000_000) }, { remainingMg: mg(999_999) }])(
    'refuses a known id with %o',
    (other) => {
      expectRefused(farmAfter(filament()), filament(other), {
        code: 'duplicate_id',
        record: 'filament',
        id: 'f1',
      });
    },
  );

  it('recognises the retry of a creation after the spool was reserved and printed from', () => {
    const creation = filament({ remainingMg: mg(900_000) });
    const used = farmAfter(creation, printer(), job(), report('running'), report('done'), job({ id: 'j2' }));
    const record = recordOf(used.filaments, 'f1');
    expect(record.remainingMg).toBe(700_000);
    expectRepeated(used, creation, { kind: 'filament', record, created: false });
    expectRefused(used, filament({ remainingMg: mg(700_000) }), {
      code: 'duplicate_id',
      record: 'filament',
      id: 'f1',
    });
  });
});

describe('grams', () => {
  const state = farmAfter(printer(), filament());

  it('are reserved by a job, charged when it is done, and free is what is left', () => {
    const queued = after(state, job());
    expect(freeMg(recordOf(queued.filaments, 'f1'))).toBe(800_000);
    const running = after(queued, report('running'));
    expect(recordOf(running.filaments, 'f1')).toBe(recordOf(queued.filaments, 'f1'));
    const done = recordOf(after(running, report('done', { atMs: at(77) })).filaments, 'f1');
    expect(done).toMatchObject({ remainingMg: 800_000, reservedMg: 0, version: 3 });
    expect(done.ledger.toArray()).toEqual([
      { reason: 'use', deltaMg: -200_000, jobId: 'j1', attempt: 1, atMs: 77 },
    ]);
  });

  it.each([[[report('canceled')]], [[report('running'), report('canceled')]]])(
    'come back uncharged when the job is canceled: %o',
    (reports) => {
      const spool = recordOf(after(state, job(), ...reports).filaments, 'f1');
      expect(spool).toMatchObject({ remainingMg: 1_000_000, reservedMg: 0 });
      expect(spool.ledger.size).toBe(0);
    },
  );

  it('of a dry run are 0, and its use is written all the same', () => {
    const dry = after(state, job({ printWeightMg: mg(0) }), report('running'), report('done'));
    expect(
      recordOf(dry.filaments, 'f1')
        .ledger.map((entry) => entry.deltaMg)
        .toArray(),
    ).toEqual([0]);
  });

  it('never leave a spool by a bug: impossible moves are assertions', () => {
    const spool = recordOf(after(state, job()).filaments, 'f1');
    const use = { jobId: 'j1', attempt: 1, atMs: at(0) };
    expect(() => withReserved(spool, milligrams(800_001))).toThrow('only free filament');
    expect(() => withReserved(spool, milligrams(-1))).toThrow('only free filament');
    expect(() => withReleased(spool, milligrams(200_001))).toThrow('only reserved filament');
    expect(() => withUsed(spool, { ...use, weightMg: milligrams(200_001) })).toThrow(
      'only reserved filament',
    );
  });

  it('can be promised to the last milligram, and not one more', () => {
    const full = after(state, job({ printWeightMg: mg(999_999) }));
    expectRefused(full, job({ id: 'j2', printWeightMg: mg(2) }), {
      code: 'filament_over_committed',
      filamentId: 'f1',
      freeMg: mg(1),
      wantedMg: mg(2),
    });
    expect(accepted(full, job({ id: 'j2', printWeightMg: mg(1) }))).toMatchObject({ created: true });
  });
});
