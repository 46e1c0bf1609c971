/**
 * What clients send, checked strictly: no coercion, no unknown fields. Ids have their own rule in the farm
 * (`src/farm/ids.ts`), which the server applies after these shapes. The limits are plain constants in `limits.ts`.
 */
import { z } from 'zod';
import { FILEPATH_CHARS_MAX, INVITATION_HOURS_MAX, TEXT_CHARS_MAX, WEIGHT_MAX_GRAMS } from './limits.ts';

/** Says "is missing" for an absent field, and what is expected for a wrong one. */
const expected =
  (what: string) =>
  (issue: { readonly input?: unknown }): string =>
    issue.input === undefined ? `is missing; it must be ${what}` : `must be ${what}`;

const id = z.string({ error: expected('text') });

/** Control characters and line separators: none of our texts has more than one line. */
const NOT_ONE_LINE = /[\p{Cc}\u2028\u2029]/u;

const text = (charsMax: number) =>
  z
    .string({ error: expected('text') })
    .refine((value) => value.length <= charsMax, { error: `must be at most ${charsMax} characters` })
    .refine((value) => !NOT_ONE_LINE.test(value), {
      error: 'must not hold control characters or line breaks',
    });

const filledText = (charsMax: number) =>
  text(charsMax).refine((value) => value.trim() !== '', { error: 'must not be empty' });

/** Whole milligrams: 12.345 is a weight, 1e-9 is not. */
const isWholeMilligrams = (grams: number): boolean => Math.round(grams * 1000) / 1000 === grams;

const weight = z
  .number({ error: expected('a number of grams') })
  .refine((grams) => grams >= 0, { error: 'must not be negative', abort: true })
  .refine((grams) => grams <= WEIGHT_MAX_GRAMS, {
    error: `must be at most ${WEIGHT_MAX_GRAMS} grams`,
    abort: true,
  })
  .refine(isWholeMilligrams, { error: 'must have at most three decimals (whole milligrams)' });

/** POST to printers. */
export const addPrinterSchema = z.strictObject({
  id,
  company: text(TEXT_CHARS_MAX),
  model: text(TEXT_CHARS_MAX),
  /** What people call it; absent = its id. */
  name: filledText(TEXT_CHARS_MAX).optional(),
});
export type AddPrinterRequest = Readonly<z.infer<typeof addPrinterSchema>>;

/** POST to filaments. */
export const addFilamentSchema = z
  .strictObject({
    id,
    type: filledText(TEXT_CHARS_MAX),
    color: text(TEXT_CHARS_MAX),
    total_weight_in_grams: weight,
    /** Absent = a full spool. */
    remaining_weight_in_grams: weight.optional(),
  })
  .refine((spool) => (spool.remaining_weight_in_grams ?? 0) <= spool.total_weight_in_grams, {
    path: ['remaining_weight_in_grams'],
    error: 'must not be more than total_weight_in_grams',
  });
export type AddFilamentRequest = Readonly<z.infer<typeof addFilamentSchema>>;

/** POST to printjobs. */
export const createPrintjobSchema = z.strictObject({
  id,
  printer_id: id,
  filament_id: id,
  filepath: text(FILEPATH_CHARS_MAX),
  print_weight_in_grams: weight,
  /** The seed's bodies carry it. A job begins as queued; the client has no say. */
  status: z.literal('queued', { error: 'must be "queued" or absent: every job begins as queued' }).optional(),
});
export type CreatePrintjobRequest = Readonly<z.infer<typeof createPrintjobSchema>>;

/** POST to invitations. The body may be absent altogether. */
export const createInvitationSchema = z.strictObject({
  valid_for_hours: z
    .number({ error: expected('a whole number of hours') })
    .refine((hours) => Number.isInteger(hours) && hours >= 1 && hours <= INVITATION_HOURS_MAX, {
      error: `must be a whole number from 1 to ${INVITATION_HOURS_MAX}`,
    })
    .optional(),
});
export type CreateInvitationRequest = Readonly<z.infer<typeof createInvitationSchema>>;
