/** What a command of `raft3d` is: a name, a table of flags, a help text and a function that gives the exit code. */
import type { Surroundings } from '../config.ts';
import { describeFlags, type FlagSpec, type FlagValues } from './flags.ts';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export interface CliContext {
  readonly around: Surroundings;
  /** The program's own file, which `cluster` starts once for each node. */
  readonly programPath: string;
  /** Results, for people and programs. */
  readonly print: (text: string) => void;
  /** What went wrong and how it goes on, for people. */
  readonly printError: (text: string) => void;
}

export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What follows the name in the help: `[DIR]`; empty when nothing does. */
  readonly operands: string;
  readonly flags: readonly FlagSpec[];
  /** Paragraphs below the flags: what to know, and examples. */
  readonly details: string;
  /** Operating errors are thrown and reported by `program.ts`. */
  run(flags: FlagValues, context: CliContext): Promise<ExitCode>;
}

/** Reports wrong usage of `command`. */
export function usageFailure(context: CliContext, command: Command, message: string): ExitCode {
  context.printError(`raft3d ${command.name}: ${message}\nSee: raft3d ${command.name} --help\n`);
  return 2;
}

/** The text of `raft3d COMMAND --help`. */
export function commandHelp(command: Command): string {
  const operands = command.operands === '' ? '' : ` ${command.operands}`;
  return [
    `raft3d ${command.name}: ${command.summary}`,
    '',
    `Usage: raft3d ${command.name}${operands} [flags]`,
    '',
    describeFlags(command.flags),
    '',
    command.details,
    '',
  ].join('\n');
}
