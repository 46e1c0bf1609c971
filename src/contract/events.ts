/**
 * The live view of the farm: what `GET /api/v1/events` (server-sent events) carries.
 *
 * A stream begins with one `snapshot`, or with a `patch` when the client resumes soon enough with Last-Event-ID.
 * The `data` of an event is one JSON text, possibly spread over several `data:` lines (EventSource joins them).
 * Event ids are opaque: they name this run of the node and the applied index. A `snapshot` may come again at any
 * time (a slow client, a restarted node) and replaces everything the client holds.
 */
import type { ById, ClusterRecord, FilamentRecord, PrinterRecord, PrintjobRecord } from './records.ts';

/** Everything, as of `applied_index`. */
export interface SnapshotEvent {
  readonly applied_index: number;
  readonly printers: ById<PrinterRecord>;
  readonly filaments: ById<FilamentRecord>;
  readonly printjobs: ById<PrintjobRecord>;
  readonly cluster: ClusterRecord;
}

/** The records that changed since the event before; null = the record is gone. A collection may be empty. */
export interface PatchEvent {
  /** Never smaller than that of the event before. */
  readonly applied_index: number;
  readonly printers: ById<PrinterRecord | null>;
  readonly filaments: ById<FilamentRecord | null>;
  readonly printjobs: ById<PrintjobRecord | null>;
}

/** Sent when roles, leader or members change, and every {@link CLUSTER_EVENT_PERIOD_MS}. */
export type ClusterEvent = ClusterRecord;

/** Event name on the wire -> its data. */
export interface EventDataByName {
  readonly snapshot: SnapshotEvent;
  readonly patch: PatchEvent;
  readonly cluster: ClusterEvent;
}
export type EventName = keyof EventDataByName;

/** A connected client hears a `cluster` event at least this often: silence for three periods means a dead link. */
export const CLUSTER_EVENT_PERIOD_MS = 2_000;
/** Patches are gathered this long: at most ten a second, as fast as an eye follows a table. */
export const PATCH_PERIOD_MS = 100;
