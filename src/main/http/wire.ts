/** From the farm's records to the records of the wire: milligrams to grams, times to text, camelCase to snake_case. */
import { milligrams, milligramsToGrams, type WallMs } from '../../base/units.ts';
import type {
  ClusterRecord,
  FilamentRecord,
  MemberRecord,
  MemberRole,
  PrinterRecord,
  PrintjobRecord,
  Timestamp,
} from '../../contract/records.ts';
import type { FarmState, Filament, Job, Printer } from '../../farm/state.ts';
import type { ClusterStatus } from '../cluster/port.ts';

/** RFC 3339 in UTC with milliseconds. */
export function timestamp(atMs: WallMs): Timestamp {
  return new Date(atMs).toISOString();
}

export function printerRecord(printer: Printer): PrinterRecord {
  return {
    id: printer.id,
    company: printer.company,
    model: printer.model,
    name: printer.name,
    created_at: timestamp(printer.createdAtMs),
    version: printer.version,
  };
}

export function filamentRecord(filament: Filament): FilamentRecord {
  return {
    id: filament.id,
    type: filament.type,
    color: filament.color,
    total_weight_in_grams: milligramsToGrams(filament.totalMg),
    remaining_weight_in_grams: milligramsToGrams(filament.remainingMg),
    reserved_weight_in_grams: milligramsToGrams(filament.reservedMg),
    free_weight_in_grams: milligramsToGrams(milligrams(filament.remainingMg - filament.reservedMg)),
    created_at: timestamp(filament.createdAtMs),
    version: filament.version,
  };
}

export function printjobRecord(job: Job): PrintjobRecord {
  return {
    id: job.id,
    printer_id: job.printerId,
    filament_id: job.filamentId,
    filepath: job.filepath,
    print_weight_in_grams: milligramsToGrams(job.printWeightMg),
    status: job.status,
    attempt: job.attempt,
    sequence: job.sequence,
    created_at: timestamp(job.createdAtMs),
    started_at: job.startedAtMs === null ? null : timestamp(job.startedAtMs),
    ended_at: job.endedAtMs === null ? null : timestamp(job.endedAtMs),
    version: job.version,
  };
}

function memberRole(id: string, status: ClusterStatus): MemberRole {
  if (id === status.leaderId) return 'leader';
  if (status.voters.includes(id)) return 'voter';
  return status.learners.includes(id) ? 'learner' : 'joining';
}

/** Null when that was never. */
function roundedMs(elapsedMs: number | null | undefined): number | null {
  return elapsedMs == null ? null : Math.round(elapsedMs);
}

function memberRecord(id: string, state: FarmState, status: ClusterStatus): MemberRecord {
  const member = state.members.get(id);
  return {
    id,
    name: member?.name ?? id.slice(0, 8),
    peer_address: member?.peerAddress ?? '',
    http_address: member?.httpAddress ?? '',
    software_version: member?.softwareVersion ?? '',
    role: memberRole(id, status),
    last_heard_ms: id === status.nodeId ? 0 : roundedMs(status.lastHeardMs.get(id)),
    is_self: id === status.nodeId,
  };
}

/** All PCs that the farm or the consensus group knows, ordered by name, then id. */
export function memberRecords(state: FarmState, status: ClusterStatus): readonly MemberRecord[] {
  const ids = new Set([...state.members.keys(), ...status.voters, ...status.learners]);
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...ids]
    .map((id) => memberRecord(id, state, status))
    .sort((a, b) => order(a.name, b.name) || order(a.id, b.id));
}

/** `farmName` stands in while the farm is not founded. */
export function clusterRecord(state: FarmState, status: ClusterStatus, farmName: string): ClusterRecord {
  return {
    node_id: status.nodeId,
    farm_id: state.farm?.id ?? null,
    farm_name: state.farm?.name ?? farmName,
    role: status.role,
    term: status.term,
    leader_id: status.leaderId,
    commit_index: status.commitIndex,
    applied_index: status.appliedIndex,
    voters: status.voters,
    learners: status.learners,
    ready: status.ready,
    members: memberRecords(state, status),
  };
}
