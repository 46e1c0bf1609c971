/** Turns the monotonic clock into the core's ticks, and notices when the machine was asleep or stopped. */
import type { Clock } from './ports.ts';

/** After a busy turn the lost time is not made up at once: messages that waited meanwhile must be read first. */
const TICKS_PER_TURN_MAX = 2;

export interface TickerOptions {
  readonly tickMs: number;
  /** A gap longer than this between two ticks means that this machine did not run. */
  readonly sleepGapMs: number;
  tick(): void;
  /** Time passed that nobody counted. */
  resumed(gapMs: number): void;
}

/** Runs until the returned function is called. */
export function startTicker(clock: Clock, options: TickerOptions): () => void {
  const { tickMs, sleepGapMs } = options;
  let last = clock.nowMs();
  let cancel = clock.setTimer(tickMs, onTimer);
  function onTimer(): void {
    cancel = clock.setTimer(tickMs, onTimer);
    const now = clock.nowMs();
    const gapMs = now - last;
    last = now;
    if (gapMs > sleepGapMs) options.resumed(gapMs);
    const due = Math.max(1, Math.round(gapMs / tickMs));
    for (let i = 0; i < Math.min(due, TICKS_PER_TURN_MAX); i += 1) options.tick();
  }
  return () => {
    cancel();
  };
}
