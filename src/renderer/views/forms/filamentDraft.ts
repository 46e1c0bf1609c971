/** A spool while it is typed: which fields, what is wrong with them, what is sent. */
import { TEXT_CHARS_MAX } from '../../../contract/limits.ts';
import type { AddFilamentRequest } from '../../../contract/requests.ts';
import { text } from '../../format/text.ts';
import {
  checkGrams,
  checkId,
  checkText,
  type Checked,
  collectErrors,
  type GramsInput,
  hasErrors,
  parseGrams,
} from './checks.ts';

/** Field names are those of the wire, so that the server's paths find them. */
export interface FilamentDraft {
  readonly id: string;
  readonly type: string;
  readonly color: string;
  readonly total_weight_in_grams: GramsInput;
  readonly remaining_weight_in_grams: GramsInput;
}

export type FilamentField = keyof FilamentDraft;

export const filamentLabels: Readonly<Record<FilamentField, string>> = {
  id: text('form.id'),
  type: text('filamentForm.type'),
  color: text('filamentForm.color'),
  total_weight_in_grams: text('filamentForm.total'),
  remaining_weight_in_grams: text('filamentForm.remaining'),
};

/** What shops buy most: a new 1 kg spool of PLA. */
export const FULL_SPOOL_GRAMS = 1000;

export const KNOWN_MATERIALS: readonly string[] = ['PLA', 'PETG', 'ABS', 'TPU'];

function checkRemaining(draft: FilamentDraft): string | null {
  const wrong = checkGrams(draft.remaining_weight_in_grams, true);
  if (wrong !== null) return wrong;
  const total = parseGrams(draft.total_weight_in_grams);
  const remaining = parseGrams(draft.remaining_weight_in_grams);
  return total !== null && remaining !== null && remaining > total
    ? text('filamentForm.moreThanTotal')
    : null;
}

export function checkFilament(
  draft: FilamentDraft,
  taken: { has(id: string): boolean },
): Checked<FilamentField, AddFilamentRequest> {
  const total = parseGrams(draft.total_weight_in_grams);
  const remaining = parseGrams(draft.remaining_weight_in_grams);
  const errors = collectErrors<FilamentField>({
    id: checkId(draft.id, taken),
    type: checkText(draft.type, TEXT_CHARS_MAX),
    color: checkText(draft.color, TEXT_CHARS_MAX),
    total_weight_in_grams: checkGrams(draft.total_weight_in_grams, false),
    remaining_weight_in_grams: checkRemaining(draft),
  });
  if (hasErrors(errors) || total === null || remaining === null) return { ok: false, errors };
  return {
    ok: true,
    request: {
      id: draft.id.trim(),
      type: draft.type.trim(),
      color: draft.color.trim(),
      total_weight_in_grams: total,
      remaining_weight_in_grams: remaining,
    },
  };
}

/** A spool counts as full until the person says otherwise: then what is left follows the full weight. */
export function withTotal(draft: FilamentDraft, total: GramsInput): Partial<FilamentDraft> {
  const full = draft.remaining_weight_in_grams === draft.total_weight_in_grams;
  return full
    ? { total_weight_in_grams: total, remaining_weight_in_grams: total }
    : { total_weight_in_grams: total };
}
