/** Everything that one run consists of, and the few questions that more than one part asks about all of it. */
import { createRandom, type Random } from '../../src/base/random.ts';
import type { FarmState } from '../../src/farm/state.ts';
import type { Status } from '../../src/raft/index.ts';
import { Attempts } from './attempts.ts';
import { Checker } from './checker.ts';
import { FarmPc, type Running } from './farmPc.ts';
import { Journal } from './journal.ts';
import type { LinkPlan, Plan } from './plan.ts';
import { Scheduler } from './scheduler.ts';
import { SimNet } from './simNet.ts';

/** How links are while nothing is wrong. */
export const QUIET_LINK: LinkPlan = {
  latencyMs: 0.3,
  jitterMs: 0.2,
  lossChance: 0,
  duplicateChance: 0,
  duplicateLateMs: 0,
  reorderChance: 0,
  breakChance: 0,
};

/** A node that runs, with its status at one moment. */
export interface Seen {
  readonly pc: FarmPc;
  readonly running: Running;
  readonly status: Status;
}

export class World {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly journal: Journal;
  readonly plan: Plan;
  readonly net: SimNet;
  readonly attempts: Attempts;
  readonly checker: Checker;
  readonly pcs: readonly FarmPc[];
  /** From now on nothing goes wrong any more. */
  faultsOver = false;

  constructor(plan: Plan, seed: number, print: ((line: string) => void) | null) {
    this.plan = plan;
    this.random = createRandom(seed);
    this.journal = new Journal(() => this.scheduler.nowMs, print);
    this.attempts = new Attempts(this.journal);
    this.checker = new Checker(this.journal, (entry) => this.attempts.committed(entry));
    const parts = {
      scheduler: this.scheduler,
      random: createRandom(this.random.u32()),
      journal: this.journal,
    };
    this.net = new SimNet(parts, QUIET_LINK, (pc, message) => this.checker.leaves(pc, message));
    this.pcs = Array.from({ length: plan.allPcs }, (_, number) => new FarmPc(this, number + 1));
  }

  pick<T>(from: readonly T[]): T | null {
    return from.length === 0 ? null : (from[this.random.below(from.length)] ?? null);
  }

  /** All nodes whose program runs. */
  seen(): readonly Seen[] {
    return this.pcs.flatMap((pc) =>
      pc.running === null ? [] : [{ pc, running: pc.running, status: pc.running.node.status() }],
    );
  }

  /**
   * Any PC that runs, frozen or not, as clients choose it. More often one that believes to lead: whether its answers
   * are sound is the hardest question when it does not lead any more.
   */
  somePc(): FarmPc | null {
    const leaders = this.random.chance(0.3)
      ? this.seen().filter(({ status }) => status.role === 'leader')
      : [];
    const leader = this.pick(leaders);
    if (leader !== null) return leader.pc;
    return this.pick(this.pcs.filter(({ running }) => running !== null));
  }

  /** The leader of the greatest term. */
  leader(): Seen | null {
    const leaders = this.seen().filter(({ status }) => status.role === 'leader');
    return leaders.sort((a, b) => b.status.term - a.status.term)[0] ?? null;
  }

  /** The farm of whoever applied most. */
  newestFarm(): FarmState | null {
    const newest = [...this.seen()].sort(
      (a, b) => b.running.node.appliedIndex - a.running.node.appliedIndex,
    )[0];
    return newest?.running.machine.state ?? null;
  }
}
