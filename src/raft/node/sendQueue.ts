/** Frames that wait for a socket: bounded in number and bytes, handed out in large pieces. */

/**
 * Two of the largest frames. A leader's window to one follower (`Options.maxInflightBytes`) is below; what does not fit
 * is dropped and sent again by Raft, which is cheaper than memory that grows while a peer is stuck.
 */
export const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Small frames (heartbeats, forwarded requests) must not pile up either: some seconds of heavy traffic. */
export const QUEUE_FRAMES_MAX = 16_384;
/** Small frames are joined up to this size: one TLS record holds 16 KiB, four of them make one system call pay. */
const PIECE_BYTES = 64 * 1024;

export class SendQueue {
  private frames: Uint8Array[] = [];
  private first = 0;
  private queuedBytes = 0;

  get bytes(): number {
    return this.queuedBytes;
  }

  get length(): number {
    return this.frames.length - this.first;
  }

  /** False when there is no room; nothing changed then. */
  push(frame: Uint8Array): boolean {
    if (this.queuedBytes + frame.length > QUEUE_BYTES_MAX || this.length >= QUEUE_FRAMES_MAX) return false;
    this.frames.push(frame);
    this.queuedBytes += frame.length;
    return true;
  }

  /** The next frames in order, joined up to a piece; a frame larger than that comes alone, uncopied. Null = empty. */
  takePiece(): Uint8Array | null {
    const start = this.first;
    let bytes = 0;
    while (this.first < this.frames.length) {
      const next = this.frames[this.first]?.length ?? 0;
      if (bytes > 0 && bytes + next > PIECE_BYTES) break;
      bytes += next;
      this.first += 1;
    }
    const taken = this.frames.slice(start, this.first);
    if (this.first === this.frames.length) {
      this.frames = [];
      this.first = 0;
    } else if (this.first > 1024) {
      // Forget what was taken now and then, so that a long burst stays linear and memory goes back.
      this.frames = this.frames.slice(this.first);
      this.first = 0;
    }
    this.queuedBytes -= bytes;
    const [only] = taken;
    if (only === undefined) return null;
    return taken.length === 1 ? only : Buffer.concat(taken, bytes);
  }

  clear(): void {
    this.frames = [];
    this.first = 0;
    this.queuedBytes = 0;
  }
}
