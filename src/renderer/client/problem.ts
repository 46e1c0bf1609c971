/** Reads an error answer (application/problem+json). Whatever arrives, the result is a well-formed problem. */

/** One field that the server did not take; `path` is the body's key, `id` or `print_weight_in_grams`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** What the window needs of a problem document. */
export interface Problem {
  readonly status: number;
  /** A code of `contract/problems.ts`, or `unreadable` when the answer was no problem document. */
  readonly code: string;
  readonly title: string;
  /** A plain sentence for people; the title when the server gave none. */
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
}

/** More fields than any form has: bounds what a broken answer can make the window hold. */
const FIELD_PROBLEMS_MAX = 50;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

/** A path may come as `a.b` or as `["a", "b"]`. */
function parsePath(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number')) {
    return value.join('.');
  }
  return null;
}

function parseFieldProblem(value: unknown): FieldProblem | null {
  if (!isObject(value) || typeof value['message'] !== 'string') return null;
  const path = parsePath(value['path']);
  return path === null ? null : { path, message: value['message'] };
}

/**
 * `status` is the HTTP status, which wins over the document's own. Null when `body` is no problem document: the
 * caller then says so in its own words.
 */
export function parseProblem(status: number, body: unknown): Problem | null {
  if (!isObject(body) || typeof body['code'] !== 'string') return null;
  const title = textOr(body['title'], body['code']);
  const listed = Array.isArray(body['errors']) ? body['errors'].slice(0, FIELD_PROBLEMS_MAX) : [];
  const errors = listed.map(parseFieldProblem).filter((field) => field !== null);
  return { status, code: body['code'], title, detail: textOr(body['detail'], title), errors };
}

/** What the server said about one field of a form, or null. */
export function problemOfField(problem: Problem, path: string): string | null {
  return problem.errors.find((field) => field.path === path)?.message ?? null;
}
