/** Guesses which known name a mistyped one was meant to be. */

/** More differences than this are another word, not a slip. */
const DISTANCE_MAX = 3;

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

/** The known name nearest to `name`, or null when none is near. `name` is cut to 64 characters before comparing. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const typed = name.slice(0, 64);
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    const d = distance(typed, candidate);
    const near = d <= DISTANCE_MAX && d < candidate.length;
    if (near && (best === null || d < best.distance)) best = { candidate, distance: d };
  }
  return best?.candidate ?? null;
}
