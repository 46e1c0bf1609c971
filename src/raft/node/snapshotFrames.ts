/**
 * The frames of a snapshot transfer, and its sizes. Offer -> resume (where to begin) -> chunks, each acknowledged when
 * it was taken in -> finish -> result (stored and checked, or why not). Each frame begins with the sender's number of
 * the transfer, so that late frames of a broken one are told apart.
 */
import { COUNTER_BYTES, isCounter, readNumber, writeNumber } from './counters.ts';

/** Large enough that framing costs nothing, small enough that one chunk never holds the event loop for a millisecond. */
export const CHUNK_BYTES = 256 * 1024;
/** Sent and not yet acknowledged: keeps the wire busy on a LAN while both ends hold little. */
export const WINDOW_BYTES = 4 * CHUNK_BYTES;
/** A receiver whose peer overruns the window this far ends the connection: such a peer follows no rule. */
export const RECEIVE_BUFFER_BYTES_MAX = 2 * WINDOW_BYTES;
/** A receiver's disk may be slow, but one chunk a quarter of a minute is no transfer. */
export const STEP_TIMEOUT_MS = 15_000;
/** Checking and syncing hundreds of megabytes on a slow disk. */
export const FINISH_TIMEOUT_MS = 60_000;

const NUMBER_BYTES = 4;
const DETAIL_CHARS_MAX = 300;

/** The transfer's number, then `rest`. */
export function numbered(transfer: number): Buffer {
  const head = Buffer.allocUnsafe(NUMBER_BYTES);
  head.writeUInt32BE(transfer);
  return head;
}

/** The transfer's number and a byte position: the head of resume, chunk, ack and finish. */
export function positioned(transfer: number, position: number): Buffer {
  const head = Buffer.allocUnsafe(NUMBER_BYTES + COUNTER_BYTES);
  head.writeUInt32BE(transfer);
  writeNumber(head, NUMBER_BYTES, position);
  return head;
}

export function resultBody(transfer: number, done: boolean, detail: string): Buffer {
  const text = Buffer.from(detail.slice(0, DETAIL_CHARS_MAX));
  return Buffer.concat([numbered(transfer), Buffer.from([done ? 1 : 0]), text]);
}

export interface Numbered {
  readonly transfer: number;
  readonly rest: Buffer;
}

/** Null when the body is too short. `rest` is a view. */
export function readNumbered(body: Uint8Array): Numbered | null {
  if (body.length < NUMBER_BYTES) return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { transfer: bytes.readUInt32BE(0), rest: bytes.subarray(NUMBER_BYTES) };
}

/** The position at the head of `rest` and what follows, or null when there is none. */
export function readPosition(rest: Buffer): { readonly position: number; readonly data: Buffer } | null {
  if (rest.length < COUNTER_BYTES) return null;
  const position = readNumber(rest, 0);
  return isCounter(position) ? { position, data: rest.subarray(COUNTER_BYTES) } : null;
}

export function readResult(rest: Buffer): { readonly done: boolean; readonly detail: string } | null {
  if (rest.length < 1) return null;
  return { done: rest[0] === 1, detail: rest.toString('utf8', 1).slice(0, DETAIL_CHARS_MAX) };
}

/** Cuts a stream of any slices into pieces of {@link CHUNK_BYTES}, the last one shorter. Nothing is kept twice. */
export async function* rechunk(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const slice of source) {
    let rest = slice;
    while (held + rest.length >= CHUNK_BYTES) {
      const piece = rest.subarray(0, CHUNK_BYTES - held);
      rest = rest.subarray(piece.length);
      yield parts.length === 0 ? piece : Buffer.concat([...parts, piece], CHUNK_BYTES);
      parts = [];
      held = 0;
    }
    if (rest.length > 0) {
      parts.push(rest);
      held += rest.length;
    }
  }
  if (held > 0) yield Buffer.concat(parts, held);
}
