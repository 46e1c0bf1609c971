/** What happens inside the nodes under load: syncs for each commit, and how long event-loop turns get. */
import { runLoad } from '../load/runLoad.ts';
import { startFarm } from '../systems/farmSystem.ts';
import type { Watched } from '../watchPreload.ts';
import { rowTimes, type BenchContext } from './context.ts';

const CLIENTS = [1, 64, 256] as const;

export interface WatchRow {
  readonly clientsCount: number;
  readonly commitsPerSecond: number;
  /** Syncs of all three nodes for one commit, and of the leader alone. */
  readonly syncsPerCommit: number;
  readonly leaderSyncsPerCommit: number;
  /** How late the leader's event loop was. */
  readonly turnP50Ms: number;
  readonly turnP99Ms: number;
  readonly turnMaxMs: number;
  /** Cores that the leader and each follower used. */
  readonly leaderCores: number;
  readonly followerCores: number;
}

/** A run of its own: the watching costs a little, so it must not be in the measured rows. */
export async function measureWatched(context: BenchContext): Promise<readonly WatchRow[]> {
  const { measuredMs } = rowTimes(context.flags);
  const farm = await startFarm({
    program: context.programs.headless,
    dataDir: context.newDir('watched'),
    nodeFlags: ['--import', context.programs.watch],
  });
  const rows: WatchRow[] = [];
  try {
    for (const clientsCount of CLIENTS) {
      const leader = await farm.leader();
      const look = (): Promise<readonly Watched[]> =>
        Promise.all(farm.nodes.map((node) => farm.childOf(node).ask('bench-watch') as Promise<Watched>));
      const load = (ms: number, prefix: string): ReturnType<typeof runLoad> =>
        runLoad(context.programs.load, {
          operation: farm.operations.write,
          ports: farm.nodes.map((node) => node.httpPort),
          clientsCount,
          warmUpMs: 0,
          measuredMs: ms,
          prefix,
        });
      await load(1000, `warm${clientsCount}`);
      await look();
      const { answersCount, perSecond } = await load(measuredMs, `watch${clientsCount}`);
      const seen = await look();
      const at = farm.nodes.findIndex(({ name }) => name === leader.name);
      const own = seen[at];
      if (own === undefined) throw new Error('the leader did not answer');
      const syncs = seen.reduce((sum, one) => sum + one.syncsCount, 0);
      const cpuMs = seen.reduce((sum, one) => sum + one.cpuMs, 0);
      rows.push({
        clientsCount,
        commitsPerSecond: perSecond,
        syncsPerCommit: syncs / answersCount,
        leaderSyncsPerCommit: own.syncsCount / answersCount,
        turnP50Ms: own.turnP50Ms,
        turnP99Ms: own.turnP99Ms,
        turnMaxMs: own.turnMaxMs,
        leaderCores: own.cpuMs / measuredMs,
        followerCores: (cpuMs - own.cpuMs) / 2 / measuredMs,
      });
    }
  } finally {
    await farm.stop();
  }
  return rows;
}
