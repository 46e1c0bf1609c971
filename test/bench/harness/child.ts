/**
 * Child processes of the bench: started, asked over their channel, stopped and killed by process id. They end with
 * the bench, unless it is itself killed with -9: then the nodes of this program still end, those of etcd do not.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** The last lines of a child's output are kept to explain a failure. */
const KEPT_OUTPUT_CHARS = 4_000;
const ANSWER_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 10_000;

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** A channel for messages: Node programs only. */
  readonly channel: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** Resolves with the first line of output that `wanted` recognises. Rejects when the child ends first or is late. */
  line<T>(wanted: (line: string) => T | null, deadlineMs: number): Promise<T>;
  /** Sends a message and resolves with the next one that comes back. One question at a time. */
  ask(message: unknown): Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal (or, to a node, the word) that asks for an orderly end; kills it when it does not come. */
  stop(how: 'word' | 'SIGTERM'): Promise<void>;
  kill(): Promise<void>;
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(1));
}

/** Starts a child. Throws when it cannot be started at all. */
export function startChild(options: ChildOptions): Child {
  const child = spawn(options.command, [...options.args], {
    stdio: ['ignore', 'pipe', 'pipe', ...(options.channel ? (['ipc'] as const) : [])],
    env: { ...process.env, ...options.env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.command} cannot be started`);
  living.add(child);
  const output = new Output(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      living.delete(child);
      resolve();
    });
  });
  const isAlive = (): boolean => living.has(child);
  const failure = (what: string): Error => new Error(`${options.name} ${what}\n${output.text}`);
  const within = <T>(promise: Promise<T>, deadlineMs: number, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(failure(`${what} in ${deadlineMs} ms`)), deadlineMs);
      const done = (): void => clearTimeout(timer);
      promise.then(resolve, reject).finally(done);
      void ended.then(() => {
        done();
        reject(failure('ended'));
      });
    });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    name: options.name,
    pid,
    isAlive,
    line: (wanted, deadlineMs) => within(output.find(wanted), deadlineMs, 'did not say what was waited for'),
    ask: (message) => {
      const answer = new Promise<unknown>((resolve) => {
        child.once('message', resolve);
      });
      child.send(message as object);
      return within(answer, ANSWER_DEADLINE_MS, 'did not answer');
    },
    signal: (signal) => void child.kill(signal),
    async stop(how) {
      if (!isAlive()) return;
      if (how === 'word') child.send('stop', () => undefined);
      else child.kill(how);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(timer);
    },
    kill,
  };
}

/** Both output streams of a child: looked through line by line, the last of it kept. */
class Output {
  text = '';
  #rest = '';
  #listeners = new Set<(line: string) => void>();
  readonly #seen: string[] = [];

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    }
  }

  find<T>(wanted: (line: string) => T | null): Promise<T> {
    return new Promise((resolve) => {
      const look = (line: string): void => {
        const found = wanted(line);
        if (found === null) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      for (const line of this.#seen) look(line);
    });
  }

  #take(chunk: string): void {
    this.text = (this.text + chunk).slice(-KEPT_OUTPUT_CHARS);
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#seen.push(...lines);
    this.#seen.splice(0, this.#seen.length - 50);
    for (const line of lines) for (const look of [...this.#listeners]) look(line);
  }
}
