/**
 * Which PC may lose what it had acknowledged: one at a time, and only where the others are a quorum without it. More
 * would lose acknowledged work by right, whatever the program does.
 */
import type { FarmPc } from './farmPc.ts';
import type { World } from './world.ts';

export function mayLose(world: World, pc: FarmPc): boolean {
  if (pc.running === null || world.pcs.some(({ lossy }) => lossy)) return false;
  const leader = world.leader();
  if (leader === null) return false;
  const { membership } = leader.status;
  const inRaft = [...membership.voters, ...membership.learners];
  const { members } = leader.running.machine.state;
  const isSteady = inRaft.length === members.size && inRaft.every((id) => members.has(id));
  if (!isSteady || !members.has(pc.id)) return false;
  return world.seen().every(({ status }) => {
    const { voters, outgoing } = status.membership;
    return outgoing.length === 0 && voters.length > 2;
  });
}

/** Inverts one bit of one file of a PC that is off. */
export function flipBit(world: World, pc: FarmPc): void {
  const name = world.pick(pc.disk.names().filter((file) => pc.disk.contents(file).length > 0));
  if (name === null) return;
  const bit = world.random.below(pc.disk.contents(name).length * 8);
  world.journal.line(() => `${pc.name}: bit ${bit} of ${name} flips`);
  pc.disk.flipBit(name, bit);
}
