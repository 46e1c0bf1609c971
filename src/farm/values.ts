/**
 * What the single values inside commands and records may be. Each check says what is wrong in words that follow the
 * field's name, or gives null. They take anything, because nothing that comes out of a file or a socket is trusted.
 * As in `ids.ts`, only fixed ranges of code points decide. Loosening a check needs a protocol version: an old node
 * would refuse what a new one accepts.
 */
import { GRAMS_MAX } from '../base/units.ts';

/** Says what is wrong with a value, or null. */
export type Check = (value: unknown) => string | null;

/** Names, models, colours, addresses: what fits a line of a form, in UTF-16 units. */
export const TEXT_LENGTH_MAX = 256;
/** The longest path that Linux itself takes (PATH_MAX). */
export const FILEPATH_LENGTH_MAX = 4096;
/** One tonne, see {@link GRAMS_MAX}. */
export const WEIGHT_MAX_MG = GRAMS_MAX * 1000;
/** The last millisecond that a JavaScript date can name (the year 275760). */
export const TIME_MAX_MS = 8.64e15;

/** A text of `lengthMin` to `lengthMax` UTF-16 units in one line, without control characters. */
export function textCheck(lengthMin: number, lengthMax: number): Check {
  return (value) => {
    if (typeof value !== 'string') return 'must be a text';
    if (value.length < lengthMin) return 'must not be empty';
    if (value.length > lengthMax) return `must have at most ${String(lengthMax)} characters`;
    return hasUnprintable(value)
      ? 'must not hold control characters, line breaks or broken characters'
      : null;
  };
}

/** A whole number in [min, max]. Negative zero is none: JSON would not bring it back. */
export function wholeCheck(min: number, max: number): Check {
  return (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return 'must be a whole number';
    if (value < min || value > max || Object.is(value, -0)) {
      return `must be from ${String(min)} to ${String(max)}`;
    }
    return null;
  };
}

/** One of the given words. */
export function wordCheck(words: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && words.includes(value) ? null : `must be one of ${words.join(', ')}`;
}

/** Null, or what `check` takes. */
export function nullableCheck(check: Check): Check {
  return (value) => (value === null ? null : check(value));
}

/** A weight that someone states: 0 (a dry run, an empty spool) to one tonne in whole milligrams. */
export const weightCheck: Check = wholeCheck(0, WEIGHT_MAX_MG);
/** A moment on people's clocks. */
export const timeCheck: Check = wholeCheck(0, TIME_MAX_MS);
/** A counter from 1. */
export const countCheck: Check = wholeCheck(1, Number.MAX_SAFE_INTEGER);

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Check: Check = (value) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? null : 'must be 64 lower-case hex digits';

function hasUnprintable(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f) || unit === 0x2028 || unit === 0x2029) return true;
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = text.charCodeAt(index + 1);
      const isPair = unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
      if (!isPair) return true;
      index++;
    }
  }
  return false;
}
