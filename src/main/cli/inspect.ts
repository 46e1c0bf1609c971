/** `raft3d inspect`: prints the log and the snapshots of a data directory as JSON lines, read only. */
import { existsSync } from 'node:fs';
import { createNodeDisk } from '../../raft/node/nodeDisk.ts';
import { dumpDirectory } from '../../raft/node/inspect.ts';
import { DATA_DIR_FLAG, dataDirOf } from '../config.ts';
import { isDataDirectory, raftDirectory } from '../dataDirectory.ts';
import { OperatingError } from '../operatingError.ts';
import { usageFailure, type Command } from './command.ts';
import { HELP_FLAG } from './flags.ts';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: "print a data folder's log and snapshots as JSON lines",
  operands: '[DIR]',
  flags: [DATA_DIR_FLAG, HELP_FLAG],
  details:
    'Reads only, tolerates damage and says where it is. DIR is a data folder, by default the usual one.',
  async run(flags, context) {
    const [given, extra] = flags.positionals;
    if (extra !== undefined) return usageFailure(context, inspectCommand, 'it takes one folder.');
    const dataDir = given ?? dataDirOf(flags, context.around);
    if (!isDataDirectory(dataDir)) {
      throw new OperatingError('data_dir_not_ours', `${dataDir} is not a data folder of Raft3D.`);
    }
    const directory = raftDirectory(dataDir);
    if (!existsSync(directory)) return 0;
    for await (const object of dumpDirectory(await createNodeDisk(directory))) {
      context.print(`${JSON.stringify(object)}\n`);
    }
    return 0;
  },
};
