/** A short fingerprint of the whole state: replicas that applied the same index must have the same one. */
import { canonicalLines } from './canonicalLines.ts';
import type { FarmState } from './state.ts';
import { createTextHash } from './textHash.ts';

/** Lines hashed in one step: well below a millisecond of work. */
const LINES_PER_STEP = 128;

/** The digest in short steps, for a program that has other things to do; the last step returns it. */
export function* digestSteps(state: FarmState): Generator<void, string> {
  const hash = createTextHash();
  let lines = 0;
  for (const { text } of canonicalLines(state)) {
    hash.add(text);
    if (++lines % LINES_PER_STEP === 0) yield;
  }
  return hash.value();
}

/** The digest at once, 16 hex digits. Takes as long as the farm is large: for tests and tools. */
export function digestFarm(state: FarmState): string {
  const steps = digestSteps(state);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
