/** Small records for the window's tests: one of each kind, with what a test cares about changed. */
import type {
  ClusterRecord,
  FilamentRecord,
  MemberRecord,
  PrinterRecord,
  PrintjobRecord,
} from '../../src/contract/records.ts';
import type { SnapshotEvent } from '../../src/contract/events.ts';

export function printer(id: string, changes: Partial<PrinterRecord> = {}): PrinterRecord {
  return {
    id,
    company: 'Prusa',
    model: 'MK4S',
    name: id,
    created_at: '2026-05-04T09:00:00.000Z',
    version: 1,
    ...changes,
  };
}

export function filament(id: string, changes: Partial<FilamentRecord> = {}): FilamentRecord {
  return {
    id,
    type: 'PLA',
    color: 'Red',
    total_weight_in_grams: 1000,
    remaining_weight_in_grams: 800,
    reserved_weight_in_grams: 300,
    free_weight_in_grams: 500,
    created_at: '2026-05-04T09:00:00.000Z',
    version: 1,
    ...changes,
  };
}

export function job(id: string, changes: Partial<PrintjobRecord> = {}): PrintjobRecord {
  return {
    id,
    printer_id: 'p1',
    filament_id: 'f1',
    filepath: '/prints/cube.gcode',
    print_weight_in_grams: 200,
    status: 'queued',
    started_at: null,
    ended_at: null,
    created_at: '2026-05-04T09:00:00.000Z',
    attempt: 0,
    sequence: 1,
    version: 1,
    ...changes,
  };
}

export function member(id: string, changes: Partial<MemberRecord> = {}): MemberRecord {
  return {
    id,
    name: `pc-${id}`,
    peer_address: '10.0.0.1:9000',
    http_address: 'http://127.0.0.1:8000',
    software_version: '0.1.0',
    role: 'voter',
    last_heard_ms: 100,
    is_self: false,
    ...changes,
  };
}

/** A cluster of three voters a, b, c; this node is `a` and leads. */
export function cluster(changes: Partial<ClusterRecord> = {}): ClusterRecord {
  return {
    node_id: 'a',
    farm_id: 'farm',
    farm_name: 'Workshop',
    role: 'leader',
    term: 3,
    leader_id: 'a',
    commit_index: 9,
    applied_index: 9,
    voters: ['a', 'b', 'c'],
    learners: [],
    ready: true,
    members: [member('a', { is_self: true, last_heard_ms: 0, role: 'leader' }), member('b'), member('c')],
    ...changes,
  };
}

/** One printer, one spool, no jobs. */
export function snapshot(changes: Partial<SnapshotEvent> = {}): SnapshotEvent {
  return {
    applied_index: 9,
    printers: { p1: printer('p1') },
    filaments: { f1: filament('f1') },
    printjobs: {},
    cluster: cluster(),
    ...changes,
  };
}
