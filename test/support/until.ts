/** Waiting for a condition of something real: looks again and again, bounded, and says what was not reached. */

const LOOK_PERIOD_MS = 20;
/** An election on a crowded machine may take seconds; nothing healthy takes this long. */
export const UNTIL_TIMEOUT_MS = 30_000;

/**
 * Resolves with the first value of `probe` that is not null. A probe that throws has not got there yet. Rejects after
 * `timeoutMs` with `what` and the last error.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null> | T | null,
  timeoutMs: number = UNTIL_TIMEOUT_MS,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  let last = '';
  for (;;) {
    try {
      const value = await probe();
      if (value !== null) return value;
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() >= deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}${last}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_PERIOD_MS));
  }
}

/** {@link until} for a condition that is only true or false. */
export async function untilTrue(
  what: string,
  probe: () => Promise<boolean> | boolean,
  timeoutMs: number = UNTIL_TIMEOUT_MS,
): Promise<void> {
  await until(what, async () => ((await probe()) ? true : null), timeoutMs);
}
