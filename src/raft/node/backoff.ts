/** When a failed dial may be tried again: exponential with jitter, so that a farm that wakes up does not dial in step. */
import type { Random } from '../../base/random.ts';

/** A restarted program on the same machine is back within a few of these. */
const DELAY_MIN_MS = 100;
/** A PC that was switched on is found this fast; a PC that is off costs one packet in this time. */
const DELAY_MAX_MS = 2000;

export class Backoff {
  private readonly random: Random;
  private delayMs = DELAY_MIN_MS;
  private notBeforeMs = 0;

  constructor(random: Random) {
    this.random = random;
  }

  mayTry(nowMs: number): boolean {
    return nowMs >= this.notBeforeMs;
  }

  /** Waits between half and the whole of the present delay, and twice as long the next time. */
  failed(nowMs: number): void {
    const half = this.delayMs / 2;
    this.notBeforeMs = nowMs + half + this.random.below(half + 1);
    this.delayMs = Math.min(this.delayMs * 2, DELAY_MAX_MS);
  }

  /** The other side said no: asking again soon would not change its mind. */
  refused(nowMs: number): void {
    this.delayMs = DELAY_MAX_MS;
    this.failed(nowMs);
  }

  /** The peer was heard of: dial at once next time. */
  reset(): void {
    this.delayMs = DELAY_MIN_MS;
    this.notBeforeMs = 0;
  }

  /** A connection of this length ended. A short one counts as one more failure, so that a peer that hangs up at once is not hammered. */
  ended(nowMs: number, livedMs: number): void {
    if (livedMs >= DELAY_MAX_MS) this.delayMs = DELAY_MIN_MS;
    this.failed(nowMs);
  }
}
