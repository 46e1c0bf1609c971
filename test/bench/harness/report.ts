/** The figures as tables, each beside its goal. Goals are told, never enforced: a bench is not a test. */
import type { DiskFigures } from '../sections/disk.ts';
import type { FailoverResult } from '../sections/failover.ts';
import type { HttpRow } from '../sections/http.ts';
import type { LayerRow } from '../sections/layer.ts';
import type { WatchRow } from '../sections/watch.ts';
import type { ProfileSummary } from './cpuProfile.ts';
import type { Machine } from './machine.ts';
import { renderTable, type Cell } from './table.ts';

export interface BenchReport {
  readonly machine: Machine;
  readonly etcdVersion: string | null;
  readonly note: string;
  readonly disk: DiskFigures | null;
  readonly http: readonly HttpRow[] | null;
  readonly failover: FailoverResult | null;
  readonly layer: readonly LayerRow[] | null;
  readonly watch: readonly WatchRow[] | null;
}

const ACTS = {
  write: 'durable POST /printjobs',
  linearizableRead: 'linearizable GET',
  localRead: 'local GET',
} as const;

const ratio = (ours: number, theirs: number | undefined): string =>
  theirs === undefined ? '-' : `${(ours / theirs).toFixed(2)}x`;

function httpGoal(row: HttpRow): string {
  if (row.act === 'write') return '1.5x, p99 1.00x';
  return row.act === 'linearizableRead' ? '2x' : '';
}

function httpTable(rows: readonly HttpRow[]): string {
  const cells = rows.map((row): readonly Cell[] => [
    ACTS[row.act],
    String(row.clientsCount),
    row.at === 'all' ? '3 nodes' : 'leader',
    row.raft3d.perSecond,
    row.raft3d.p50Ms,
    row.raft3d.p99Ms,
    `${row.raft3d.spreadPercent.toFixed(0)} %`,
    row.raft3d.errorsCount,
    row.raft3d.cpuMsPerAnswer,
    row.etcd?.perSecond ?? null,
    row.etcd?.p50Ms ?? null,
    row.etcd?.p99Ms ?? null,
    row.etcd?.cpuMsPerAnswer ?? null,
    ratio(row.raft3d.perSecond, row.etcd?.perSecond),
    ratio(row.raft3d.p99Ms, row.etcd?.p99Ms),
    httpGoal(row),
  ]);
  return renderTable(
    'Through HTTP: this program, and etcd beside it (medians of the rounds; the generator shares the cores)',
    [
      'act',
      'clients',
      'at',
      '/s',
      'p50 ms',
      'p99 ms',
      'spread',
      'errors',
      'cpu ms',
      'etcd /s',
      'p50 ms',
      'p99 ms',
      'cpu ms',
      'rate',
      'p99',
      'goal',
    ],
    cells,
  );
}

function layerGoal(row: LayerRow): string {
  if (row.what === 'ask') return 'p50 <= 2.5x';
  if (row.clientsCount === 1) return 'p50 <= 1.4x';
  return row.clientsCount === 64 ? '>= 0.40x, p99 <= 2x' : '>= 0.30x, p99 <= 2x';
}

function layerTable(rows: readonly LayerRow[]): string {
  const cells = rows.map((row): readonly Cell[] => [
    row.what === 'commit' ? 'commit' : 'ReadIndex / TLS round trip',
    String(row.clientsCount),
    row.raft.perSecond,
    row.raft.p50Ms,
    row.raft.p99Ms,
    row.raft.cpuMsPerAct,
    row.ceiling.perSecond,
    row.ceiling.p50Ms,
    row.ceiling.p99Ms,
    row.ceiling.cpuMsPerAct,
    ratio(row.raft.perSecond, row.ceiling.perSecond),
    ratio(row.raft.p50Ms, row.ceiling.p50Ms),
    ratio(row.raft.p99Ms, row.ceiling.p99Ms),
    layerGoal(row),
  ]);
  return renderTable(
    'Below HTTP: Raft, and the same commit pattern without Raft (the ceiling)',
    [
      'act',
      'clients',
      'raft /s',
      'p50 ms',
      'p99 ms',
      'cpu ms',
      'ceiling /s',
      'p50 ms',
      'p99 ms',
      'cpu ms',
      'rate',
      'p50',
      'p99',
      'goal',
    ],
    cells,
  );
}

function failoverTable({ raft3d, etcd }: FailoverResult): string {
  const systems = [['raft3d', raft3d] as const, ...(etcd === null ? [] : [['etcd', etcd] as const])];
  return renderTable(
    'kill -9 of the leader: milliseconds to the first successful write elsewhere (goal: median <= 450)',
    ['system', 'kills', 'median', 'min', 'max'],
    systems.map(([name, one]) => [name, String(one.killsCount), one.medianMs, one.minMs, one.maxMs]),
  );
}

function watchTable(rows: readonly WatchRow[]): string {
  return renderTable(
    'Inside the nodes while jobs are posted at all three (goal: 0.1 syncs a commit at 64 clients, turns <= 10 ms)',
    [
      'clients',
      'commits/s',
      'syncs a commit, 3 nodes',
      'leader',
      'turn p50 ms',
      'p99',
      'max',
      'leader cores',
      'follower cores',
    ],
    rows.map((row) => [
      String(row.clientsCount),
      row.commitsPerSecond,
      row.syncsPerCommit,
      row.leaderSyncsPerCommit,
      row.turnP50Ms,
      row.turnP99Ms,
      row.turnMaxMs,
      row.leaderCores,
      row.followerCores,
    ]),
  );
}

function machineLine({ machine, etcdVersion }: BenchReport): string {
  const etcd = etcdVersion === null ? 'NO ETCD ON THE PATH: nothing to compare with' : `etcd ${etcdVersion}`;
  return (
    `${machine.coresCount} cores (${machine.cpu}), ${machine.memoryGiB} GiB, kernel ${machine.kernel}, ` +
    `Node ${machine.node}, ${etcd}; load before the run ${machine.loadBefore.toFixed(2)}`
  );
}

export function renderReport(report: BenchReport): string {
  const parts = [machineLine(report), report.note];
  if (report.disk !== null) {
    const { syncsPerSecond, p50Ms, p99Ms } = report.disk;
    const head = ['what', '/s', 'p50 ms', 'p99 ms'];
    parts.push(
      renderTable('The disk alone', head, [['append 4 KiB + fdatasync', syncsPerSecond, p50Ms, p99Ms]]),
    );
  }
  if (report.http !== null) parts.push(httpTable(report.http));
  if (report.failover !== null) parts.push(failoverTable(report.failover));
  if (report.layer !== null) parts.push(layerTable(report.layer));
  if (report.watch !== null) parts.push(watchTable(report.watch));
  return `${parts.join('\n')}\n`;
}

/** Where the busiest process spent its time. */
export function renderProfile(profile: ProfileSummary): string {
  const title = `The busiest process: ${profile.busyMs.toFixed(0)} ms of work (${profile.file})`;
  const files = renderTable(title, ['source', 'self ms', 'share'], profile.files);
  return `${files}\n${renderTable('Functions', ['function', 'self ms', 'share'], profile.functions)}\n`;
}
