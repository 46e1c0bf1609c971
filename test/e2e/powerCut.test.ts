/** All nodes lose power at the same moment, under load. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../support/figures.ts';
import { findFaults, JobLoad } from '../support/jobLoad.ts';
import { ProcessFarm } from '../support/processFarm.ts';

const ROUNDS = 2;
const CLIENTS = 9;
const JOBS_BEFORE_CUT = 120;

let farm: ProcessFarm;
beforeAll(async () => {
  farm = await ProcessFarm.start();
});
afterAll(() => farm.dispose());

describe('killing all nodes at once under load', () => {
  it('loses no acknowledged job once they are back, and they form the same farm by themselves', async () => {
    await JobLoad.prepare((await farm.leader()).httpUrl);
    const loads: JobLoad[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const load = new JobLoad(farm.nodes, `cut${round}`);
      loads.push(load);
      load.start(CLIENTS);
      await load.more(JOBS_BEFORE_CUT);
      // One loop without waiting in it: the three die within a millisecond.
      for (const node of farm.nodes) node.program.signal('SIGKILL');
      await Promise.all(farm.nodes.map((node) => node.program.ended));
      await load.stop();
      await Promise.all(farm.nodes.map((node) => farm.restart(node)));
      await farm.whole();
      expect(findFaults(await farm.dumps(), loads)).toEqual([]);
    }
    const sent = loads.reduce((sum, load) => sum + load.attempted.size, 0);
    const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged.size, 0);
    report(
      'power cuts',
      `${ROUNDS} cuts, ${acknowledged} of ${sent} sent jobs were acknowledged, all are there`,
    );
    const last = new JobLoad(farm.nodes, 'after');
    last.start(CLIENTS);
    await last.more(JOBS_BEFORE_CUT);
    await last.stop();
    expect(findFaults(await farm.dumps(), [...loads, last])).toEqual([]);
  });
});
