/** What a form checks before it sends. The server decides all the same; this only saves a round. */
import { WEIGHT_MAX_GRAMS } from '../../../contract/limits.ts';
import { text } from '../../format/text.ts';
import { formatGrams, isExactToMilligram } from '../../format/weight.ts';

/** Field name (as on the wire) -> what is wrong with it. No entry: nothing to object to. */
export type FieldErrors<Field extends string> = Readonly<Partial<Record<Field, string>>>;

/** A weight while it is typed: a number, or whatever text is not one yet. */
export type GramsInput = number | string;

/** As long as an id may be. */
export const ID_CHARS_MAX = 128;

/** Null when the text may be sent. */
export function checkText(value: string, charsMax: number): string | null {
  if (value.trim() === '') return text('form.required');
  return value.length > charsMax ? text('form.tooLong', { count: charsMax }) : null;
}

/** `taken`: the ids that records of this kind have already. */
export function checkId(id: string, taken: { has(id: string): boolean }): string | null {
  return (
    checkText(id, ID_CHARS_MAX) ?? (taken.has(id.trim()) ? text('form.idTaken', { id: id.trim() }) : null)
  );
}

/** The number typed, or null while it is none. */
export function parseGrams(input: GramsInput): number | null {
  if (typeof input === 'number') return Number.isFinite(input) ? input : null;
  const typed = input.trim();
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(typed)) return null;
  return Number(typed);
}

/** `allowZero`: an empty spool weighs 0 g, a job does not. */
export function checkGrams(input: GramsInput, allowZero: boolean): string | null {
  const grams = parseGrams(input);
  if (grams === null) return text(String(input).trim() === '' ? 'form.required' : 'form.number');
  if (grams < 0) return text('form.notNegative');
  if (grams === 0 && !allowZero) return text('form.positive');
  if (grams > WEIGHT_MAX_GRAMS) return text('form.tooHeavy', { max: formatGrams(WEIGHT_MAX_GRAMS) });
  return isExactToMilligram(grams) ? null : text('form.tooFine');
}

/** Only the fields that have something wrong. */
export function collectErrors<Field extends string>(
  checked: Readonly<Record<Field, string | null>>,
): FieldErrors<Field> {
  const wrong = Object.entries<string | null>(checked).filter((entry) => entry[1] !== null);
  return Object.fromEntries(wrong) as FieldErrors<Field>;
}

export function hasErrors(errors: FieldErrors<string>): boolean {
  return Object.keys(errors).length > 0;
}

/** A draft after the checks: what may be sent, or what is wrong with it. */
export type Checked<Field extends string, Request> =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly errors: FieldErrors<Field> };
