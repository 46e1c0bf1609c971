/** Where in a form the server's refusal is shown: at the field it is about, else on top. */
import { type ApiFailure, describeFailure } from '../../client/answer.ts';
import { text } from '../../format/text.ts';
import type { FieldErrors } from './checks.ts';

/** Refusals of the farm's rules name no path; this is the field each is about. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = {
  duplicate_id: 'id',
  unknown_printer: 'printer_id',
  unknown_filament: 'filament_id',
  filament_over_committed: 'print_weight_in_grams',
};

export interface ServerErrors<Field extends string> {
  readonly fields: FieldErrors<Field>;
  /** Shown above the fields; null when every error has its field. */
  readonly top: string | null;
}

/** `labels`: the form's fields with the names that people see. A field error reads "<label> <message>." */
export function placeServerErrors<Field extends string>(
  failure: ApiFailure,
  labels: Readonly<Record<Field, string>>,
): ServerErrors<Field> {
  const none: Partial<Record<Field, string>> = {};
  const isField = (name: string): name is Field => Object.hasOwn(labels, name);
  if (failure.kind === 'unreachable' || failure.kind === 'outcomeUnknown') {
    return { fields: none, top: text('form.unknownOutcome') };
  }
  if (failure.kind !== 'refused') return { fields: none, top: describeFailure(failure) };
  const { problem } = failure;
  const fields = { ...none };
  let placedAll = problem.errors.length > 0;
  for (const error of problem.errors) {
    if (isField(error.path)) fields[error.path] ??= `${labels[error.path]} ${error.message}.`;
    else placedAll = false;
  }
  const about = FIELD_OF_CODE[problem.code];
  if (problem.errors.length === 0 && about !== undefined && isField(about)) {
    fields[about] = problem.detail;
    placedAll = true;
  }
  return { fields, top: placedAll ? null : problem.detail };
}
