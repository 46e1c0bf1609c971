/**
 * A Raft message to bytes and back. The frequent kinds have a binary form of their own (binaryMessages.ts); the rest
 * are MessagePack maps whose fields are checked one by one. Farm, sender and receiver are not in the bytes: they are
 * those of the authenticated connection, so a member cannot speak in another's name.
 */
import { Packr } from 'msgpackr';
import { ok, refused, type Result } from '../../base/result.ts';
import type { EntryKind, Message } from '../core/types.ts';
import {
  decodeAppend,
  decodeAppendResp,
  decodeHeartbeat,
  decodeHeartbeatResp,
  encodeAppend,
  encodeAppendResp,
  encodeHeartbeat,
  encodeHeartbeatResp,
  TAG,
  type Envelope,
} from './binaryMessages.ts';
import { isCounter } from './counters.ts';
import { isPlainMsgpack } from './msgpackGuard.ts';

export type { Envelope } from './binaryMessages.ts';

/**
 * `unknown_kind`: a newer version's message; skip it (loss is legal). `malformed`: no version of ours wrote this; the
 * connection cannot be trusted any more.
 */
export type DecodeRefusal =
  | { readonly kind: 'unknown_kind'; readonly name: string }
  | { readonly kind: 'malformed'; readonly detail: string };

type BinaryKind = 'append' | 'appendResp' | 'heartbeat' | 'heartbeatResp';
type MapKind = Exclude<Message['t'], BinaryKind>;
type EnvelopeKey = 't' | 'term' | keyof Envelope;
type MessageOf<T, U = Message> = U extends { readonly t: infer K } ? (T extends K ? U : never) : never;
/** Each field of a kind must be named, so a field added to the core does not compile until it travels too. */
type FieldsOf<T extends MapKind> = {
  readonly [F in Exclude<keyof MessageOf<T>, EnvelopeKey>]-?: Field;
} & Readonly<Record<string, Field>>;

interface Field {
  readonly optional: boolean;
  fits(value: unknown): boolean;
}

/** Ids are 64 digits, contexts and reasons are short; 4 KiB is generous and keeps a log line readable. */
const STRING_CHARS_MAX = 4096;
/** Members of one list of a membership; the farm's limit is far below. */
const MEMBERS_MAX = 1024;

const ENTRY_KINDS: ReadonlySet<unknown> = new Set<EntryKind>(['noop', 'command', 'membership']);

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= STRING_CHARS_MAX;
const isIdList = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= MEMBERS_MAX && value.every(isText);

const required = (fits: (value: unknown) => boolean): Field => ({ optional: false, fits });
const optional = (fits: (value: unknown) => boolean): Field => ({ optional: true, fits });
const counter = required(isCounter);
const flag = required((value) => typeof value === 'boolean');
const text = required(isText);

const ballot: FieldsOf<'vote'> = { lastIndex: counter, lastTerm: counter, transfer: flag };
const ballotAnswer: FieldsOf<'voteResp'> = { granted: flag, reason: optional(isText) };
const FIELDS: { readonly [T in MapKind]: FieldsOf<T> } = {
  preVote: ballot,
  vote: ballot,
  preVoteResp: ballotAnswer,
  voteResp: ballotAnswer,
  snapshot: { meta: required(isSnapshotMeta) },
  timeoutNow: {},
  readIndex: { ctx: text, damaged: optional((value) => typeof value === 'boolean') },
  readIndexResp: { ctx: text, index: required((value) => value === null || isCounter(value)) },
  propose: {
    id: text,
    kind: required((value) => ENTRY_KINDS.has(value)),
    data: required((value) => value instanceof Uint8Array),
    seenTerm: counter,
  },
  proposeResp: {
    id: text,
    at: required((value) => value === null || isPosition(value)),
    why: optional(isText),
  },
};

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** The message without its envelope. Any message of the core's types can be encoded; see {@link decodeMessage}. */
export function encodeMessage(message: Message): Uint8Array {
  switch (message.t) {
    case 'append':
      return encodeAppend(message);
    case 'appendResp':
      return encodeAppendResp(message);
    case 'heartbeat':
      return encodeHeartbeat(message);
    case 'heartbeatResp':
      return encodeHeartbeatResp(message);
    default:
      return encodeMap(message);
  }
}

/** Gives the message in `bytes`, as from `envelope.from`, or why there is none. Never throws; copies what it keeps. */
export function decodeMessage(bytes: Uint8Array, envelope: Envelope): Result<Message, DecodeRefusal> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = buffer[0];
  switch (tag) {
    case undefined:
      return malformed('an empty message');
    case TAG.append:
      return orMalformed(decodeAppend(buffer, envelope), 'append');
    case TAG.appendResp:
      return orMalformed(decodeAppendResp(buffer, envelope), 'appendResp');
    case TAG.heartbeat:
      return orMalformed(decodeHeartbeat(buffer, envelope), 'heartbeat');
    case TAG.heartbeatResp:
      return orMalformed(decodeHeartbeatResp(buffer, envelope), 'heartbeatResp');
    case TAG.other:
      return decodeMap(buffer.subarray(1), envelope);
    default:
      return refused({ kind: 'unknown_kind', name: `tag ${tag}` });
  }
}

function encodeMap(message: MessageOf<MapKind>): Uint8Array {
  const map: Record<string, unknown> = { t: message.t, term: message.term };
  const named: ReadonlyMap<string, unknown> = new Map(Object.entries(message));
  for (const name of Object.keys(FIELDS[message.t])) {
    const value = named.get(name);
    if (value !== undefined) map[name] = value;
  }
  const packed = packr.pack(map);
  const bytes = Buffer.allocUnsafe(1 + packed.length);
  bytes[0] = TAG.other;
  bytes.set(packed, 1);
  return bytes;
}

function decodeMap(body: Uint8Array, envelope: Envelope): Result<Message, DecodeRefusal> {
  if (!isPlainMsgpack(body)) return malformed('not plain MessagePack');
  const map = unpack(body);
  if (!isRecord(map) || typeof map['t'] !== 'string') return malformed('no message map');
  const t = map['t'];
  if (!isMapKind(t)) return refused({ kind: 'unknown_kind', name: t.slice(0, 64) });
  if (!isCounter(map['term'])) return malformed(`${t}: term`);
  const message: Record<string, unknown> = { t, ...envelope, term: map['term'] };
  for (const [name, field] of Object.entries<Field>(FIELDS[t])) {
    const value = map[name];
    if (value === undefined && field.optional) continue;
    if (!field.fits(value)) return malformed(`${t}: ${name}`);
    message[name] = ownCopy(value);
  }
  // Each field of this kind was just checked against the table, which the compiler holds against the union.
  return ok(message as unknown as Message);
}

/** The library may throw on bytes that it does not like (say, invalid UTF-8 under other settings). */
function unpack(body: Uint8Array): unknown {
  try {
    return packr.unpack(body);
  } catch {
    return undefined;
  }
}

/** Bytes are views into the frame, which belongs to the socket. */
function ownCopy(value: unknown): unknown {
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}

function isMapKind(t: string): t is MapKind {
  return Object.hasOwn(FIELDS, t);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPosition(value: unknown): boolean {
  return isRecord(value) && isCounter(value['index']) && isCounter(value['term']);
}

function isSnapshotMeta(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value['membership'])) return false;
  const { voters, learners, outgoing, learnersNext } = value['membership'];
  return (
    [value['index'], value['term'], value['membershipIndex'], value['bytes']].every(isCounter) &&
    [value['id'], value['checksum']].every(isText) &&
    [voters, learners, outgoing, learnersNext].every(isIdList)
  );
}

function orMalformed(message: Message | null, what: string): Result<Message, DecodeRefusal> {
  return message === null ? malformed(what) : ok(message);
}

function malformed(detail: string): Result<never, DecodeRefusal> {
  return refused({ kind: 'malformed', detail });
}
