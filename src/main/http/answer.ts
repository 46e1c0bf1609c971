/** How every answer leaves: JSON or a problem, with the headers that all of them carry. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
  PROBLEM_CONTENT_TYPE,
  PROBLEM_TYPE_PREFIX,
  PROBLEMS,
  RETRY_AFTER_S,
  type FieldError,
  type Problem,
  type ProblemCode,
} from '../../contract/problems.ts';

/** What a handler says of a failure; the table of the contract gives the rest. */
export interface ProblemDraft {
  readonly code: ProblemCode;
  /** A sentence: what is wrong, and what to do. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: OutgoingHttpHeaders;
}

/** On every answer: no sniffing, and no other site may embed it. */
export const COMMON_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** On every answer of the API: it is never worth keeping. */
export const API_HEADERS = { ...COMMON_HEADERS, 'Cache-Control': 'no-store' } as const;

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a whole body at once. An answer to HEAD carries the same headers and no body. */
export function sendText(
  res: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, {
    ...API_HEADERS,
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  res.end(body);
}

/** Sends `text`, which is JSON already. */
export function sendJsonText(
  res: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(res, status, JSON_TYPE, `${text}\n`, headers);
}

export function sendJson(
  res: ServerResponse,
  status: number,
  value: object,
  headers: OutgoingHttpHeaders = {},
): void {
  sendJsonText(res, status, JSON.stringify(value), headers);
}

/** The path of a request as it came, without its query: safe to repeat inside JSON. */
export function requestPath(req: IncomingMessage): string {
  const url =
    'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/');
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** The full body of a problem. */
export function problemOf(draft: ProblemDraft, instance: string): Problem {
  const { status, title } = PROBLEMS[draft.code];
  const problem: Problem = {
    type: PROBLEM_TYPE_PREFIX + draft.code,
    title,
    status,
    detail: draft.detail,
    code: draft.code,
    instance,
  };
  return draft.errors === undefined ? problem : { ...problem, errors: draft.errors };
}

/** Headers that follow from the code alone. */
export function problemHeaders(draft: ProblemDraft): OutgoingHttpHeaders {
  const { status } = PROBLEMS[draft.code];
  return status === 503 ? { 'Retry-After': String(RETRY_AFTER_S), ...draft.headers } : { ...draft.headers };
}

export function sendProblem(req: IncomingMessage, res: ServerResponse, draft: ProblemDraft): void {
  const problem = problemOf(draft, requestPath(req));
  sendText(res, problem.status, PROBLEM_CONTENT_TYPE, `${JSON.stringify(problem)}\n`, problemHeaders(draft));
}
