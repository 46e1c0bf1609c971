/** Three nodes of etcd with its own defaults, spoken to through its JSON gateway: the yardstick. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startChild, type Child } from '../harness/child.ts';
import { freePorts } from '../harness/freePort.ts';
import { jobBody, READ_ID } from '../load/loadSpec.ts';
import { askJson, eventually, type RunningSystem, type SystemNode } from './system.ts';

const NODES = 3;
const FSYNC_PATTERN = /^etcd_disk_wal_fsync_duration_seconds_count (\d+)/m;
const UINT64_ZERO = '0';

interface EtcdMember extends SystemNode {
  readonly peerPort: number;
  child: Child;
}

/** `3.4.23`, or null when there is no etcd on the PATH. */
export function etcdVersion(): string | null {
  const { status, stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/Version: (\S+)/.exec(stdout)?.[1] ?? 'unknown') : null;
}

function launch(member: Omit<EtcdMember, 'child'>, dataDir: string, cluster: string, isNew: boolean): Child {
  const client = `http://127.0.0.1:${member.httpPort}`;
  const peer = `http://127.0.0.1:${member.peerPort}`;
  return startChild({
    name: `etcd ${member.name}`,
    command: 'etcd',
    args: [
      ...['--name', member.name, '--data-dir', join(dataDir, member.name)],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', cluster, '--initial-cluster-state', isNew ? 'new' : 'existing'],
      ...['--log-level', 'error', '--logger', 'zap'],
    ],
    channel: false,
  });
}

interface EtcdStatus {
  readonly header: { readonly member_id: string };
  readonly leader?: string;
  readonly raftIndex: string;
  readonly raftAppliedIndex: string;
}

async function statusOf(node: SystemNode): Promise<EtcdStatus> {
  return (await askJson(node.httpPort, '/v3/maintenance/status', {})) as unknown as EtcdStatus;
}

/** Starts three members; resolves when they have a leader and the record to be read is there. */
export async function startEtcd(dataDir: string): Promise<RunningSystem> {
  const ports = await freePorts(2 * NODES);
  const places = Array.from({ length: NODES }, (_, n) => ({
    name: `etcd${n + 1}`,
    httpPort: ports[2 * n] ?? 0,
    peerPort: ports[2 * n + 1] ?? 0,
  }));
  const cluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
  const members: EtcdMember[] = places.map((place) => ({
    ...place,
    child: launch(place, dataDir, cluster, true),
  }));
  const memberOf = (node: SystemNode): EtcdMember => {
    const member = members.find(({ name }) => name === node.name);
    if (member === undefined) throw new Error(`no node ${node.name}`);
    return member;
  };
  const leader = (): Promise<SystemNode> =>
    eventually('a leader of etcd', async () => {
      for (const member of members.filter(({ child }) => child.isAlive())) {
        const status = await statusOf(member);
        if (status.leader === status.header.member_id) return member;
      }
      return null;
    });
  const first = await leader();
  await eventually('the first write', () => {
    const body = { key: btoa(READ_ID), value: btoa(jobBody(READ_ID)) };
    return askJson(first.httpPort, '/v3/kv/put', body);
  });
  return {
    name: 'etcd',
    operations: { write: 'etcd-put', linearizableRead: 'etcd-range', localRead: 'etcd-range-local' },
    nodes: places,
    leader,
    pids: () => members.map(({ child }) => child.pid),
    kill: (node) => memberOf(node).child.kill(),
    async restart(node) {
      const member = memberOf(node);
      member.child = launch(member, dataDir, cluster, false);
      const target = Number((await statusOf(await leader())).raftIndex);
      await eventually(`${node.name} to catch up`, async () => {
        const status = await statusOf(member);
        const hasLeader = (status.leader ?? UINT64_ZERO) !== UINT64_ZERO;
        return hasLeader && Number(status.raftAppliedIndex) >= target ? true : null;
      });
    },
    async syncsCount() {
      const counts = members.map(async ({ httpPort }) => {
        const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
        return Number(FSYNC_PATTERN.exec(text)?.[1] ?? Number.NaN);
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    stop: async () => {
      await Promise.all(members.map(({ child }) => child.stop('SIGTERM')));
    },
  };
}
