/**
 * The state as lines of JSON, one a record, in canonical order: what snapshots hold and digests hash. Equal states
 * give equal lines on every PC, however they came to be equal (by the log, or by a snapshot and the rest of the log).
 *
 * The order inside a collection is the order of creation, which the collections keep themselves, so nothing is sorted
 * and each line costs the same, however many records there are.
 */
import type { FarmState } from './state.ts';
import {
  farmFactsShape,
  filamentFactsShape,
  invitationShape,
  jobShape,
  ledgerEntryShape,
  memberShape,
  printerShape,
} from './recordShapes.ts';
import { inOrder, type Shape } from './shape.ts';

/** The kinds of lines, in the order in which they come; the entries of a ledger follow their spool. */
export type LineKind = 'farm' | 'printer' | 'filament' | 'ledger' | 'job' | 'member' | 'invitation';

export interface CanonicalLine {
  readonly kind: LineKind;
  /** JSON without a line break. */
  readonly text: string;
}

/** Every record of `state`. Lazy: a step does the work of one line. */
export function* canonicalLines(state: FarmState): Generator<CanonicalLine, void> {
  yield line('farm', state, farmFactsShape);
  for (const printer of state.printers.values()) yield line('printer', printer, printerShape);
  for (const filament of state.filaments.values()) {
    yield line('filament', filament, filamentFactsShape);
    for (const entry of filament.ledger) yield line('ledger', entry, ledgerEntryShape);
  }
  for (const job of state.jobs.values()) yield line('job', job, jobShape);
  for (const member of state.members.values()) yield line('member', member, memberShape);
  for (const invitation of state.invitations.values()) yield line('invitation', invitation, invitationShape);
}

function line(kind: LineKind, record: object, shape: Shape): CanonicalLine {
  return { kind, text: JSON.stringify({ kind, ...inOrder(record, shape) }) };
}
