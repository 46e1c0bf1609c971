/** What fields a plain object must have, as a table: used for commands and for the lines of a snapshot. */
import type { Check } from './values.ts';

/** Field name to check, in canonical order: the order in which the fields are written. */
export type Shape = Readonly<Record<string, Check>>;

/** The shape of records of type `T`: the compiler shows a field that was forgotten. */
export type ShapeOf<T> = { readonly [Field in keyof T]: Check };

/** An object that JSON can hold; arrays and null are none. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names the first field that is missing or wrong (`"color" must be a text`), or gives null. */
export function fieldComplaint(value: Readonly<Record<string, unknown>>, shape: Shape): string | null {
  for (const field in shape) {
    const complaint = shape[field]?.(Object.hasOwn(value, field) ? value[field] : undefined) ?? null;
    if (complaint !== null) return `"${field}" ${complaint}`;
  }
  return null;
}

/** Names, in quotes, a field that the shape does not know, or gives null. */
export function unknownField(value: Readonly<Record<string, unknown>>, shape: Shape): string | null {
  for (const field in value) {
    if (!Object.hasOwn(shape, field)) return quoted(field);
  }
  return null;
}

/** A foreign word for a message: shortened, because it may be as long as the whole text it came in. */
export function quoted(word: string): string {
  const LENGTH_MAX = 64;
  return `"${word.length <= LENGTH_MAX ? word : `${word.slice(0, LENGTH_MAX)}…`}"`;
}

/** A nested object with exactly the fields of `shape`. */
export function objectCheck(shape: Shape): Check {
  return (value) => {
    if (!isPlainObject(value)) return 'must be an object';
    const unknown = unknownField(value, shape);
    if (unknown !== null) return `has the unknown field ${unknown}`;
    const complaint = fieldComplaint(value, shape);
    return complaint === null ? null : `is wrong: ${complaint}`;
  };
}

/** The fields of `value` that `shape` names, in its order: equal records give equal JSON. */
export function inOrder(value: object, shape: Shape): Record<string, unknown> {
  const source = value as Readonly<Record<string, unknown>>;
  const ordered: Record<string, unknown> = {};
  for (const field in shape) ordered[field] = source[field];
  return ordered;
}
