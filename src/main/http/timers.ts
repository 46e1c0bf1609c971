/** Timers as a port, so that a test decides when time passes. */

/** Stops the timer; harmless when it has fired or was stopped. */
export type StopTimer = () => void;

export interface Timers {
  /** Calls once after `delayMs`. */
  after(delayMs: number, call: () => void): StopTimer;
  /** Calls every `periodMs` until stopped. */
  every(periodMs: number, call: () => void): StopTimer;
}

/** The process's timers. They do not keep the process alive. */
export const processTimers: Timers = {
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs).unref();
    return () => clearTimeout(timer);
  },
  every(periodMs, call) {
    const timer = setInterval(call, periodMs).unref();
    return () => clearInterval(timer);
  },
};
