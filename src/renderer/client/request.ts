/** Sends one HTTP request of the API and sorts its answer. It never retries and never throws; see `retry.ts`. */
import type { ApiAnswer } from './answer.ts';
import { parseProblem } from './problem.ts';

export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** From the root of the node's own address, `/api/v1/printers`. */
  readonly path: string;
  /** Sent as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** The node answers within its own deadline (10 s); after this the answer is taken as lost. */
export const REQUEST_TIMEOUT_MS = 20_000;

/** A Retry-After beyond this is treated as this: a window should not sleep for an hour. */
const RETRY_AFTER_MAX_MS = 30_000;

/** Seconds of a Retry-After header as milliseconds; null when absent or not a number of seconds. */
export function parseRetryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return null;
  return Math.min(Number(header) * 1000, RETRY_AFTER_MAX_MS);
}

async function readJson(response: Response): Promise<unknown> {
  const body = await response.text();
  if (body === '') return null;
  return JSON.parse(body) as unknown;
}

function sortFailure(response: Response, body: unknown): Exclude<ApiAnswer<never>, { kind: 'ok' }> {
  const problem = parseProblem(response.status, body);
  if (problem === null) return { kind: 'unreadable', status: response.status, detail: null };
  const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'));
  if (problem.code === 'no_leader') return { kind: 'noLeader', retryAfterMs };
  if (problem.code === 'outcome_unknown') return { kind: 'outcomeUnknown', retryAfterMs };
  if (problem.code === 'busy' || response.status === 429) return { kind: 'busy', retryAfterMs };
  if (response.status >= 400 && response.status < 500) return { kind: 'refused', problem };
  return { kind: 'unreadable', status: response.status, detail: problem.detail };
}

/**
 * One try. `T` is what the route promises on success (contract/records.ts); the window and its node are built
 * together, so the shape is not checked again.
 */
export async function sendOnce<T>(fetchLike: FetchLike, request: ApiRequest): Promise<ApiAnswer<T>> {
  const hasBody = request.body !== undefined;
  let response: Response;
  let body: unknown;
  try {
    response = await fetchLike(request.path, {
      method: request.method,
      headers: hasBody
        ? { accept: 'application/json', 'content-type': 'application/json' }
        : { accept: 'application/json' },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch {
    return { kind: 'unreachable' };
  }
  try {
    body = await readJson(response);
  } catch (error) {
    // A body that is no JSON was delivered whole; one that broke off says nothing about what happened.
    if (!(error instanceof SyntaxError)) return { kind: 'unreachable' };
    return { kind: 'unreadable', status: response.status, detail: null };
  }
  if (response.ok) return { kind: 'ok', value: body as T, created: response.status === 201 };
  return sortFailure(response, body);
}
