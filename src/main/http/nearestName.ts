/** "Did you mean …": the known name that a misspelt one is closest to. */

/** Edits that a slip of the keyboard makes at most; beyond it a guess is noise. */
const EDITS_MAX = 3;
/** Longer names are not compared: the cost grows with the square. */
const COMPARED_CHARS_MAX = 64;

/** Fewest insertions, deletions and replacements that turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The name of `known` that `name` probably means, or null. A part of a longer name counts as close: `weight`. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > COMPARED_CHARS_MAX) return null;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  let best: { readonly name: string; readonly edits: number } | null = null;
  for (const candidate of known) {
    const edits = editDistance(wanted, plain(candidate));
    if (best === null || edits < best.edits) best = { name: candidate, edits };
  }
  if (best !== null && best.edits <= Math.min(EDITS_MAX, Math.floor(wanted.length / 2))) return best.name;
  return known.find((candidate) => wanted.length >= 4 && plain(candidate).includes(wanted)) ?? null;
}
