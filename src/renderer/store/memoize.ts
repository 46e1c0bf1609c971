/** Keeps the last result of a pure function: many components ask for the same derived list at every change. */

/** `compute` again only when an argument is another object than last time. Holds one result. */
export function memoizeLast<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { readonly args: Args; readonly result: Result } | null = null;
  return (...args) => {
    const known = last;
    if (known !== null && args.every((arg, index) => Object.is(arg, known.args[index]))) return known.result;
    const result = compute(...args);
    last = { args, result };
    return result;
  };
}
