/** How the search field of a view matches: every word typed must be somewhere in the record. */

/** Words typed, in lower case; at most eight, more help nobody. */
const WORDS_MAX = 8;

export function searchWords(search: string): readonly string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
}

/** `parts` are the texts of one record that a person may look for. */
export function matchesWords(words: readonly string[], parts: readonly string[]): boolean {
  if (words.length === 0) return true;
  const haystack = parts.join('\n').toLowerCase();
  return words.every((word) => haystack.includes(word));
}
