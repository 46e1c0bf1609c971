/**
 * What one seed does: the size of the farm, its tuning, and which faults happen how often. Each seed leaves some faults
 * out (swarm testing, Groce et al. 2012): a fault that is always there hides what happens without it.
 */
import type { Random } from '../../src/base/random.ts';
import { lanTuning } from '../../src/main/raftTuning.ts';
import type { RaftTuning } from '../../src/raft/node/raftNode.ts';

/** What the nemesis may do, one at a time. */
export const FAULTS = [
  'partition',
  'oneWay',
  'isolateLeader',
  'clog',
  'heal',
  'powerCut',
  'powerCutAtCall',
  'kill',
  'killLeader',
  'stopOrderly',
  'pause',
  'pauseLeader',
  'leaderSleeps',
  'clockJump',
  'slowDisk',
  'stallDisk',
  'diskFull',
  'syncFails',
  'shortWrite',
  'bitRot',
  'wipe',
  'transfer',
  'compact',
  'removeMember',
  'addMember',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface LinkPlan {
  /** The least time of a message, and what is added at random. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly lossChance: number;
  readonly duplicateChance: number;
  /** A duplicate comes up to so much later. */
  readonly duplicateLateMs: number;
  /** Chance that a message overtakes those before it. */
  readonly reorderChance: number;
  /** Chance that a snapshot's transfer breaks, at each piece. */
  readonly breakChance: number;
}

export interface Plan {
  /** PCs of the farm at the start, and in all. */
  readonly startPcs: number;
  readonly allPcs: number;
  readonly tuning: RaftTuning;
  readonly segmentBytes: number;
  readonly link: LinkPlan;
  readonly syncMs: number;
  /** Clocks run this much fast or slow at most (0.05 = 5 %). */
  readonly clockDrift: number;
  /** What applying one command costs on the node's clock. */
  readonly applyMs: number;
  readonly faults: readonly Fault[];
  readonly faultGapMs: number;
  /** A restarted PC loses power again while it recovers, with this chance. */
  readonly secondCrashChance: number;
  readonly clients: number;
  readonly thinkMs: number;
  readonly faultsMs: number;
}

/** Clocks of 10 % apart and late timers move two nodes by this much in an election timeout at most. */
const LEASE_DRIFT_TICKS = 7;
/** Leases hold only while clocks run; that is why they are off by default. */
const NOT_WITH_LEASES: readonly Fault[] = ['pause', 'pauseLeader', 'leaderSleeps', 'clockJump'];

function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[random.below(values.length)] ?? values[0];
}

function planLink(random: Random): LinkPlan {
  return {
    latencyMs: pick(random, [0.2, 0.2, 1, 5]),
    jitterMs: pick(random, [0.2, 2, 20]),
    lossChance: pick(random, [0, 0, 0.01, 0.1, 0.3]),
    duplicateChance: pick(random, [0, 0, 0.02, 0.2]),
    duplicateLateMs: pick(random, [10, 500, 3_000]),
    reorderChance: pick(random, [0, 0, 0.05, 0.5]),
    breakChance: pick(random, [0, 0.02, 0.2]),
  };
}

function planTuning(random: Random, leases: boolean): RaftTuning {
  const small = random.chance(0.4);
  return {
    ...lanTuning,
    core: {
      ...lanTuning.core,
      leaseReads: leases ? { maxDriftTicks: LEASE_DRIFT_TICKS } : false,
      maxAppendBytes: small ? pick(random, [0, 300, 2_000]) : lanTuning.core.maxAppendBytes,
      maxInflight: small ? pick(random, [1, 2, 8]) : lanTuning.core.maxInflight,
      maxUncommittedBytes: small ? pick(random, [500, 5_000]) : lanTuning.core.maxUncommittedBytes,
      maxApplyBytes: small ? pick(random, [1, 500, 4_000]) : lanTuning.core.maxApplyBytes,
    },
    entriesPerSnapshot: pick(random, [10, 50, 50, 200, 20_000]),
  };
}

/** `random` is used for nothing else, so that a change of the plan does not change the rest. */
export function drawPlan(random: Random): Plan {
  const startPcs = 3 + random.below(3);
  const calm = random.chance(0.05);
  const leases = random.chance(0.15);
  const faults = FAULTS.filter((fault) => random.chance(0.4) && !(leases && NOT_WITH_LEASES.includes(fault)));
  return {
    startPcs,
    allPcs: Math.min(7, startPcs + random.below(3)),
    tuning: planTuning(random, leases),
    segmentBytes: pick(random, [2_000, 16_000, 64_000]),
    link: planLink(random),
    syncMs: pick(random, [0.2, 1, 5, 30]),
    clockDrift: pick(random, [0, 0.01, 0.1]),
    applyMs: leases ? 0 : pick(random, [0, 0, 0.1, 2]),
    faults: calm ? [] : faults,
    faultGapMs: pick(random, [100, 400, 1_500]),
    secondCrashChance: pick(random, [0, 0.2, 0.6]),
    clients: 2 + random.below(6),
    thinkMs: pick(random, [5, 30, 100]),
    faultsMs: 4_000 + random.below(8_000),
  };
}
