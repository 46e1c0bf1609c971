/** Clients inside the measured process: each does one thing at a time, over and over. */
import { Latencies } from '../load/latencies.ts';
import type { LayerResult } from './engine.ts';

export interface LoopTimes {
  readonly clientsCount: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** A failed act would come back at once; this bounds how often it is tried. */
const FAILURE_PAUSE_MS = 10;

export async function closedLoop(times: LoopTimes, act: () => Promise<boolean>): Promise<LayerResult> {
  const latencies = new Latencies();
  const fromMs = performance.now() + times.warmUpMs;
  const untilMs = fromMs + times.measuredMs;
  let failuresCount = 0;
  let otherCount = 0;
  const client = async (): Promise<void> => {
    let nowMs = performance.now();
    while (nowMs < untilMs) {
      const startedMs = nowMs;
      const ok = await act();
      nowMs = performance.now();
      if (!ok) {
        failuresCount += 1;
        await new Promise((resolve) => setTimeout(resolve, FAILURE_PAUSE_MS));
      } else if (nowMs >= fromMs && nowMs < untilMs) latencies.add(nowMs - startedMs);
      else otherCount += 1;
    }
  };
  await Promise.all(Array.from({ length: times.clientsCount }, client));
  return {
    perSecond: (latencies.count * 1000) / times.measuredMs,
    allCount: latencies.count + otherCount,
    failuresCount,
    ...latencies.ranks(),
  };
}
