/** A printer while it is typed: which fields, what is wrong with them, what is sent. */
import { TEXT_CHARS_MAX } from '../../../contract/limits.ts';
import type { AddPrinterRequest } from '../../../contract/requests.ts';
import { text } from '../../format/text.ts';
import { checkId, checkText, type Checked, collectErrors, hasErrors } from './checks.ts';

export interface PrinterDraft {
  readonly id: string;
  readonly company: string;
  readonly model: string;
  /** Empty: people call it by its id. */
  readonly name: string;
}

export type PrinterField = keyof PrinterDraft;

export const printerLabels: Readonly<Record<PrinterField, string>> = {
  id: text('form.id'),
  company: text('printerForm.company'),
  model: text('printerForm.model'),
  name: text('printerForm.name'),
};

export function checkPrinter(
  draft: PrinterDraft,
  taken: { has(id: string): boolean },
): Checked<PrinterField, AddPrinterRequest> {
  const name = draft.name.trim();
  const errors = collectErrors<PrinterField>({
    id: checkId(draft.id, taken),
    company: checkText(draft.company, TEXT_CHARS_MAX),
    model: checkText(draft.model, TEXT_CHARS_MAX),
    name: name === '' ? null : checkText(name, TEXT_CHARS_MAX),
  });
  if (hasErrors(errors)) return { ok: false, errors };
  const request = { id: draft.id.trim(), company: draft.company.trim(), model: draft.model.trim() };
  return { ok: true, request: name === '' ? request : { ...request, name } };
}
