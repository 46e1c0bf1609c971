/**
 * Durable writes and linearizable reads through HTTP, this program and etcd in turns: each round starts a fresh
 * cluster of one, measures every row, stops it, then does the same with the other, so that both see the same machine.
 */
import { cpuMsOf } from '../harness/processCpu.ts';
import { median, spreadPercent } from '../harness/statistics.ts';
import { runLoad } from '../load/runLoad.ts';
import type { LoadResult } from '../load/loadSpec.ts';
import { startEtcd } from '../systems/etcdSystem.ts';
import { startFarm } from '../systems/farmSystem.ts';
import type { RunningSystem } from '../systems/system.ts';
import { rowTimes, type BenchContext } from './context.ts';

export type Act = 'write' | 'linearizableRead' | 'localRead';
export type Placement = 'all' | 'leader';

interface RowPlan {
  readonly act: Act;
  readonly clientsCount: number;
  /** Clients spread over all three nodes, or all at the leader. */
  readonly at: Placement;
}

const PLAN: readonly RowPlan[] = [
  ...([1, 16, 64, 256] as const).flatMap((clientsCount) => [
    { act: 'write', clientsCount, at: 'all' } as const,
    { act: 'write', clientsCount, at: 'leader' } as const,
  ]),
  { act: 'linearizableRead', clientsCount: 64, at: 'all' },
  { act: 'linearizableRead', clientsCount: 64, at: 'leader' },
  { act: 'localRead', clientsCount: 64, at: 'all' },
];

/** Medians over the rounds. */
export interface HttpFigures {
  readonly perSecond: number;
  readonly spreadPercent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly errorsCount: number;
  readonly firstError: string | null;
  readonly generatorCores: number;
  /** Processor time of all three nodes for one answer, warm-up included; null where the system does not tell. */
  readonly cpuMsPerAnswer: number | null;
  /** Syncs of all three nodes for one commit, where the system tells it. */
  readonly syncsPerCommit: number | null;
}

export interface HttpRow extends RowPlan {
  readonly raft3d: HttpFigures;
  readonly etcd: HttpFigures | null;
}

interface Sample extends LoadResult {
  readonly cpuMsPerAnswer: number | null;
  readonly syncsPerCommit: number | null;
}

type Samples = Map<RowPlan, Sample[]>;

async function measureRound(context: BenchContext, system: RunningSystem, samples: Samples): Promise<void> {
  const { warmUpMs, measuredMs } = rowTimes(context.flags);
  for (const [n, row] of PLAN.entries()) {
    const ports =
      row.at === 'leader' ? [(await system.leader()).httpPort] : system.nodes.map((node) => node.httpPort);
    const cpuBefore = cpuMsOf(system.pids());
    const syncsBefore = await system.syncsCount();
    const result = await runLoad(context.programs.load, {
      operation: system.operations[row.act],
      ports,
      clientsCount: row.clientsCount,
      warmUpMs,
      measuredMs,
      prefix: `r${n}`,
    });
    const cpuAfter = cpuMsOf(system.pids());
    const syncsAfter = await system.syncsCount();
    const cpuMsPerAnswer =
      cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / result.allAnswersCount;
    const syncsPerCommit =
      syncsBefore === null || syncsAfter === null || row.act !== 'write'
        ? null
        : (syncsAfter - syncsBefore) / result.allAnswersCount;
    samples.get(row)?.push({ ...result, cpuMsPerAnswer, syncsPerCommit });
    context.say(
      `  ${system.name} ${row.act} ${row.clientsCount} at ${row.at}: ${result.perSecond.toFixed(0)}/s, ` +
        `p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(2)} ms, ` +
        `${cpuMsPerAnswer?.toFixed(3) ?? '?'} ms of processor` +
        (result.errorsCount > 0 ? `, ${result.errorsCount} errors: ${result.firstError ?? ''}` : ''),
    );
  }
}

function figures(samples: readonly Sample[]): HttpFigures {
  const of = (pick: (sample: Sample) => number): number => median(samples.map(pick));
  const known = (pick: (sample: Sample) => number | null): number | null => {
    const values = samples.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    perSecond: of((sample) => sample.perSecond),
    spreadPercent: spreadPercent(samples.map((sample) => sample.perSecond)),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    maxMs: of((sample) => sample.maxMs),
    errorsCount: samples.reduce((sum, sample) => sum + sample.errorsCount, 0),
    firstError: samples.find((sample) => sample.firstError !== null)?.firstError ?? null,
    generatorCores: of((sample) => sample.generatorCores),
    cpuMsPerAnswer: known((sample) => sample.cpuMsPerAnswer),
    syncsPerCommit: known((sample) => sample.syncsPerCommit),
  };
}

function emptySamples(): Samples {
  return new Map(PLAN.map((row) => [row, []]));
}

export async function measureHttp(context: BenchContext): Promise<readonly HttpRow[]> {
  const ours = emptySamples();
  const theirs = emptySamples();
  const profile = context.flags.profileDir;
  const nodeFlags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  for (let round = 1; round <= context.flags.roundsCount; round += 1) {
    context.say(`http: round ${round} of ${context.flags.roundsCount}`);
    const program = context.programs.headless;
    const farm = await startFarm({ program, dataDir: context.newDir('farm'), nodeFlags });
    await measureRound(context, farm, ours).finally(() => farm.stop());
    if (context.etcdVersion === null) continue;
    const etcd = await startEtcd(context.newDir('etcd'));
    await measureRound(context, etcd, theirs).finally(() => etcd.stop());
  }
  return PLAN.map((row) => {
    const etcdSamples = theirs.get(row) ?? [];
    return {
      ...row,
      raft3d: figures(ours.get(row) ?? []),
      etcd: etcdSamples.length === 0 ? null : figures(etcdSamples),
    };
  });
}
