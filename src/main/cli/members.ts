/** `raft3d members`: the PCs of the farm as the running node sees them, one line each. */
import type { MemberRecord } from '../../contract/records.ts';
import { ROUTES } from '../../contract/routes.ts';
import { DATA_DIR_FLAG, dataDirOf } from '../config.ts';
import { usageFailure, type Command } from './command.ts';
import { HELP_FLAG } from './flags.ts';
import { askNodeOf } from './nodeClient.ts';
import { formatTable } from './table.ts';

function heard(member: MemberRecord): string {
  if (member.is_self) return 'this PC';
  if (member.last_heard_ms === null) return 'never';
  return `${(member.last_heard_ms / 1000).toFixed(1)} s ago`;
}

/** Rows for people: name, role, peer address, when last heard, id. */
export function memberTable(members: readonly MemberRecord[]): string {
  const rows = members.map((member) => [
    member.name,
    member.role,
    member.peer_address || '-',
    heard(member),
    member.id,
  ]);
  return formatTable(['NAME', 'ROLE', 'PEER', 'HEARD', 'ID'], rows);
}

export const membersCommand: Command = {
  name: 'members',
  summary: 'list the PCs of the farm',
  operands: '',
  flags: [DATA_DIR_FLAG, HELP_FLAG],
  details: 'Talks to the node that runs on the data folder.',
  async run(flags, context) {
    if (flags.positionals.length > 0) return usageFailure(context, membersCommand, 'it takes flags only.');
    const body = await askNodeOf(dataDirOf(flags, context.around), 'GET', ROUTES.members);
    const members = Object.values(body as Readonly<Record<string, MemberRecord>>);
    context.print(memberTable(members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))));
    return 0;
  },
};
