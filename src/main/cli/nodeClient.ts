/** Asks the node that runs on a data directory of this PC, over the same HTTP API as everyone else. */
import { findRunningNode } from '../dataDirectory.ts';
import { OperatingError } from '../operatingError.ts';

/** A node of this PC answers in milliseconds; it may wait for a leader for some seconds before it says so. */
const ANSWER_DEADLINE_MS = 15_000;

/** What a node said: its HTTP status and JSON body. */
export interface NodeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends one request. Throws {@link OperatingError} `node_not_running` when nothing answers, `node_refused` on nonsense. */
export async function askNode(
  httpUrl: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<NodeAnswer> {
  let response: Response;
  try {
    response = await fetch(new URL(path, httpUrl), {
      method,
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  } catch (error) {
    throw new OperatingError('node_not_running', `The node at ${httpUrl} does not answer.`, error);
  }
  try {
    return { status: response.status, body: await response.json() };
  } catch (error) {
    throw new OperatingError(
      'node_refused',
      `The node at ${httpUrl} answered with something else than JSON.`,
      error,
    );
  }
}

/** The field of an answer as text, or undefined when it is not there. */
export function textField(body: unknown, field: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : undefined;
}

/** The body of a good answer; otherwise throws `node_refused` with the node's own sentence. */
export function expectOk(answer: NodeAnswer): unknown {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  const why =
    textField(answer.body, 'detail') ?? textField(answer.body, 'title') ?? `status ${answer.status}`;
  throw new OperatingError('node_refused', `The node refused: ${why}`);
}

/** Asks the node of `dataDir` and gives the body of its good answer. */
export async function askNodeOf(
  dataDir: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> {
  return expectOk(await askNode(findRunningNode(dataDir).httpUrl, method, path, body));
}
