/** What may happen in one step of a seed: the work, and the faults. */
import type { Index, Message, NodeId } from '../../../../src/raft/index.ts';
import { noise } from './garbage.ts';
import type { Action } from './plan.ts';
import type { Actor, World } from './world.ts';

/** Names of proposals and reads, and what the clocks of leases have run apart. */
export interface Progress {
  count: number;
  readonly skew: Map<NodeId, number>;
}

type Deed = (world: World, actor: Actor, progress: Progress) => void;

function pick<T>(world: World, from: readonly T[]): T | undefined {
  return from[world.random.below(Math.max(1, from.length))];
}

function allIds(world: World): readonly NodeId[] {
  return [...world.disks.keys()];
}

function leaderOf(world: World): Actor | undefined {
  return pick(
    world,
    [...world.actors.values()].filter(({ status, frozen }) => status.role === 'leader' && !frozen),
  );
}

/** With leases all clocks go on together, each within its skew; without, one clock goes on. */
function tick(world: World, actor: Actor, progress: Progress): void {
  const { skewTicks } = world.plan;
  if (skewTicks === null) {
    world.act(actor, (core) => core.tick());
    return;
  }
  for (const each of [...world.actors.values()]) {
    if (each.frozen) continue;
    const before = progress.skew.get(each.id) ?? 0;
    const after = world.random.chance(0.1) ? world.random.below(skewTicks + 1) : before;
    progress.skew.set(each.id, after);
    for (let i = 0; i < 1 + after - before; i += 1) world.act(each, (core) => core.tick());
  }
}

function deliver(world: World): void {
  const { random, plan, wire } = world;
  for (let i = 0; i < 4 && wire.length > 0; i += 1) {
    const at = random.below(Math.min(wire.length, plan.reorder));
    if (random.chance(plan.loss)) wire.splice(at, 1);
    else world.deliver(at);
  }
}

function propose(world: World, actor: Actor, progress: Progress): void {
  progress.count += 1;
  const id = `p${progress.count}`;
  const data = new TextEncoder().encode(id);
  // The fate may come with the very call, so the oracle is told first.
  world.oracle.proposed(id, true);
  actor.proposals.add(id);
  const outcome = world.act(actor, (core) => core.propose(id, data));
  if (outcome.ok) return;
  actor.proposals.delete(id);
  world.oracle.proposed(id, false);
}

function read(world: World, actor: Actor, progress: Progress): void {
  progress.count += 1;
  const ctx = `r${progress.count}`;
  world.oracle.asked(ctx);
  actor.reads.add(ctx);
  const outcome = world.act(actor, (core) => core.readIndex(ctx));
  if (outcome.ok) return;
  actor.reads.delete(ctx);
  world.oracle.answered(ctx, null);
}

function cutMesh(world: World): void {
  for (const from of allIds(world)) {
    for (const to of allIds(world))
      if (from < to && world.random.chance(0.4)) world.cut.add(`${from}>${to}`).add(`${to}>${from}`);
  }
}

function change(world: World): void {
  const leader = leaderOf(world);
  // Nobody makes the cluster smaller while one of its disks is being repaired.
  if (leader === undefined || isRepairing(world)) return;
  const { membership, membershipIndex } = leader.status;
  const { random } = world;
  const outside = allIds(world).filter((id) => !membership.voters.includes(id));
  const some = (ids: readonly NodeId[], most: number): NodeId[] =>
    ids.filter(() => random.chance(most / ids.length));
  const spare = membership.voters.length - (world.plan.voters.length > 2 ? 3 : 2);
  const wanted = {
    addVoters: random.chance(0.6) ? some(outside, 1.5) : [],
    addLearners: random.chance(0.5) ? some(outside, 1) : [],
    remove: random.chance(0.5) && spare > 0 ? some(membership.voters, 1).slice(0, spare) : [],
    expectIndex: random.chance(0.9) ? membershipIndex : membershipIndex - 1,
  };
  world.act(leader, (core) => core.changeMembership(wanted));
}

function isRepairing(world: World): boolean {
  return [...world.disks.values()].some((disk) => disk.lost !== null);
}

/** At most one node at a time lacks records, and only where the others are a quorum of every half. */
function maySpare(world: World, id: NodeId): boolean {
  const known = [...world.actors.values()].map(({ status }) => status.membership);
  const enough = known.every(({ voters, outgoing }) =>
    [voters, outgoing].every((half) => half.length === 0 || half.length > 2 || !half.includes(id)),
  );
  // A node that is down may hold a smaller membership that nobody else knows.
  const allKnown = world.plan.weights.change === 0 || world.actors.size === world.disks.size;
  return enough && allKnown && !isRepairing(world);
}

function damage(world: World, { id }: Actor): void {
  if (!maySpare(world, id)) return;
  world.crash(id);
  const disk = world.disk(id);
  const first = disk.entries[0]?.index;
  if (first === undefined) {
    world.start(id);
    return;
  }
  const from = first + world.random.below(disk.lastIndex - first + 1);
  const until = world.random.chance(0.7) ? disk.lastIndex + 1 : Infinity;
  disk.lose(from);
  world.start(id, { kind: 'damaged', from, until });
}

function wipe(world: World, { id }: Actor): void {
  if (!maySpare(world, id) || !world.plan.voters.includes(id)) return;
  world.crash(id);
  world.disk(id).wipe();
  const until = pick(world, [1, Number.MAX_SAFE_INTEGER, Infinity]) ?? 1;
  world.start(id, { kind: 'damaged', from: 1, until });
}

function stream(world: World): void {
  const { random } = world;
  const [sent] = world.streams.splice(random.below(Math.max(1, world.streams.length)), 1);
  if (sent === undefined) return;
  const arrived = world.faultless || random.chance(0.7);
  const actor = world.actors.get(sent.from);
  if (arrived) {
    const message: Message = {
      t: 'snapshot',
      cluster: 'farm',
      from: sent.from,
      to: sent.to,
      term: sent.term,
      meta: sent.meta,
    };
    for (let i = world.faultless || random.chance(0.8) ? 1 : 2; i > 0; i -= 1) world.wire.push(message);
  }
  const ok = world.faultless || (random.chance(0.9) ? arrived : !arrived);
  if (actor !== undefined && !actor.frozen) world.act(actor, (core) => core.snapshotSent(sent.to, ok));
  else if (actor !== undefined) world.streams.push(sent);
}

export function thaw(world: World, actor: Actor): void {
  if (!actor.frozen) return;
  actor.frozen = false;
  world.act(actor, (core) => core.resumed());
  world.wire.push(...actor.inbox.splice(0));
}

function staleCopy(world: World): void {
  const [message] = world.stale.splice(world.random.below(Math.max(1, world.stale.length)), 1);
  if (message !== undefined) world.wire.push(message);
}

/** A random index that the node has applied and that its log still names. */
function compact(world: World, actor: Actor): void {
  const index: Index = actor.core.status().applied - (world.random.chance(0.5) ? 0 : world.random.below(5));
  if (index > actor.base) world.compact(actor, index);
}

/** Deeds that need a live node which is not frozen. */
export const deeds: Readonly<Record<Exclude<Action, 'restart' | 'thaw'>, Deed>> = {
  tick,
  deliver,
  sync: (world, actor) => world.sync(actor, 1 + world.random.below(4)),
  propose,
  read,
  crash: (world, actor) => world.crash(actor.id),
  cutOneWay: (world) =>
    void world.cut.add(`${pick(world, allIds(world)) ?? ''}>${pick(world, allIds(world)) ?? ''}`),
  cutMesh,
  heal: (world) => world.cut.clear(),
  compact,
  transfer: (world) => {
    const leader = leaderOf(world);
    const to = pick(world, allIds(world)) ?? '';
    if (leader !== undefined) world.act(leader, (core) => core.transfer(to));
  },
  unreachable: (world, actor) =>
    world.act(actor, (core) => core.unreachable(pick(world, allIds(world)) ?? '')),
  stall: (_world, actor) => void (actor.stalled = !actor.stalled),
  freeze: (_world, actor) => void (actor.frozen = true),
  change,
  damage,
  wipe,
  garbage: (world, actor) => {
    const message = world.wire[world.random.below(Math.max(1, world.wire.length))];
    if (message !== undefined) {
      const value = noise({ ...message, to: actor.id }, world.random);
      world.act(actor, (core) => core.step(value as Message));
    }
  },
  stale: staleCopy,
  stream,
  campaign: (world, actor) => void world.act(actor, (core) => core.campaign()),
  applyLate: (world, actor) => world.act(actor, (core) => core.applied(actor.applied)),
};
