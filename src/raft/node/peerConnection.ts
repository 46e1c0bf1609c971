/**
 * One established connection to one peer, and whether it is still alive. TCP alone needs minutes to notice a pulled
 * cable, so silence after something was sent counts: whoever receives owes a frame, a pong if there is nothing else
 * to say. An idle connection costs nothing and is never suspected.
 */
import { encodeFrame, FRAME } from './frames.ts';
import type { FrameSocket } from './frameSocket.ts';
import type { Clock } from './ports.ts';

/** A peer that says nothing this long after it was sent something is gone. Ten election timeouts and more. */
const SILENCE_MAX_MS = 5000;
/** A pong is sent when no other frame went out for this long. */
const PONG_AFTER_MS = 1000;
const PONG = encodeFrame(FRAME.pong);

export class PeerConnection {
  readonly socket: FrameSocket;
  readonly direction: 'dialled' | 'accepted';
  /** The peer's process start, from its hello. */
  readonly incarnation: string;
  readonly sinceMs: number;
  /** True while the socket's buffer is full. */
  blocked = false;
  private readonly clock: Clock;
  private unansweredSinceMs: number | null = null;
  private owingSinceMs: number | null = null;
  private lastUsedMs: number;

  constructor(socket: FrameSocket, direction: 'dialled' | 'accepted', incarnation: string, clock: Clock) {
    this.socket = socket;
    this.direction = direction;
    this.incarnation = incarnation;
    this.clock = clock;
    this.sinceMs = clock.nowMs();
    this.lastUsedMs = this.sinceMs;
  }

  /** One or more whole frames. */
  write(bytes: Uint8Array): void {
    this.lastUsedMs = this.clock.nowMs();
    this.owingSinceMs = null;
    this.unansweredSinceMs ??= this.lastUsedMs;
    this.blocked = !this.socket.write(bytes);
  }

  /** A frame came in; a pong answers ours but is itself owed nothing. */
  received(type: number): void {
    this.unansweredSinceMs = null;
    this.lastUsedMs = this.clock.nowMs();
    if (type !== FRAME.pong) this.owingSinceMs ??= this.lastUsedMs;
  }

  idleMs(): number {
    return this.clock.nowMs() - this.lastUsedMs;
  }

  /** Called about once a second: pays a pong that is owed, closes the connection when the peer is silent. */
  sweep(): void {
    const nowMs = this.clock.nowMs();
    if (this.unansweredSinceMs !== null && nowMs - this.unansweredSinceMs >= SILENCE_MAX_MS) {
      this.socket.destroy('the peer went silent');
      return;
    }
    if (this.owingSinceMs !== null && nowMs - this.owingSinceMs >= PONG_AFTER_MS && !this.blocked) {
      this.owingSinceMs = null;
      this.blocked = !this.socket.write(PONG);
    }
  }
}
