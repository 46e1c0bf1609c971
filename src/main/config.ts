/** From flags and environment to all that a node needs to know before it starts; every mistake has its sentence. */
import { isIPv4 } from 'node:net';
import { posix, win32 } from 'node:path';
import { ok, refused, type Result } from '../base/result.ts';
import {
  HELP_FLAG,
  parseFlags,
  type Environment,
  type FlagSpec,
  type FlagValues,
  type UsageError,
} from './cli/flags.ts';
import type { FarmNodeConfig, HostPort } from './farmNodeTypes.ts';
import type { LogFormat, LogLevel } from './log.ts';

/** The seed's ports, so that its README's commands work as they stand. */
export const DEFAULT_HTTP: HostPort = { host: '127.0.0.1', port: 8000 };
/** Every interface: other PCs dial in, and only members get past mutual TLS. */
export const DEFAULT_PEER: HostPort = { host: '0.0.0.0', port: 9000 };
/** Names are shown in lists and cards. */
export const NAME_LENGTH_MAX = 64;

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const LOG_FORMATS: readonly LogFormat[] = ['auto', 'text', 'json'];

/** What the process around the program says of itself; handed in so that tests can be any PC. */
export interface Surroundings {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  readonly hostname: string;
  readonly currentDir: string;
  /** Folder of the built window, or null when this build has none. */
  readonly rendererDir: string | null;
}

export interface StartConfig {
  readonly node: FarmNodeConfig;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export const DATA_DIR_FLAG: FlagSpec = {
  name: 'data-dir',
  value: 'DIR',
  help: "Folder of this node's data. Without it: the usual place of this system for one's own data.",
  fromEnvironment: true,
};

export const START_FLAGS: readonly FlagSpec[] = [
  DATA_DIR_FLAG,
  {
    name: 'name',
    value: 'NAME',
    help: "What people call this PC. Without it: the computer's name.",
    fromEnvironment: true,
  },
  {
    name: 'http',
    value: 'HOST:PORT',
    help: 'Where the window and the API are served; loopback only. Without it: 127.0.0.1:8000. Port 0: any free one.',
    fromEnvironment: true,
  },
  {
    name: 'peer',
    value: 'HOST:PORT',
    help: 'Where the other PCs of the farm reach this one. Without it: 0.0.0.0:9000.',
    fromEnvironment: true,
  },
  {
    name: 'create-farm',
    value: 'NAME',
    help: 'Found a farm of this name. Without this and --join a new node founds one named after the PC.',
    fromEnvironment: true,
  },
  {
    name: 'join',
    value: 'TOKEN',
    help: 'Join the farm that made this invitation with `raft3d invite`.',
    fromEnvironment: true,
  },
  {
    name: 'log-level',
    value: 'LEVEL',
    help: 'debug, info, warn or error. Without it: info.',
    fromEnvironment: true,
  },
  {
    name: 'log-format',
    value: 'FORMAT',
    help: 'text, json or auto. Without it: auto, which is text on a terminal and one JSON object a line otherwise.',
    fromEnvironment: true,
  },
  HELP_FLAG,
];

/** Folder for programs' own data on this system, in its own path syntax. */
export function dataHome(around: Surroundings): string {
  if (around.platform === 'win32') {
    return around.env['LOCALAPPDATA'] ?? win32.join(around.homeDir, 'AppData', 'Local');
  }
  if (around.platform === 'darwin') return posix.join(around.homeDir, 'Library', 'Application Support');
  const xdg = around.env['XDG_DATA_HOME'];
  // XDG Base Directory: a relative path there is invalid and is to be ignored.
  return xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(around.homeDir, '.local', 'share');
}

/** The data directory named by `--data-dir`, absolute; or the usual one. */
export function dataDirOf(flags: FlagValues, around: Surroundings): string {
  const path = around.platform === 'win32' ? win32 : posix;
  const given = flags.text(DATA_DIR_FLAG.name);
  if (given !== undefined) return path.resolve(around.currentDir, given);
  const folder = around.platform === 'win32' || around.platform === 'darwin' ? 'Raft3D' : 'raft3d';
  return path.join(dataHome(around), folder);
}

/** Reads `host:port` or `[ipv6]:port`; port 0 to 65535. Null when it is neither. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || host.length > 253 || port > 65_535) return null;
  return { host, port };
}

/** True for names and addresses that only this PC can reach: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function usage(message: string): Result<never, UsageError> {
  return refused({ message });
}

function readHostPort(flags: FlagValues, name: string, fallback: HostPort): Result<HostPort, UsageError> {
  const text = flags.text(name);
  if (text === undefined) return ok(fallback);
  const parsed = parseHostPort(text);
  if (parsed !== null) return ok(parsed);
  return usage(
    `--${name} is "${text}"; it has the form HOST:PORT, for example ${fallback.host}:${fallback.port}.`,
  );
}

function readHttp(flags: FlagValues): Result<HostPort, UsageError> {
  const http = readHostPort(flags, 'http', DEFAULT_HTTP);
  if (!http.ok) return http;
  const { host, port } = http.value;
  if (!isLoopback(host)) {
    return usage(
      `--http ${host}:${port} would let anyone on the network command the printers. API keys are not there yet, ` +
        'so only loopback is served: use 127.0.0.1.',
    );
  }
  // The name could resolve to ::1 alone; the API's address is the one that the window and scripts expect.
  return ok({ host: host === 'localhost' ? '127.0.0.1' : host, port });
}

function readName(text: string, flag: string): Result<string, UsageError> {
  const name = text.trim();
  const printable = Array.from(name).every((character) => character >= ' ' && character !== '\x7f');
  if (name.length >= 1 && name.length <= NAME_LENGTH_MAX && printable) return ok(name);
  return usage(`--${flag} has 1 to ${NAME_LENGTH_MAX} characters, none of them a control character.`);
}

function readFormation(flags: FlagValues): Result<FarmNodeConfig['formation'], UsageError> {
  const farmName = flags.text('create-farm');
  const invitation = flags.text('join');
  if (farmName !== undefined && invitation !== undefined) {
    return usage('A node either founds a farm (--create-farm) or joins one (--join), not both.');
  }
  if (invitation !== undefined) return ok({ kind: 'join', invitation: invitation.trim() });
  if (farmName === undefined) return ok({ kind: 'auto' });
  const name = readName(farmName, 'create-farm');
  return name.ok ? ok({ kind: 'create', farmName: name.value }) : name;
}

function readWord<T extends string>(
  flags: FlagValues,
  name: string,
  words: readonly T[],
  fallback: T,
): Result<T, UsageError> {
  const text = flags.text(name) ?? fallback;
  const word = words.find((known) => known === text);
  return word === undefined ? usage(`--${name} is "${text}"; it may be ${words.join(', ')}.`) : ok(word);
}

/** Settles what `raft3d start` was asked for. `flags` were read by {@link START_FLAGS}. */
export function toStartConfig(flags: FlagValues, around: Surroundings): Result<StartConfig, UsageError> {
  const extra = flags.positionals[0];
  if (extra !== undefined) return usage(`"${extra}" is not expected: start takes flags only.`);
  const http = readHttp(flags);
  if (!http.ok) return http;
  const peer = readHostPort(flags, 'peer', DEFAULT_PEER);
  if (!peer.ok) return peer;
  // A computer's own name is not the user's doing: it is cut to fit rather than refused.
  const name = readName(flags.text('name') ?? (around.hostname.slice(0, NAME_LENGTH_MAX) || 'PC'), 'name');
  if (!name.ok) return name;
  const formation = readFormation(flags);
  if (!formation.ok) return formation;
  const logLevel = readWord(flags, 'log-level', LOG_LEVELS, 'info');
  if (!logLevel.ok) return logLevel;
  const logFormat = readWord(flags, 'log-format', LOG_FORMATS, 'auto');
  if (!logFormat.ok) return logFormat;
  return ok({
    node: {
      dataDir: dataDirOf(flags, around),
      name: name.value,
      http: http.value,
      peer: peer.value,
      formation: formation.value,
      rendererDir: around.rendererDir,
    },
    logLevel: logLevel.value,
    logFormat: logFormat.value,
  });
}

/** The whole way for `raft3d start`: flags of `argv` and the environment of `around`. */
export function readStartConfig(
  argv: readonly string[],
  around: Surroundings,
): Result<StartConfig, UsageError> {
  const flags = parseFlags(START_FLAGS, argv, around.env);
  return flags.ok ? toStartConfig(flags.value, around) : flags;
}
