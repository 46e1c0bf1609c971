/** What goes wrong in a run, one thing after the other, of the kinds that the plan of the seed allows. */
import type { FarmPc } from './farmPc.ts';
import { mayLose, flipBit } from './lostRecords.ts';
import type { Fault } from './plan.ts';
import type { Roster } from './roster.ts';
import type { World } from './world.ts';

const DOWN_MS_MAX = 2_000;
const PAUSE_MS_MAX = 2_000;
const NETWORK_LATE_MS_MAX = 1_000;
const JUMP_MS_MAX = 10_000;
/** Several election timeouts: time for others to elect a leader, and to notice it when the link is back. */
const CUT_MS_MAX = 3_000;
const CLOG_MS_MAX = 1_000;
const SLOW_SYNC_MS_MAX = 200;
const STALL_MS_MAX = 2_000;
/** Fewer PCs than this are not left over by a removal. */
const PCS_MIN = 2;
const JOURNAL_FAULT = 6;

type Deed = (nemesis: Nemesis, pc: FarmPc) => void;

export class Nemesis {
  readonly world: World;
  readonly roster: Roster;

  constructor(world: World, roster: Roster) {
    this.world = world;
    this.roster = roster;
  }

  /** Begins; ends by itself when `world.faultsOver` is set. */
  start(): void {
    const { plan, scheduler, random } = this.world;
    if (plan.faults.length === 0) return;
    scheduler.after(random.below(2 * plan.faultGapMs), () => {
      if (this.world.faultsOver) return;
      const fault = this.world.pick(plan.faults);
      const pc = this.world.pick(this.world.pcs.filter(({ process }) => process !== null));
      if (fault !== null && pc !== null) this.#strike(fault, pc);
      this.start();
    });
  }

  #strike(fault: Fault, pc: FarmPc): void {
    this.world.journal.mix(JOURNAL_FAULT, fault.length, pc.name.length);
    this.world.journal.line(() => `FAULT ${fault} (${pc.name})`);
    DEEDS[fault](this, pc);
  }

  below(max: number): number {
    return 1 + this.world.random.below(max);
  }

  cutBothWays(isThere: (pc: FarmPc) => boolean, durationMs = this.below(CUT_MS_MAX)): void {
    const { pcs, net } = this.world;
    for (const from of pcs) {
      for (const to of pcs) if (isThere(from) !== isThere(to)) net.cut(from.id, to.id, durationMs);
    }
  }

  pause({ process }: FarmPc, durationMs = this.below(PAUSE_MS_MAX)): void {
    process?.freeze();
    this.world.scheduler.after(durationMs, () => process?.thaw());
  }

  crash(pc: FarmPc, power: boolean): void {
    pc.crash(power);
    pc.restartAfter(this.below(DOWN_MS_MAX));
  }

  /** The disk fails within the next calls; the program ends by it and is started again. */
  breakDisk(pc: FarmPc, how: () => void): void {
    pc.diskMayFail = true;
    how();
  }

  /** Stops in order, so that all that was acknowledged is proven durable, loses records, and starts again. */
  loseRecords(pc: FarmPc, lose: () => void): void {
    const { world } = this;
    if (!mayLose(world, pc) || pc.process?.frozen === true || pc.diskMayFail) return;
    pc.lossy = true;
    world.journal.watch(
      pc.stop().then(() => {
        if (pc.process !== null) return;
        pc.lossy = true;
        lose();
        pc.restartAfter(this.below(DOWN_MS_MAX));
      }),
    );
  }
}

const DEEDS: Readonly<Record<Fault, Deed>> = {
  partition: (nemesis) => {
    const { world } = nemesis;
    const side = new Set(world.pcs.filter(() => world.random.chance(0.5)));
    nemesis.cutBothWays((pc) => side.has(pc));
  },
  oneWay: (nemesis, pc) => {
    const { world } = nemesis;
    const other = world.pick(world.pcs);
    if (other !== null && other !== pc) world.net.cut(pc.id, other.id, nemesis.below(CUT_MS_MAX));
  },
  isolateLeader: (nemesis) => {
    const leader = nemesis.world.leader()?.pc;
    if (leader !== undefined) nemesis.cutBothWays((pc) => pc === leader);
  },
  clog: (nemesis, pc) => {
    const { world } = nemesis;
    for (const other of world.pcs) {
      if (world.random.chance(0.5)) world.net.clog(pc.id, other.id, nemesis.below(CLOG_MS_MAX));
    }
  },
  heal: ({ world }) => world.net.heal(),
  powerCut: (nemesis, pc) => nemesis.crash(pc, true),
  powerCutAtCall: (nemesis, pc) => nemesis.breakDisk(pc, () => pc.disk.crashAfter(nemesis.below(6) - 1)),
  kill: (nemesis, pc) => nemesis.crash(pc, false),
  killLeader: (nemesis) => {
    const leader = nemesis.world.leader()?.pc;
    if (leader !== undefined) nemesis.crash(leader, nemesis.world.random.chance(0.5));
  },
  stopOrderly: (nemesis, pc) => {
    if (pc.process?.frozen === true || pc.diskMayFail) return;
    nemesis.world.journal.watch(pc.stop().then(() => pc.restartAfter(nemesis.below(DOWN_MS_MAX))));
  },
  pause: (nemesis, pc) => nemesis.pause(pc),
  pauseLeader: (nemesis) => {
    const leader = nemesis.world.leader()?.pc;
    if (leader !== undefined) nemesis.pause(leader);
  },
  // A PC that wakes up before its network does still believes to lead, while another one has long been elected.
  leaderSleeps: (nemesis) => {
    const leader = nemesis.world.leader()?.pc;
    if (leader === undefined) return;
    const asleepMs = nemesis.below(PAUSE_MS_MAX);
    nemesis.pause(leader, asleepMs);
    nemesis.cutBothWays((pc) => pc === leader, asleepMs + nemesis.below(NETWORK_LATE_MS_MAX));
  },
  clockJump: (nemesis, pc) => pc.process?.advanceClock(nemesis.below(JUMP_MS_MAX)),
  slowDisk: (nemesis, pc) => {
    pc.slowSyncMs = pc.slowSyncMs > 0 ? 0 : nemesis.below(SLOW_SYNC_MS_MAX);
  },
  stallDisk: (nemesis, pc) => {
    pc.stalledUntilMs = nemesis.world.scheduler.nowMs + nemesis.below(STALL_MS_MAX);
  },
  diskFull: (nemesis, pc) => nemesis.breakDisk(pc, () => pc.disk.limitSpace(nemesis.below(4_000))),
  syncFails: (nemesis, pc) => nemesis.breakDisk(pc, () => pc.disk.failSyncs(true)),
  shortWrite: (nemesis, pc) => nemesis.breakDisk(pc, () => pc.disk.shortenNextWrite()),
  bitRot: (nemesis, pc) => nemesis.loseRecords(pc, () => flipBit(nemesis.world, pc)),
  wipe: (nemesis, pc) => nemesis.loseRecords(pc, () => pc.wipe()),
  transfer: ({ world }, pc) => {
    const outcome = world.leader()?.running.node.transfer(pc.id);
    world.journal.line(() => `transfer: ${JSON.stringify(outcome)}`);
  },
  compact: ({ world }, pc) => {
    const node = pc.running?.node;
    if (node !== undefined) world.journal.watch(node.compactNow());
  },
  removeMember: ({ world, roster }, pc) => {
    const members = world.newestFarm()?.members;
    if (members === undefined || members.size <= PCS_MIN || !members.has(pc.id)) return;
    world.journal.watch(roster.remove(pc));
  },
  addMember: ({ world, roster }) => {
    const members = world.newestFarm()?.members;
    const outside = world.pick(world.pcs.filter(({ id }) => members?.has(id) === false));
    if (outside !== null) world.journal.watch(roster.admit(outside));
  },
};
