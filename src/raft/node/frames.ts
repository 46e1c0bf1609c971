/**
 * Frames on a peer connection: four bytes of length (big endian), then that many bytes, of which the first says what
 * the frame is. This file knows lengths and types, not what is inside.
 */

/** First byte of every frame. Numbers are for ever; unknown ones are skipped so that newer versions may add some. */
export const FRAME = {
  hello: 0x01,
  refuse: 0x02,
  message: 0x03,
  joinAnswer: 0x04,
  /** "I heard you": keeps a one-way stream of frames from looking like a dead peer. */
  pong: 0x05,
  /** "I have no way to dial you: open a bulk connection to me." */
  dialBulk: 0x06,
  snapshotOffer: 0x10,
  snapshotResume: 0x11,
  snapshotChunk: 0x12,
  snapshotAck: 0x13,
  snapshotFinish: 0x14,
  snapshotResult: 0x15,
} as const;

export const FRAME_PREFIX_BYTES = 4;
/** Length prefix and type byte. */
export const FRAME_HEADER_BYTES = FRAME_PREFIX_BYTES + 1;
/**
 * Largest frame between members. An append is cut at `Options.maxAppendBytes` (1 MiB or so) but one larger entry still
 * travels alone; 8 MiB is far above any command of the farm and small enough to hold one per peer in memory.
 */
export const FRAME_BYTES_MAX = 8 * 1024 * 1024;
/** Largest frame before a peer was let in: a hello has a few hundred bytes; strangers must not cost more memory. */
export const HELLO_FRAME_BYTES_MAX = 4 * 1024;
/** Largest answer to a joining node: 50 members of about 130 bytes, with room for ten times as many. */
export const JOIN_ANSWER_BYTES_MAX = 64 * 1024;

/** One frame ready to write; its body is the parts one after the other, copied here once. */
export function encodeFrame(type: number, ...parts: readonly Uint8Array[]): Buffer {
  let bodyBytes = 0;
  for (const part of parts) bodyBytes += part.length;
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bodyBytes);
  frame.writeUInt32BE(1 + bodyBytes, 0);
  frame[FRAME_PREFIX_BYTES] = type;
  let at = FRAME_HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** `true` = go on with the next frame, `false` = the connection is done and nothing more is to be parsed. */
export type FrameSink = (type: number, body: Uint8Array) => boolean;

/**
 * Cuts a byte stream into frames. Bytes of an unfinished frame are kept as the chunks they came in and joined once,
 * when the last one is there, so the work is linear however the stream is cut. At most one frame of the limit plus one
 * chunk is ever held. A body handed to the sink is only valid during that call: it may be part of a larger buffer.
 */
export class FrameParser {
  private limitBytes: number;
  private readonly sink: FrameSink;
  private chunks: Uint8Array[] = [];
  private heldBytes = 0;
  /** Bytes that the frame under way needs, prefix included; the prefix alone while its length is unknown. */
  private needBytes = FRAME_PREFIX_BYTES;
  private stopped = false;

  constructor(limitBytes: number, sink: FrameSink) {
    this.limitBytes = limitBytes;
    this.sink = sink;
  }

  /** The next frames may be this large: raised once a peer was let in. */
  setLimit(limitBytes: number): void {
    this.limitBytes = limitBytes;
  }

  /** Takes in the next bytes. Returns what is wrong with them (and then parses no more), or null. */
  push(chunk: Uint8Array): string | null {
    if (this.stopped || chunk.length === 0) return null;
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes < this.needBytes) return null;
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.heldBytes);
    let offset = 0;
    for (;;) {
      const left = bytes.length - offset;
      if (left < FRAME_PREFIX_BYTES) {
        this.keep(bytes, offset, FRAME_PREFIX_BYTES);
        return null;
      }
      const length = readPrefix(bytes, offset);
      if (length === 0 || length > this.limitBytes) {
        this.stop();
        return length === 0
          ? 'a frame without a type'
          : `a frame of ${length} bytes, over ${this.limitBytes}`;
      }
      if (left < FRAME_PREFIX_BYTES + length) {
        this.keep(bytes, offset, FRAME_PREFIX_BYTES + length);
        return null;
      }
      const start = offset + FRAME_PREFIX_BYTES;
      offset = start + length;
      if (!this.sink(bytes[start] ?? 0, bytes.subarray(start + 1, offset))) {
        this.stop();
        return null;
      }
    }
  }

  private keep(bytes: Uint8Array, offset: number, needBytes: number): void {
    this.chunks = offset < bytes.length ? [bytes.subarray(offset)] : [];
    this.heldBytes = bytes.length - offset;
    this.needBytes = needBytes;
  }

  private stop(): void {
    this.stopped = true;
    this.chunks = [];
    this.heldBytes = 0;
  }
}

function readPrefix(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return (bytes[at] ?? 0) * 0x1000000 + low;
}
