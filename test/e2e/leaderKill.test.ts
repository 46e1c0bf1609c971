/** The leader is killed under a steady stream of jobs, again and again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median, ms, report } from '../support/figures.ts';
import { findFaults, JobLoad } from '../support/jobLoad.ts';
import { ProcessFarm, type ProcessNode } from '../support/processFarm.ts';
import { until } from '../support/until.ts';

const ROUNDS = 4;
const CLIENTS = 6;
const JOBS_BETWEEN_KILLS = 60;
/** What the project promises for the median on an idle machine. */
const FAIL_OVER_WANTED_MS = 2_000;
/** Asserted: a machine shared with other work may be several times slower. */
const FAIL_OVER_BOUND_MS = 10_000;

let farm: ProcessFarm;
beforeAll(async () => {
  farm = await ProcessFarm.start();
});
afterAll(() => farm.dispose());

/** Milliseconds from the kill to the first acknowledgement by another node of a job that was sent after the kill. */
async function killAndMeasure(leader: ProcessNode, load: JobLoad): Promise<number> {
  const killedAtMs = performance.now();
  leader.program.signal('SIGKILL');
  const first = await until('a job acknowledged elsewhere', () => load.firstTriedSince(killedAtMs));
  await leader.program.ended;
  return first.atMs - killedAtMs;
}

describe('killing the leader under load', () => {
  it('loses no acknowledged job, makes none twice, and the others go on', async () => {
    await JobLoad.prepare((await farm.leader()).httpUrl);
    const load = new JobLoad(farm.nodes, 'kill');
    load.start(CLIENTS);
    const failOversMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await load.more(JOBS_BETWEEN_KILLS);
      const leader = await farm.leader();
      failOversMs.push(await killAndMeasure(leader, load));
      await load.more(JOBS_BETWEEN_KILLS);
      await farm.restart(leader);
      await farm.whole();
    }
    await load.stop();

    const verdict = median(failOversMs) < FAIL_OVER_WANTED_MS ? 'as promised' : 'ABOVE WHAT IS PROMISED';
    report(
      'first write elsewhere after kill -9 of the leader',
      `median ${ms(median(failOversMs))} (${verdict}), all ${failOversMs.map(ms).join(', ')}; ` +
        `${load.acknowledged.size} jobs acknowledged, ${load.attempted.size} sent`,
    );
    expect(findFaults(await farm.dumps(), [load])).toEqual([]);
    expect(load.acknowledged.size).toBeGreaterThanOrEqual(2 * ROUNDS * JOBS_BETWEEN_KILLS);
    expect(Math.max(...failOversMs)).toBeLessThan(FAIL_OVER_BOUND_MS);
  });
});
