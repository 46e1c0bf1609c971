/** After the last fault: within a bounded time every PC works again, all farms are alike, and nothing acknowledged is gone. */
import { digestFarm } from '../../src/farm/digest.ts';
import { planMembership } from '../../src/main/cluster/voters.ts';
import type { Clients } from './clients.ts';
import type { FarmPc } from './farmPc.ts';
import { QUIET_LINK, type World } from './world.ts';

/** Virtual time from the end of the faults until everything must be well. */
const HEALING_MS_MAX = 30_000;
const LOOK_MS = 100;
/** Clients go on for a while on the healed farm. */
const CLIENTS_STAY_MS = 500;

/** Ends all faults, and resolves when the farm is well. Notes a violation when that takes too long. */
export async function awaitHealing(world: World, clients: Clients): Promise<void> {
  const { scheduler, journal } = world;
  endFaults(world);
  const endMs = scheduler.nowMs + HEALING_MS_MAX;
  await scheduler.sleep(CLIENTS_STAY_MS);
  clients.stop();
  const written = new Set<string>();
  const writing = new Set<string>();
  for (;;) {
    const ailment = ailmentOf(world, clients, written);
    if (ailment === null) break;
    if (scheduler.nowMs > endMs) {
      journal.violate(`not healed ${HEALING_MS_MAX} ms after the last fault: ${ailment}`);
      return;
    }
    journal.line(() => `not healed: ${ailment}`);
    for (const pc of members(world)) {
      // One at a time: a farm that was tuned to be slow must not be kept from catching up.
      if (written.has(pc.id) || writing.has(pc.id)) continue;
      writing.add(pc.id);
      journal.watch(write(clients, pc, written).finally(() => writing.delete(pc.id)));
    }
    await scheduler.sleep(LOOK_MS);
  }
  const reader = world.pick(members(world));
  if (reader !== null) await clients.readAll(reader);
}

function endFaults(world: World): void {
  world.journal.line(() => 'the faults are over');
  world.faultsOver = true;
  world.net.heal();
  world.net.setPlan(QUIET_LINK);
  for (const pc of world.pcs) {
    pc.process?.thaw();
    pc.slowSyncMs = 0;
    pc.stalledUntilMs = 0;
    pc.disk.limitSpace(null);
    pc.disk.failSyncs(false);
    if (pc.process === null && pc.logStarted) pc.restartAfter(0);
  }
}

function members(world: World): readonly FarmPc[] {
  const farm = world.newestFarm();
  return world.pcs.filter(({ id }) => farm?.members.has(id) === true);
}

async function write(clients: Clients, pc: FarmPc, written: Set<string>): Promise<void> {
  const id = `healed-${pc.name}`;
  const facts = { id, company: 'Prusa', model: 'MK4', name: id };
  const result = await clients.propose(pc, (atMs) => ({ kind: 'addPrinter', ...facts, atMs }));
  if (result.kind === 'applied' && result.outcome.ok) written.add(pc.id);
}

/** What is not well, in words; null when all is. */
function ailmentOf(world: World, clients: Clients, written: ReadonlySet<string>): string | null {
  const leader = world.leader();
  if (leader === null) return 'there is no leader';
  const farm = leader.running.machine.state;
  const change = planMembership(leader.status, farm);
  if (change !== null) return `the membership is to change: ${JSON.stringify(change)}`;
  if (leader.status.membership.outgoing.length > 0) return 'the joint membership is not left';
  const digest = digestFarm(farm);
  for (const pc of members(world)) {
    const { running } = pc;
    if (running === null) {
      // Let in while something was wrong, so nobody has started it so far.
      pc.start(!pc.logStarted);
      return `${pc.name} is off`;
    }
    const { role, applied, lastIndex } = running.node.status();
    if (role === 'recovering' || role === 'removed' || role === 'failed') return `${pc.name} is ${role}`;
    if (!written.has(pc.id)) return `no write succeeded at ${pc.name}`;
    if (applied !== leader.status.lastIndex || lastIndex !== applied) {
      return `${pc.name} has applied ${applied} of ${leader.status.lastIndex}`;
    }
    if (digestFarm(running.machine.state) !== digest) {
      world.journal.violate(`${pc.name} has another farm than the leader at index ${applied}`);
    }
  }
  return clients.isIdle ? null : 'clients still wait';
}
