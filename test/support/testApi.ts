/** The real HTTP server over a {@link SingleNodeCluster}, with a log that is kept and timers that a test fires. */
import type { WallMs } from '../../src/base/units.ts';
import { createLog } from '../../src/main/log.ts';
import type { HttpOptions } from '../../src/main/http/options.ts';
import { startHttpServer } from '../../src/main/http/server.ts';
import type { Timers } from '../../src/main/http/timers.ts';
import { createSingleNodeCluster, type SingleNodeCluster } from './singleNodeCluster.ts';

export const TEST_NOW_MS = Date.UTC(2026, 4, 4, 9) as WallMs;

/** Timers that stand still until told. */
export interface ManualTimers extends Timers {
  /** Fires every waiting timer of this delay or period once. Returns how many there were. */
  fire(ms: number): number;
}

export function createManualTimers(): ManualTimers {
  const waiting = new Set<{ readonly ms: number; readonly call: () => void; readonly isPeriodic: boolean }>();
  const add = (ms: number, call: () => void, isPeriodic: boolean): (() => void) => {
    const timer = { ms, call, isPeriodic };
    waiting.add(timer);
    return () => waiting.delete(timer);
  };
  return {
    after: (ms, call) => add(ms, call, false),
    every: (ms, call) => add(ms, call, true),
    fire(ms) {
      const due = [...waiting].filter((timer) => timer.ms === ms);
      for (const timer of due) {
        if (!timer.isPeriodic) waiting.delete(timer);
        timer.call();
      }
      return due.length;
    },
  };
}

export interface TestApi {
  readonly url: string;
  readonly cluster: SingleNodeCluster;
  readonly timers: ManualTimers;
  /** Lines that were logged. */
  readonly logLines: readonly string[];
  stop(): Promise<void>;
}

export async function startTestApi(
  change: Partial<HttpOptions> & { readonly cluster?: SingleNodeCluster } = {},
): Promise<TestApi> {
  const cluster = change.cluster ?? createSingleNodeCluster();
  const timers = createManualTimers();
  const logLines: string[] = [];
  const log = createLog({
    format: 'json',
    level: 'debug',
    write: (line) => logLines.push(line),
    now: () => new Date(TEST_NOW_MS),
  });
  const server = await startHttpServer({
    listen: { host: '127.0.0.1', port: 0 },
    rendererDir: null,
    log,
    createInvitation: (validForMs) =>
      Promise.resolve({
        kind: 'created',
        token: 'raft3d-test-token',
        expiresAtMs: (TEST_NOW_MS + validForMs) as WallMs,
      }),
    farmName: () => 'Test farm',
    now: () => TEST_NOW_MS,
    timers,
    ...change,
    cluster,
  });
  return { url: server.url, cluster, timers, logLines, stop: () => server.stop() };
}
