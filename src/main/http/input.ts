/** From a JSON value to a typed request: shape by the contract's schema, ids by the farm's own rule. */
import type { z } from 'zod';
import { ok, refused, type Result } from '../../base/result.ts';
import type { FieldError } from '../../contract/problems.ts';
import { idComplaint } from '../../farm/ids.ts';
import type { ProblemDraft } from './answer.ts';
import type { JsonValue } from './jsonText.ts';
import { ECHO_CHARS_MAX, FIELD_ERRORS_MAX } from './limits.ts';
import { nearestName } from '../nearestName.ts';

/** A schema of an object, and which of its fields are ids. */
export interface RequestShape<T> {
  readonly schema: z.ZodType<T>;
  /** All names that a body may have: for suggestions. */
  readonly names: readonly string[];
  readonly idFields: readonly (keyof T & string)[];
}

/** Pairs a strict object schema with the fields that are ids. */
export function requestShape<T>(
  schema: z.ZodType<T> & { readonly shape: Readonly<Record<string, unknown>> },
  idFields: readonly (keyof T & string)[],
): RequestShape<T> {
  return { schema, names: Object.keys(schema.shape), idFields };
}

/** Shortens a client's own text before an answer repeats it. */
export function echo(text: string): string {
  return text.length <= ECHO_CHARS_MAX ? text : `${text.slice(0, ECHO_CHARS_MAX)}…`;
}

function unknownFieldError(name: string, known: readonly string[]): FieldError {
  const nearest = nearestName(name, known);
  const hint = nearest === null ? `known are ${known.join(', ')}` : `perhaps ${nearest} is meant`;
  return { path: echo(name), message: `is not a known field; ${hint}` };
}

function issueErrors(issue: z.core.$ZodIssue, names: readonly string[]): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownFieldError(key, names));
  if (issue.path.length === 0) return [{ path: '', message: 'must be a JSON object' }];
  return [{ path: issue.path.join('.'), message: issue.message }];
}

/** One sentence out of single errors: `id is missing; it must be text. company must be text.` */
export function invalidInput(errors: readonly FieldError[]): ProblemDraft {
  const shown = errors.slice(0, FIELD_ERRORS_MAX);
  const sentences = shown.map(({ path, message }) => `${path === '' ? 'The body' : path} ${message}`);
  return { code: 'invalid_input', detail: `${sentences.join('. ')}.`, errors: shown };
}

/** What is wrong with the fields that are ids, as far as they are texts; the schema says the rest. */
function idErrors(value: JsonValue, idFields: readonly string[]): readonly FieldError[] {
  const fields = value as Readonly<Record<string, JsonValue>> | null;
  const errors: FieldError[] = [];
  for (const path of idFields) {
    const id = fields?.[path];
    const message = typeof id === 'string' ? idComplaint(id) : null;
    if (message !== null) errors.push({ path, message });
  }
  return errors;
}

/** The typed request, or a 400 that names every wrong field. Never throws. */
export function parseRequest<T>(shape: RequestShape<T>, value: JsonValue): Result<T, ProblemDraft> {
  const parsed = shape.schema.safeParse(value);
  const ids = idErrors(value, shape.idFields);
  if (parsed.success) return ids.length === 0 ? ok(parsed.data) : refused(invalidInput(ids));
  const issues = parsed.error.issues.flatMap((issue) => issueErrors(issue, shape.names));
  return refused(invalidInput([...ids, ...issues]));
}
