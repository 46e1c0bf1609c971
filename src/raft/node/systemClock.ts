/** The real clock behind the {@link Clock} port. */
import type { Clock } from './ports.ts';

export function createSystemClock(): Clock {
  return {
    nowMs: () => performance.now(),
    setTimer(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
