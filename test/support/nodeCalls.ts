/** Calls to a node's API over kept connections, where a lost connection is an answer of its own, not an error. */
import { Agent, request } from 'node:http';

/** Longer than a node waits for its cluster (5 s) and than any pause in a test. */
const CALL_TIMEOUT_MS = 15_000;

export type CallResult =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  /** Nobody listens there: certainly not done. */
  | { readonly kind: 'refused' }
  /** The connection broke, or nothing came in time: it may have been done. */
  | { readonly kind: 'lost' };

export interface Call {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

export interface Caller {
  call(httpUrl: string, path: string, call?: Call): Promise<CallResult>;
  /** Closes the kept connections. */
  close(): void;
}

/** One caller is one client: its connections are its own. */
export function createCaller(): Caller {
  // A client has one call under way; the sockets are one a node.
  const agent = new Agent({ keepAlive: true });
  return {
    call: (httpUrl, path, call = {}) => callOver(agent, httpUrl, path, call),
    close: () => {
      agent.destroy();
    },
  };
}

function callOver(agent: Agent, httpUrl: string, path: string, call: Call): Promise<CallResult> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(httpUrl);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers =
      body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const method = call.method ?? (body === undefined ? 'GET' : 'POST');
    const req = request({ hostname, port, path, method, headers, agent });
    const timer = setTimeout(() => {
      resolve({ kind: 'lost' });
      req.destroy();
    }, call.timeoutMs ?? CALL_TIMEOUT_MS);
    const settle = (result: CallResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    req.on('error', (error: NodeJS.ErrnoException) => {
      settle({ kind: error.code === 'ECONNREFUSED' ? 'refused' : 'lost' });
    });
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('error', () => {
        settle({ kind: 'lost' });
      });
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        settle({ kind: 'answer', status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    req.end(body);
  });
}

const shared = createCaller();

/** The JSON of a 200 answer. Throws for anything else. */
export async function getJson<T>(httpUrl: string, path: string): Promise<T> {
  const result = await shared.call(httpUrl, path);
  if (result.kind !== 'answer') throw new Error(`GET ${httpUrl}${path}: ${result.kind}`);
  if (result.status !== 200) throw new Error(`GET ${httpUrl}${path}: ${result.status} ${result.text}`);
  return JSON.parse(result.text) as T;
}

/** POSTs `body`. Throws when no answer comes. */
export async function postJson(
  httpUrl: string,
  path: string,
  body?: unknown,
): Promise<Extract<CallResult, { kind: 'answer' }>> {
  const call = { method: 'POST', ...(body === undefined ? {} : { body }) };
  const result = await shared.call(httpUrl, path, call);
  if (result.kind !== 'answer') throw new Error(`POST ${httpUrl}${path}: ${result.kind}`);
  return result;
}

/** The status of the answer to a POST. Throws when no answer comes. */
export async function postStatus(httpUrl: string, path: string, body?: unknown): Promise<number> {
  return (await postJson(httpUrl, path, body)).status;
}
