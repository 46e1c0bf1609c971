/** `raft3d cluster`: a whole farm on this PC for practice: every node a process of its own that may be killed. */
import { join } from 'node:path';
import { DATA_DIR_FLAG, dataDirOf, dataHome } from '../config.ts';
import { installLifecycle } from '../lifecycle.ts';
import { createLog } from '../log.ts';
import { forgetCluster } from './clusterFolder.ts';
import { NODES_MAX, planCluster, planMistake, startArguments, type ClusterPlan } from './clusterPlan.ts';
import { startCluster, type RunningProcess } from './clusterStart.ts';
import { watchCluster, type ClusterView } from './clusterWatch.ts';
import { usageFailure, type CliContext, type Command, type ExitCode } from './command.ts';
import { HELP_FLAG, type FlagSpec, type FlagValues } from './flags.ts';
import { startNodeProcess, type NodeEnd } from './nodeProcess.ts';

const NODES_FLAG: FlagSpec = {
  name: 'nodes',
  value: 'N',
  help: `How many, 1 to ${NODES_MAX}. Without it: 3.`,
  fromEnvironment: false,
};
const FRESH_FLAG: FlagSpec = {
  name: 'fresh',
  value: null,
  help: 'Delete the data of earlier runs first. Only folders that this program made are deleted.',
  fromEnvironment: false,
};
const HTTP_BASE_FLAG: FlagSpec = {
  name: 'http-base',
  value: 'PORT',
  help: 'HTTP port of node 1; the others count up. Without it: 8000.',
  fromEnvironment: false,
};
const PEER_BASE_FLAG: FlagSpec = {
  name: 'peer-base',
  value: 'PORT',
  help: 'Peer port of node 1; the others count up. Without it: 9000.',
  fromEnvironment: false,
};
/** Its variable would name the data of this PC's own node, which is no place for a practice. */
const CLUSTER_DIR_FLAG: FlagSpec = {
  ...DATA_DIR_FLAG,
  help: 'Folder that holds the folders of the nodes. Without it: a usual place of this system.',
  fromEnvironment: false,
};

function howItEnded(end: NodeEnd): string {
  return end.signal === null ? `with code ${end.code ?? 'unknown'}` : `by ${end.signal}`;
}

function clusterDir(flags: FlagValues, context: CliContext): string {
  if (flags.text(CLUSTER_DIR_FLAG.name) !== undefined) return dataDirOf(flags, context.around);
  return join(dataHome(context.around), 'raft3d-cluster');
}

/** What a change of the cluster means for the person who watches. */
export function describeView(
  view: ClusterView,
  running: readonly RunningProcess[],
  nodesCount: number,
): string {
  const leader = running.find(({ node }) => node !== null && node.nodeId === view.leaderId);
  if (leader?.node == null) return 'no leader: everything can be read, nothing can be changed';
  const voters =
    view.votersCount === nodesCount
      ? `all ${nodesCount} nodes are voters`
      : `${view.votersCount} of ${nodesCount} nodes are voters so far`;
  return `${voters}; ${leader.plan.name} leads at ${leader.node.httpUrl} (process ${leader.process.pid ?? 'unknown'})`;
}

/** Runs the plan until a stop is asked for or the last node is gone. */
async function runCluster(plan: ClusterPlan, context: CliContext): Promise<ExitCode> {
  const say = (text: string): void => context.print(`cluster | ${text}\n`);
  const running: RunningProcess[] = [];
  const alive = new Set<RunningProcess>();
  const state = { stopping: false };
  let finish: (code: ExitCode) => void = () => undefined;
  const ended = new Promise<ExitCode>((resolve) => {
    finish = resolve;
  });
  const stopAll = async (): Promise<boolean> => {
    state.stopping = true;
    const ends = await Promise.all([...alive].map(({ process: child }) => child.stop()));
    return ends.every((end) => end.code === 0);
  };
  const lifecycle = installLifecycle({
    process,
    log: createLog({ format: 'text', level: 'warn', write: context.printError, now: () => new Date() }),
    exit: (code) => process.exit(code),
    nowMs: () => performance.now(),
  });
  lifecycle.onStop(async () => {
    say('stopping all nodes');
    const orderly = await stopAll();
    if (!orderly) say('not every node stopped orderly');
    finish(orderly ? 0 : 1);
    // The result leaves by `ended`; the lifecycle's own exit would cut the output short.
    await new Promise(() => undefined);
  });
  const complete = await startCluster(plan, {
    say,
    isStopping: () => state.stopping,
    launch(node, formation) {
      const child = startNodeProcess({
        name: node.name,
        programPath: context.programPath,
        args: startArguments(node, formation),
        env: { ...process.env },
        onLine: (line) => context.print(`${node.name}   | ${line}\n`),
      });
      const entry: RunningProcess = { plan: node, process: child, node: null };
      running.push(entry);
      alive.add(entry);
      void child.ready.then((ready) => {
        if (ready !== null)
          say(`${node.name} serves at ${ready.httpUrl} (process ${child.pid ?? 'unknown'})`);
      });
      void child.ended.then((end) => {
        alive.delete(entry);
        if (state.stopping) return;
        say(`${node.name} ended ${howItEnded(end)}; the others go on`);
        if (alive.size === 0) finish(1);
      });
      return entry;
    },
  });
  if (!complete && !state.stopping) {
    say('not every node could be started; stopping the others');
    await stopAll();
    return 1;
  }
  const watch = watchCluster(
    () => [...alive].flatMap(({ node }) => (node === null ? [] : [node.httpUrl])),
    (view) => say(describeView(view, running, plan.nodes.length)),
  );
  if (!state.stopping)
    say('Ctrl-C stops all nodes. Kill the process of the leader to see the others elect a new one.');
  const code = await ended;
  watch.stop();
  return code;
}

export const clusterCommand: Command = {
  name: 'cluster',
  summary: 'run several nodes on this PC as one farm, to try it out',
  operands: '',
  flags: [NODES_FLAG, CLUSTER_DIR_FLAG, FRESH_FLAG, HTTP_BASE_FLAG, PEER_BASE_FLAG, HELP_FLAG],
  details: [
    'Each node is a process of its own on loopback: node 1 with HTTP port 8000 and peer port 9000, and so on.',
    'A node that ends is reported and the others go on. Data stays for the next start, unless --fresh.',
  ].join('\n'),
  async run(flags, context) {
    if (flags.positionals.length > 0) return usageFailure(context, clusterCommand, 'it takes flags only.');
    const count = Number(flags.text(NODES_FLAG.name) ?? 3);
    const httpBase = Number(flags.text(HTTP_BASE_FLAG.name) ?? 8000);
    const peerBase = Number(flags.text(PEER_BASE_FLAG.name) ?? 9000);
    const mistake = planMistake(count, httpBase, peerBase);
    if (mistake !== null) return usageFailure(context, clusterCommand, mistake);
    const dataDir = clusterDir(flags, context);
    if (flags.isSet(FRESH_FLAG.name)) forgetCluster(dataDir);
    return runCluster(planCluster(dataDir, count, httpBase, peerBase), context);
  },
};
