/** `raft3d status`: how the cluster looks from the running node. Exit code 1 while no leader is known. */
import type { ClusterRecord } from '../../contract/records.ts';
import { ROUTES } from '../../contract/routes.ts';
import { DATA_DIR_FLAG, dataDirOf } from '../config.ts';
import { usageFailure, type Command } from './command.ts';
import { HELP_FLAG } from './flags.ts';
import { memberTable } from './members.ts';
import { askNodeOf } from './nodeClient.ts';

const JSON_FLAG = {
  name: 'json',
  value: null,
  help: "Print the API's own answer as one JSON line.",
  fromEnvironment: false,
} as const;

/** What people read: the farm, its leader, how far this node is, and the PCs. */
export function describeCluster(cluster: ClusterRecord): string {
  const leader = cluster.members.find((member) => member.id === cluster.leader_id);
  const leaderText =
    cluster.leader_id === null
      ? 'none: everything can be read, nothing can be changed'
      : (leader?.name ?? cluster.leader_id);
  return [
    `farm      ${cluster.farm_name}`,
    `leader    ${leaderText}`,
    `this PC   ${cluster.role}, term ${cluster.term}, ${cluster.ready ? 'up to date' : 'catching up'}`,
    `log       applied ${cluster.applied_index} of ${cluster.commit_index} committed`,
    `voters    ${cluster.voters.length}`,
    '',
    memberTable(cluster.members),
  ].join('\n');
}

export const statusCommand: Command = {
  name: 'status',
  summary: 'say how the cluster looks from this node',
  operands: '',
  flags: [DATA_DIR_FLAG, JSON_FLAG, HELP_FLAG],
  details: 'Talks to the node that runs on the data folder. Exit code 1 while the farm has no leader.',
  async run(flags, context) {
    if (flags.positionals.length > 0) return usageFailure(context, statusCommand, 'it takes flags only.');
    const cluster = (await askNodeOf(
      dataDirOf(flags, context.around),
      'GET',
      ROUTES.cluster,
    )) as ClusterRecord;
    context.print(flags.isSet(JSON_FLAG.name) ? `${JSON.stringify(cluster)}\n` : describeCluster(cluster));
    return cluster.leader_id === null ? 1 : 0;
  },
};
