/** What is measured below HTTP: something that makes bytes durable on two of three nodes, and something that asks. */

export interface Engine {
  /** Commands are given to this node only when it leads. */
  isLeading(): boolean;
  /** Resolves true when `data` is durable on a majority and applied here. */
  commit(data: Uint8Array): Promise<boolean>;
  /** Raft: a linearizable read. Ceiling: one round trip to another node and back, over the same transport. */
  ask(): Promise<boolean>;
}

/** What the parent says to a layer program, one question at a time; the answers are below. */
export type LayerQuestion =
  | { readonly kind: 'address' }
  | { readonly kind: 'members'; readonly members: readonly LayerMember[] }
  | { readonly kind: 'leading' }
  | {
      readonly kind: 'measure';
      readonly what: 'commit' | 'ask';
      readonly clientsCount: number;
      readonly warmUpMs: number;
      readonly measuredMs: number;
    };

export interface LayerMember {
  readonly id: string;
  readonly port: number;
}

export interface LayerResult {
  readonly perSecond: number;
  /** Acts that succeeded, warm-up included. */
  readonly allCount: number;
  readonly failuresCount: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** As long as an encoded job command. */
export const PAYLOAD_BYTES = 200;
