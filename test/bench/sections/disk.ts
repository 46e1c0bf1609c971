/** How fast the disk itself is: 4 KiB appends, each with its fdatasync, one after the other. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Latencies } from '../load/latencies.ts';
import type { BenchContext } from './context.ts';

const APPEND_BYTES = 4096;

export interface DiskFigures {
  readonly syncsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function measureDisk(context: BenchContext): Promise<DiskFigures> {
  const file = await open(join(context.newDir('disk'), 'appends'), 'wx');
  const bytes = Buffer.alloc(APPEND_BYTES, 'd');
  const latencies = new Latencies();
  const startMs = performance.now();
  const endMs = startMs + context.flags.secondsPerRow * 1000;
  let nowMs = startMs;
  for (let position = 0; nowMs < endMs; position += APPEND_BYTES) {
    const beforeMs = nowMs;
    await file.write(bytes, 0, APPEND_BYTES, position);
    await file.datasync();
    nowMs = performance.now();
    latencies.add(nowMs - beforeMs);
  }
  await file.close();
  const { p50Ms, p99Ms } = latencies.ranks();
  return { syncsPerSecond: (latencies.count * 1000) / (nowMs - startMs), p50Ms, p99Ms };
}
