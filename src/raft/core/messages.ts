/**
 * What a message must look like before any rule sees it. Anything may arrive: a newer version's message, a bit
 * flip, an attacker's. Garbage is dropped here, so that the rules may trust shapes, ranges and order.
 */
import { checkedMembership, decodeMembership, isNodeId } from './membership.ts';
import type { Entry, Message, SnapshotMeta } from './types.ts';

/** Terms and indexes above this are garbage: no cluster counts so far, and sums must stay safe integers. */
const COUNT_MAX = 2 ** 52;
/** Contexts, proposal ids and snapshot ids. */
const TEXT_LENGTH_MAX = 1024;

type Raw = Readonly<Record<string, unknown>>;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= COUNT_MAX;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;
}

function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

function isKind(value: unknown): value is Entry['kind'] {
  return value === 'noop' || value === 'command' || value === 'membership';
}

/** Entries follow `prevIndex` without a gap, terms never fall and never pass the leader's. */
function areEntries(value: unknown, prevIndex: number, prevTerm: number, term: number): boolean {
  if (!Array.isArray(value)) return false;
  const entries: readonly Partial<Entry>[] = value;
  let index = prevIndex;
  let least = Math.max(1, prevTerm);
  for (const entry of entries) {
    index += 1;
    if (typeof entry !== 'object' || entry.index !== index || !isCount(entry.term)) return false;
    if (entry.term < least || entry.term > term) return false;
    if (!isKind(entry.kind) || !isBytes(entry.data)) return false;
    if (entry.kind === 'membership' && decodeMembership(entry.data) === null) return false;
    least = entry.term;
  }
  return index <= COUNT_MAX;
}

function isSnapshotMeta(value: unknown): value is SnapshotMeta {
  if (typeof value !== 'object' || value === null) return false;
  const meta = value as Raw;
  return (
    isCount(meta['index']) &&
    meta['index'] > 0 &&
    isCount(meta['term']) &&
    isCount(meta['membershipIndex']) &&
    meta['membershipIndex'] <= meta['index'] &&
    isCount(meta['bytes']) &&
    isText(meta['id']) &&
    isText(meta['checksum']) &&
    checkedMembership(meta['membership']) !== null
  );
}

function isAt(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const at = value as Raw;
  return isCount(at['index']) && isCount(at['term']);
}

/** The fields of each kind, beside the envelope. */
const shapes: Readonly<Record<Message['t'], (m: Raw) => boolean>> = {
  preVote: isVoteRequest,
  vote: isVoteRequest,
  preVoteResp: isVoteAnswer,
  voteResp: isVoteAnswer,
  append: (m) =>
    isCount(m['prevIndex']) &&
    isCount(m['prevTerm']) &&
    m['prevTerm'] <= (m['term'] as number) &&
    isCount(m['commit']) &&
    areEntries(m['entries'], m['prevIndex'], m['prevTerm'], m['term'] as number),
  appendResp: (m) =>
    typeof m['ok'] === 'boolean' &&
    isCount(m['index']) &&
    isCount(m['rejectIndex']) &&
    isCount(m['hintIndex']) &&
    isCount(m['hintTerm']) &&
    isFlag(m['damaged']),
  heartbeat: (m) => isCount(m['commit']) && isCount(m['round']),
  heartbeatResp: (m) => isCount(m['round']),
  snapshot: (m) => isSnapshotMeta(m['meta']) && m['meta'].term <= (m['term'] as number),
  timeoutNow: () => true,
  readIndex: (m) => isText(m['ctx']) && isFlag(m['damaged']),
  readIndexResp: (m) => isText(m['ctx']) && (m['index'] === null || isCount(m['index'])),
  propose: (m) => isText(m['id']) && isKind(m['kind']) && isBytes(m['data']) && isCount(m['seenTerm']),
  proposeResp: (m) => isText(m['id']) && isAt(m['at']) && (m['why'] === undefined || isText(m['why'])),
};

function isVoteRequest(m: Raw): boolean {
  return isCount(m['lastIndex']) && isCount(m['lastTerm']) && typeof m['transfer'] === 'boolean';
}

function isVoteAnswer(m: Raw): boolean {
  return typeof m['granted'] === 'boolean' && (m['reason'] === undefined || isText(m['reason']));
}

/** True when `value` is a message for node `id` of cluster `cluster`, from somebody else, with sound contents. */
export function isMessageFor(value: unknown, cluster: string, id: string): value is Message {
  try {
    if (typeof value !== 'object' || value === null) return false;
    const m = value as Raw;
    if (m['cluster'] !== cluster || m['to'] !== id) return false;
    if (!isNodeId(m['from']) || m['from'] === id || !isCount(m['term'])) return false;
    const { t } = m;
    return typeof t === 'string' && Object.hasOwn(shapes, t) && shapes[t as Message['t']](m);
  } catch {
    // Only an object with a trap in it can throw here, and that is garbage too.
    return false;
  }
}
