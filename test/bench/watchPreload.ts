/**
 * A preload for measured nodes (`node --import watch.js headless.js …`): counts syncs and watches the event loop from
 * inside, and answers the word `bench-watch` on the process's channel with what it saw since it was asked last.
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Watched {
  /** fdatasync and fsync calls. */
  readonly syncsCount: number;
  /** How late a timer of {@link RESOLUTION_MS} was, in milliseconds. */
  readonly turnP50Ms: number;
  readonly turnP99Ms: number;
  readonly turnMaxMs: number;
  readonly cpuMs: number;
}

/** The histogram holds the distance of two firings, so this much is taken off. */
const RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

let syncsCount = 0;

/** Counts the calls of `names` on `target`; what they do stays. */
function count(target: object, names: readonly string[]): void {
  const methods = target as Record<string, unknown>;
  for (const name of names) {
    const original = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function counted(this: unknown, ...args: unknown[]): unknown {
      syncsCount += 1;
      return original.apply(this, args);
    };
  }
}

const handle = await open(process.execPath, 'r');
count(Object.getPrototypeOf(handle) as object, ['sync', 'datasync']);
await handle.close();
count(fs, ['fsync', 'fdatasync', 'fsyncSync', 'fdatasyncSync']);
syncBuiltinESMExports();

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();
let cpuBefore = process.cpuUsage();

const lateMs = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);

process.on('message', (message) => {
  if (message !== 'bench-watch') return;
  const { user, system } = process.cpuUsage(cpuBefore);
  const watched: Watched = {
    syncsCount,
    turnP50Ms: lateMs(delays.percentile(50)),
    turnP99Ms: lateMs(delays.percentile(99)),
    turnMaxMs: lateMs(delays.max),
    cpuMs: (user + system) / 1000,
  };
  syncsCount = 0;
  cpuBefore = process.cpuUsage();
  delays.reset();
  process.send?.(watched);
});
