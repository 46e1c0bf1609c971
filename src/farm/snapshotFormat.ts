/** The frame of a snapshot's text, for the one who writes it and the one who reads it: first line, last line, limits. */
import type { LineKind } from './canonicalLines.ts';

export const SNAPSHOT_FORMAT = 'raft3d-farm';
export const SNAPSHOT_FORMAT_VERSION = 1;

/** Longest line that is read: several times the longest record (a path of 4096 characters, escaped). */
export const SNAPSHOT_LINE_LENGTH_MAX = 64 * 1024;

/** The first line of a snapshot that this program writes. */
export const headerLine = JSON.stringify({ format: SNAPSHOT_FORMAT, version: SNAPSHOT_FORMAT_VERSION });

/** How many lines of each kind there were; a kind without lines is left out. */
export type LineCounts = ReadonlyMap<LineKind, number>;

/** The last line: what was written before it, so that a cut or damaged text is noticed. */
export function endLine(counts: LineCounts, checksum: string): string {
  const count = (kind: LineKind): number => counts.get(kind) ?? 0;
  return JSON.stringify({
    kind: 'end',
    printers: count('printer'),
    filaments: count('filament'),
    ledger: count('ledger'),
    jobs: count('job'),
    members: count('member'),
    invitations: count('invitation'),
    checksum,
  });
}
