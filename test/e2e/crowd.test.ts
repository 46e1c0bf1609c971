/** More than a hundred clients at every node, reading and writing at once: the seed's process dies of two. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CROWD_PRINTER, CROWD_SPOOL, runCrowd } from '../support/crowd.ts';
import { ms, report } from '../support/figures.ts';
import { createCaller, postStatus } from '../support/nodeCalls.ts';
import { ProcessFarm, type ProcessNode } from '../support/processFarm.ts';

const READERS = 60;
const WRITERS = 60;
/** A minute by hand (`RAFT3D_CROWD_SECONDS=60`), less in the everyday run. */
const DURATION_MS = 1000 * Number(process.env['RAFT3D_CROWD_SECONDS'] ?? 15);
/** Far above what a node needs for this farm (about 150 MB), far below what a leak would take. */
const RSS_BYTES_MAX = 600 * 1_048_576;
const SAMPLE_PERIOD_MS = 1_000;
/** What may be answered: good, the farm's own refusals of a repeated step, and "not right now". */
const ALLOWED = ['200', '201', '409', '503'];

let farm: ProcessFarm;
beforeAll(async () => {
  farm = await ProcessFarm.start();
});
afterAll(() => farm.dispose());

/** Samples each node's memory until `stop`; gives the highest of each. */
function watchMemory(nodes: readonly ProcessNode[]): { stop(): readonly number[] } {
  const highest = nodes.map(() => 0);
  const caller = createCaller();
  const timer = setInterval(() => {
    for (const [index, node] of nodes.entries()) {
      void caller.call(node.httpUrl, '/metrics').then((result) => {
        const text = result.kind === 'answer' ? result.text : '';
        const bytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1] ?? 0);
        highest[index] = Math.max(highest[index] ?? 0, bytes);
      });
    }
  }, SAMPLE_PERIOD_MS);
  return {
    stop() {
      clearInterval(timer);
      caller.close();
      return highest;
    },
  };
}

describe('a crowd of readers and writers at every node', () => {
  it(
    'gets answers, never a failure of ours, and every node stays up and small',
    async () => {
      const { httpUrl } = await farm.leader();
      expect(await postStatus(httpUrl, '/printers', CROWD_PRINTER)).toBe(201);
      expect(await postStatus(httpUrl, '/filaments', CROWD_SPOOL)).toBe(201);
      const pids = farm.nodes.map((node) => node.program.pid);
      const memory = watchMemory(farm.nodes);
      const figures = await runCrowd(farm.nodes, { readers: READERS, writers: WRITERS }, DURATION_MS);
      const rssBytes = memory.stop();

      const outcomes = [...figures.outcomes].map(([word, count]) => `${word}: ${count}`).join(', ');
      report(
        `crowd of ${READERS} readers and ${WRITERS} writers at each of 3 nodes, ${DURATION_MS / 1000} s`,
        `${figures.reads} reads, ${figures.writes} writes (${outcomes}), slowest ${ms(figures.slowestMs)}, ` +
          `memory at most ${rssBytes.map((bytes) => `${Math.round(bytes / 1_048_576)} MB`).join(', ')}`,
      );
      expect([...figures.outcomes.keys()].filter((word) => !ALLOWED.includes(word))).toEqual([]);
      expect(figures.outcomes.get('201')).toBeGreaterThan(0);
      expect(farm.running.map((node) => node.program.pid)).toEqual(pids);
      for (const bytes of rssBytes) expect(bytes).toBeLessThan(RSS_BYTES_MAX);
      expect(Math.min(...rssBytes)).toBeGreaterThan(0);

      await farm.whole();
      const [first, ...others] = await farm.dumps();
      for (const other of others) expect(other).toEqual(first);
      const jobs = Object.values(first!.printjobs);
      const done = jobs.filter((job) => job.status === 'done').length;
      const active = jobs.filter((job) => job.status === 'queued' || job.status === 'running').length;
      expect(first!.filaments[CROWD_SPOOL.id]).toMatchObject({
        remaining_weight_in_grams: CROWD_SPOOL.total_weight_in_grams - done,
        reserved_weight_in_grams: active,
      });
    },
    DURATION_MS + 60_000,
  );
});
