/** Rules of the printers' records. */
import type { WallMs } from '../base/units.ts';
import type { CommandOf } from './commands.ts';
import type { FarmState, Printer } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/** Refusal: `duplicate_id` when the id names a printer that was created with other content. */
export function addPrinter(state: FarmState, command: CommandOf<'addPrinter'>, nowMs: WallMs): Step {
  const { id, company, model, name } = command;
  const existing = state.printers.get(id);
  if (existing !== undefined) {
    return wasCreatedBy(existing, command)
      ? repeated(state, { kind: 'printer', record: existing, created: false })
      : refuse(state, { code: 'duplicate_id', record: 'printer', id });
  }
  const record: Printer = { id, company, model, name, createdAtMs: nowMs, version: 1 };
  return changed(
    { ...state, printers: state.printers.set(id, record) },
    { kind: 'printer', record, created: true },
    [{ collection: 'printers', id }],
  );
}

/** Compares with the content at creation. A field that becomes changeable must keep its first value for this. */
function wasCreatedBy(printer: Printer, command: CommandOf<'addPrinter'>): boolean {
  return (
    printer.company === command.company && printer.model === command.model && printer.name === command.name
  );
}
