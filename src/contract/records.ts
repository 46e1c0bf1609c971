/** The records of the wire as plain types: what a client reads. Checked shapes of the same are in `recordSchemas.ts`. */
import type { JobStatus } from '../farm/state.ts';

/** A moment as RFC 3339 text in UTC with milliseconds: `2026-05-04T09:00:00.000Z`. */
export type Timestamp = string;

/** A printer, as every PC of the farm knows it. */
export interface PrinterRecord {
  readonly id: string;
  readonly company: string;
  readonly model: string;
  /** What people call it; equals the id when nobody named it. */
  readonly name: string;
  readonly created_at: Timestamp;
  /** Counts changes of this record from 1. */
  readonly version: number;
}

/** A spool. All weights are grams, exact to the milligram, 0 to {@link WEIGHT_MAX_GRAMS} of `requests.ts`. */
export interface FilamentRecord {
  readonly id: string;
  readonly type: string;
  readonly color: string;
  readonly total_weight_in_grams: number;
  /** What is on the spool now: the total and every entry of its ledger. */
  readonly remaining_weight_in_grams: number;
  /** The sum of the weights of queued and running jobs on this spool. */
  readonly reserved_weight_in_grams: number;
  /** remaining − reserved: what a new job may ask for. */
  readonly free_weight_in_grams: number;
  readonly created_at: Timestamp;
  readonly version: number;
}

/** The seed's four words. */
export type PrintjobStatus = JobStatus;

export interface PrintjobRecord {
  readonly id: string;
  readonly printer_id: string;
  readonly filament_id: string;
  readonly filepath: string;
  readonly print_weight_in_grams: number;
  readonly status: PrintjobStatus;
  /** Null until it happened, like `ended_at`. */
  readonly started_at: Timestamp | null;
  readonly ended_at: Timestamp | null;
  readonly created_at: Timestamp;
  /** 0 before the first start, then the number of the running or last attempt. */
  readonly attempt: number;
  /** Order of creation in the farm, from 1. */
  readonly sequence: number;
  readonly version: number;
}

/**
 * What a PC is in the cluster, as the answering node sees it. `joining`: admitted to the farm, not in the
 * consensus group yet.
 */
export type MemberRole = 'leader' | 'voter' | 'learner' | 'joining';

/** One PC of the farm. */
export interface MemberRecord {
  /** 64 hex digits: SHA-256 of the PC's public key. */
  readonly id: string;
  readonly name: string;
  /** `host:port` of the peer port; empty when it was never announced. */
  readonly peer_address: string;
  /** Base address of that PC's API as seen on that PC; empty when it was never announced. */
  readonly http_address: string;
  readonly software_version: string;
  readonly role: MemberRole;
  /** Milliseconds since the answering node heard of it; 0 for itself, null = not since the answering node started. */
  readonly last_heard_ms: number | null;
  /** True for the node that answers. */
  readonly is_self: boolean;
}

/** What the answering node is doing. */
export type NodeRoleWord =
  'leader' | 'follower' | 'candidate' | 'learner' | 'recovering' | 'removed' | 'failed';

/** The cluster as the answering node sees it: telemetry, it may differ from node to node for a moment. */
export interface ClusterRecord {
  readonly node_id: string;
  /** Null until the farm is founded or joined. */
  readonly farm_id: string | null;
  readonly farm_name: string;
  readonly role: NodeRoleWord;
  readonly term: number;
  /** Null while no leader is known: everything can be read, nothing can be changed. */
  readonly leader_id: string | null;
  readonly commit_index: number;
  readonly applied_index: number;
  readonly voters: readonly string[];
  readonly learners: readonly string[];
  /** A leader is known and this node has applied all that it knows to be committed. */
  readonly ready: boolean;
  /** Ordered by name, then id. */
  readonly members: readonly MemberRecord[];
}

/** The answer to a request for an invitation. The token is shown once and kept nowhere. */
export interface InvitationRecord {
  /** To be given to the other PC: `raft3d start --join TOKEN`. */
  readonly token: string;
  readonly expires_at: Timestamp;
}

/** A whole collection: a JSON object keyed by id, as in the seed. */
export type ById<T> = Readonly<Record<string, T>>;
