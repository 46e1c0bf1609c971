/** Raft without HTTP beside the ceiling, in turns: what the protocol itself costs over what the pieces can do. */
import { join } from 'node:path';
import { startChild, type Child } from '../harness/child.ts';
import { cpuMsOf } from '../harness/processCpu.ts';
import { median, spreadPercent } from '../harness/statistics.ts';
import type { LayerMember, LayerQuestion, LayerResult } from '../layer/engine.ts';
import { eventually } from '../systems/system.ts';
import { rowTimes, type BenchContext } from './context.ts';

const NODES = 3;
const PLAN = [
  { what: 'commit', clientsCount: 1 },
  { what: 'commit', clientsCount: 64 },
  { what: 'commit', clientsCount: 256 },
  { what: 'ask', clientsCount: 1 },
] as const;
type RowPlan = (typeof PLAN)[number];
type Mode = 'raft' | 'ceiling';

export interface LayerFigures {
  readonly perSecond: number;
  readonly spreadPercent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failuresCount: number;
  /** Processor time of all three processes for one act, warm-up included; null where the system does not tell. */
  readonly cpuMsPerAct: number | null;
}

export interface LayerRow {
  readonly what: 'commit' | 'ask';
  readonly clientsCount: number;
  readonly raft: LayerFigures;
  readonly ceiling: LayerFigures;
}

interface Sample extends LayerResult {
  readonly cpuMsPerAct: number | null;
}

type Samples = Record<Mode, Sample[]>;

async function askChild<T>(child: Child, question: LayerQuestion): Promise<T> {
  return (await child.ask(question)) as T;
}

async function measureRound(
  context: BenchContext,
  mode: Mode,
  samples: ReadonlyMap<RowPlan, Samples>,
): Promise<void> {
  const dir = context.newDir(mode);
  const profile = context.flags.profileDir;
  const nodeFlags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const children = Array.from({ length: NODES }, (_, n) =>
    startChild({
      name: `${mode} ${n + 1}`,
      command: process.execPath,
      args: [...nodeFlags, context.programs.layer, mode, join(dir, String(n + 1))],
      channel: true,
    }),
  );
  const pids = children.map(({ pid }) => pid);
  try {
    const members = await Promise.all(
      children.map((child) => askChild<LayerMember>(child, { kind: 'address' })),
    );
    await Promise.all(children.map((child) => askChild(child, { kind: 'members', members })));
    const leader = await eventually(`a leader of the ${mode}`, async () => {
      for (const child of children) {
        const { leading } = await askChild<{ leading: boolean }>(child, { kind: 'leading' });
        if (leading) return child;
      }
      return null;
    });
    for (const row of PLAN) {
      const cpuBefore = cpuMsOf(pids);
      const result = await askChild<LayerResult>(leader, {
        kind: 'measure',
        ...row,
        ...rowTimes(context.flags),
      });
      const cpuAfter = cpuMsOf(pids);
      const cpuMsPerAct =
        cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / result.allCount;
      samples.get(row)?.[mode].push({ ...result, cpuMsPerAct });
      context.say(
        `  ${mode} ${row.what} ${row.clientsCount}: ${result.perSecond.toFixed(0)}/s, ` +
          `p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(2)} ms, ` +
          `${cpuMsPerAct?.toFixed(3) ?? '?'} ms of processor`,
      );
    }
  } finally {
    await Promise.all(children.map((child) => child.stop('SIGTERM')));
  }
}

function figures(samples: readonly Sample[]): LayerFigures {
  const cpu = samples.map((sample) => sample.cpuMsPerAct).filter((value) => value !== null);
  return {
    cpuMsPerAct: cpu.length === 0 ? null : median(cpu),
    perSecond: median(samples.map((sample) => sample.perSecond)),
    spreadPercent: spreadPercent(samples.map((sample) => sample.perSecond)),
    p50Ms: median(samples.map((sample) => sample.p50Ms)),
    p99Ms: median(samples.map((sample) => sample.p99Ms)),
    failuresCount: samples.reduce((sum, sample) => sum + sample.failuresCount, 0),
  };
}

export async function measureLayer(context: BenchContext): Promise<readonly LayerRow[]> {
  const samples = new Map<RowPlan, Samples>(PLAN.map((row) => [row, { raft: [], ceiling: [] }]));
  for (let round = 1; round <= context.flags.roundsCount; round += 1) {
    context.say(`layer: round ${round} of ${context.flags.roundsCount}`);
    await measureRound(context, 'raft', samples);
    await measureRound(context, 'ceiling', samples);
  }
  return PLAN.map((row) => {
    const { raft, ceiling } = samples.get(row) ?? { raft: [], ceiling: [] };
    return { ...row, raft: figures(raft), ceiling: figures(ceiling) };
  });
}
