import { describe, expect, it } from 'vitest';
import { emptyFarm } from '../../src/farm/state.ts';
import { apply, at, expectRefused, expectRepeated, farmAfter, found } from './fixtures.ts';

describe('founding the farm', () => {
  it('gives the farm its identity, once', () => {
    const step = apply(emptyFarm, found());
    expect(step.state.farm).toEqual({ id: 'farm-1', name: 'Workshop' });
    expect(step.touched).toEqual([{ collection: 'farm', id: 'farm-1' }]);
  });

  it('accepts the same founding again and changes nothing', () => {
    expectRepeated(farmAfter(found()), found({ atMs: at(99) }), {
      kind: 'farm',
      id: 'farm-1',
      name: 'Workshop',
    });
  });

  it.each([found({ id: 'farm-2' }), found({ name: 'Attic' })])('refuses another founding: %o', (other) => {
    expectRefused(farmAfter(found()), other, { code: 'farm_exists', farmId: 'farm-1' });
  });
});
