/**
 * The farm's state machine: one command in, the next state and the answer out. Pure, and total: whatever a log entry
 * decodes to, there is an answer. It only checks values, keeps time and finds the rule; the rules are in the files of
 * their records. Nothing here touches the world: replaying a log must never move a motor.
 */
import { assertNever } from '../base/assert.ts';
import type { WallMs } from '../base/units.ts';
import { commandComplaint } from './commandShapes.ts';
import type { Command } from './commands.ts';
import { addFilament } from './filaments.ts';
import { foundFarm } from './founding.ts';
import { admitMember, createInvitation } from './invitations.ts';
import { createJob, setJobStatus } from './jobs.ts';
import { announceMember, removeMember } from './members.ts';
import { addPrinter } from './printers.ts';
import type { FarmState } from './state.ts';
import { refuse, type Step } from './step.ts';

/**
 * Applies one committed command. Never throws, whatever `command` is; a refusal or a retry gives back the very same
 * `state` reference, so not even the farm's clock moves. O(log n) in the number of records.
 */
export function applyCommand(state: FarmState, command: Command): Step {
  const complaint = commandComplaint(command);
  if (complaint !== null) return refuse(state, { code: 'invalid_command', detail: complaint });
  const nowMs = Math.max(state.farmTimeMs, command.atMs) as WallMs;
  const step = applyRule(state, command, nowMs);
  if (step.state === state) return step;
  return { ...step, state: { ...step.state, farmTimeMs: nowMs } };
}

/** `nowMs` is farm time after this command: never less than any time in the state. */
function applyRule(state: FarmState, command: Command, nowMs: WallMs): Step {
  switch (command.kind) {
    case 'foundFarm':
      return foundFarm(state, command);
    case 'addPrinter':
      return addPrinter(state, command, nowMs);
    case 'addFilament':
      return addFilament(state, command, nowMs);
    case 'createJob':
      return createJob(state, command, nowMs);
    case 'setJobStatus':
      return setJobStatus(state, command, nowMs);
    case 'createInvitation':
      return createInvitation(state, command, nowMs);
    case 'admitMember':
      return admitMember(state, command, nowMs);
    case 'announceMember':
      return announceMember(state, command, nowMs);
    case 'removeMember':
      return removeMember(state, command);
    default:
      return assertNever(command);
  }
}
