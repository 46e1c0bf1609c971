/** All state of a core as one canonical text: equal states give equal texts. For tests and the simulator. */
import type { RaftState } from './state.ts';

/** FNV-1a over the bytes: entries are compared by content without putting it into the text. */
function hashOf(data: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function dumpLog(s: RaftState): unknown {
  const { firstIndex, lastIndex } = s.log;
  const base = [firstIndex - 1, s.log.termAt(firstIndex - 1)];
  const entries = s.log.slice(firstIndex, lastIndex, Number.MAX_SAFE_INTEGER);
  return [base, entries.map((entry) => [entry.term, entry.kind, entry.data.length, hashOf(entry.data)])];
}

/** Bytes inside of queued messages become arrays, so that their content counts. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return sorted(value as Map<string, unknown>);
  if (ArrayBuffer.isView(value)) return hashOf(value as Uint8Array);
  return value;
}

export function digestOf(s: RaftState): string {
  const { options, memberships, disk, out, reported, votes, peers, ...rest } = s;
  return JSON.stringify(
    {
      ...rest,
      id: options.id,
      cluster: options.cluster,
      log: dumpLog(s),
      membership: [memberships.currentIndex, memberships.current],
      disk: disk.dump(),
      out: out.dump(),
      votes: sorted(votes),
      peers: sorted(peers),
      reported: reported === null ? null : [reported.term, reported.commit, reported.lastIndex],
    },
    plain,
  );
}
