/**
 * What the farm knows: the records that every PC holds alike. Only `apply.ts` makes a new state from an old one.
 *
 * Collections are persistent and keep the order of creation. That order comes from the log alone, so it is the
 * canonical order of snapshots and digests, and nothing ever has to be sorted. A plain persistent Map would not do:
 * its order follows hashes, and `immutable` seeds part of them with a random number of the process.
 */
import { OrderedMap, type List } from 'immutable';
import type { Milligrams, WallMs } from '../base/units.ts';

/** The greatest protocol version that this program understands, see {@link FarmState.protocolVersion}. */
export const PROTOCOL_VERSION_MAX = 1;

/** Ids are chosen by the client (they are the idempotency key): 1 to 128 characters, see `ids.ts`. */
export type PrinterId = string;
export type FilamentId = string;
export type JobId = string;
/** SHA-256 of the peer certificate's public key, 64 lower-case hex digits. */
export type MemberId = string;

/** A printer without an attachment is *manual*: a person or a script reports its status, as in the seed. */
export interface Printer {
  readonly id: PrinterId;
  readonly company: string;
  readonly model: string;
  /** What people call it; the id when nobody named it. */
  readonly name: string;
  readonly createdAtMs: WallMs;
  /** Counts changes of this record from 1: the optimistic lock of the API. */
  readonly version: number;
}

export type LedgerReason = 'opening' | 'use' | 'measure' | 'adjust' | 'refill';

/** One change of a spool's grams. remaining = total + the sum of all deltas; nothing else moves it. */
export interface LedgerEntry {
  readonly reason: LedgerReason;
  /** Negative when filament was used. */
  readonly deltaMg: Milligrams;
  /** The job that used it and its attempt (from 1); null for a person's correction. */
  readonly jobId: JobId | null;
  readonly attempt: number | null;
  readonly atMs: WallMs;
}

/**
 * One spool. Its opening entry (first in the ledger, there when it came in already used) keeps the remaining weight it
 * was created with, so that a retry of its creation is recognised after it was printed from.
 */
export interface Filament {
  readonly id: FilamentId;
  /** PLA, PETG, ABS, TPU are known; any word is taken. */
  readonly type: string;
  readonly color: string;
  readonly totalMg: Milligrams;
  /** Kept equal to total + ledger (an invariant). */
  readonly remainingMg: Milligrams;
  /** Kept equal to the sum of the weights of queued and running jobs on this spool (an invariant). */
  readonly reservedMg: Milligrams;
  /** Oldest first. A persistent list: the 100,000th entry costs as little as the first. */
  readonly ledger: List<LedgerEntry>;
  readonly createdAtMs: WallMs;
  readonly version: number;
}

export type JobStatus = 'queued' | 'running' | 'done' | 'canceled';

export interface Job {
  readonly id: JobId;
  readonly printerId: PrinterId;
  readonly filamentId: FilamentId;
  /** As the client gave it; means nothing to the farm. */
  readonly filepath: string;
  readonly printWeightMg: Milligrams;
  readonly status: JobStatus;
  /** Order of creation in the farm, 1, 2, 3 … */
  readonly sequence: number;
  /** 0 before the first start; the number of the running or last attempt after it. */
  readonly attempt: number;
  readonly createdAtMs: WallMs;
  readonly startedAtMs: WallMs | null;
  readonly endedAtMs: WallMs | null;
  readonly version: number;
}

/** One PC of the farm. */
export interface Member {
  readonly id: MemberId;
  readonly name: string;
  /** `host:port` where its peer port was last known; a hint, liveness comes from heartbeats. */
  readonly peerAddress: string;
  /** Base address of its HTTP API as seen on that PC, for people. */
  readonly httpAddress: string;
  readonly softwareVersion: string;
  readonly joinedAtMs: WallMs;
  readonly version: number;
}

/** A one-time permission for one more PC. Only the hash of its secret is kept. */
export interface Invitation {
  readonly id: string;
  /** SHA-256 of the secret, 64 hex digits. */
  readonly secretHash: string;
  readonly createdAtMs: WallMs;
  readonly expiresAtMs: WallMs;
  /** The member that used it, once used. */
  readonly usedBy: MemberId | null;
}

export interface FarmIdentity {
  readonly id: string;
  readonly name: string;
}

export interface FarmState {
  /** What every member can read; raised by a command only (docs/architecture.md, growth rules). */
  readonly protocolVersion: number;
  /** Null until the founding command was applied. */
  readonly farm: FarmIdentity | null;
  /** Greatest time stamped on any applied command: the farm's own clock never runs backwards. */
  readonly farmTimeMs: WallMs;
  readonly nextJobSequence: number;
  readonly printers: OrderedMap<PrinterId, Printer>;
  readonly filaments: OrderedMap<FilamentId, Filament>;
  readonly jobs: OrderedMap<JobId, Job>;
  readonly members: OrderedMap<MemberId, Member>;
  readonly invitations: OrderedMap<string, Invitation>;
}

/** A farm that knows nothing yet: what the first log entry is applied to. */
export const emptyFarm: FarmState = {
  protocolVersion: 1,
  farm: null,
  farmTimeMs: 0 as WallMs,
  nextJobSequence: 1,
  printers: OrderedMap(),
  filaments: OrderedMap(),
  jobs: OrderedMap(),
  members: OrderedMap(),
  invitations: OrderedMap(),
};
