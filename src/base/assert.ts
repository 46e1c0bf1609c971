/** Assertions that stay on in production: a failed one is a bug of ours, never a user's mistake. */

/** A broken promise of our own code. It is never caught to go on; the process stops. */
export class BugError extends Error {
  override readonly name = 'BugError';
}

/** Stops with a {@link BugError} unless `condition` holds. `message` says what was promised. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}

/** Ends a `switch` over a union: the compiler proves that no case is missing. */
export function assertNever(value: never): never {
  throw new BugError(`a case that the types rule out: ${String(value)}`);
}
