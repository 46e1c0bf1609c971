/** Which fields each command has and what may stand in them. The first gate of `applyCommand`. */
import type { Command, CommandKind, MemberFacts } from './commands.ts';
import { idComplaint } from './ids.ts';
import { fieldComplaint, isPlainObject, objectCheck, type Shape, type ShapeOf } from './shape.ts';
import {
  FILEPATH_LENGTH_MAX,
  sha256Check,
  TEXT_LENGTH_MAX,
  textCheck,
  timeCheck,
  weightCheck,
  wordCheck,
} from './values.ts';

const name = textCheck(1, TEXT_LENGTH_MAX);
const text = textCheck(0, TEXT_LENGTH_MAX);

/** Canonical order: `id` before `name` is how it is written, for ever. */
export const memberFactsShape: ShapeOf<MemberFacts> = {
  id: idComplaint,
  name,
  peerAddress: text,
  httpAddress: text,
  softwareVersion: text,
};

type ShapeFor<Kind extends CommandKind> = ShapeOf<Omit<Extract<Command, { kind: Kind }>, 'kind'>>;

/** The fields of each command beside `kind`, in the order in which they are written. */
export const commandShapes: { readonly [Kind in CommandKind]: ShapeFor<Kind> } = {
  foundFarm: { atMs: timeCheck, id: idComplaint, name },
  addPrinter: { atMs: timeCheck, id: idComplaint, company: text, model: text, name },
  addFilament: {
    atMs: timeCheck,
    id: idComplaint,
    type: name,
    color: text,
    totalMg: weightCheck,
    remainingMg: weightCheck,
  },
  createJob: {
    atMs: timeCheck,
    id: idComplaint,
    printerId: idComplaint,
    filamentId: idComplaint,
    filepath: textCheck(0, FILEPATH_LENGTH_MAX),
    printWeightMg: weightCheck,
  },
  setJobStatus: { atMs: timeCheck, jobId: idComplaint, status: wordCheck(['running', 'done', 'canceled']) },
  createInvitation: { atMs: timeCheck, id: idComplaint, secretHash: sha256Check, expiresAtMs: timeCheck },
  admitMember: {
    atMs: timeCheck,
    invitationId: idComplaint,
    secretHash: sha256Check,
    member: objectCheck(memberFactsShape),
  },
  announceMember: { atMs: timeCheck, member: objectCheck(memberFactsShape) },
  removeMember: { atMs: timeCheck, memberId: idComplaint },
};

/** The shape of a command kind, or null for a word that names none (`constructor` is none either). */
export function shapeOfKind(kind: unknown): Shape | null {
  return typeof kind === 'string' && Object.hasOwn(commandShapes, kind)
    ? commandShapes[kind as CommandKind]
    : null;
}

/**
 * Says what is wrong with the values of a command by themselves, whatever the farm holds, or null. Takes anything.
 * Fields that no command has are not looked at; `decodeCommand` refuses them.
 */
export function commandComplaint(command: unknown): string | null {
  if (!isPlainObject(command)) return 'a command is an object';
  const shape = shapeOfKind(command['kind']);
  return shape === null ? 'this kind of command is not known' : fieldComplaint(command, shape);
}
