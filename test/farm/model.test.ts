/** Random farms against a simple model of the rules: who is there, what is promised, what was used. */
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { milligrams } from '../../src/base/units.ts';
import { decodeCommand, encodeCommand } from '../../src/farm/commandCodec.ts';
import type { Command, Outcome } from '../../src/farm/commands.ts';
import { digestFarm } from '../../src/farm/digest.ts';
import { restoreSnapshot, snapshotSlices } from '../../src/farm/snapshot.ts';
import { emptyFarm, type FarmState } from '../../src/farm/state.ts';
import {
  admit,
  announce,
  apply,
  at,
  facts,
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

const few = (letter: string): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: 3 }).map((n) => letter + String(n));
const weight = fc
  .oneof(
    fc.integer({ min: 0, max: 70 }),
    fc.integer({ min: 40, max: 99 }),
    fc.constantFrom(-1, 1_000_000_001),
  )
  .map(mg);
const atMs = fc.integer({ min: 0, max: 2000 }).map(at);
const digit = fc.constantFrom('a', 'b');

/** Few ids and small spools, so that retries, collisions and over-commitment happen all the time. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: fc.tuple(atMs, few('farm')).map(([ms, id]) => found({ atMs: ms, id })), weight: 1 },
  {
    arbitrary: fc
      .tuple(atMs, few('p'), fc.constantFrom('Ender3', 'MK4'))
      .map(([ms, id, model]) => printer({ atMs: ms, id, model })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(atMs, few('f'), fc.integer({ min: 100, max: 101 }), fc.integer({ min: 99, max: 101 }))
      .map(([ms, id, total, rest]) => filament({ atMs: ms, id, totalMg: mg(total), remainingMg: mg(rest) })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(atMs, fc.integer({ min: 1, max: 9 }), few('p'), few('f'), weight)
      .map(([ms, n, printerId, filamentId, printWeightMg]) =>
        job({ atMs: ms, id: `j${String(n)}`, printerId, filamentId, printWeightMg }),
      ),
    weight: 8,
  },
  {
    arbitrary: fc
      .tuple(atMs, fc.integer({ min: 1, max: 9 }), fc.constantFrom('running', 'done', 'canceled'))
      .map(([ms, n, status]) => report(status, { atMs: ms, jobId: `j${String(n)}` })),
    weight: 12,
  },
  {
    arbitrary: fc
      .tuple(atMs, few('i'), digit, atMs)
      .map(([ms, id, d, expiresAtMs]) => invitation({ atMs: ms, id, secretHash: hashOf(d), expiresAtMs })),
    weight: 3,
  },
  {
    arbitrary: fc
      .tuple(atMs, few('i'), digit, few('n'))
      .map(([ms, invitationId, d, id]) =>
        admit(facts(id), { atMs: ms, invitationId, secretHash: hashOf(d) }),
      ),
    weight: 3,
  },
  { arbitrary: fc.tuple(few('n'), few('v')).map(([id, name]) => announce(facts(id, { name }))), weight: 2 },
  { arbitrary: few('n').map(remove), weight: 1 },
);
/** Most farms begin with something to print on, so that the random part gets as far as jobs. */
const start: fc.Arbitrary<readonly Command[]> = fc.constantFrom(
  [],
  [printer(), printer({ id: 'p2' }), filament({ totalMg: mg(101), remainingMg: mg(100) })],
  [printer(), filament({ totalMg: mg(100), remainingMg: mg(100) }), announce(facts('n1')), invitation()],
);
const commands = fc
  .tuple(start, fc.array(command, { maxLength: 60, size: 'max' }))
  .map(([first, rest]) => [...first, ...rest]);

function run(list: readonly Command[]): { readonly state: FarmState; readonly outcomes: readonly Outcome[] } {
  const outcomes: Outcome[] = [];
  const state = list.reduce((now, each) => {
    const step = apply(now, each);
    outcomes.push(step.outcome);
    return step.state;
  }, emptyFarm);
  return { state, outcomes };
}

const textOf = (state: FarmState): string => [...snapshotSlices(state)].join('');

function restored(state: FarmState): FarmState {
  const result = restoreSnapshot(textOf(state).slice(0, -1).split('\n'));
  if (!result.ok) throw new Error(`${result.reason.code}: ${result.reason.detail}`);
  return result.value;
}

describe('a random farm', () => {
  it('keeps every invariant, and nothing changes by a refusal', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(commands, (list) => {
        list.reduce((state, each) => {
          const step = apply(state, each);
          if (!step.outcome.ok) expect(step.state).toBe(state);
          expect(step.touched.length > 0).toBe(step.state !== state);
          seen.add(step.outcome.ok ? step.outcome.value.kind : step.outcome.reason.code);
          if (step.outcome.ok && step.outcome.value.kind === 'job')
            seen.add(step.outcome.value.record.status);
          return step.state;
        }, emptyFarm);
      }),
      { numRuns: 100, seed: 1 },
    );
    // The generator reaches the rules it is there for: otherwise the property above says nothing.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...['queued', 'running', 'done', 'canceled'],
        ...['farm', 'printer', 'filament', 'job', 'invitation', 'member'],
        ...['farm_exists', 'duplicate_id', 'unknown_printer', 'unknown_filament', 'unknown_job'],
        ...['unknown_member', 'filament_over_committed', 'illegal_transition', 'invitation_unknown'],
        ...['invitation_used', 'invitation_expired', 'last_member', 'invalid_command'],
      ]),
    );
  });

  it('touches exactly the records that differ', () => {
    fc.assert(
      fc.property(commands, (list) => {
        list.reduce((state, each) => {
          const step = apply(state, each);
          for (const collection of ['printers', 'filaments', 'jobs', 'members', 'invitations'] as const) {
            const ids = new Set([...state[collection].keys(), ...step.state[collection].keys()]);
            const differing = [...ids].filter(
              (id) => state[collection].get(id) !== step.state[collection].get(id),
            );
            const touched = step.touched.flatMap((record) =>
              record.collection === collection ? [record.id] : [],
            );
            expect(touched.sort()).toEqual(differing.sort());
          }
          return step.state;
        }, emptyFarm);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same on every replica, also when commands travel as text', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const here = run(list);
        const there = run(
          list.map((each) => {
            const text = encodeCommand(each);
            if (!text.ok) return each;
            const decoded = decodeCommand(text.value);
            if (!decoded.ok) throw new Error(decoded.reason.code);
            return decoded.value;
          }),
        );
        expect(there.outcomes).toEqual(here.outcomes);
        expect(textOf(there.state)).toBe(textOf(here.state));
        expect(digestFarm(there.state)).toBe(digestFarm(here.state));
      }),
      { numRuns: 40 },
    );
  });

  it('goes on after snapshot and restore as if nothing had been', () => {
    fc.assert(
      fc.property(commands, commands, (before, rest) => {
        const original = run(before).state;
        const copy = restored(original);
        expect(copy).toEqual(original);
        expect(textOf(copy)).toBe(textOf(original));
        const continued = (state: FarmState): string =>
          textOf(rest.reduce((now, each) => apply(now, each).state, state));
        expect(continued(copy)).toBe(continued(original));
      }),
      { numRuns: 40 },
    );
  });

  it('takes every creation a second time, however late, without a second record', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const { state, outcomes } = run(list);
        list.forEach((each, index) => {
          if (!['addPrinter', 'addFilament', 'createJob'].includes(each.kind)) return;
          if (outcomes[index]?.ok !== true) return;
          const again = apply(state, each);
          expect(again.outcome).toMatchObject({ ok: true, value: { created: false } });
          expect(again.state).toBe(state);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('conserves grams: what left a spool is what its done jobs weigh, promised is what active jobs weigh', () => {
    fc.assert(
      fc.property(commands, (list) => {
        // The model: only the accepted commands, added up without looking at any record.
        const { state, outcomes } = run(list);
        const rest = new Map<string, number>();
        const jobs = new Map<
          string,
          { readonly spool: string; readonly weightMg: number; active: boolean }
        >();
        list.forEach((each, index) => {
          if (outcomes[index]?.ok !== true) return;
          if (each.kind === 'addFilament') rest.set(each.id, rest.get(each.id) ?? each.remainingMg);
          if (each.kind === 'createJob' && !jobs.has(each.id)) {
            jobs.set(each.id, { spool: each.filamentId, weightMg: each.printWeightMg, active: true });
          }
          if (each.kind !== 'setJobStatus' || each.status === 'running') return;
          const ended = jobs.get(each.jobId);
          if (ended === undefined) throw new Error('a report of no job was accepted');
          ended.active = false;
          if (each.status === 'done') rest.set(ended.spool, (rest.get(ended.spool) ?? 0) - ended.weightMg);
        });
        expect([...state.filaments.keys()]).toEqual([...rest.keys()]);
        for (const [id, spool] of state.filaments) {
          const promised = [...jobs.values()].filter((each) => each.active && each.spool === id);
          const promisedMg = promised.reduce((sum, each) => sum + each.weightMg, 0);
          expect(spool.remainingMg).toBe(milligrams(rest.get(id) ?? -1));
          expect(spool.reservedMg).toBe(promisedMg);
        }
      }),
      { numRuns: 60 },
    );
  });
});
