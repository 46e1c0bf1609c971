/** The program `raft3d`: finds the command, reads its flags, reports what fails, and gives the exit code. */
import { OperatingError } from '../operatingError.ts';
import { VERSION } from '../version.ts';
import { commandHelp, usageFailure, type CliContext, type Command, type ExitCode } from './command.ts';
import { HELP_FLAG, parseFlags } from './flags.ts';
import { nearestName } from '../nearestName.ts';

/** The text of `raft3d --help`. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  const list = commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`);
  return [
    'raft3d: a farm of 3D printers that survives the loss of any PC.',
    '',
    'Usage: raft3d COMMAND [flags]',
    '',
    ...list,
    '',
    'raft3d COMMAND --help says more. raft3d --version prints the version.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
    '',
  ].join('\n');
}

async function runCommand(command: Command, argv: readonly string[], context: CliContext): Promise<ExitCode> {
  // Help is given even when other flags beside it are wrong: who asks for help may not know better.
  if (argv.includes(`--${HELP_FLAG.name}`) || argv.includes('-h')) {
    context.print(commandHelp(command));
    return 0;
  }
  const flags = parseFlags(command.flags, argv, context.around.env);
  if (!flags.ok) return usageFailure(context, command, flags.reason.message);
  try {
    return await command.run(flags.value, context);
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    context.printError(`raft3d ${command.name}: ${error.message}\n`);
    return 1;
  }
}

/** Runs `argv` (without runtime and program). Only bugs are thrown. */
export async function runProgram(
  argv: readonly string[],
  commands: readonly Command[],
  context: CliContext,
): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    context.printError(programHelp(commands));
    return 2;
  }
  if (first === '--help' || first === '-h') {
    context.print(programHelp(commands));
    return 0;
  }
  if (first === '--version' || first === '-v') {
    context.print(`${VERSION}\n`);
    return 0;
  }
  if (first === 'help')
    return runProgram(rest[0] === undefined ? ['--help'] : [rest[0], '--help'], commands, context);
  const command = commands.find((candidate) => candidate.name === first);
  if (command !== undefined) return runCommand(command, rest, context);
  const near = nearestName(
    first,
    commands.map((candidate) => candidate.name),
  );
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  context.printError(`raft3d: there is no command "${first}".${hint}\nSee: raft3d --help\n`);
  return 2;
}
