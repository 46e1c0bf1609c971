/**
 * A snapshot of the farm as text: a header line, the canonical lines, and a last line with counts and a checksum. It is
 * written and read in small pieces, because a farm of 100,000 jobs must not hold up the event loop. What the lines are
 * is in canonicalLines.ts, how they are read back in restorer.ts.
 */
import type { Result } from '../base/result.ts';
import { canonicalLines, type LineKind } from './canonicalLines.ts';
import { createRestorer, type SnapshotRefusal } from './restorer.ts';
import { endLine, headerLine } from './snapshotFormat.ts';
import type { FarmState } from './state.ts';
import { createTextHash } from './textHash.ts';

/** A slice ends with the line that reaches it: few system calls, and well below a millisecond to make. */
export const SNAPSHOT_SLICE_LENGTH = 32 * 1024;

/**
 * The snapshot of `state` as text, in slices of about {@link SNAPSHOT_SLICE_LENGTH} characters, each of whole lines.
 * The state is persistent, so the farm may go on changing meanwhile.
 */
export function* snapshotSlices(state: FarmState): Generator<string, void> {
  const hash = createTextHash();
  const counts = new Map<LineKind, number>();
  hash.add(headerLine);
  let slice = `${headerLine}\n`;
  for (const { kind, text } of canonicalLines(state)) {
    hash.add(text);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    slice += `${text}\n`;
    if (slice.length >= SNAPSHOT_SLICE_LENGTH) {
      yield slice;
      slice = '';
    }
  }
  yield `${slice}${endLine(counts, hash.value())}\n`;
}

/** The state in the lines of a snapshot (without their line breaks), or the reason why there is none. */
export function restoreSnapshot(lines: Iterable<string>): Result<FarmState, SnapshotRefusal> {
  const restorer = createRestorer();
  for (const line of lines) {
    const taken = restorer.push(line);
    if (!taken.ok) return taken;
  }
  return restorer.finish();
}
