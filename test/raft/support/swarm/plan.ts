/** What one seed does: which options the cores get, which faults happen and how often. A swarm mixes them anew for each. */
import type { Random } from '../../../../src/base/random.ts';
import type { NodeId, Options } from '../../../../src/raft/index.ts';

/** Everything that may happen in a step; the numbers in a plan are weights. */
export const ACTIONS = [
  'tick',
  'deliver',
  'sync',
  'propose',
  'read',
  'crash',
  'restart',
  'cutOneWay',
  'cutMesh',
  'heal',
  'compact',
  'transfer',
  'unreachable',
  'stall',
  'freeze',
  'thaw',
  'change',
  'damage',
  'wipe',
  'garbage',
  'stale',
  'stream',
  'campaign',
  'applyLate',
] as const;
export type Action = (typeof ACTIONS)[number];

export interface Plan {
  readonly voters: readonly NodeId[];
  /** Started without a bootstrap: they know nobody until they are added. */
  readonly joiners: readonly NodeId[];
  readonly options: Partial<Options>;
  /** Nodes that never campaign by themselves: a minority. */
  readonly quiet: ReadonlySet<NodeId>;
  readonly weights: Readonly<Record<Action, number>>;
  /** With leases, clocks run alike but for this many ticks; without, each node ticks when it likes. */
  readonly skewTicks: number | null;
  readonly loss: number;
  readonly duplication: number;
  /** Messages overtake at most so many others. */
  readonly reorder: number;
  /** The chance that a write is synced at once. */
  readonly promptSync: number;
  readonly steps: number;
}

const NAMES: readonly NodeId[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const ELECTION_TICKS = 10;

/** Weights of the faults when a plan has them at all; what is not a fault is always there. */
const FAULTS: Readonly<Partial<Record<Action, number>>> = {
  crash: 12,
  cutOneWay: 10,
  cutMesh: 5,
  compact: 10,
  transfer: 6,
  unreachable: 6,
  stall: 8,
  freeze: 8,
  change: 12,
  damage: 5,
  wipe: 4,
  garbage: 10,
  stale: 20,
  campaign: 4,
  applyLate: 10,
};

export function drawPlan(random: Random, steps: number): Plan {
  const size = 1 + random.below(5);
  const voters = NAMES.slice(0, random.chance(0.8) ? Math.max(3, size) : size);
  const weights = Object.fromEntries(ACTIONS.map((action) => [action, 0])) as Record<Action, number>;
  for (const [action, weight] of Object.entries(FAULTS)) {
    if (random.chance(0.5)) weights[action as Action] = 1 + random.below(2 * weight);
  }
  Object.assign(weights, {
    tick: 250,
    deliver: 400,
    sync: 120,
    propose: 40,
    read: 20,
    restart: 15,
    heal: 12,
    thaw: 15,
  });
  weights.stream = 40;
  const quiet = new Set(random.chance(0.2) && voters.length > 2 ? voters.slice(0, 1) : []);
  // One without records and one that never campaigns can leave nobody who may win.
  if (quiet.size > 0) Object.assign(weights, { damage: 0, wipe: 0 });
  const lease = random.chance(0.3);
  const maxDriftTicks = 2;
  return {
    voters,
    joiners: NAMES.slice(voters.length, voters.length + 2),
    quiet,
    weights,
    skewTicks: lease ? maxDriftTicks / 2 : null,
    loss: random.chance(0.6) ? random.below(31) / 100 : 0,
    duplication: random.chance(0.6) ? random.below(31) / 100 : 0,
    reorder: random.chance(0.3) ? 1 : 1 + random.below(30),
    promptSync: random.chance(0.3) ? 1 : random.below(100) / 100,
    steps,
    options: {
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: 1 + random.below(4),
      // Without pre-vote a removed node that has not heard of it disturbs for ever (thesis §4.2.3).
      preVote: random.chance(0.8) || weights.change > 0,
      checkQuorum: lease || random.chance(0.8),
      leaseReads: lease ? { maxDriftTicks } : false,
      maxAppendBytes: random.chance(0.5) ? 16 : 4096,
      maxInflight: 1 + random.below(8),
      maxInflightBytes: random.chance(0.3) ? 32 : 4096,
      maxUncommittedBytes: random.chance(0.3) ? 40 : 1_000_000,
      maxApplyBytes: random.chance(0.3) ? 10 : 1_000_000,
    },
  };
}
