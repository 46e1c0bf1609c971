import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { applyCommand } from '../../src/farm/apply.ts';
import type { Command } from '../../src/farm/commands.ts';
import {
  admit,
  announce,
  apply,
  at,
  facts,
  farmAfter,
  filament,
  found,
  hashOf,
  invitation,
  job,
  mg,
  printer,
  remove,
  report,
} from './fixtures.ts';

describe('farm time', () => {
  it('is the greatest stamp of all changes and never runs backwards', () => {
    const state = farmAfter(printer({ atMs: at(100) }), printer({ id: 'p2', atMs: at(40) }));
    expect(state.farmTimeMs).toBe(100);
    expect(state.printers.get('p2')?.createdAtMs).toBe(100);
  });

  it('does not move by a refusal or a retry', () => {
    const state = farmAfter(printer());
    expect(apply(state, printer({ atMs: at(1e6) })).state.farmTimeMs).toBe(10);
    expect(apply(state, printer({ atMs: at(1e6), model: 'other' })).state.farmTimeMs).toBe(10);
  });
});

const state = farmAfter(found(), printer(), filament(), job(), announce(facts('n1')), invitation());

/** One valid command of each kind, all of them acceptable by `state`. */
const valid: readonly Command[] = [
  found(),
  printer({ id: 'p2' }),
  filament({ id: 'f2' }),
  job({ id: 'j2' }),
  report('running'),
  invitation({ id: 'i2' }),
  admit(facts('n2')),
  announce(facts('n1', { name: 'new' })),
];

describe('a command with impossible values', () => {
  it.each<[object, Record<string, unknown>, RegExp]>([
    [printer(), { id: '' }, /"id" must not be empty/],
    [printer(), { id: '../x' }, /"id" has the character/],
    [printer(), { id: '__proto__' }, /"id"/],
    [printer(), { id: 7 }, /"id" must be a text/],
    [printer(), { id: undefined }, /"id" must be a text/],
    [printer(), { company: 'x'.repeat(257) }, /"company" must have at most 256/],
    [printer(), { model: 'a\u0000b' }, /"model" must not hold control/],
    [printer(), { model: 'half \ud83d pair' }, /"model" must not hold control/],
    [printer(), { model: 'a\u2028b' }, /"model" must not hold control/],
    [printer(), { name: '' }, /"name" must not be empty/],
    [printer(), { name: null }, /"name" must be a text/],
    [printer(), { atMs: -1 }, /"atMs" must be from 0/],
    [printer(), { atMs: Number.NaN }, /"atMs" must be a whole number/],
    [printer(), { atMs: 8.64e15 + 1 }, /"atMs" must be from 0/],
    [printer(), { atMs: 1.5 }, /"atMs" must be a whole number/],
    [printer(), { atMs: '10' }, /"atMs" must be a whole number/],
    [filament(), { type: '' }, /"type" must not be empty/],
    [filament(), { color: 'red\nblue' }, /"color" must not hold control/],
    [filament(), { totalMg: -1 }, /"totalMg" must be from 0/],
    [filament(), { totalMg: 1_000_000_001 }, /"totalMg" must be from 0/],
    [filament(), { totalMg: Number.POSITIVE_INFINITY }, /"totalMg" must be a whole number/],
    [filament(), { remainingMg: 0.5 }, /"remainingMg" must be a whole number/],
    [filament(), { remainingMg: -0 }, /"remainingMg" must be from 0/],
    [filament(), { remainingMg: 1_000_001 }, /is more than the total/],
    [job(), { printWeightMg: -1 }, /"printWeightMg" must be from 0/],
    [job(), { printWeightMg: '200' }, /"printWeightMg" must be a whole number/],
    [job(), { filepath: 'x'.repeat(4097) }, /"filepath" must have at most 4096/],
    [job(), { printerId: '' }, /"printerId" must not be empty/],
    [job(), { filamentId: {} }, /"filamentId" must be a text/],
    [report('done'), { status: 'queued' }, /"status" must be one of running, done, canceled/],
    [report('done'), { status: 'toString' }, /"status" must be one of/],
    [report('done'), { jobId: 'x/y' }, /"jobId" has the character/],
    [invitation(), { secretHash: 'A'.repeat(64) }, /"secretHash" must be 64 lower-case/],
    [invitation(), { secretHash: `${hashOf('a')}\n` }, /"secretHash" must be 64 lower-case/],
    [invitation(), { expiresAtMs: null }, /"expiresAtMs" must be a whole number/],
    [admit(facts('n2')), { member: null }, /"member" must be an object/],
    [admit(facts('n2')), { member: [] }, /"member" must be an object/],
    [announce(facts('n1')), { member: { id: 'n1' } }, /"member" is wrong: "name" must be a text/],
    [announce(facts('n1')), { member: { ...facts('n1'), more: 1 } }, /"member" has the unknown field "more"/],
    [remove('n1'), { memberId: '' }, /"memberId" must not be empty/],
    [found(), { kind: 'dropFarm' }, /this kind of command is not known/],
    [found(), { kind: 'constructor' }, /this kind of command is not known/],
    [found(), { kind: undefined }, /this kind of command is not known/],
  ])('is refused and changes nothing: %o with %o', (command, wrong, detail) => {
    const step = applyCommand(state, { ...command, ...wrong } as unknown as Command);
    expect(step.outcome).toEqual({
      ok: false,
      reason: { code: 'invalid_command', detail: expect.stringMatching(detail) as string },
    });
    expect(step.state).toBe(state);
    expect(step.touched).toEqual([]);
  });

  it.each<unknown>([null, undefined, 7, 'addPrinter', [], {}])(
    'is refused even when it is no command at all: %o',
    (value) => {
      const step = applyCommand(state, value as Command);
      expect(step.outcome).toMatchObject({ ok: false, reason: { code: 'invalid_command' } });
      expect(step.state).toBe(state);
    },
  );

  it('is what each of these differs from only by its values', () => {
    for (const command of valid) expect(applyCommand(state, command).outcome).toMatchObject({ ok: true });
  });

  it('never makes the state machine throw, whatever stands in its fields', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.integer().map(mg),
      fc.constantFrom('p1', 'j1', 'done', at(5)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), anything, (command, which, value) => {
        const fields = Object.keys(command);
        const field = fields[which % fields.length] ?? 'kind';
        const altered: object = { ...command, [field]: value };
        const step = apply(state, altered as Command);
        if (!step.outcome.ok) expect(step.state).toBe(state);
      }),
    );
  });
});
