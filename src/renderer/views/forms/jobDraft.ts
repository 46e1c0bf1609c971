/** A job while it is typed: which fields, what is wrong with them (a spool's free grams too), what is sent. */
import { FILEPATH_CHARS_MAX } from '../../../contract/limits.ts';
import type { FilamentRecord } from '../../../contract/records.ts';
import type { CreatePrintjobRequest } from '../../../contract/requests.ts';
import { text } from '../../format/text.ts';
import { formatGrams, toWholeMilligrams } from '../../format/weight.ts';
import type { Mirror } from '../../store/mirror.ts';
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
export interface JobDraft {
  readonly id: string;
  /** Null while nothing is chosen. */
  readonly printer_id: string | null;
  readonly filament_id: string | null;
  readonly filepath: string;
  readonly print_weight_in_grams: GramsInput;
}

export type JobField = keyof JobDraft;

export const jobLabels: Readonly<Record<JobField, string>> = {
  id: text('form.id'),
  printer_id: text('jobForm.printer'),
  filament_id: text('jobForm.filament'),
  filepath: text('jobForm.filepath'),
  print_weight_in_grams: text('jobForm.weight'),
};

function checkWeight(input: GramsInput, spool: FilamentRecord | undefined): string | null {
  const wrong = checkGrams(input, false);
  if (wrong !== null) return wrong;
  const grams = parseGrams(input);
  if (spool === undefined || grams === null || grams <= spool.free_weight_in_grams) return null;
  return text('jobForm.overCommitted', {
    free: formatGrams(spool.free_weight_in_grams),
    filament: spool.id,
  });
}

export function checkJob(
  draft: JobDraft,
  farm: Pick<Mirror, 'jobs' | 'printers' | 'filaments'>,
): Checked<JobField, CreatePrintjobRequest> {
  const { printer_id: printerId, filament_id: filamentId } = draft;
  const spool = filamentId === null ? undefined : farm.filaments.get(filamentId);
  const printer = printerId === null ? undefined : farm.printers.get(printerId);
  const grams = parseGrams(draft.print_weight_in_grams);
  const errors = collectErrors<JobField>({
    id: checkId(draft.id, farm.jobs),
    printer_id: printer === undefined ? text('jobForm.unknownPrinter') : null,
    filament_id: spool === undefined ? text('jobForm.unknownFilament') : null,
    filepath: checkText(draft.filepath, FILEPATH_CHARS_MAX),
    print_weight_in_grams: checkWeight(draft.print_weight_in_grams, spool),
  });
  if (hasErrors(errors) || printer === undefined || spool === undefined || grams === null) {
    return { ok: false, errors };
  }
  return {
    ok: true,
    request: {
      id: draft.id.trim(),
      printer_id: printer.id,
      filament_id: spool.id,
      filepath: draft.filepath.trim(),
      print_weight_in_grams: grams,
    },
  };
}

/** What stands under the weight: the free grams of the chosen spool, now and after this job. */
export function describeFree(draft: JobDraft, spool: FilamentRecord | undefined): string | null {
  if (spool === undefined) return null;
  const free = formatGrams(spool.free_weight_in_grams);
  const grams = parseGrams(draft.print_weight_in_grams);
  if (grams === null || grams <= 0 || grams > spool.free_weight_in_grams)
    return text('jobForm.free', { free });
  const left = formatGrams(toWholeMilligrams(spool.free_weight_in_grams - grams));
  return text('jobForm.afterwards', { free, left });
}
