/** Which fields each kind of snapshot line has, in the order in which they are written. */
import { idComplaint } from './ids.ts';
import { memberFactsShape } from './commandShapes.ts';
import { objectCheck, type ShapeOf } from './shape.ts';
import type {
  FarmIdentity,
  FarmState,
  Filament,
  Invitation,
  Job,
  LedgerEntry,
  Member,
  Printer,
} from './state.ts';
import {
  countCheck,
  FILEPATH_LENGTH_MAX,
  nullableCheck,
  sha256Check,
  TEXT_LENGTH_MAX,
  textCheck,
  timeCheck,
  weightCheck,
  WEIGHT_MAX_MG,
  wholeCheck,
  wordCheck,
} from './values.ts';

const name = textCheck(1, TEXT_LENGTH_MAX);
const text = textCheck(0, TEXT_LENGTH_MAX);
const identity: ShapeOf<FarmIdentity> = { id: idComplaint, name };

/** What a state holds beside its collections. */
export type FarmFacts = Pick<FarmState, 'protocolVersion' | 'farm' | 'farmTimeMs' | 'nextJobSequence'>;
/** A spool without its ledger, whose entries are lines of their own: a line stays short. */
export type FilamentFacts = Omit<Filament, 'ledger'>;

export const farmFactsShape: ShapeOf<FarmFacts> = {
  protocolVersion: countCheck,
  farm: nullableCheck(objectCheck(identity)),
  farmTimeMs: timeCheck,
  nextJobSequence: countCheck,
};

export const printerShape: ShapeOf<Printer> = {
  id: idComplaint,
  company: text,
  model: text,
  name,
  createdAtMs: timeCheck,
  version: countCheck,
};

export const filamentFactsShape: ShapeOf<FilamentFacts> = {
  id: idComplaint,
  type: name,
  color: text,
  totalMg: weightCheck,
  remainingMg: weightCheck,
  reservedMg: weightCheck,
  createdAtMs: timeCheck,
  version: countCheck,
};

export const ledgerEntryShape: ShapeOf<LedgerEntry> = {
  reason: wordCheck(['opening', 'use', 'measure', 'adjust', 'refill']),
  deltaMg: wholeCheck(-WEIGHT_MAX_MG, WEIGHT_MAX_MG),
  jobId: nullableCheck(idComplaint),
  attempt: nullableCheck(countCheck),
  atMs: timeCheck,
};

export const jobShape: ShapeOf<Job> = {
  id: idComplaint,
  printerId: idComplaint,
  filamentId: idComplaint,
  filepath: textCheck(0, FILEPATH_LENGTH_MAX),
  printWeightMg: weightCheck,
  status: wordCheck(['queued', 'running', 'done', 'canceled']),
  sequence: countCheck,
  attempt: wholeCheck(0, Number.MAX_SAFE_INTEGER),
  createdAtMs: timeCheck,
  startedAtMs: nullableCheck(timeCheck),
  endedAtMs: nullableCheck(timeCheck),
  version: countCheck,
};

export const memberShape: ShapeOf<Member> = {
  ...memberFactsShape,
  joinedAtMs: timeCheck,
  version: countCheck,
};

export const invitationShape: ShapeOf<Invitation> = {
  id: idComplaint,
  secretHash: sha256Check,
  createdAtMs: timeCheck,
  expiresAtMs: timeCheck,
  usedBy: nullableCheck(idComplaint),
};
