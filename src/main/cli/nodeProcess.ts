/**
 * One `raft3d start` as a child process: its output line by line, its ready line, its orderly stop over the channel to
 * it (the same on every system), and its end. The child also stops when this process is gone.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A start that took longer hangs. A slow disk and a busy PC are well within. */
const READY_DEADLINE_MS = 60_000;
/** A node bounds its own stop to 5 s; the rest is for the process around it. Less than our own deadline (`lifecycle.ts`). */
const KILL_AFTER_MS = 7_000;

export interface ReadyNode {
  readonly httpUrl: string;
  readonly nodeId: string;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface NodeEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** Null when it ended before it served, or did not serve in time (it is then killed). Never rejects. */
  readonly ready: Promise<ReadyNode | null>;
  /** Never rejects. */
  readonly ended: Promise<NodeEnd>;
  /** Asks it to stop, kills it when it does not. Resolves when it is gone. */
  stop(): Promise<NodeEnd>;
}

/** Reads the ready line; null for any other line. */
export function parseReadyLine(line: string): ReadyNode | null {
  if (!line.startsWith('{"event":"ready"')) return null;
  try {
    const { http, node_id } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof http === 'string' && typeof node_id === 'string'
      ? { httpUrl: http, nodeId: node_id }
      : null;
  } catch {
    return null;
  }
}

export interface NodeProcessOptions {
  readonly name: string;
  readonly programPath: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Each line of its output, without the line end. */
  readonly onLine: (line: string) => void;
}

export function startNodeProcess(options: NodeProcessOptions): NodeProcess {
  const child = spawn(process.execPath, [options.programPath, ...options.args], {
    // A group of its own: Ctrl-C reaches this process alone, which then stops the children in order.
    detached: true,
    windowsHide: true,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise<NodeEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // It could not even be started (no memory, no processes left).
    child.once('error', (error) => {
      options.onLine(error.message);
      resolve({ code: 1, signal: null });
    });
  });
  const ready = new Promise<ReadyNode | null>((resolve) => {
    const deadline = setTimeout(() => {
      options.onLine(`does not serve after ${READY_DEADLINE_MS / 1000} s and is ended`);
      child.kill('SIGKILL');
    }, READY_DEADLINE_MS);
    const settle = (node: ReadyNode | null): void => {
      clearTimeout(deadline);
      resolve(node);
    };
    void ended.then(() => settle(null));
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const node = parseReadyLine(line);
        if (node === null) options.onLine(line);
        else settle(node);
      });
    }
  });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', options.onLine);
  return {
    name: options.name,
    pid: child.pid,
    ready,
    ended,
    stop() {
      // The callback takes the error of a channel that closed because the child just ended.
      if (child.connected) child.send('stop', () => undefined);
      const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      void ended.then(() => clearTimeout(kill));
      return ended;
    },
  };
}
