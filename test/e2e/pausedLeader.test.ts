/** The leader stands still for seconds, as a PC does whose disk or memory is stuck, and then goes on as if nothing were. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ms, report } from '../support/figures.ts';
import { JobHistory } from '../support/jobHistory.ts';
import { jobModel } from '../support/jobModel.ts';
import { checkLinearizable } from '../support/linearizability.ts';
import { postStatus } from '../support/nodeCalls.ts';
import { ProcessFarm } from '../support/processFarm.ts';
import { untilTrue } from '../support/until.ts';

const PAUSE_MS = 3_000;
const CLIENTS_PER_NODE = 3;
const OPERATIONS_BEFORE = 150;
const OPERATIONS_AFTER = 150;
const SEED = 20_261_123;

let farm: ProcessFarm;
beforeAll(async () => {
  farm = await ProcessFarm.start();
});
afterAll(() => farm.dispose());

async function startHistory(): Promise<JobHistory> {
  const { httpUrl } = await farm.leader();
  const printer = { id: 'p1', company: 'Prusa', model: 'MK4' };
  const spool = { id: 'f1', type: 'PLA', color: 'Red', total_weight_in_grams: 100_000 };
  expect(await postStatus(httpUrl, '/printers', printer)).toBe(201);
  expect(await postStatus(httpUrl, '/filaments', spool)).toBe(201);
  const history = new JobHistory({
    printer_id: printer.id,
    filament_id: spool.id,
    filepath: '/prints/paused.gcode',
    print_weight_in_grams: 1,
  });
  history.start(farm.nodes, CLIENTS_PER_NODE, SEED);
  return history;
}

async function moreOperations(history: JobHistory, count: number): Promise<void> {
  const wanted = history.operations.length + count;
  await untilTrue(`${count} more operations`, () => history.operations.length >= wanted);
}

describe('stopping the leader for three seconds under load', () => {
  it('leaves a history that one machine could have given, at all three nodes', async () => {
    const history = await startHistory();
    await moreOperations(history, OPERATIONS_BEFORE);
    const paused = await farm.leader();
    const others = farm.nodes.filter((node) => node !== paused);

    const pausedAtMs = performance.now();
    paused.program.signal('SIGSTOP');
    const next = await farm.leader(others);
    const electedMs = performance.now() - pausedAtMs;
    await untilTrue('the pause is over', () => performance.now() - pausedAtMs >= PAUSE_MS);
    paused.program.signal('SIGCONT');

    await farm.whole();
    await moreOperations(history, OPERATIONS_AFTER);
    await history.stop();
    for (const node of farm.nodes) await history.readAll(node);

    const { operations } = history;
    const unknown = operations.filter(({ outcome }) => outcome.kind === 'unknown').length;
    const across = operations.filter(
      ({ startMs, outcome }) =>
        startMs < pausedAtMs + PAUSE_MS &&
        outcome.kind === 'returned' &&
        outcome.endMs > pausedAtMs + PAUSE_MS,
    ).length;
    report(
      'paused leader',
      `${next.name} seen to lead after ${ms(electedMs)}; ${operations.length} operations, ${unknown} of unknown ` +
        `outcome, ${across} answered across the end of the pause`,
    );
    expect(next).not.toBe(paused);
    expect(history.unexpected).toEqual([]);
    expect(checkLinearizable(jobModel, operations)).toEqual({ kind: 'linearizable' });
    // Nothing was proved if no call was under way at the paused node when it woke.
    expect(across).toBeGreaterThan(0);
  });
});
