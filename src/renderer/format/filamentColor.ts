/** Turns the colour a person typed on a spool ("Galaxy Black", "#ff8800") into something that can be drawn. */

/** Words that shops use, darkest tone first so that "Galaxy Black" and "Light Blue" are found by their last word. */
const COLOR_WORDS: Readonly<Record<string, string>> = {
  black: '#26282b',
  white: '#f6f6f2',
  grey: '#8b9197',
  gray: '#8b9197',
  silver: '#bcc2c8',
  red: '#d0312d',
  orange: '#ef7b1a',
  yellow: '#f2c81b',
  green: '#2f9e44',
  lime: '#94d82d',
  teal: '#0c8599',
  cyan: '#15aabf',
  turquoise: '#20b2aa',
  blue: '#2563c9',
  navy: '#1c2f6b',
  purple: '#7b3fb5',
  violet: '#7048e8',
  magenta: '#c2255c',
  pink: '#f06595',
  brown: '#7c4a21',
  wood: '#b08050',
  beige: '#e0d2b4',
  ivory: '#f3eedd',
  bone: '#e6dfcc',
  natural: '#ece7d8',
  gold: '#c9a227',
  bronze: '#9c6b30',
  copper: '#b5683a',
};

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** A CSS colour, or null when the words name none we know: the swatch is then drawn hatched. */
export function filamentCssColor(color: string): string | null {
  const text = color.trim().toLowerCase();
  if (HEX.test(text)) return text;
  const words = text.split(/[^a-z]+/).reverse();
  for (const word of words) {
    if (Object.hasOwn(COLOR_WORDS, word)) return COLOR_WORDS[word] ?? null;
  }
  return null;
}

/** The words a form offers to complete, in an order that reads well. */
export const SUGGESTED_COLORS: readonly string[] = [
  'Black',
  'White',
  'Grey',
  'Silver',
  'Red',
  'Orange',
  'Yellow',
  'Green',
  'Teal',
  'Blue',
  'Purple',
  'Pink',
  'Brown',
  'Natural',
  'Gold',
];
