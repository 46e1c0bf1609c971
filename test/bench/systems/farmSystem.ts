/** Three real nodes of this program, formed into one farm as a person would do it. */
import { join } from 'node:path';
import { startChild, type Child } from '../harness/child.ts';
import { freePorts } from '../harness/freePort.ts';
import { FILAMENT_ID, jobBody, PRINTER_ID, READ_ID } from '../load/loadSpec.ts';
import { askJson, eventually, type RunningSystem, type SystemNode } from './system.ts';

const NODES = 3;
const READY_DEADLINE_MS = 30_000;

export interface FarmOptions {
  readonly program: string;
  readonly dataDir: string;
  /** Flags for Node itself, before the program: profiles, preloads. */
  readonly nodeFlags?: readonly string[];
}

interface FarmMember extends SystemNode {
  readonly dataDir: string;
  readonly peerPort: number;
  readonly child: Child;
  readonly nodeId: string;
}

export interface RunningFarm extends RunningSystem {
  /** The process of a node, for the questions of a preload. */
  childOf(node: SystemNode): Child;
}

function readyNodeId(line: string): string | null {
  if (!line.startsWith('{"event":"ready"')) return null;
  return (JSON.parse(line) as { readonly node_id: string }).node_id;
}

async function launch(
  options: FarmOptions,
  place: { readonly name: string; readonly httpPort: number; readonly peerPort: number },
  formation: readonly string[],
): Promise<FarmMember> {
  const dataDir = join(options.dataDir, place.name);
  const child = startChild({
    name: `raft3d ${place.name}`,
    command: process.execPath,
    args: [
      ...(options.nodeFlags ?? []),
      options.program,
      'start',
      `--data-dir=${dataDir}`,
      `--name=${place.name}`,
      `--http=127.0.0.1:${place.httpPort}`,
      `--peer=127.0.0.1:${place.peerPort}`,
      ...formation,
    ],
    channel: true,
  });
  const nodeId = await child.line(readyNodeId, READY_DEADLINE_MS);
  return { ...place, dataDir, child, nodeId };
}

/** Starts, forms and fills the farm; resolves when all three are voters. */
export async function startFarm(options: FarmOptions): Promise<RunningFarm> {
  const ports = await freePorts(2 * NODES);
  const members = new Map<string, FarmMember>();
  for (let n = 0; n < NODES; n += 1) {
    const place = { name: `node${n + 1}`, httpPort: ports[2 * n] ?? 0, peerPort: ports[2 * n + 1] ?? 0 };
    const first = [...members.values()][0];
    const formation =
      first === undefined ? '--create-farm=Bench' : `--join=${await invitation(first.httpPort)}`;
    members.set(place.name, await launch(options, place, [formation]));
  }
  const list = (): FarmMember[] => [...members.values()];
  const memberOf = (node: SystemNode): FarmMember => {
    const member = members.get(node.name);
    if (member === undefined) throw new Error(`no node ${node.name}`);
    return member;
  };
  const view = (member: SystemNode): Promise<Record<string, unknown>> =>
    askJson(member.httpPort, '/api/v1/cluster');
  const leader = (): Promise<FarmMember> =>
    eventually('a leader of the farm', async () => {
      for (const member of list().filter(({ child }) => child.isAlive())) {
        const { leader_id: leaderId } = await view(member);
        const found = list().find(({ nodeId }) => nodeId === leaderId);
        if (found?.child.isAlive() === true) return found;
      }
      return null;
    });
  const allVote = async (): Promise<true | null> => {
    const views = await Promise.all(list().map(view));
    const complete = views.every(({ voters }) => Array.isArray(voters) && voters.length === NODES);
    return complete ? true : null;
  };
  await eventually('three voters', allVote);
  await fill((await leader()).httpPort);
  return {
    name: 'raft3d',
    operations: {
      write: 'raft3d-post',
      linearizableRead: 'raft3d-get',
      localRead: 'raft3d-get-local',
    },
    nodes: list().map(({ name, httpPort }) => ({ name, httpPort })),
    leader,
    pids: () => list().map(({ child }) => child.pid),
    kill: (node) => memberOf(node).child.kill(),
    async restart(node) {
      const { name, httpPort, peerPort } = memberOf(node);
      const member = await launch(options, { name, httpPort, peerPort }, []);
      members.set(name, member);
      const target = Number((await view(await leader()))['commit_index']);
      await eventually(`${name} to catch up`, async () => {
        await askJson(httpPort, '/readyz');
        return Number((await view(member))['applied_index']) >= target ? true : null;
      });
      await eventually('three voters', allVote);
    },
    syncsCount: () => Promise.resolve(null),
    stop: async () => {
      await Promise.all(list().map(({ child }) => child.stop('word')));
    },
    childOf: (node) => memberOf(node).child,
  };
}

function invitation(port: number): Promise<string> {
  return eventually('an invitation', async () => {
    const { token } = await askJson(port, '/api/v1/members/invitations', { valid_for_hours: 1 });
    return typeof token === 'string' ? token : null;
  });
}

async function fill(port: number): Promise<void> {
  await askJson(port, '/printers', { id: PRINTER_ID, company: 'Prusa', model: 'MK4' });
  await askJson(port, '/filaments', {
    id: FILAMENT_ID,
    type: 'PLA',
    color: 'Red',
    total_weight_in_grams: 1_000_000,
    remaining_weight_in_grams: 1_000_000,
  });
  await askJson(port, '/printjobs', JSON.parse(jobBody(READ_ID)));
}
