/**
 * A TLS socket that speaks frames. It turns the socket's many ways to end into one call of `closed`, and stops reading
 * for good when the bytes are no frames. Who the peer is and what frames mean is decided elsewhere.
 */
import type { TLSSocket } from 'node:tls';
import { encodeFrame, FRAME, FrameParser } from './frames.ts';
import { encodeJson } from './hello.ts';
import { formatAddress, plainHost } from './peerAddress.ts';
import type { Clock } from './ports.ts';
import type { Refusal } from './transportTypes.ts';

/** How long a closing connection may take to deliver its last frame (a refusal) before it is cut. */
const LINGER_MS = 1000;

export interface FrameHandlers {
  frame(type: number, body: Uint8Array): void;
  /** The bytes are no frames; the socket is destroyed, `closed` follows. */
  garbage(detail: string): void;
  /** All that was written has left for the kernel; only after {@link FrameSocket.write} said false. */
  drained(): void;
  /** Exactly once, whatever happened. */
  closed(reason: string): void;
}

export class FrameSocket {
  /** `host:port` of the other end, as the socket sees it. */
  readonly remoteAddress: string;
  /** The host alone. */
  readonly remoteHost: string;
  private readonly socket: TLSSocket;
  private readonly clock: Clock;
  private readonly parser: FrameParser;
  private handlers: FrameHandlers;
  private closeReason: string | null = null;
  private isClosed = false;
  private cancelLinger: () => void = () => undefined;

  /** `socket` has finished its handshake. */
  constructor(socket: TLSSocket, limitBytes: number, clock: Clock, handlers: FrameHandlers) {
    this.socket = socket;
    this.clock = clock;
    this.handlers = handlers;
    this.remoteHost = plainHost(socket.remoteAddress ?? 'unknown');
    this.remoteAddress = formatAddress({ host: this.remoteHost, port: socket.remotePort ?? 0 });
    this.parser = new FrameParser(limitBytes, (type, body) => {
      if (this.closeReason !== null) return false;
      this.handlers.frame(type, body);
      return this.isOpen();
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.take(chunk);
    });
    socket.on('drain', () => {
      this.handlers.drained();
    });
    socket.on('error', (error: Error) => {
      this.closeReason ??= error.message;
    });
    socket.on('close', () => {
      this.onClose();
    });
    // A socket that closed between handshake and here says nothing more.
    if (socket.destroyed) {
      queueMicrotask(() => {
        this.onClose();
      });
    }
  }

  setHandlers(handlers: FrameHandlers): void {
    this.handlers = handlers;
  }

  /** The peer was let in: frames may be as large as members' frames are. */
  setLimit(limitBytes: number): void {
    this.parser.setLimit(limitBytes);
  }

  isOpen(): boolean {
    return this.closeReason === null && !this.socket.destroyed;
  }

  /** Returns false when the socket's buffer is full: wait for `drained`. A closed socket swallows the bytes. */
  write(bytes: Uint8Array): boolean {
    return this.isOpen() ? this.socket.write(bytes) : true;
  }

  /** Says a last frame and closes; the other side has a moment to read it. */
  finish(lastFrame: Uint8Array, reason: string): void {
    if (!this.isOpen()) return;
    this.closeReason = reason;
    this.socket.end(lastFrame);
    this.cancelLinger = this.clock.setTimer(LINGER_MS, () => this.socket.destroy());
  }

  /** Tells the other side why it is not wanted, and closes. */
  refuse(refusal: Refusal): void {
    this.finish(encodeFrame(FRAME.refuse, encodeJson(refusal)), `refused: ${refusal.code}`);
  }

  /** Closes at once. */
  destroy(reason: string): void {
    this.closeReason ??= reason;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    const fault = this.parser.push(chunk);
    if (fault === null || !this.isOpen()) return;
    this.handlers.garbage(fault);
    this.destroy('garbage');
  }

  private onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.cancelLinger();
    this.closeReason ??= 'closed by the other side';
    this.handlers.closed(this.closeReason);
  }
}
