/** Runs the built program as a user does, each time as a process of its own, none of which outlives its test file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Another build than the usual one may be tested, for example a packaged one. */
const PROGRAM = process.env['RAFT3D_TEST_PROGRAM'] ?? join(ROOT, 'out', 'main', 'headless.js');
/** Kept of what a process says: enough to explain a failure, however long it runs. */
const LINES_MAX = 5_000;
const RUN_TIMEOUT_MS = 60_000;

/** How a process ended: by itself with a code, or by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProgram {
  readonly pid: number;
  /** What it printed, the oldest lines dropped above {@link LINES_MAX}. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  isAlive(): boolean;
  signal(name: NodeJS.Signals): void;
}

const alive = new Set<ChildProcess>();
process.once('exit', killPrograms);

/** Ends every process that this file started and that still runs, at once. For `afterAll`, whatever happened before. */
export function killPrograms(): void {
  for (const child of alive) child.kill('SIGKILL');
}

function keepLines(stream: NodeJS.ReadableStream, lines: string[]): void {
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LINES_MAX) lines.shift();
  });
}

/** The machine's own settings of the program must not reach a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RAFT3D_')));
}

/** Starts `raft3d` with `args`. It also stops by itself when this process is gone: its channel to us closes then. */
export function startProgram(args: readonly string[]): RunningProgram {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there; run "npm run build" first`);
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: ROOT,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  alive.add(child);
  const ended = new Promise<ProgramEnd>((resolve) => {
    // `close` comes after the last output.
    child.once('close', (code, signal) => {
      alive.delete(child);
      resolve({ code, signal });
    });
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  if (child.stdout !== null) keepLines(child.stdout, stdout);
  if (child.stderr !== null) keepLines(child.stderr, stderr);
  const { pid } = child;
  if (pid === undefined) throw new Error('no process could be started');
  return {
    pid,
    stdout,
    stderr,
    ended,
    isAlive: () => alive.has(child),
    signal: (name) => void child.kill(name),
  };
}

export interface Finished extends ProgramEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `raft3d` with `args` to its end; rejects when it does not come to one. */
export async function runProgram(args: readonly string[]): Promise<Finished> {
  const program = startProgram(args);
  const end = await Promise.race([
    program.ended,
    new Promise<null>((resolve) => setTimeout(() => resolve(null), RUN_TIMEOUT_MS).unref()),
  ]);
  if (end === null) {
    program.signal('SIGKILL');
    throw new Error(`raft3d ${args[0] ?? ''} did not end: ${program.stderr.slice(-5).join(' | ')}`);
  }
  return { ...end, stdout: program.stdout.join('\n'), stderr: program.stderr.join('\n') };
}

/** The first line of stdout that `pattern` matches, once it was printed; rejects when the program ends without. */
export async function outputLine(program: RunningProgram, pattern: RegExp): Promise<RegExpExecArray> {
  const found = await until(`a line like ${String(pattern)}`, () => {
    for (const line of program.stdout) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    return program.isAlive() ? null : 'ended';
  });
  if (found !== 'ended') return found;
  throw new Error(`the program ended first: ${program.stderr.slice(-5).join(' | ')}`);
}
