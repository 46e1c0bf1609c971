#!/usr/bin/env node
/** Entry for plain Node: the program `raft3d`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clusterCommand } from './cli/cluster.ts';
import { inspectCommand } from './cli/inspect.ts';
import { inviteCommand } from './cli/invite.ts';
import { membersCommand } from './cli/members.ts';
import { runProgram } from './cli/program.ts';
import { startCommandOver } from './cli/start.ts';
import { statusCommand } from './cli/status.ts';
import { startFarmNode } from './farmNode.ts';
import { readSurroundings } from './surroundings.ts';

const COMMANDS = [
  startCommandOver(startFarmNode),
  clusterCommand,
  inviteCommand,
  membersCommand,
  statusCommand,
  inspectCommand,
];

/** Waits until what was written has left this process: `process.exit` would cut a pipe short. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

const programPath = fileURLToPath(import.meta.url);
// A reader that went away (`raft3d start | head -1`) must not end the node.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const code = await runProgram(process.argv.slice(2), COMMANDS, {
  around: readSurroundings(dirname(programPath)),
  programPath,
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
});
await Promise.all([drained(process.stdout), drained(process.stderr)]);
process.exit(code);
