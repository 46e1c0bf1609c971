/** Short ways to say commands and to apply them, with every invariant checked after each. */
import { expect } from 'vitest';
import { applyCommand } from '../../src/farm/apply.ts';
import type { Accepted, Command, CommandOf, MemberFacts, Refusal } from '../../src/farm/commands.ts';
import { checkFarm, checkStep } from '../../src/farm/invariants.ts';
import { emptyFarm, type FarmState } from '../../src/farm/state.ts';
import type { Step } from '../../src/farm/step.ts';
import type { Milligrams, WallMs } from '../../src/base/units.ts';

export const at = (ms: number): WallMs => ms as WallMs;
export const mg = (weight: number): Milligrams => weight as Milligrams;
/** A SHA-256 that is easy to tell from another: one hex digit, 64 times. */
export const hashOf = (digit: string): string => digit.repeat(64);

export const printer = (fields: Partial<CommandOf<'addPrinter'>> = {}): CommandOf<'addPrinter'> => ({
  kind: 'addPrinter',
  atMs: at(10),
  id: 'p1',
  company: 'Creality',
  model: 'Ender3',
  name: 'p1',
  ...fields,
});

export const filament = (fields: Partial<CommandOf<'addFilament'>> = {}): CommandOf<'addFilament'> => ({
  kind: 'addFilament',
  atMs: at(20),
  id: 'f1',
  type: 'PLA',
  color: 'Red',
  totalMg: mg(1_000_000),
  remainingMg: mg(1_000_000),
  ...fields,
});

export const job = (fields: Partial<CommandOf<'createJob'>> = {}): CommandOf<'createJob'> => ({
  kind: 'createJob',
  atMs: at(30),
  id: 'j1',
  printerId: 'p1',
  filamentId: 'f1',
  filepath: '/prints/cube.gcode',
  printWeightMg: mg(200_000),
  ...fields,
});

export const report = (
  status: CommandOf<'setJobStatus'>['status'],
  fields: Partial<CommandOf<'setJobStatus'>> = {},
): CommandOf<'setJobStatus'> => ({ kind: 'setJobStatus', atMs: at(40), jobId: 'j1', status, ...fields });

export const invitation = (
  fields: Partial<CommandOf<'createInvitation'>> = {},
): CommandOf<'createInvitation'> => ({
  kind: 'createInvitation',
  atMs: at(100),
  id: 'i1',
  secretHash: hashOf('a'),
  expiresAtMs: at(1000),
  ...fields,
});

export const facts = (id: string, fields: Partial<MemberFacts> = {}): MemberFacts => ({
  id,
  name: `PC ${id}`,
  peerAddress: '127.0.0.1:9000',
  httpAddress: 'http://127.0.0.1:8000',
  softwareVersion: '0.1.0',
  ...fields,
});

export const announce = (member: MemberFacts, atMs = 50): CommandOf<'announceMember'> => ({
  kind: 'announceMember',
  atMs: at(atMs),
  member,
});

export const admit = (
  member: MemberFacts,
  fields: Partial<CommandOf<'admitMember'>> = {},
): CommandOf<'admitMember'> => ({
  kind: 'admitMember',
  atMs: at(200),
  invitationId: 'i1',
  secretHash: hashOf('a'),
  member,
  ...fields,
});

export const remove = (memberId: string): CommandOf<'removeMember'> => ({
  kind: 'removeMember',
  atMs: at(300),
  memberId,
});

export const found = (fields: Partial<CommandOf<'foundFarm'>> = {}): CommandOf<'foundFarm'> => ({
  kind: 'foundFarm',
  atMs: at(5),
  id: 'farm-1',
  name: 'Workshop',
  ...fields,
});

/** Applies one command, whatever comes of it, and checks every invariant of the result. */
export function apply(state: FarmState, command: Command): Step {
  const step = applyCommand(state, command);
  expect(checkFarm(step.state)).toEqual([]);
  expect(checkStep(state, step.state)).toEqual([]);
  return step;
}

/** The state after commands that are all accepted. */
export function farmAfter(...commands: readonly Command[]): FarmState {
  return after(emptyFarm, ...commands);
}

export function after(state: FarmState, ...commands: readonly Command[]): FarmState {
  return commands.reduce((now, command) => {
    const { outcome, state: next } = apply(now, command);
    expect(outcome).toMatchObject({ ok: true });
    return next;
  }, state);
}

/** Applies a command that must be accepted, and gives what it answered. */
export function accepted(state: FarmState, command: Command): Accepted {
  const { outcome } = apply(state, command);
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.reason)}`);
  return outcome.value;
}

/** Expects exactly this refusal, and that nothing changed: the state is the very same object. */
export function expectRefused(state: FarmState, command: Command, reason: Refusal): void {
  const step = apply(state, command);
  expect(step.outcome).toEqual({ ok: false, reason });
  expect(step.state).toBe(state);
  expect(step.touched).toEqual([]);
}

/** Expects that the command is accepted as a retry: an answer, and nothing changed. */
export function expectRepeated(state: FarmState, command: Command, value: Accepted): void {
  const step = apply(state, command);
  expect(step.outcome).toEqual({ ok: true, value });
  expect(step.state).toBe(state);
  expect(step.touched).toEqual([]);
}

/** The record with this id, which must be there. */
export function recordOf<Item>(records: { get(id: string): Item | undefined }, id: string): Item {
  const record = records.get(id);
  if (record === undefined) throw new Error(`${id} is not there`);
  return record;
}
