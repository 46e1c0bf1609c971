/** One whole run from one seed: the farm is founded, works while things go wrong, and must heal when they stop. */
import { createRandom } from '../../src/base/random.ts';
import { checkLinearizable } from '../support/linearizability.ts';
import { Clients } from './clients.ts';
import { awaitHealing } from './healing.ts';
import { Nemesis } from './nemesis.ts';
import { drawPlan, type Plan } from './plan.ts';
import { Roster } from './roster.ts';
import { spoolModel } from './spoolModel.ts';
import { World } from './world.ts';

/** Far longer than any run takes in virtual time. */
const RUN_MS_MAX = 300_000;

export interface SimulationResult {
  readonly seed: number;
  /** The first rule that did not hold, null when all did. */
  readonly violation: string | null;
  /** Two runs of one seed have the same. */
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly committedEntries: number;
  readonly acknowledged: number;
  readonly operations: number;
  /** Histories that took the checker too long; counted, not judged. */
  readonly undecided: number;
  readonly plan: Plan;
}

export interface SimulationOptions {
  /** Takes the readable trace, line by line. */
  readonly print?: (line: string) => void;
}

/** Runs `seed`. Never rejects: whatever goes wrong is the result's `violation`. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  const plan = drawPlan(createRandom(seed));
  const world = new World(plan, seed, options.print ?? null);
  world.journal.line(() => `seed ${seed}: ${JSON.stringify(plan)}`);
  const clients = new Clients(world);
  const progress = { isOver: false };
  world.journal.watch(
    live(world, clients).then(() => {
      progress.isOver = true;
    }),
  );
  await world.scheduler.run(RUN_MS_MAX, () => progress.isOver || world.journal.violation !== null);
  if (!progress.isOver) world.journal.violate('the run did not come to its end');
  const verdict = checkLinearizable(spoolModel, clients.operations);
  if (verdict.kind === 'violation') {
    world.journal.violate(`no order explains ${verdict.key}: ${JSON.stringify(verdict.operations)}`);
  }
  return {
    seed,
    violation: world.journal.violation,
    hash: world.journal.hash,
    events: world.scheduler.eventsDone,
    virtualMs: world.scheduler.nowMs,
    committedEntries: world.checker.chosenIndex,
    acknowledged: world.attempts.acknowledged,
    operations: clients.operations.length,
    undecided: verdict.kind === 'undecided' ? 1 : 0,
    plan,
  };
}

async function live(world: World, clients: Clients): Promise<void> {
  const { plan, scheduler, net } = world;
  const roster = new Roster(world, clients);
  await roster.found();
  clients.start(plan.clients);
  net.setPlan(plan.link);
  new Nemesis(world, roster).start();
  await scheduler.sleep(plan.faultsMs);
  await awaitHealing(world, clients);
}
