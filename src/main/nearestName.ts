/** "Did you mean …": the known name that a misspelt one is closest to. For flags, commands and fields alike. */

/** Edits that a slip of the keyboard makes at most; beyond it a guess is noise. */
const EDITS_MAX = 3;
/** Longer names are not compared: the cost grows with the square. */
const COMPARED_CHARS_MAX = 64;
/** A shorter piece is part of too many names to mean one of them. */
const PART_CHARS_MIN = 4;

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours count one each. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Case and punctuation are how people differ, not what they mean. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The name of `known` that `name` probably means, or null. A part of a longer name counts as close: `weight`. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > COMPARED_CHARS_MAX) return null;
  const wanted = plain(name);
  let best: { readonly name: string; readonly edits: number } | null = null;
  for (const candidate of known) {
    const edits = distance(wanted, plain(candidate));
    if (best === null || edits < best.edits) best = { name: candidate, edits };
  }
  if (best !== null && best.edits <= Math.min(EDITS_MAX, Math.floor(wanted.length / 2))) return best.name;
  if (wanted.length < PART_CHARS_MIN) return null;
  return known.find((candidate) => plain(candidate).includes(wanted)) ?? null;
}
