/** Checked shapes of the records of the wire: what tests hold answers against, and what documentation is made from. */
import { z } from 'zod';
import type {
  ClusterRecord,
  FilamentRecord,
  InvitationRecord,
  MemberRecord,
  PrinterRecord,
  PrintjobRecord,
} from './records.ts';
import { PRINTJOB_STATUSES } from './limits.ts';

const timestamp = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const version = z.int().positive();
const grams = z.number().nonnegative();

export const printerRecordSchema = z.strictObject({
  id: z.string().min(1),
  company: z.string(),
  model: z.string(),
  name: z.string(),
  created_at: timestamp,
  version,
}) satisfies z.ZodType<PrinterRecord>;

export const filamentRecordSchema = z.strictObject({
  id: z.string().min(1),
  type: z.string(),
  color: z.string(),
  total_weight_in_grams: grams,
  remaining_weight_in_grams: grams,
  reserved_weight_in_grams: grams,
  free_weight_in_grams: grams,
  created_at: timestamp,
  version,
}) satisfies z.ZodType<FilamentRecord>;

export const printjobRecordSchema = z.strictObject({
  id: z.string().min(1),
  printer_id: z.string(),
  filament_id: z.string(),
  filepath: z.string(),
  print_weight_in_grams: grams,
  status: z.enum(PRINTJOB_STATUSES),
  started_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  created_at: timestamp,
  attempt: count,
  sequence: version,
  version,
}) satisfies z.ZodType<PrintjobRecord>;

export const memberRecordSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  peer_address: z.string(),
  http_address: z.string(),
  software_version: z.string(),
  role: z.enum(['leader', 'voter', 'learner', 'joining']),
  last_heard_ms: z.number().nonnegative().nullable(),
  is_self: z.boolean(),
}) satisfies z.ZodType<MemberRecord>;

export const clusterRecordSchema = z.strictObject({
  node_id: z.string().min(1),
  farm_id: z.string().nullable(),
  farm_name: z.string(),
  role: z.enum(['leader', 'follower', 'candidate', 'learner', 'recovering', 'removed', 'failed']),
  term: count,
  leader_id: z.string().nullable(),
  commit_index: count,
  applied_index: count,
  voters: z.array(z.string()),
  learners: z.array(z.string()),
  ready: z.boolean(),
  members: z.array(memberRecordSchema),
}) satisfies z.ZodType<ClusterRecord>;

export const invitationRecordSchema = z.strictObject({
  token: z.string().min(1),
  expires_at: timestamp,
}) satisfies z.ZodType<InvitationRecord>;
