/** Reads flags and their environment variables by one table, so that help, parsing and hints cannot disagree. */
import { parseArgs } from 'node:util';
import { ok, refused, type Result } from '../../base/result.ts';
import { nearestName } from '../nearestName.ts';

export interface FlagSpec {
  /** Without the dashes: `data-dir`. */
  readonly name: string;
  /** Name of the value in the help (`DIR`), or null for a switch. */
  readonly value: string | null;
  /** What it does, what it is without it; one sentence. */
  readonly help: string;
  /** False for what makes sense on a command line only (`--help`). */
  readonly fromEnvironment: boolean;
}

/** A mistake of the person at the keyboard: one sentence that says what to do instead. Exit code 2. */
export interface UsageError {
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FlagValues {
  /** The flag's text, or undefined when neither the flag nor its variable is given. */
  text(name: string): string | undefined;
  /** True when the switch is given. */
  isSet(name: string): boolean;
  /** What is not a flag, in order. */
  readonly positionals: readonly string[];
}

export const HELP_FLAG: FlagSpec = {
  name: 'help',
  value: null,
  help: 'Show this help and do nothing.',
  fromEnvironment: false,
};

/** `data-dir` → `RAFT3D_DATA_DIR` */
export function environmentName(flag: string): string {
  return `RAFT3D_${flag.toUpperCase().replaceAll('-', '_')}`;
}

function usage(message: string): Result<never, UsageError> {
  return refused({ message });
}

type Given = Map<string, string | boolean>;

function readArguments(
  specs: readonly FlagSpec[],
  argv: readonly string[],
): Result<[Given, string[]], UsageError> {
  const options = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      { type: spec.value === null ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given: Given = new Map();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specs.find((candidate) => candidate.name === token.name);
    if (spec === undefined || !token.rawName.startsWith('--')) {
      const near = nearestName(
        token.name,
        specs.map((candidate) => candidate.name),
      );
      return usage(`There is no flag ${token.rawName}.${near === null ? '' : ` Did you mean --${near}?`}`);
    }
    if (given.has(spec.name)) return usage(`--${spec.name} is given twice.`);
    if (spec.value === null) {
      if (token.value !== undefined) return usage(`--${spec.name} is a switch and takes no value.`);
      given.set(spec.name, true);
      continue;
    }
    const value = token.value;
    if (value === undefined || value === '' || (value.startsWith('-') && !token.inlineValue)) {
      return usage(`--${spec.name} needs a value: --${spec.name} ${spec.value}`);
    }
    given.set(spec.name, value);
  }
  return ok([given, positionals]);
}

/** Adds what only the environment says: a flag on the command line wins over its variable; an empty one is not set. */
function addEnvironment(
  specs: readonly FlagSpec[],
  env: Environment,
  given: Given,
): Result<Given, UsageError> {
  for (const spec of specs) {
    const name = environmentName(spec.name);
    const value = env[name];
    if (!spec.fromEnvironment || value === undefined || value === '' || given.has(spec.name)) continue;
    if (spec.value !== null) {
      given.set(spec.name, value);
    } else if (value === '1' || value === 'true') {
      given.set(spec.name, true);
    } else if (value !== '0' && value !== 'false') {
      return usage(`${name} is "${value}"; it may be 1 or 0.`);
    }
  }
  return ok(given);
}

/** Reads `argv` (without program and command). The first mistake is the answer. */
export function parseFlags(
  specs: readonly FlagSpec[],
  argv: readonly string[],
  env: Environment,
): Result<FlagValues, UsageError> {
  const read = readArguments(specs, argv);
  if (!read.ok) return read;
  const [given, positionals] = read.value;
  const all = addEnvironment(specs, env, given);
  if (!all.ok) return all;
  return ok({
    text: (name) => {
      const value = all.value.get(name);
      return typeof value === 'string' ? value : undefined;
    },
    isSet: (name) => all.value.get(name) === true,
    positionals,
  });
}

/** The table of flags for a help text, two columns, in the order of `specs`. */
export function describeFlags(specs: readonly FlagSpec[]): string {
  const left = specs.map((spec) => `  --${spec.name}${spec.value === null ? '' : ` ${spec.value}`}`);
  const width = Math.max(...left.map((text) => text.length)) + 2;
  return specs
    .map((spec, index) => {
      const variable = spec.fromEnvironment ? `\n${' '.repeat(width)}(${environmentName(spec.name)})` : '';
      return `${(left[index] ?? '').padEnd(width)}${spec.help}${variable}`;
    })
    .join('\n');
}
