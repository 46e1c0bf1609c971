/** A clock that stands still until a test moves it on. */
import type { Clock } from '../../src/raft/node/ports.ts';

export interface ManualClock extends Clock {
  /** Moves on by `ms`, running what is due on the way, in order. */
  advance(ms: number): void;
  /** Jumps by `ms` without running anything: the machine was asleep. */
  jump(ms: number): void;
}

export function createManualClock(): ManualClock {
  let now = 0;
  let timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  const runDue = (untilMs: number): void => {
    for (;;) {
      const next = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) return;
      timers = timers.filter((timer) => timer !== next);
      now = Math.max(now, next.atMs);
      next.callback();
    }
  };
  return {
    nowMs: () => now,
    setTimer(delayMs, callback) {
      const timer = { atMs: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = now + ms;
      runDue(end);
      now = end;
    },
    jump(ms) {
      now += ms;
      runDue(now);
    },
  };
}
