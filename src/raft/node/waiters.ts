/** Requests that found no leader wait here: until one is known, a pause passed, or their time is over. */
import type { Clock } from './ports.ts';

/** A leader that refuses (a transfer under way, a term that moved on) is asked again after this pause. */
const RETRY_PAUSE_MS = 20;

export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves true when it is worth trying again, false when `endMs` (of the clock) is reached first. */
  leaderOrPause(hasLeader: () => boolean, endMs: number): Promise<boolean> {
    const leftMs = endMs - this.#clock.nowMs();
    if (leftMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const finish = (again: boolean): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve(again);
      };
      const wake = (): void => {
        finish(true);
      };
      const pauseMs = hasLeader() ? Math.min(RETRY_PAUSE_MS, leftMs) : leftMs;
      const cancel = this.#clock.setTimer(pauseMs, () => {
        finish(pauseMs < leftMs);
      });
      if (!hasLeader()) this.#waiting.add(wake);
    });
  }

  leaderKnown(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
