/**
 * Commands as the text of a log entry: one JSON object with the format's version, fields in canonical order. Pure:
 * the shell turns the text into UTF-8 and back.
 */
import { ok, refused, type Result } from '../base/result.ts';
import type { Command, Refusal } from './commands.ts';
import { commandComplaint, commandShapes, memberFactsShape, shapeOfKind } from './commandShapes.ts';
import { inOrder, isPlainObject, quoted, unknownField } from './shape.ts';

/** Version of the text's form. Kinds of commands are added without raising it. */
export const COMMAND_FORMAT_VERSION = 1;

/** No command comes near it: the longest field is a path of 4096 characters, in JSON at most six times as long. */
export const COMMAND_LENGTH_MAX = 64 * 1024;

/** A farm's refusal, so that it can be answered like any other. */
export type InvalidCommand = Extract<Refusal, { readonly code: 'invalid_command' }>;

export type UndecodedReason =
  /** A known command with impossible values. It changes nothing on any node: answer the refusal and go on. */
  | InvalidCommand
  /** A kind, field or version of a newer program. This node must stop: skipping it would fork the replicas. */
  | { readonly code: 'unknown_command'; readonly detail: string }
  /** No version's command: no JSON object, or far too long. A committed entry never holds it; stop. */
  | { readonly code: 'malformed_command'; readonly detail: string };

/** The text of a command. Refuses values that `applyCommand` would refuse, so that they never get into a log. */
export function encodeCommand(command: Command): Result<string, InvalidCommand> {
  const complaint = commandComplaint(command);
  if (complaint !== null) return refused({ code: 'invalid_command', detail: complaint });
  const fields = inOrder(command, commandShapes[command.kind]);
  if ('member' in command) fields['member'] = inOrder(command.member, memberFactsShape);
  return ok(JSON.stringify({ v: COMMAND_FORMAT_VERSION, kind: command.kind, ...fields }));
}

/** The command in `text`. Never throws; every field of an accepted command has a possible value. */
export function decodeCommand(text: string): Result<Command, UndecodedReason> {
  if (text.length > COMMAND_LENGTH_MAX) {
    return refused({
      code: 'malformed_command',
      detail: `longer than ${String(COMMAND_LENGTH_MAX)} characters`,
    });
  }
  const parsed = parseJson(text);
  if (!isPlainObject(parsed)) return refused({ code: 'malformed_command', detail: 'not a JSON object' });
  const { v: version, ...command } = parsed;
  if (version !== COMMAND_FORMAT_VERSION) {
    return typeof version === 'number' && version > COMMAND_FORMAT_VERSION
      ? refused({ code: 'unknown_command', detail: `format version ${String(version)}` })
      : refused({ code: 'malformed_command', detail: 'no format version' });
  }
  const unknown = unknownPart(command);
  if (unknown !== null) return refused({ code: 'unknown_command', detail: unknown });
  const complaint = commandComplaint(command);
  if (complaint !== null) return refused({ code: 'invalid_command', detail: complaint });
  return ok(command as unknown as Command);
}

/** Names the kind or field that this program does not know, or gives null. */
function unknownPart(command: Readonly<Record<string, unknown>>): string | null {
  const { kind, ...fields } = command;
  const shape = shapeOfKind(kind);
  if (shape === null) return typeof kind === 'string' ? `kind ${quoted(kind)}` : 'no kind';
  const field = unknownField(fields, shape);
  if (field !== null) return `field ${field}`;
  const { member } = fields;
  const memberField = isPlainObject(member) ? unknownField(member, memberFactsShape) : null;
  return memberField === null ? null : `field ${memberField} of the member`;
}

/** The parsed value, or undefined when `text` is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
