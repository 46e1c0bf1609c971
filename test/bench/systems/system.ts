/** Three nodes of some system on loopback, as the bench sees them. */
import type { Operation } from '../load/loadSpec.ts';

export interface SystemNode {
  readonly name: string;
  readonly httpPort: number;
}

/** The words of one system for what all of them do. */
export interface Operations {
  readonly write: Operation;
  readonly linearizableRead: Operation;
  readonly localRead: Operation;
}

export interface RunningSystem {
  readonly name: 'raft3d' | 'etcd';
  readonly operations: Operations;
  readonly nodes: readonly SystemNode[];
  /** The node that leads now; waits for one. Rejects when there is none for long. */
  leader(): Promise<SystemNode>;
  /** Process ids of the nodes that live. */
  pids(): readonly number[];
  /** kill -9. */
  kill(node: SystemNode): Promise<void>;
  /** Starts a killed node on its old data; resolves when it is a voter again that has caught up. */
  restart(node: SystemNode): Promise<void>;
  /** Syncs of all nodes' logs since their start, where the system can tell. */
  syncsCount(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Whatever is waited for on three idle loopback nodes comes within seconds. */
const WAIT_DEADLINE_MS = 30_000;
const WAIT_STEP_MS = 25;

/** Asks again until the answer is not null; an error counts as null, and the last one is told at the end. */
export async function eventually<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  const endMs = performance.now() + WAIT_DEADLINE_MS;
  let last: unknown = null;
  while (performance.now() < endMs) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  throw new Error(`waited ${WAIT_DEADLINE_MS} ms for ${what}`, { cause: last });
}

/** A JSON request for set-up and watching, not for measuring. Rejects unless the status is one of success. */
export async function askJson(port: number, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Record<string, unknown>;
}
