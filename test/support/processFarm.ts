/** A farm of real processes on loopback, formed by invitations as people do it; nodes may be killed and come back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ById,
  ClusterRecord,
  FilamentRecord,
  InvitationRecord,
  PrinterRecord,
  PrintjobRecord,
} from '../../src/contract/records.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { findFreePorts } from './freePorts.ts';
import { getJson, postJson } from './nodeCalls.ts';
import { killPrograms, outputLine, startProgram, type RunningProgram } from './program.ts';
import { until, untilTrue } from './until.ts';

export interface ProcessNode {
  readonly name: string;
  readonly dataDir: string;
  readonly httpUrl: string;
  readonly httpPort: number;
  readonly peerPort: number;
  /** The process of its last start. */
  program: RunningProgram;
}

/** Everything that is replicated, as one node reads it. */
export interface FarmDump {
  readonly printers: ById<PrinterRecord>;
  readonly filaments: ById<FilamentRecord>;
  readonly printjobs: ById<PrintjobRecord>;
}

/** Arguments that start a node of this name and these ports. */
export function nodeArguments(
  node: Pick<ProcessNode, 'name' | 'dataDir' | 'httpPort' | 'peerPort'>,
): string[] {
  const { name, dataDir, httpPort, peerPort } = node;
  const addresses = ['--http', `127.0.0.1:${httpPort}`, '--peer', `127.0.0.1:${peerPort}`];
  return ['start', '--data-dir', dataDir, '--name', name, ...addresses, '--log-format', 'json'];
}

/** The token of a new invitation, asked for as the window does. */
export async function inviteBy(node: Pick<ProcessNode, 'httpUrl'>): Promise<string> {
  return until('an invitation', async () => {
    const { status, text } = await postJson(node.httpUrl, ROUTES.invitations, { valid_for_hours: 1 });
    if (status !== 201) throw new Error(text);
    return (JSON.parse(text) as InvitationRecord).token;
  });
}

export class ProcessFarm {
  readonly folder = mkdtempSync(join(tmpdir(), 'raft3d-e2e-'));
  readonly #nodes: ProcessNode[] = [];

  /** Founds a farm of `count` nodes; resolves when all of them are voters and ready. */
  static async start(count = 3): Promise<ProcessFarm> {
    const farm = new ProcessFarm();
    const ports = await findFreePorts(2 * count);
    const add = (index: number, formation: readonly string[]): Promise<ProcessNode> =>
      farm.#add(`node${index + 1}`, ports[2 * index] ?? 0, ports[2 * index + 1] ?? 0, formation);
    const founder = await add(0, ['--create-farm', 'Test farm']);
    const others = Array.from({ length: count - 1 }, (_, index) => index + 1);
    await Promise.all(others.map(async (index) => add(index, ['--join', await inviteBy(founder)])));
    farm.#nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
    await farm.whole();
    return farm;
  }

  get nodes(): readonly ProcessNode[] {
    return this.#nodes;
  }

  get running(): readonly ProcessNode[] {
    return this.#nodes.filter((node) => node.program.isAlive());
  }

  async #add(
    name: string,
    httpPort: number,
    peerPort: number,
    formation: readonly string[],
  ): Promise<ProcessNode> {
    const place = { name, dataDir: join(this.folder, name), httpPort, peerPort };
    const program = startProgram([...nodeArguments(place), ...formation]);
    const node = { ...place, httpUrl: `http://127.0.0.1:${httpPort}`, program };
    this.#nodes.push(node);
    await outputLine(program, /"event":"ready"/);
    return node;
  }

  /** All nodes run, vote, follow one leader and are caught up. */
  async whole(): Promise<void> {
    await untilTrue('every node is a voter, ready, and follows the same leader', async () => {
      const views = await Promise.all(this.#nodes.map((node) => clusterView(node)));
      const leaders = new Set(views.map((view) => view.leader_id));
      return (
        leaders.size === 1 && views.every((view) => view.ready && view.voters.length === this.#nodes.length)
      );
    });
  }

  /** The running node that leads in the highest term, once it and a majority agree on that. */
  async leader(among: readonly ProcessNode[] = this.running): Promise<ProcessNode> {
    return until('a leader that a majority follows', async () => {
      const views = await Promise.all(
        among.map((node) =>
          clusterView(node).then(
            (view) => ({ node, view }),
            () => null,
          ),
        ),
      );
      const seen = views.filter((each) => each !== null);
      const leading = seen
        .filter(({ view }) => view.role === 'leader')
        .sort((a, b) => b.view.term - a.view.term)[0];
      if (leading === undefined) return null;
      const followers = seen.filter(({ view }) => view.leader_id === leading.view.node_id);
      return followers.length > this.#nodes.length / 2 ? leading.node : null;
    });
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(node: ProcessNode): Promise<void> {
    node.program.signal('SIGKILL');
    await node.program.ended;
  }

  /** Starts a node that ended, on its own data; resolves when it serves. */
  async restart(node: ProcessNode): Promise<void> {
    node.program = startProgram(nodeArguments(node));
    await outputLine(node.program, /"event":"ready"/);
  }

  /** What a linearizable read at each running node gives. */
  async dumps(): Promise<readonly FarmDump[]> {
    return Promise.all(this.running.map((node) => until(`a dump of ${node.name}`, () => dumpOf(node))));
  }

  /** Kills what still runs and deletes all data. */
  async dispose(): Promise<void> {
    killPrograms();
    await Promise.all(this.#nodes.map((node) => node.program.ended));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function clusterView(node: Pick<ProcessNode, 'httpUrl'>): Promise<ClusterRecord> {
  return getJson<ClusterRecord>(node.httpUrl, ROUTES.cluster);
}

/** The whole farm as `node` answers to linearizable reads, one collection after the other. */
export async function dumpOf(node: Pick<ProcessNode, 'httpUrl'>): Promise<FarmDump> {
  return {
    printers: await getJson(node.httpUrl, '/printers'),
    filaments: await getJson(node.httpUrl, '/filaments'),
    printjobs: await getJson(node.httpUrl, '/printjobs'),
  };
}
