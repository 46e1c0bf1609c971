/**
 * The four messages that make up nearly all traffic (append, heartbeat and their replies) in a fixed binary form.
 * Entries carry no index: it follows from `prevIndex`. Payloads are copied once, straight into the frame's bytes; a
 * cache of encoded entries would keep each log entry twice in memory to save writing 13 bytes.
 *
 * Decoding trusts nothing: a short, long or impossible body gives null.
 */
import type { Entry, EntryKind, Message } from '../core/types.ts';
import { isCounter, readNumber, writeNumber } from './counters.ts';

/** First byte of an encoded message. Numbers are for ever. */
export const TAG = { append: 1, appendResp: 2, heartbeat: 3, heartbeatResp: 4, other: 16 } as const;

/** Farm, sender and receiver are known from the authenticated connection and do not travel. */
export interface Envelope {
  readonly cluster: string;
  readonly from: string;
  readonly to: string;
}

type OfKind<T extends Message['t']> = Extract<Message, { t: T }>;
type AppendResp = OfKind<'appendResp'>;

const ENTRY_KINDS: readonly EntryKind[] = ['noop', 'command', 'membership'];
/** Term (8), kind (1), length (4). */
const ENTRY_HEADER_BYTES = 13;
/** Tag, term, prevIndex, prevTerm, commit, number of entries. */
const APPEND_HEADER_BYTES = 1 + 4 * 8 + 4;
const APPEND_RESP_BYTES = 1 + 1 + 5 * 8;
const HEARTBEAT_BYTES = 1 + 3 * 8;
const HEARTBEAT_RESP_BYTES = 1 + 2 * 8;
const FLAG = { ok: 1, damaged: 2, damagedSaid: 4 } as const;

export function encodeAppend(message: OfKind<'append'>): Buffer {
  let length = APPEND_HEADER_BYTES;
  for (const entry of message.entries) length += ENTRY_HEADER_BYTES + entry.data.length;
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = TAG.append;
  let at = writeNumbers(bytes, 1, [message.term, message.prevIndex, message.prevTerm, message.commit]);
  at = bytes.writeUInt32BE(message.entries.length, at);
  for (const entry of message.entries) {
    at = writeNumber(bytes, at, entry.term);
    at = bytes.writeUInt8(ENTRY_KINDS.indexOf(entry.kind), at);
    at = bytes.writeUInt32BE(entry.data.length, at);
    bytes.set(entry.data, at);
    at += entry.data.length;
  }
  return bytes;
}

export function encodeAppendResp(message: AppendResp): Buffer {
  const bytes = Buffer.allocUnsafe(APPEND_RESP_BYTES);
  bytes[0] = TAG.appendResp;
  bytes[1] =
    (message.ok ? FLAG.ok : 0) |
    (message.damaged === true ? FLAG.damaged : 0) |
    (message.damaged === undefined ? 0 : FLAG.damagedSaid);
  const { term, index, rejectIndex, hintIndex, hintTerm } = message;
  writeNumbers(bytes, 2, [term, index, rejectIndex, hintIndex, hintTerm]);
  return bytes;
}

export function encodeHeartbeat(message: OfKind<'heartbeat'>): Buffer {
  const bytes = Buffer.allocUnsafe(HEARTBEAT_BYTES);
  bytes[0] = TAG.heartbeat;
  writeNumbers(bytes, 1, [message.term, message.commit, message.round]);
  return bytes;
}

export function encodeHeartbeatResp(message: OfKind<'heartbeatResp'>): Buffer {
  const bytes = Buffer.allocUnsafe(HEARTBEAT_RESP_BYTES);
  bytes[0] = TAG.heartbeatResp;
  writeNumbers(bytes, 1, [message.term, message.round]);
  return bytes;
}

/** Entries point into one private copy of `bytes`, so a long-lived entry never pins a socket's buffer. */
export function decodeAppend(bytes: Buffer, envelope: Envelope): OfKind<'append'> | null {
  if (bytes.length < APPEND_HEADER_BYTES) return null;
  const term = readNumber(bytes, 1);
  const prevIndex = readNumber(bytes, 9);
  const prevTerm = readNumber(bytes, 17);
  const commit = readNumber(bytes, 25);
  const count = bytes.readUInt32BE(33);
  if (!areCounters(term, prevIndex, prevTerm, commit, prevIndex + count)) return null;
  if (count * ENTRY_HEADER_BYTES > bytes.length - APPEND_HEADER_BYTES) return null;
  const own = new Uint8Array(bytes);
  const entries: Entry[] = [];
  let at = APPEND_HEADER_BYTES;
  for (let n = 1; n <= count; n++) {
    if (bytes.length - at < ENTRY_HEADER_BYTES) return null;
    const entryTerm = readNumber(bytes, at);
    const kind = ENTRY_KINDS[bytes.readUInt8(at + 8)];
    const end = at + ENTRY_HEADER_BYTES + bytes.readUInt32BE(at + 9);
    if (kind === undefined || end > bytes.length || !areCounters(entryTerm)) return null;
    const data = own.subarray(at + ENTRY_HEADER_BYTES, end);
    entries.push({ index: prevIndex + n, term: entryTerm, kind, data });
    at = end;
  }
  if (at !== bytes.length) return null;
  return { t: 'append', ...envelope, term, prevIndex, prevTerm, entries, commit };
}

export function decodeAppendResp(bytes: Buffer, envelope: Envelope): AppendResp | null {
  if (bytes.length !== APPEND_RESP_BYTES) return null;
  const flags = bytes.readUInt8(1);
  const term = readNumber(bytes, 2);
  const index = readNumber(bytes, 10);
  const rejectIndex = readNumber(bytes, 18);
  const hintIndex = readNumber(bytes, 26);
  const hintTerm = readNumber(bytes, 34);
  if (!areCounters(term, index, rejectIndex, hintIndex, hintTerm)) return null;
  const ok = (flags & FLAG.ok) !== 0;
  const damaged = (flags & FLAG.damagedSaid) === 0 ? {} : { damaged: (flags & FLAG.damaged) !== 0 };
  return { t: 'appendResp', ...envelope, term, ok, index, rejectIndex, hintIndex, hintTerm, ...damaged };
}

export function decodeHeartbeat(bytes: Buffer, envelope: Envelope): OfKind<'heartbeat'> | null {
  if (bytes.length !== HEARTBEAT_BYTES) return null;
  const term = readNumber(bytes, 1);
  const commit = readNumber(bytes, 9);
  const round = readNumber(bytes, 17);
  return areCounters(term, commit, round) ? { t: 'heartbeat', ...envelope, term, commit, round } : null;
}

export function decodeHeartbeatResp(bytes: Buffer, envelope: Envelope): OfKind<'heartbeatResp'> | null {
  if (bytes.length !== HEARTBEAT_RESP_BYTES) return null;
  const term = readNumber(bytes, 1);
  const round = readNumber(bytes, 9);
  return areCounters(term, round) ? { t: 'heartbeatResp', ...envelope, term, round } : null;
}

function areCounters(...values: readonly number[]): boolean {
  return values.every(isCounter);
}

function writeNumbers(bytes: Buffer, start: number, values: readonly number[]): number {
  let at = start;
  for (const value of values) at = writeNumber(bytes, at, value);
  return at;
}
