/**
 * Reads the log back from the bytes of its segments: which entries stand, where the next frame goes, and whether
 * something acknowledged is missing. Pure: the same bytes always give the same answer, so a crash during recovery
 * changes nothing. It knows nothing of snapshots but the index that the log must reach down to.
 */
import type { Entry } from '../core/types.ts';
import { parseFrame, type ParsedFrame } from './segmentFrame.ts';
import {
  decodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentHeaderCrc,
  type SegmentHeader,
} from './segmentHeader.ts';
import { collectEvidence, mayBeTorn, mergeEvidence, NO_EVIDENCE, type Evidence } from './segmentScan.ts';
import { viewOf } from './wideIntegers.ts';

/** One segment file as read. */
export interface SegmentImage {
  readonly sequence: number;
  readonly salt: number;
  readonly bytes: Uint8Array;
}

/** Where the next frame goes. */
export interface LogTail {
  readonly sequence: number;
  readonly endBytes: number;
  readonly lastCrc: number;
}

export interface Replay {
  /** The entry before the first one; 0 and 0 when the log begins at 1. */
  readonly baseIndex: number;
  readonly baseTerm: number;
  readonly entries: readonly Entry[];
  /** The highest commit hint of any frame. */
  readonly commit: number;
  /** Not null when this reading met damage: entries from `from` up to below `until` may have been acknowledged. */
  readonly damage: { readonly from: number; readonly until: number } | null;
  /** Damage found by an earlier start that is not refetched yet; 0 = none. */
  readonly damagedUntil: number;
  /** Null when the last segment must not be added to (damage), or there is none. */
  readonly tail: LogTail | null;
  /** Sequence and first index of the segments that the log still needs; Infinity when its header is unreadable. */
  readonly live: readonly { readonly sequence: number; readonly firstIndex: number }[];
  /** Segments that nothing needs: they may be removed. */
  readonly obsolete: readonly number[];
  /** The number for a new segment: above all that exist. */
  readonly nextSequence: number;
}

/** The log as it grows while frames are read. */
interface Reading {
  baseIndex: number;
  baseTerm: number;
  entries: Entry[];
  commit: number;
  damagedUntil: number;
}

interface Place {
  readonly endBytes: number;
  readonly lastCrc: number;
}

/**
 * Replays `images` (in order of sequence). `neededFrom` is the first index that no snapshot covers.
 * @see docs/storage-format.md, "Reading the log back"
 */
export function replaySegments(images: readonly SegmentImage[], neededFrom: number): Replay {
  const nextSequence = (images.at(-1)?.sequence ?? 0) + 1;
  const used = images.slice(0, countUsed(images));
  const headers = used.map((image) => decodeSegmentHeader(image.bytes));
  const start = findStart(headers, neededFrom);
  const dropped = [...used.slice(0, Math.max(start, 0)), ...images.slice(used.length)];
  const obsolete = dropped.map((image) => image.sequence);

  const header = headers[start];
  const reading: Reading = {
    baseIndex: header == null ? 0 : header.firstIndex - 1,
    baseTerm: header?.previousTerm ?? 0,
    entries: [],
    commit: 0,
    damagedUntil: 0,
  };
  const result = (tail: LogTail | null, damage: Replay['damage']): Replay => ({
    ...reading,
    damage,
    tail,
    live: used.slice(Math.max(start, 0)).map((image, at) => ({
      sequence: image.sequence,
      firstIndex: headers[Math.max(start, 0) + at]?.firstIndex ?? Infinity,
    })),
    obsolete,
    nextSequence,
  });
  if (used.length === 0) return result(null, null);
  if (start < 0) {
    reading.baseIndex = neededFrom - 1;
    return result(null, judgeDamage(reading, used, headers, 0, 0, NO_EVIDENCE));
  }

  let place: Place | null = null;
  let at = start;
  while (at < used.length) {
    const image = used[at];
    const current = headers[at];
    if (image === undefined || current == null || !(at === start || follows(current, reading, place))) {
      const repaired = findRepair(headers, at, reading);
      if (repaired < 0) return result(null, judgeDamage(reading, used, headers, at, 0, NO_EVIDENCE));
      at = repaired;
      place = null;
      continue;
    }
    if (current.kind === 'repair') cutAt(reading, current.firstIndex - 1);
    noteDamagedUntil(reading, current.damagedUntil);
    const next = headers[at + 1];
    const limit = next?.kind === 'continues' ? next.previousEndBytes : image.bytes.length;
    const { broken, ...reached } = readFrames(image, limit, reading);
    place = reached;
    if (broken === null) {
      at += 1;
      continue;
    }
    const isLast = at === used.length - 1;
    if (isLast && mayBeTorn(image.bytes, place.endBytes, broken, image.salt)) break;
    // When this damage was judged for the first time, the good records at the frame's beginning were kept: so add
    // them too (and leave them) when it takes them to reach a repair.
    let repaired = findRepair(headers, at + 1, reading);
    const unread = repaired < 0 && salvage(reading, broken) ? broken.at : place.endBytes;
    if (repaired < 0) repaired = findRepair(headers, at + 1, reading);
    if (repaired < 0) {
      const lastIndex = broken.kind === 'broken' ? (broken.mark?.lastIndex ?? 0) : 0;
      const known = { ...NO_EVIDENCE, highestIndex: lastIndex };
      return result(null, judgeDamage(reading, used, headers, at, unread, known));
    }
    at = repaired;
    place = null;
  }
  const last = used.at(-1);
  const tail = last === undefined || place === null ? null : { sequence: last.sequence, ...place };
  return result(tail, null);
}

/** All but the last ones without a header: it is synced before a segment is used, so these never held anything. */
function countUsed(images: readonly SegmentImage[]): number {
  let count = images.length;
  while (count > 0 && isUnused(images[count - 1])) count -= 1;
  return count;
}

function isUnused(image: SegmentImage | undefined): boolean {
  if (image === undefined) return false;
  return image.bytes.length < SEGMENT_HEADER_BYTES || image.bytes.every((byte) => byte === 0);
}

/** The latest segment that begins at or below `neededFrom`: nothing before it matters. -1 when there is none. */
function findStart(headers: readonly (SegmentHeader | null)[], neededFrom: number): number {
  for (let at = headers.length - 1; at >= 0; at -= 1) {
    const header = headers[at];
    if (header == null) continue;
    if (header.firstIndex <= neededFrom) return at;
    // It took a snapshot's place, and that snapshot is lost: nothing older may stand in for it.
    if (header.kind === 'reset') return -1;
  }
  return -1;
}

function lastIndexOf(reading: Reading): number {
  return reading.baseIndex + reading.entries.length;
}

function termAt(reading: Reading, index: number): number | null {
  if (index === reading.baseIndex) return reading.baseTerm;
  return reading.entries[index - reading.baseIndex - 1]?.term ?? null;
}

/** Whether the segment at `at` takes up the log where `reading` and `place` have brought it. */
function follows(header: SegmentHeader, reading: Reading, place: Place | null): boolean {
  switch (header.kind) {
    case 'reset':
      return false;
    case 'repair':
      return termAt(reading, header.firstIndex - 1) === header.previousTerm;
    case 'continues':
      return (
        place !== null &&
        header.previousEndBytes === place.endBytes &&
        header.previousCrc === place.lastCrc &&
        header.firstIndex === lastIndexOf(reading) + 1
      );
  }
}

/** The first repair segment from `at` on whose start the entries read so far still reach. -1 when there is none. */
function findRepair(headers: readonly (SegmentHeader | null)[], at: number, reading: Reading): number {
  return headers.findIndex(
    (header, position) =>
      position >= at &&
      header?.kind === 'repair' &&
      termAt(reading, header.firstIndex - 1) === header.previousTerm,
  );
}

/** Applies the records before the first unreadable one of a frame whose mark can be read. */
function salvage(
  reading: Reading,
  frame: ParsedFrame,
): frame is Extract<ParsedFrame, { readonly kind: 'broken' }> {
  if (frame.kind !== 'broken' || frame.mark === null) return false;
  return applyEntries(reading, frame.mark.baseIndex, frame.mark.baseTerm, frame.entries);
}

function cutAt(reading: Reading, lastIndex: number): void {
  reading.entries.length = Math.max(0, lastIndex - reading.baseIndex);
}

function noteDamagedUntil(reading: Reading, until: number): void {
  reading.damagedUntil = lastIndexOf(reading) >= until - 1 ? 0 : until;
}

function applyEntries(
  reading: Reading,
  baseIndex: number,
  baseTerm: number,
  entries: readonly Entry[],
): boolean {
  if (baseIndex > lastIndexOf(reading)) return false;
  if (baseIndex < reading.baseIndex) {
    // Only in the first segment that is read: the entries below were in one that a snapshot made obsolete.
    reading.baseIndex = baseIndex;
    reading.baseTerm = baseTerm;
  } else if (termAt(reading, baseIndex) !== baseTerm) return false;
  cutAt(reading, baseIndex);
  for (const entry of entries) reading.entries.push(entry);
  if (reading.damagedUntil > 0) noteDamagedUntil(reading, reading.damagedUntil);
  return true;
}

/** Applies frames until `limit` or the first that does not parse (`broken`; null when all up to `limit` did). */
function readFrames(
  image: SegmentImage,
  limit: number,
  reading: Reading,
): Place & { readonly broken: ParsedFrame | null } {
  const { bytes, salt } = image;
  const view = viewOf(bytes);
  let endBytes = SEGMENT_HEADER_BYTES;
  let lastCrc = segmentHeaderCrc(bytes);
  while (endBytes < limit) {
    const frame = parseFrame(bytes, view, endBytes, salt, lastCrc);
    if (frame.kind !== 'whole') return { endBytes, lastCrc, broken: frame };
    const { mark } = frame;
    if (!applyEntries(reading, mark.baseIndex, mark.baseTerm, frame.entries)) {
      return { endBytes, lastCrc, broken: frame };
    }
    reading.commit = Math.max(reading.commit, mark.commit);
    endBytes += mark.frameBytes;
    lastCrc = frame.lastCrc;
  }
  return { endBytes, lastCrc, broken: null };
}

/** Cuts the log below whatever may be wrong and says what may be missing, from all that can still be recognised. */
function judgeDamage(
  reading: Reading,
  used: readonly SegmentImage[],
  headers: readonly (SegmentHeader | null)[],
  at: number,
  offset: number,
  known: Evidence,
): { readonly from: number; readonly until: number } {
  let evidence = known;
  for (let position = at; position < used.length; position += 1) {
    const image = used[position];
    if (image === undefined) continue;
    evidence = mergeEvidence(
      evidence,
      collectEvidence(image.bytes, position === at ? offset : 0, image.salt),
    );
    const header = position === at && offset > 0 ? null : headers[position];
    if (header == null) continue;
    evidence = mergeEvidence(evidence, {
      lowestIndex: header.firstIndex,
      highestIndex: Math.max(header.firstIndex - 1, header.damagedUntil - 1),
      durableEndBytes: 0,
    });
  }
  const from = Math.min(lastIndexOf(reading) + 1, Math.max(evidence.lowestIndex, reading.baseIndex + 1));
  const highest = Math.max(evidence.highestIndex, lastIndexOf(reading), reading.damagedUntil - 1, from);
  cutAt(reading, from - 1);
  return { from, until: highest + 1 };
}
