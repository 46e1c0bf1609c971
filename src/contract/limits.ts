/** Limits and words of the wire as plain constants: a form can check with them without loading any schema. */
import type { PrintjobStatus } from './records.ts';

/** Names, models, colours and the like, in UTF-16 units: longer than any label, short enough for every table. */
export const TEXT_CHARS_MAX = 256;
/** As long as a path can be on the usual systems. */
export const FILEPATH_CHARS_MAX = 4_096;
/** One tonne: far beyond any spool, and every sum stays an exact number. */
export const WEIGHT_MAX_GRAMS = 1_000_000;
/** An invitation is a key under the mat: a week at most. */
export const INVITATION_HOURS_MAX = 168;
/** What an invitation gets when nothing is asked for. */
export const INVITATION_HOURS_DEFAULT = 24;
/** No JSON body of this API comes near it; files travel elsewhere. */
export const BODY_BYTES_MAX = 1_048_576;

/** The four words of a job's status, in the order of its life. */
export const PRINTJOB_STATUSES = [
  'queued',
  'running',
  'done',
  'canceled',
] as const satisfies readonly PrintjobStatus[];
