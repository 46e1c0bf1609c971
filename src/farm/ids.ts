/**
 * Which texts may be the id of a record. One rule for the API and for the log.
 *
 * The rule uses fixed code-point ranges only. Unicode properties (`\p{L}`), `normalize` and `localeCompare` follow
 * the tables of the JavaScript engine, and two members may run different engines: a letter that only one of them
 * knows would fork the replicas. So nothing under src/farm may use them.
 */

/** Longest id in UTF-16 units: room for a UUID, a hash or a file name, and a log entry stays small. */
export const ID_LENGTH_MAX = 128;

/** What a client may read about the rule; used in refusals. */
export const ID_RULE =
  `1 to ${String(ID_LENGTH_MAX)} characters: letters and digits of any script, "." "_" ":" "-", ` +
  'and single spaces inside';

/** Characters outside ASCII that cannot be seen or that change the order of what is seen: [first, last]. */
const invisibleRanges: readonly (readonly [number, number])[] = [
  [0x0080, 0x00a0], // C1 controls, no-break space
  [0x00ad, 0x00ad], // soft hyphen
  [0x034f, 0x034f], // grapheme joiner
  [0x061c, 0x061c], // Arabic letter mark
  [0x115f, 0x1160], // Hangul fillers
  [0x1680, 0x1680], // Ogham space
  [0x17b4, 0x17b5], // Khmer inherent vowels
  [0x180b, 0x180f], // Mongolian selectors
  [0x2000, 0x200f], // spaces, joiners, direction marks
  [0x2028, 0x202f], // line separators, direction embeddings
  [0x205f, 0x206f], // spaces, invisible operators, direction isolates
  [0x3000, 0x3000], // ideographic space
  [0x3164, 0x3164], // Hangul filler
  [0xd800, 0xdfff], // a surrogate without its other half
  [0xfdd0, 0xfdef], // no characters
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0], // Hangul filler
  [0xfff0, 0xffff], // specials, no characters
  [0xe0000, 0xe0fff], // tags, selectors
];

/**
 * Says what is wrong with `value` as an id, or null when it is one.
 *
 * Refused beside the wrong characters: ids of dots alone (a URL's `.` and `..` never reach the server) and
 * `__proto__` (answers are JSON objects keyed by id, and in a script `object[id] = record` must store it).
 * Two spellings of one accented letter (composed or not) are two ids.
 */
export function idComplaint(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a text';
  if (value.length === 0) return 'must not be empty';
  if (value.length > ID_LENGTH_MAX) return `must have at most ${String(ID_LENGTH_MAX)} characters`;
  if (value === '__proto__') return 'must not be "__proto__"';
  let onlyDots = true;
  let previous = SPACE;
  for (let index = 0; index < value.length; index++) {
    const codePoint = value.codePointAt(index) ?? 0;
    if (codePoint > 0xffff) index++;
    if (!isIdCharacter(codePoint)) return `has the character ${nameOf(codePoint)}, allowed are ${ID_RULE}`;
    if (codePoint === SPACE && previous === SPACE) return 'must not begin with a space or have two in a row';
    if (codePoint !== DOT) onlyDots = false;
    previous = codePoint;
  }
  if (previous === SPACE) return 'must not end with a space';
  return onlyDots ? 'must not be made of dots alone' : null;
}

/** True when `value` may be the id of a record, see {@link idComplaint}. */
export function isId(value: unknown): value is string {
  return idComplaint(value) === null;
}

const SPACE = 0x20;
const DOT = 0x2e;

function isIdCharacter(codePoint: number): boolean {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return true; // a-z
  if (codePoint >= 0x2d && codePoint <= 0x2e) return true; // - .
  if (codePoint >= 0x30 && codePoint <= 0x3a) return true; // 0-9 :
  if (codePoint >= 0x41 && codePoint <= 0x5a) return true; // A-Z
  if (codePoint === 0x5f || codePoint === SPACE) return true; // _
  if (codePoint < 0x80) return false;
  return !invisibleRanges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** Printable characters as themselves, the others as U+XXXX. */
function nameOf(codePoint: number): string {
  if (codePoint > 0x20 && codePoint < 0x7f) return `"${String.fromCodePoint(codePoint)}"`;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
