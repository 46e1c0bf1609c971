/** Brings the nodes of a practice cluster up and into one farm: those that belong go on, the others are invited. */
import { setTimeout as delay } from 'node:timers/promises';
import { ROUTES } from '../../contract/routes.ts';
import { isDataDirectory } from '../dataDirectory.ts';
import { formedNodes, rememberFormed } from './clusterFolder.ts';
import type { ClusterPlan, Formation, NodePlan } from './clusterPlan.ts';
import { askNode, textField } from './nodeClient.ts';
import type { NodeProcess, ReadyNode } from './nodeProcess.ts';

/** A first election takes seconds; a farm without a leader for this long will not get one. */
const INVITATION_DEADLINE_MS = 30_000;
const RETRY_MS = 250;
const FARM_NAME = 'Practice farm';

export interface RunningProcess {
  readonly plan: NodePlan;
  readonly process: NodeProcess;
  /** Null until it serves. */
  node: ReadyNode | null;
}

export interface ClusterStart {
  /** Starts the child; keeps it in the list of those to be stopped. */
  readonly launch: (plan: NodePlan, formation: Formation) => RunningProcess;
  readonly say: (text: string) => void;
  /** True once the whole cluster is asked to stop: nothing more is started then. */
  readonly isStopping: () => boolean;
}

/** An invitation from any of `nodes`; null when none gave one in time. */
async function invitation(nodes: readonly ReadyNode[], start: ClusterStart): Promise<string | null> {
  const deadlineMs = performance.now() + INVITATION_DEADLINE_MS;
  let why = 'no node serves';
  while (performance.now() < deadlineMs && !start.isStopping()) {
    for (const node of nodes) {
      try {
        const answer = await askNode(node.httpUrl, 'POST', ROUTES.invitations, { valid_for_hours: 1 });
        const token = textField(answer.body, 'token');
        if (answer.status === 201 && token !== undefined) return token;
        why = textField(answer.body, 'detail') ?? `status ${answer.status}`;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
    await delay(RETRY_MS);
  }
  start.say(`no invitation: ${why}`);
  return null;
}

async function launchAndWait(
  plan: NodePlan,
  formation: Formation,
  start: ClusterStart,
): Promise<RunningProcess> {
  const running = start.launch(plan, formation);
  running.node = await running.process.ready;
  return running;
}

/** How the first node of an empty farm begins; an interrupted first start left a directory that simply goes on. */
function founding(plan: NodePlan): Formation {
  return isDataDirectory(plan.dataDir) ? { kind: 'goOn' } : { kind: 'create', farmName: FARM_NAME };
}

/** True when every node serves; what went wrong was said. */
export async function startCluster(plan: ClusterPlan, start: ClusterStart): Promise<boolean> {
  const formed = formedNodes(plan.dataDir);
  const first = plan.nodes.filter(
    (node, index) => formed.has(node.name) || (formed.size === 0 && index === 0),
  );
  const rest = plan.nodes.filter((node) => !first.includes(node));
  const running = await Promise.all(
    first.map((node) =>
      launchAndWait(node, formed.has(node.name) ? { kind: 'goOn' } : founding(node), start),
    ),
  );
  for (const { plan: node, node: ready } of running)
    if (ready !== null) rememberFormed(plan.dataDir, node.name);
  let complete = running.every(({ node }) => node !== null);
  for (const node of rest) {
    if (start.isStopping()) return false;
    const serving = running.flatMap(({ node: ready }) => (ready === null ? [] : [ready]));
    const token = await invitation(serving, start);
    if (token === null) return false;
    const joined = await launchAndWait(node, { kind: 'join', token }, start);
    if (joined.node === null) {
      complete = false;
      continue;
    }
    running.push(joined);
    rememberFormed(plan.dataDir, node.name);
  }
  return complete;
}
