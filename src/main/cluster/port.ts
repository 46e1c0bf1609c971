/** What the HTTP side may ask of the cluster: propose a command, read the state, watch it change. */
import type { WallMs } from '../../base/units.ts';
import type { Command, Outcome, Refusal, Touched } from '../../farm/commands.ts';
import type { FarmState } from '../../farm/state.ts';

export type ProposeResult =
  /** Durable on a majority and applied here. The outcome may still be a refusal by the farm's rules. */
  | { readonly kind: 'applied'; readonly outcome: Outcome; readonly appliedIndex: number }
  /** Certainly not applied, now or later. */
  | { readonly kind: 'no_leader' }
  /** Certainly not applied: too much is waiting already. */
  | { readonly kind: 'busy' }
  /** Leadership was lost on the way: it may or may not be applied. A retry with the same id is safe. */
  | { readonly kind: 'outcome_unknown' };

export type ReadResult =
  | {
      readonly kind: 'state';
      readonly state: FarmState;
      readonly appliedIndex: number;
      /** Milliseconds since this node last heard from the leader; 0 at the leader, null when never. */
      readonly leaderContactMs: number | null;
    }
  | { readonly kind: 'no_leader' };

export type NodeRole = 'leader' | 'follower' | 'candidate' | 'learner' | 'recovering' | 'removed' | 'failed';

/** This node's view of the cluster: telemetry, never replicated. */
export interface ClusterStatus {
  readonly nodeId: string;
  readonly role: NodeRole;
  readonly term: number;
  readonly leaderId: string | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly voters: readonly string[];
  readonly learners: readonly string[];
  /** Milliseconds since each other member was last heard by this node; null = not since this node started. */
  readonly lastHeardMs: ReadonlyMap<string, number | null>;
  /** True when a leader is known and this node has applied all that it knows to be committed. */
  readonly ready: boolean;
}

export interface AppliedChange {
  readonly appliedIndex: number;
  readonly state: FarmState;
  readonly touched: readonly Touched[];
}

/** The cluster as the API sees it. Implemented by `farmCluster.ts`; tests of `http/` use one over a single state. */
export interface Cluster {
  /** `deadlineMs`: how long to wait for a leader and for the outcome, 1 to 60,000. Never rejects. */
  propose(command: Command, deadlineMs: number): Promise<ProposeResult>;
  /** Linearizable: sees every write acknowledged anywhere before this call. Never rejects. */
  read(deadlineMs: number): Promise<ReadResult>;
  /** This node's own copy, at once, with or without a leader. */
  readLocal(): Extract<ReadResult, { kind: 'state' }>;
  status(): ClusterStatus;
  /** Called after each applied batch, in order. Returns the unsubscribe function. */
  onApplied(listener: (change: AppliedChange) => void): () => void;
  /** Called when role, term, leader or membership changed. */
  onStatus(listener: (status: ClusterStatus) => void): () => void;
}

/** An invitation, or why there is none. */
export type InvitationResult =
  | { readonly kind: 'created'; readonly token: string; readonly expiresAtMs: WallMs }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'no_leader' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'outcome_unknown' };
