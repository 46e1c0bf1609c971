/**
 * How the process ends: orderly on a request (bounded in time), at once on a second one, and with code 1 on a bug.
 * A bug is never survived: what it left in memory must not reach the disk.
 */
import type { Log } from './log.ts';

/** The node bounds its own stop to 5 s; beyond this it hangs, and a service manager would kill it anyway. */
export const STOP_DEADLINE_MS = 8_000;
/** A terminal sends Ctrl-C to every process of a group, and a parent passes it on: within this time it is one request. */
export const SAME_REQUEST_MS = 300;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The one thing that is asked of `process`: to tell of signals, of its parent's messages and of uncaught errors. */
export interface ProcessEvents {
  on(event: string, listener: (detail: unknown) => void): unknown;
}

export interface LifecycleOptions {
  /** `process`, or a stand-in of a test. Its channel to a parent, where there is one, also asks to stop. */
  readonly process: ProcessEvents;
  readonly log: Log;
  /** Ends the process with this code. */
  readonly exit: (code: number) => void;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs: () => number;
}

export interface Lifecycle {
  /** What an orderly end consists of; called at most once. Until it is set, a request ends the process at once. */
  onStop(stop: () => Promise<void>): void;
  /** Asks for the orderly end, as a signal does. */
  requestStop(reason: string): void;
  /** A bug or a failed disk: says so and ends the process with code 1. */
  fatal(error: unknown): void;
}

/** Takes over signals and uncaught errors of `options.process`. Call once a process. */
export function installLifecycle(options: LifecycleOptions): Lifecycle {
  const { log, exit, nowMs } = options;
  let stop: (() => Promise<void>) | null = null;
  let requestedAtMs: number | null = null;

  const stopOrderly = async (run: () => Promise<void>): Promise<void> => {
    const deadline = setTimeout(() => {
      log.error('stopping took too long; the process ends now', { deadlineMs: STOP_DEADLINE_MS });
      exit(1);
    }, STOP_DEADLINE_MS);
    try {
      await run();
      exit(0);
    } catch (error) {
      log.error('stopping failed', { error });
      exit(1);
    } finally {
      clearTimeout(deadline);
    }
  };

  const requestStop = (reason: string): void => {
    if (requestedAtMs !== null) {
      if (nowMs() - requestedAtMs < SAME_REQUEST_MS) return;
      log.warn('asked to stop a second time; the process ends now', { reason });
      exit(1);
      return;
    }
    requestedAtMs = nowMs();
    log.info('stopping', { reason });
    if (stop === null) {
      exit(0);
      return;
    }
    void stopOrderly(stop);
  };

  const fatal = (error: unknown): void => {
    log.error('this is a bug or a failed device; the process ends', { error });
    exit(1);
  };

  for (const signal of STOP_SIGNALS) options.process.on(signal, () => requestStop(signal));
  options.process.on('message', (message) => {
    if (message === 'stop') requestStop('parent');
  });
  options.process.on('disconnect', () => requestStop('parent is gone'));
  options.process.on('uncaughtException', fatal);
  options.process.on('unhandledRejection', fatal);

  return {
    onStop: (run) => {
      stop = run;
    },
    requestStop,
    fatal,
  };
}
