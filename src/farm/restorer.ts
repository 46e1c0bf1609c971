/**
 * Reads a snapshot line by line. Damaged, cut, foreign or newer text is refused with the reason and the number of the
 * line; a state comes out only when every line was there and fits. How records make a state is in farmBuilder.ts.
 */
import { ok, refused, type Result } from '../base/result.ts';
import type { LineKind } from './canonicalLines.ts';
import { FarmBuilder } from './farmBuilder.ts';
import {
  farmFactsShape,
  filamentFactsShape,
  invitationShape,
  jobShape,
  ledgerEntryShape,
  memberShape,
  printerShape,
  type FarmFacts,
  type FilamentFacts,
} from './recordShapes.ts';
import { fieldComplaint, isPlainObject, unknownField, type Shape } from './shape.ts';
import {
  endLine,
  headerLine,
  SNAPSHOT_FORMAT,
  SNAPSHOT_FORMAT_VERSION,
  SNAPSHOT_LINE_LENGTH_MAX,
} from './snapshotFormat.ts';
import {
  PROTOCOL_VERSION_MAX,
  type FarmState,
  type Invitation,
  type Job,
  type LedgerEntry,
  type Member,
  type Printer,
} from './state.ts';
import { createTextHash } from './textHash.ts';

/** Why a text is no snapshot that this program can take. `line` counts from 1. */
export interface SnapshotRefusal {
  readonly code:
    | 'snapshot_foreign' // the first line is not ours
    | 'snapshot_newer' // written by, or for, a newer program: update this one
    | 'snapshot_corrupt' // a line is damaged, or does not fit the lines before
    | 'snapshot_truncated'; // it ends before its last line
  readonly line: number;
  readonly detail: string;
}

/** Takes one snapshot. After a refusal every call gives the same refusal. */
export interface Restorer {
  /** One line without its line break. A few microseconds. */
  push(line: string): Result<null, SnapshotRefusal>;
  /** Any piece of the text; pieces may end in the middle of a line. */
  write(text: string): Result<null, SnapshotRefusal>;
  /** The state, once all was pushed or written. Constant time, so it may be called from an event loop. */
  finish(): Result<FarmState, SnapshotRefusal>;
}

type Rule = { readonly shape: Shape; readonly add: (builder: FarmBuilder, record: object) => string | null };

/** What to do with each kind of line. The casts hold because the record has passed the shape beside it. */
const rules: { readonly [Kind in LineKind]: Rule } = {
  farm: { shape: farmFactsShape, add: (builder, record) => builder.addFarm(record as FarmFacts) },
  printer: { shape: printerShape, add: (builder, record) => builder.addPrinter(record as Printer) },
  filament: {
    shape: filamentFactsShape,
    add: (builder, record) => builder.addFilament(record as FilamentFacts),
  },
  ledger: {
    shape: ledgerEntryShape,
    add: (builder, record) => builder.addLedgerEntry(record as LedgerEntry),
  },
  job: { shape: jobShape, add: (builder, record) => builder.addJob(record as Job) },
  member: { shape: memberShape, add: (builder, record) => builder.addMember(record as Member) },
  invitation: {
    shape: invitationShape,
    add: (builder, record) => builder.addInvitation(record as Invitation),
  },
};

/** Kinds may not come before kinds of a lower rank: a job needs its printer and its spool. */
const ranks: { readonly [Kind in LineKind]: number } = {
  farm: 0,
  printer: 1,
  filament: 2,
  ledger: 2,
  job: 3,
  member: 4,
  invitation: 5,
};

export function createRestorer(): Restorer {
  const builder = new FarmBuilder();
  const hash = createTextHash();
  const counts = new Map<LineKind, number>();
  let lineNumber = 0;
  let rank = -1;
  let isEnded = false;
  /** The begin of a line whose end has not come yet; bounded by SNAPSHOT_LINE_LENGTH_MAX. */
  let pending = '';
  let refusal: SnapshotRefusal | null = null;

  const fail = (code: SnapshotRefusal['code'], detail: string): void => {
    refusal ??= { code, line: lineNumber, detail };
  };

  const takeHeader = (line: string): void => {
    if (line === headerLine) return;
    const header = parseObject(line);
    const version = header?.['version'];
    if (header?.['format'] !== SNAPSHOT_FORMAT) fail('snapshot_foreign', 'this is no snapshot of a farm');
    else if (typeof version === 'number' && version > SNAPSHOT_FORMAT_VERSION) {
      fail('snapshot_newer', `its format version is ${String(version)}`);
    } else fail('snapshot_corrupt', 'its first line is damaged');
  };

  const takeRecord = (kind: LineKind, record: Readonly<Record<string, unknown>>): void => {
    const { shape, add } = rules[kind];
    const isSecondFarm = kind === 'farm' && counts.has('farm');
    if (ranks[kind] < rank || (rank === -1 && kind !== 'farm') || isSecondFarm) {
      fail('snapshot_corrupt', `a line of kind ${kind} is not expected here`);
      return;
    }
    rank = ranks[kind];
    const protocolVersion = kind === 'farm' ? record['protocolVersion'] : null;
    if (typeof protocolVersion === 'number' && protocolVersion > PROTOCOL_VERSION_MAX) {
      fail('snapshot_newer', `the farm's protocol version is ${String(protocolVersion)}`);
      return;
    }
    const unknown = unknownField(record, shape);
    const complaint =
      unknown === null
        ? (fieldComplaint(record, shape) ?? add(builder, record))
        : `has the unknown field ${unknown}`;
    if (complaint !== null) fail('snapshot_corrupt', `${kind}: ${complaint}`);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };

  const takeEnd = (line: string): void => {
    const complaint = builder.complete();
    if (complaint !== null) fail('snapshot_corrupt', complaint);
    else if (line !== endLine(counts, hash.value()))
      fail('snapshot_corrupt', 'its counts or its checksum differ');
    isEnded = true;
  };

  const takeLine = (line: string): void => {
    lineNumber++;
    if (isEnded) fail('snapshot_corrupt', 'it goes on after its last line');
    else if (line.length > SNAPSHOT_LINE_LENGTH_MAX) fail('snapshot_corrupt', 'the line is too long');
    else if (lineNumber === 1) takeHeader(line);
    else {
      const { kind, ...record } = parseObject(line) ?? {};
      if (kind === 'end') takeEnd(line);
      else if (typeof kind === 'string' && Object.hasOwn(rules, kind)) takeRecord(kind as LineKind, record);
      else fail('snapshot_corrupt', 'the line is no record');
    }
    hash.add(line);
  };

  const push = (line: string): Result<null, SnapshotRefusal> => {
    if (refusal === null) takeLine(line);
    return refusal === null ? ok(null) : refused(refusal);
  };

  return {
    push,
    write(text) {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) push(line);
      // Longer than any line already: handed on to be refused.
      if (pending.length > SNAPSHOT_LINE_LENGTH_MAX) push(pending);
      return refusal === null ? ok(null) : refused(refusal);
    },
    finish() {
      // A last line that lost only its line break is whole; half a line is not read.
      if (parseObject(pending) !== null) push(pending);
      if (refusal === null && !isEnded)
        fail('snapshot_truncated', `it ends after ${String(lineNumber)} lines`);
      return refusal === null ? ok(builder.build()) : refused(refusal);
    },
  };
}

/** The object in a line, or null when it holds anything else. */
function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return isPlainObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
