import { describe, expect, it } from 'vitest';
import { emptyFarm } from '../../src/farm/state.ts';
import { accepted, apply, at, expectRefused, expectRepeated, farmAfter, printer } from './fixtures.ts';

describe('adding a printer', () => {
  it('makes a record of version 1 and says what it touched', () => {
    const step = apply(emptyFarm, printer());
    const record = {
      id: 'p1',
      company: 'Creality',
      model: 'Ender3',
      name: 'p1',
      createdAtMs: 10,
      version: 1,
    };
    expect(step.outcome).toEqual({ ok: true, value: { kind: 'printer', record, created: true } });
    expect(step.state.printers.get('p1')).toEqual(record);
    expect(step.touched).toEqual([{ collection: 'printers', id: 'p1' }]);
  });

  it('answers the same content again with the first record, not created', () => {
    const state = farmAfter(printer());
    const record = state.printers.get('p1');
    const again = accepted(state, printer({ atMs: at(500) }));
    expect(again).toEqual({ kind: 'printer', record, created: false });
    expectRepeated(state, printer({ atMs: at(500) }), again);
  });

  it.each([{ company: 'Prusa' }, { model: 'MK4' }, { name: 'left' }])(
    'refuses a known id with %o',
    (other) => {
      expectRefused(farmAfter(printer()), printer(other), {
        code: 'duplicate_id',
        record: 'printer',
        id: 'p1',
      });
    },
  );

  it('keeps ids of prototype properties apart from the language', () => {
    const state = farmAfter(printer({ id: 'constructor' }), printer({ id: 'toString' }));
    expect([...state.printers.keys()]).toEqual(['constructor', 'toString']);
    expect(state.printers.has('valueOf')).toBe(false);
  });
});
