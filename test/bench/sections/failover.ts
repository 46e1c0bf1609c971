/**
 * kill -9 of the leader: how long until a new write succeeds at another node. From the moment of the kill a fresh
 * write starts at each survivor every few milliseconds, because one that was sent to the dead leader may hang.
 */
import { median } from '../harness/statistics.ts';
import { HttpConnection } from '../load/httpConnection.ts';
import { REQUESTS } from '../load/requests.ts';
import { startEtcd } from '../systems/etcdSystem.ts';
import { startFarm } from '../systems/farmSystem.ts';
import type { RunningSystem, SystemNode } from '../systems/system.ts';
import type { BenchContext } from './context.ts';

/** The resolution of the result. */
const PROBE_STEP_MS = 5;
const PROBES_IN_FLIGHT_MAX = 1_000;
const DEADLINE_MS = 30_000;
/** Kills of one system in a row, before it is the other's turn. */
const KILLS_IN_A_ROW = 5;
/** Between the return of the killed node and the next kill, and different each time: phases must not repeat. */
const CALM_MS = 700;
const CALM_STEP_MS = 37;

export interface FailoverFigures {
  readonly killsCount: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly allMs: readonly number[];
}

export interface FailoverResult {
  readonly raft3d: FailoverFigures;
  readonly etcd: FailoverFigures | null;
}

let probeCounter = 0;

/** Milliseconds from the kill to the first success among the survivors. */
async function failOver(system: RunningSystem, leader: SystemNode): Promise<number> {
  const { expectedStatus, make } = REQUESTS[system.operations.write];
  const survivors = system.nodes.filter(({ name }) => name !== leader.name);
  const open = new Set<HttpConnection>();
  const killed = system.kill(leader);
  const startMs = performance.now();
  const tookMs = await new Promise<number>((resolve, reject) => {
    const probe = (port: number): void => {
      if (open.size >= PROBES_IN_FLIGHT_MAX) return;
      probeCounter += 1;
      const connection = new HttpConnection(port);
      open.add(connection);
      connection.send(make(port, `failover-${probeCounter}`), (status) => {
        open.delete(connection);
        connection.destroy();
        if (status !== expectedStatus) return;
        clearInterval(timer);
        resolve(performance.now() - startMs);
      });
    };
    const timer = setInterval(() => {
      if (performance.now() - startMs > DEADLINE_MS) {
        clearInterval(timer);
        reject(new Error(`${system.name} took no write for ${DEADLINE_MS} ms after its leader was killed`));
      }
      for (const { httpPort } of survivors) probe(httpPort);
    }, PROBE_STEP_MS);
  });
  for (const connection of open) connection.destroy();
  await killed;
  return tookMs;
}

async function killSome(
  context: BenchContext,
  system: RunningSystem,
  times: number[],
  count: number,
): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, CALM_MS + CALM_STEP_MS * n));
    const leader = await system.leader();
    const tookMs = await failOver(system, leader);
    times.push(tookMs);
    context.say(
      `  ${system.name}: ${leader.name} killed, first write elsewhere after ${tookMs.toFixed(0)} ms`,
    );
    await system.restart(leader);
  }
}

function figures(times: readonly number[]): FailoverFigures {
  return {
    killsCount: times.length,
    medianMs: median(times),
    minMs: Math.min(...times),
    maxMs: Math.max(...times),
    allMs: times.map(Math.round),
  };
}

export async function measureFailover(context: BenchContext): Promise<FailoverResult> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const { killsCount } = context.flags;
  while (ours.length < killsCount) {
    const count = Math.min(KILLS_IN_A_ROW, killsCount - ours.length);
    context.say(`failover: kills ${ours.length + 1} to ${ours.length + count} of ${killsCount}`);
    const farm = await startFarm({ program: context.programs.headless, dataDir: context.newDir('farm') });
    await killSome(context, farm, ours, count).finally(() => farm.stop());
    if (context.etcdVersion === null) continue;
    const etcd = await startEtcd(context.newDir('etcd'));
    await killSome(context, etcd, theirs, count).finally(() => etcd.stop());
  }
  return { raft3d: figures(ours), etcd: theirs.length === 0 ? null : figures(theirs) };
}
