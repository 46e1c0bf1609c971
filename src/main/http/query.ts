/** Query parameters, as strict as bodies: known names, known values, each at most once. */
import type { IncomingMessage } from 'node:http';
import { ok, refused, type Result } from '../../base/result.ts';
import type { FieldError } from '../../contract/problems.ts';
import type { ProblemDraft } from './answer.ts';
import { echo } from './input.ts';
import { FIELD_ERRORS_MAX } from './limits.ts';
import { nearestName } from '../nearestName.ts';

/** Parameter -> the words it may be. */
export type QueryShape = Readonly<Record<string, readonly string[]>>;

/** What was given; an absent parameter is absent here. */
export type QueryValues<S extends QueryShape> = { readonly [Name in keyof S]?: S[Name][number] };

/** For addresses that take no parameters. */
export const noQuery = {} as const satisfies QueryShape;

function queryText(req: IncomingMessage): string {
  const url = req.url ?? '/';
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}

function parameterError(
  shape: QueryShape,
  name: string,
  value: string,
  isRepeated: boolean,
): FieldError | null {
  const words = Object.hasOwn(shape, name) ? shape[name] : undefined;
  if (words === undefined) {
    const known = Object.keys(shape);
    const nearest = nearestName(name, known);
    if (nearest !== null)
      return { path: echo(name), message: `is not known here; perhaps ${nearest} is meant` };
    const hint = known.length === 0 ? 'this address takes no parameters' : `known are ${known.join(', ')}`;
    return { path: echo(name), message: `is not known here; ${hint}` };
  }
  if (isRepeated) return { path: name, message: 'must be given once' };
  if (words.includes(value)) return null;
  return { path: name, message: `must be one of ${words.join(', ')}, not "${echo(value)}"` };
}

/** The 400 for wrong parameters. */
export function invalidQuery(errors: readonly FieldError[]): ProblemDraft {
  const shown = errors.slice(0, FIELD_ERRORS_MAX);
  const sentences = shown.map(({ path, message }) => `The query parameter ${path} ${message}`);
  return { code: 'invalid_query', detail: `${sentences.join('. ')}.`, errors: shown };
}

/** The parameters of a request, or a 400 that names each wrong one. */
export function readQuery<S extends QueryShape>(
  req: IncomingMessage,
  shape: S,
): Result<QueryValues<S>, ProblemDraft> {
  const text = queryText(req);
  const values: Record<string, string> = {};
  if (text === '') return ok(values as QueryValues<S>);
  const errors: FieldError[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    const error = parameterError(shape, name, value, Object.hasOwn(values, name));
    if (error === null) values[name] = value;
    else errors.push(error);
  }
  return errors.length === 0 ? ok(values as QueryValues<S>) : refused(invalidQuery(errors));
}
