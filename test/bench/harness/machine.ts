/** What the figures were measured on; without it they mean nothing. */
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly coresCount: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Runnable processes over the minute before: above 0.3 somebody else is working too. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    coresCount: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore: loadavg()[0] ?? Number.NaN,
  };
}
