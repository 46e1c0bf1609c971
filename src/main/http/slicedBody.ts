/** Writes a long answer slice by slice: waits while the client is slow, and lets others have a turn in between. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DRAIN_TIMEOUT_MS, SLICE_CHARS } from './limits.ts';
import type { Timers } from './timers.ts';

/** `gone`: the client left or took nothing for {@link DRAIN_TIMEOUT_MS}; its connection is closed. */
export type WriteResult = 'written' | 'gone';

/** Gathers small pieces into slices of about {@link SLICE_CHARS}; a piece is never cut. Works only as far as it is asked. */
export function* gatherSlices(pieces: Iterable<string>): Generator<string, void, void> {
  let slice = '';
  for (const piece of pieces) {
    slice += piece;
    if (slice.length < SLICE_CHARS) continue;
    yield slice;
    slice = '';
  }
  if (slice !== '') yield slice;
}

/** Resolves when the client has taken what was written; false when it is gone. */
async function waitForDrain(res: Writable, timers: Timers): Promise<boolean> {
  const waiting = new AbortController();
  const giveUp = (): void => waiting.abort();
  const stopTimer = timers.after(DRAIN_TIMEOUT_MS, giveUp);
  res.once('close', giveUp);
  try {
    await once(res, 'drain', { signal: waiting.signal });
    return true;
  } catch {
    // Aborted by us, or the socket failed: either way nobody reads any more.
    res.destroy();
    return false;
  } finally {
    stopTimer();
    res.off('close', giveUp);
  }
}

/** Writes all slices. Each is made only when the one before was taken; nothing is queued. Never rejects. */
export async function writeSlices(
  res: Writable,
  slices: Iterable<string>,
  timers: Timers,
): Promise<WriteResult> {
  for (const slice of slices) {
    if (res.destroyed) return 'gone';
    const hasRoom = res.write(slice);
    if (!hasRoom && !(await waitForDrain(res, timers))) return 'gone';
    await nextTurn();
  }
  return res.destroyed ? 'gone' : 'written';
}
