/** The one table of what can go wrong on the wire: every `code` of a problem, its HTTP status and its title. */

/** `code` -> what it means. A code never changes its meaning; clients may branch on it. */
export const PROBLEMS = {
  // The request itself (400 and friends): mend the request.
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_input: { status: 400, title: 'The request has wrong or missing fields' },
  invalid_query: { status: 400, title: 'A query parameter is wrong or missing' },
  malformed_path: { status: 400, title: 'The path is not a valid address' },
  malformed_request: { status: 400, title: 'The request is not valid HTTP' },
  foreign_origin: { status: 403, title: 'Pages of other sites may not use this API' },
  route_not_found: { status: 404, title: 'There is nothing at this address' },
  record_not_found: { status: 404, title: 'There is no such record' },
  method_not_allowed: { status: 405, title: 'This address does not take that method' },
  request_too_slow: { status: 408, title: 'The request did not arrive in time' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  wrong_host: { status: 421, title: 'The request is addressed to another host' },
  headers_too_large: { status: 431, title: 'The headers are too large' },

  // Refused by the farm's rules: the request is well-formed, nothing was changed.
  unknown_job: { status: 404, title: 'There is no such print job' },
  unknown_member: { status: 404, title: 'There is no such PC in the farm' },
  farm_exists: { status: 409, title: 'This PC belongs to a farm already' },
  duplicate_id: { status: 409, title: 'The id is taken by a different record' },
  illegal_transition: { status: 409, title: 'The job cannot change to that status now' },
  invitation_used: { status: 409, title: 'The invitation was used already' },
  invitation_expired: { status: 409, title: 'The invitation has expired' },
  too_many_invitations: { status: 409, title: 'Too many invitations are open' },
  last_member: { status: 409, title: 'The last PC cannot leave its farm' },
  invitation_unknown: { status: 422, title: 'The invitation is not one of this farm' },
  unknown_printer: { status: 422, title: 'The printer does not exist' },
  unknown_filament: { status: 422, title: 'The filament does not exist' },
  filament_over_committed: { status: 422, title: 'Not enough free filament on the spool' },
  invalid_command: { status: 422, title: 'The farm does not take these values' },

  // The cluster or this node cannot answer now: the same request may be repeated.
  internal: { status: 500, title: 'This node made a mistake' },
  no_leader: { status: 503, title: 'The farm has no leader at the moment' },
  outcome_unknown: { status: 503, title: 'Nobody can say yet whether this was done' },
  busy: { status: 503, title: 'Too much is waiting already' },
  not_ready: { status: 503, title: 'This node is not ready' },
  too_many_streams: { status: 503, title: 'Too many live views are open' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One wrong place in a request. */
export interface FieldError {
  /** Name of the field or query parameter; dots between levels; empty for the body as a whole. */
  readonly path: string;
  /** Completes the sentence "<path> …": `must be text`. */
  readonly message: string;
}

/** The body of every 4xx and 5xx answer (RFC 9457), as {@link PROBLEM_CONTENT_TYPE}. */
export interface Problem {
  /** {@link PROBLEM_TYPE_PREFIX} and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence for people: what is wrong here, and what to do. */
  readonly detail: string;
  readonly code: ProblemCode;
  /** Path of the request. */
  readonly instance: string;
  /** Present when single fields are to blame. */
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';
export const PROBLEM_TYPE_PREFIX = 'urn:raft3d:problem:';

/** Seconds in Retry-After of every 503: about one election. */
export const RETRY_AFTER_S = 1;
