/**
 * The window's copy of what its node knows, as pure steps: snapshot, patch, cluster news, link up, link down.
 * It holds no view state (filters, selection) and asks no clock.
 */
import type { ClusterEvent, PatchEvent, SnapshotEvent } from '../../contract/events.ts';
import type {
  ById,
  ClusterRecord,
  FilamentRecord,
  PrinterRecord,
  PrintjobRecord,
} from '../../contract/records.ts';

/** How the link to this PC's node stands. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `retryAtMs`: when the next try is made; null while one is being made. */
  | { readonly kind: 'lost'; readonly retryAtMs: number | null };

export interface Mirror {
  readonly link: Link;
  /** When anything was last heard from the node; null before the first word. */
  readonly heardAtMs: number | null;
  /** False until the first snapshot: the maps below are then empty because nothing is known yet. */
  readonly loaded: boolean;
  readonly appliedIndex: number;
  readonly printers: ReadonlyMap<string, PrinterRecord>;
  readonly filaments: ReadonlyMap<string, FilamentRecord>;
  readonly jobs: ReadonlyMap<string, PrintjobRecord>;
  readonly cluster: ClusterRecord | null;
}

export const emptyMirror: Mirror = {
  link: { kind: 'connecting' },
  heardAtMs: null,
  loaded: false,
  appliedIndex: 0,
  printers: new Map(),
  filaments: new Map(),
  jobs: new Map(),
  cluster: null,
};

/** Everything anew: what was held before is forgotten, so a record removed meanwhile is gone. */
export function takeSnapshot(mirror: Mirror, event: SnapshotEvent, nowMs: number): Mirror {
  return {
    ...mirror,
    link: { kind: 'live' },
    heardAtMs: nowMs,
    loaded: true,
    appliedIndex: event.applied_index,
    printers: new Map(Object.entries(event.printers)),
    filaments: new Map(Object.entries(event.filaments)),
    jobs: new Map(Object.entries(event.printjobs)),
    cluster: event.cluster,
  };
}

/** A changed copy, or the same map when nothing of this collection changed (so that views are not drawn again). */
function withChanges<T>(held: ReadonlyMap<string, T>, changes: ById<T | null>): ReadonlyMap<string, T> {
  const entries = Object.entries(changes);
  if (entries.length === 0) return held;
  const next = new Map(held);
  for (const [id, record] of entries) {
    if (record === null) next.delete(id);
    else next.set(id, record);
  }
  return next;
}

/** Applies what changed. One that is older than what is held, or comes before any snapshot, changes no record. */
export function takePatch(mirror: Mirror, event: PatchEvent, nowMs: number): Mirror {
  const heard: Mirror = { ...mirror, heardAtMs: nowMs };
  if (!mirror.loaded || event.applied_index < mirror.appliedIndex) return heard;
  return {
    ...heard,
    link: mirror.link.kind === 'live' ? mirror.link : { kind: 'live' },
    appliedIndex: event.applied_index,
    printers: withChanges(mirror.printers, event.printers),
    filaments: withChanges(mirror.filaments, event.filaments),
    jobs: withChanges(mirror.jobs, event.printjobs),
  };
}

/** How the cluster stands; it says nothing about records. */
export function takeCluster(mirror: Mirror, event: ClusterEvent, nowMs: number): Mirror {
  return { ...mirror, heardAtMs: nowMs, cluster: event };
}

/** The link broke. Everything held stays, to be shown as stale. */
export function linkLost(mirror: Mirror, nowMs: number, retryInMs: number): Mirror {
  return { ...mirror, link: { kind: 'lost', retryAtMs: nowMs + retryInMs } };
}

/** A try is being made. After a loss it stays "lost" until a snapshot is there: the data is as old as before. */
export function linkOpening(mirror: Mirror): Mirror {
  if (mirror.link.kind === 'lost') return { ...mirror, link: { kind: 'lost', retryAtMs: null } };
  return mirror;
}

/** True when what is shown may be out of date. */
export function isStale(mirror: Mirror): boolean {
  return mirror.link.kind === 'lost';
}
