/** Runs one seed: faults, then quiet, then everybody must agree within a bounded number of ticks. */
import { createRandom } from '../../../../src/base/random.ts';
import { deeds, thaw, type Progress } from './actions.ts';
import { ACTIONS, drawPlan, type Action, type Plan } from './plan.ts';
import { World, type Actor } from './world.ts';

/** Faultless ticks in which all must agree again: a dozen election timeouts. */
const QUIET_TICKS = 250;
const PASSES_MAX = 300;

export interface SeedResult {
  /** Calls into the cores. */
  readonly events: number;
  /** All states at the end, as one text: equal for equal seeds. */
  readonly digest: string;
}

/** Throws when an invariant breaks; the same seed always does the same. */
export function runSeed(seed: number, steps: number): SeedResult {
  const random = createRandom(seed);
  const plan = drawPlan(random, steps);
  const world = new World(plan, random);
  const progress: Progress = { count: 0, skew: new Map() };
  const table = tableOf(plan);
  for (let step = 0; step < plan.steps; step += 1) {
    act(world, progress, table[random.below(table.length)] ?? 'tick');
  }
  settle(world, progress);
  const digests = [...world.actors.values()].map(({ core }) => core.digest());
  return { events: world.events, digest: digests.join('\n') };
}

/** Each action as often as its weight says. */
function tableOf(plan: Plan): readonly Action[] {
  return ACTIONS.flatMap((action) => Array.from({ length: plan.weights[action] }, () => action));
}

function act(world: World, progress: Progress, action: Action): void {
  const ids = [...world.disks.keys()];
  const id = ids[world.random.below(ids.length)] ?? 'a';
  const actor = world.actors.get(id);
  if (action === 'restart') {
    if (actor === undefined) world.start(id, integrityOf(world, id));
  } else if (action === 'thaw') {
    if (actor !== undefined) thaw(world, actor);
  } else if (actor !== undefined && !actor.frozen) deeds[action](world, actor, progress);
}

/** A node that lost records and crashed again before it had them back still lacks them. */
function integrityOf(
  world: World,
  id: string,
): { readonly kind: 'damaged'; readonly from: number; readonly until: number } | undefined {
  const { lost, lastIndex } = world.disk(id);
  return lost === null ? undefined : { kind: 'damaged', from: lastIndex + 1, until: Infinity };
}

function settle(world: World, progress: Progress): void {
  world.faultless = true;
  world.cut.clear();
  world.stale = [];
  for (const id of world.disks.keys()) {
    const actor = world.actors.get(id);
    if (actor === undefined) world.start(id, integrityOf(world, id));
    else {
      actor.stalled = false;
      thaw(world, actor);
      world.sync(actor, actor.unsynced.length);
    }
  }
  quiet(world, progress, 'after the faults');
  const leader = leaderOf(world);
  if (leader !== undefined) deeds.propose(world, leader, progress);
  quiet(world, progress, 'after one more proposal');
  world.oracle.allAnswered();
}

/** Lets time pass until all agree. */
function quiet(world: World, progress: Progress, when: string): void {
  for (let ticks = 0; ticks < QUIET_TICKS; ticks += 1) {
    for (const actor of [...world.actors.values()]) {
      world.act(actor, (core) => core.tick());
      world.act(actor, (core) => core.applied(actor.applied));
    }
    for (let pass = 0; world.wire.length > 0 || world.streams.length > 0; pass += 1) {
      if (pass > PASSES_MAX) throw new Error('messages never end');
      for (let left = world.wire.length; left > 0; left -= 1) world.deliver(0);
      const [actor] = world.actors.values();
      if (actor !== undefined && world.streams.length > 0) deeds.stream(world, actor, progress);
    }
    if (disagreement(world) === null) return;
  }
  throw new Error(`${disagreement(world) ?? ''} ${when}`);
}

function leaderOf(world: World): Actor | undefined {
  const leaders = [...world.actors.values()].filter(({ status }) => status.role === 'leader');
  return leaders.sort((a, b) => b.status.term - a.status.term)[0];
}

/** What is still missing, in words; null when all members agree and nobody waits for an answer. */
function disagreement(world: World): string | null {
  const leader = leaderOf(world)?.core.status();
  if (leader === undefined) {
    return `no leader: ${JSON.stringify([...world.actors.values()].map(({ core }) => core.status()))}`;
  }
  const { commit, applied, lastIndex, term, membership } = leader;
  if (applied !== commit || commit !== lastIndex) return `leader ${leader.id} is not done`;
  for (const id of [...membership.voters, ...membership.learners]) {
    const status = world.actors.get(id)?.core.status();
    const same = status?.commit === commit && status.applied === applied && status.lastIndex === lastIndex;
    if (!same || status.term !== term || status.role === 'recovering') {
      return `${id} has not caught up with ${commit} in term ${term}: ${JSON.stringify(status)}`;
    }
  }
  const waiting = [...world.actors.values()].find(({ reads, proposals }) => reads.size + proposals.size > 0);
  return waiting === undefined ? null : `${waiting.id} owes an answer`;
}
