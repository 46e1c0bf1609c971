/**
 * The way to one peer for one purpose: at most one connection that we dialled and one that it dialled.
 *
 * Who dials: whoever has something to send and no live connection. Each connection carries frames both ways, so it is
 * enough that one side knows the other's address. When both dial at the same moment both connections stay and each side
 * picks one to send on: a tie-break could close both. A newer connection from the same peer replaces the older one, and
 * a hello with a new incarnation ends all older ones.
 */
import type { Random } from '../../base/random.ts';
import type { SecureContext } from 'node:tls';
import type { NodeId } from '../core/types.ts';
import { Backoff } from './backoff.ts';
import { encodeFrame, FRAME_BYTES_MAX, FRAME_HEADER_BYTES, FRAME_PREFIX_BYTES } from './frames.ts';
import type { FrameHandlers, FrameSocket } from './frameSocket.ts';
import type { Hello } from './hello.ts';
import { dialMember } from './memberDial.ts';
import { parseAddress } from './peerAddress.ts';
import { PeerConnection } from './peerConnection.ts';
import type { Clock } from './ports.ts';
import { QUEUE_BYTES_MAX, SendQueue } from './sendQueue.ts';
import type { LinkPurpose, TransportEvent } from './transportTypes.ts';

/** A bulk connection that carried nothing this long is closed by the side that dialled it. */
const BULK_IDLE_MAX_MS = 60_000;

/** What a link needs from the transport around it. */
export interface LinkHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly secureContext: SecureContext;
  hello(purpose: LinkPurpose): Hello;
  addressOf(peer: NodeId): string | null;
  report(event: TransportEvent): void;
  /** A whole frame of an established connection. */
  frame(link: PeerLink, connection: PeerConnection, type: number, body: Uint8Array): void;
  /** A hello was accepted; `incarnation` is the peer's. */
  established(link: PeerLink, incarnation: string): void;
  /** The last connection is gone, or a message could not be taken: once until there is a connection again. */
  down(link: PeerLink): void;
  /** A connection that was established ended, whether or not another is left. */
  ended(link: PeerLink, connection: PeerConnection): void;
}

export class PeerLink {
  readonly peer: NodeId;
  readonly purpose: LinkPurpose;
  private readonly host: LinkHost;
  private readonly backoff: Backoff;
  private readonly queue = new SendQueue();
  private dialled: PeerConnection | null = null;
  private accepted: PeerConnection | null = null;
  /** The one we send on while it is open. */
  private active: PeerConnection | null = null;
  private abandonDial: (() => void) | null = null;
  private flushPlanned = false;
  /** An episode lasts from the first failure told to the host to the next connection (or room in the queue). */
  private downTold = false;
  private overflowTold = false;
  private closed = false;

  constructor(peer: NodeId, purpose: LinkPurpose, host: LinkHost) {
    this.peer = peer;
    this.purpose = purpose;
    this.host = host;
    this.backoff = new Backoff(host.random);
  }

  isUp(): boolean {
    return this.current() !== null;
  }

  /** Bytes that wait in this process, for metrics and tests. Never above the bound of {@link SendQueue}. */
  queuedBytes(): number {
    return this.queue.bytes;
  }

  /** Queues one frame, dialling if need be. False = dropped (no way to the peer, or no room). */
  send(type: number, ...parts: readonly Uint8Array[]): boolean {
    if (this.closed) return false;
    const frame = encodeFrame(type, ...parts);
    if (frame.length - FRAME_PREFIX_BYTES > FRAME_BYTES_MAX) {
      this.host.report({ kind: 'oversized', peer: this.peer, bytes: frame.length - FRAME_HEADER_BYTES });
      this.host.down(this);
      return false;
    }
    if (!this.isUp() && !this.startDial()) {
      this.tellDown();
      return false;
    }
    if (!this.queue.push(frame)) {
      this.tellOverflow();
      return false;
    }
    this.planFlush();
    return true;
  }

  /** Dials unless a connection or an attempt is there already. False = there is nothing to hope for just now. */
  startDial(): boolean {
    if (this.closed) return false;
    if (this.isUp() || this.abandonDial !== null) return true;
    if (!this.backoff.mayTry(this.host.clock.nowMs())) return false;
    const text = this.host.addressOf(this.peer);
    const address = text === null ? null : parseAddress(text);
    if (text === null || address === null) return false;
    const { clock, secureContext } = this.host;
    const { peer, purpose } = this;
    this.abandonDial = dialMember({
      peer,
      address,
      secureContext,
      clock,
      hello: this.host.hello(purpose),
      connected: (socket, theirs) => {
        this.abandonDial = null;
        return this.adopt(socket, 'dialled', theirs.incarnation);
      },
      refused: (by, refusal) => {
        this.abandonDial = null;
        this.host.report({ kind: 'refused', by, peer, address: text, refusal });
        this.backoff.refused(clock.nowMs());
        this.lost();
      },
      failed: (detail) => {
        this.abandonDial = null;
        this.host.report({ kind: 'dial_failed', peer, purpose, address: text, detail });
        this.backoff.failed(clock.nowMs());
        this.lost();
      },
      garbage: (from, detail) => {
        this.host.report({ kind: 'garbage', peer, address: from, detail });
      },
    });
    return true;
  }

  /** Takes over a connection that the peer dialled and whose hello was accepted. Returns what listens to it. */
  accept(socket: FrameSocket, incarnation: string): FrameHandlers {
    this.accepted?.socket.destroy('replaced by a newer connection');
    return this.adopt(socket, 'accepted', incarnation);
  }

  /** The peer's process was started anew: what is still open to the old one is dead. */
  endOlderThan(incarnation: string): void {
    for (const connection of [this.dialled, this.accepted]) {
      if (connection !== null && connection.incarnation !== incarnation) {
        connection.socket.destroy('the peer was restarted');
      }
    }
  }

  sweep(): void {
    if (this.purpose === 'raft-bulk' && this.dialled !== null && this.dialled.idleMs() > BULK_IDLE_MAX_MS) {
      this.dialled.socket.destroy('idle');
    }
    this.dialled?.sweep();
    this.accepted?.sweep();
  }

  /** Closes everything for good. */
  close(reason: string): void {
    this.closed = true;
    this.abandonDial?.();
    this.abandonDial = null;
    this.queue.clear();
    this.dialled?.socket.destroy(reason);
    this.accepted?.socket.destroy(reason);
  }

  private adopt(socket: FrameSocket, direction: 'dialled' | 'accepted', incarnation: string): FrameHandlers {
    const { host, peer, purpose } = this;
    const connection = new PeerConnection(socket, direction, incarnation, host.clock);
    socket.setLimit(FRAME_BYTES_MAX);
    if (direction === 'dialled') this.dialled = connection;
    else this.accepted = connection;
    // The newest one is alive for certain. A transfer on a bulk connection must not be torn over two of them.
    if (purpose === 'raft-control' || this.active?.socket.isOpen() !== true) this.active = connection;
    this.downTold = false;
    if (direction === 'accepted') this.backoff.reset();
    host.report({ kind: 'connected', peer, purpose, direction, address: socket.remoteAddress });
    host.established(this, incarnation);
    this.planFlush();
    return {
      frame: (type, body) => {
        connection.received(type);
        host.frame(this, connection, type, body);
      },
      garbage: (detail) => {
        host.report({ kind: 'garbage', peer, address: socket.remoteAddress, detail });
      },
      drained: () => {
        connection.blocked = false;
        this.flush();
      },
      closed: (reason) => {
        this.release(connection, reason);
      },
    };
  }

  private release(connection: PeerConnection, reason: string): void {
    const nowMs = this.host.clock.nowMs();
    if (this.dialled === connection) {
      this.dialled = null;
      this.backoff.ended(nowMs, nowMs - connection.sinceMs);
    } else if (this.accepted === connection) {
      this.accepted = null;
    }
    this.host.report({ kind: 'disconnected', peer: this.peer, purpose: this.purpose, reason });
    this.host.ended(this, connection);
    if (this.closed) return;
    this.planFlush();
    this.lost();
  }

  private current(): PeerConnection | null {
    for (const connection of [this.active, this.dialled, this.accepted]) {
      if (connection?.socket.isOpen() === true) {
        this.active = connection;
        return connection;
      }
    }
    return null;
  }

  /** Nothing connected and nothing under way: what waits would only be stale when it arrived. */
  private lost(): void {
    if (this.isUp() || this.abandonDial !== null) return;
    this.queue.clear();
    this.tellDown();
  }

  private tellDown(): void {
    if (this.downTold) return;
    this.downTold = true;
    this.host.down(this);
  }

  private tellOverflow(): void {
    if (this.overflowTold) return;
    this.overflowTold = true;
    this.host.report({ kind: 'overflow', peer: this.peer, queuedBytes: this.queue.bytes });
    this.host.down(this);
  }

  /** All that is sent in one turn leaves together. */
  private planFlush(): void {
    if (this.flushPlanned) return;
    this.flushPlanned = true;
    process.nextTick(() => {
      this.flushPlanned = false;
      this.flush();
    });
  }

  private flush(): void {
    for (;;) {
      const connection = this.current();
      if (connection === null || connection.blocked) return;
      const piece = this.queue.takePiece();
      if (piece === null) return;
      connection.write(piece);
      if (this.queue.bytes <= QUEUE_BYTES_MAX / 2) this.overflowTold = false;
    }
  }
}
