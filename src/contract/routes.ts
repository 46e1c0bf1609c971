/** The addresses of the API: used by the server to mount and by every client to ask. */
import type { PrintjobStatus } from './records.ts';

/** Fixed addresses. Collections take GET and POST, and `<collection>/{id}` takes GET. */
export const ROUTES = {
  printers: '/api/v1/printers',
  filaments: '/api/v1/filaments',
  printjobs: '/api/v1/printjobs',
  /** GET: a ClusterRecord. Always this node's own view; answers without a leader too. */
  cluster: '/api/v1/cluster',
  /** GET: MemberRecords keyed by id, this node's own view. */
  members: '/api/v1/members',
  /** POST CreateInvitationRequest: 201 InvitationRecord. */
  invitations: '/api/v1/members/invitations',
  /** GET: server-sent events, see `events.ts`. */
  events: '/api/v1/events',
  /** 200 while the process serves. */
  healthz: '/healthz',
  /** 200 when a leader is known and this node is caught up, else 503. */
  readyz: '/readyz',
  metrics: '/metrics',
} as const;

/** The collections whose records are replicated. */
export type CollectionName = 'printers' | 'filaments' | 'printjobs';

/** Where the same collections also are: the seed's addresses. */
export const SEED_ROUTES = {
  printers: ['/printers'],
  filaments: ['/filaments'],
  printjobs: ['/printjobs', '/api/v1/print_jobs'],
} as const satisfies Readonly<Record<CollectionName, readonly string[]>>;

/** Address of one record. */
export function recordPath(collection: CollectionName, id: string): string {
  return `${ROUTES[collection]}/${encodeURIComponent(id)}`;
}

/** Address that a job's new status is posted to. */
export function jobStatusPath(jobId: string, status: Exclude<PrintjobStatus, 'queued'>): string {
  return `${recordPath('printjobs', jobId)}/status?status=${status}`;
}

/** On reads and mutations: the log index that the answer reflects. */
export const APPLIED_INDEX_HEADER = 'X-Raft3D-Applied-Index';
/** On local reads: milliseconds since this node heard from a leader, or `never`. */
export const LEADER_CONTACT_HEADER = 'X-Raft3D-Leader-Contact-Ms';
