/**
 * The `Net` port over mutual TLS: one control and one bulk link per peer, a listener, and the wiring between them.
 * It moves messages and tells facts; who is a member and where a peer lives is asked of the node at each need.
 */
import { randomUUID } from 'node:crypto';
import type { Random } from '../../base/random.ts';
import type { Message, NodeId } from '../core/types.ts';
import { FRAME } from './frames.ts';
import type { FrameHandlers, FrameSocket } from './frameSocket.ts';
import { PROTOCOL, type Hello } from './hello.ts';
import { decodeMessage, encodeMessage } from './messageCodec.ts';
import type { PeerAddress } from './peerAddress.ts';
import type { PeerConnection } from './peerConnection.ts';
import { PeerLink, type LinkHost } from './peerLink.ts';
import { startPeerListener } from './peerListener.ts';
import type { Clock, LinkState, NetHandler } from './ports.ts';
import { secureContextOf } from './secureChannel.ts';
import { SnapshotReceiver } from './snapshotReceiver.ts';
import { SnapshotSender } from './snapshotSender.ts';
import type { LinkPurpose, TlsTransport, TransportOptions } from './transportTypes.ts';

/** How often connections are looked over for silence, owed pongs and idleness. */
const SWEEP_MS = 500;
/** Names of skipped things that are remembered, so that a chatty newer peer is reported once and costs nothing. */
const SKIPPED_NAMES_MAX = 64;

/** A snapshot's file may be in the middle of a write when the node stops; a disk that hangs must not hold it up. */
const STOP_MAX_MS = 2000;

interface Peer {
  readonly control: PeerLink;
  readonly bulk: PeerLink;
  readonly sender: SnapshotSender;
  readonly receiver: SnapshotReceiver;
  lastHeardMs: number | null;
}

/**
 * Listens, then resolves. Rejects with the operating system's error when it cannot (EADDRINUSE, EADDRNOTAVAIL).
 * Messages that arrive before {@link TlsTransport.listen} are lost, as any message may be.
 */
export async function startTlsTransport(
  options: TransportOptions,
  clock: Clock,
  random: Random,
): Promise<TlsTransport> {
  const wiring = new Wiring(options, clock, random);
  const listener = await startPeerListener({
    options,
    clock,
    hello: (purpose) => wiring.hello(purpose),
    accept: (socket, hello) => wiring.accept(socket, hello),
  });
  wiring.listens(listener.address);
  return {
    address: listener.address,
    send: (message) => {
      wiring.send(message);
    },
    sendSnapshot: (message, open) => wiring.peer(message.to).sender.send(message, open),
    listen: (handler) => {
      wiring.handler = handler;
    },
    link: (peer) => wiring.link(peer),
    dropPeer: (nodeId) => {
      wiring.dropPeer(nodeId);
    },
    stop: async () => {
      await Promise.all([wiring.stop(), listener.stop()]);
    },
  };
}

class Wiring implements LinkHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly secureContext;
  handler: NetHandler | null = null;
  private readonly options: TransportOptions;
  private readonly peers = new Map<NodeId, Peer>();
  private readonly incarnation = randomUUID();
  private readonly skipped = new Set<string>();
  private listenPort = 0;
  private stopped = false;
  private cancelSweep: () => void = () => undefined;
  private lastSweepMs: number;

  constructor(options: TransportOptions, clock: Clock, random: Random) {
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.secureContext = secureContextOf(options.identity);
    this.lastSweepMs = clock.nowMs();
  }

  listens(address: PeerAddress): void {
    this.listenPort = address.port;
    this.planSweep();
  }

  send(message: Message): void {
    if (this.stopped) return;
    this.peer(message.to).control.send(FRAME.message, encodeMessage(message));
  }

  link(nodeId: NodeId): LinkState {
    const peer = this.peers.get(nodeId);
    if (peer === undefined) return { connected: false, lastHeardMs: null };
    const { lastHeardMs } = peer;
    return {
      connected: peer.control.isUp(),
      lastHeardMs: lastHeardMs === null ? null : this.clock.nowMs() - lastHeardMs,
    };
  }

  /** Made at the first need: by a send of ours or by the hello of a member, so strangers never get one. */
  peer(nodeId: NodeId): Peer {
    const known = this.peers.get(nodeId);
    if (known !== undefined) return known;
    const control = new PeerLink(nodeId, 'raft-control', this);
    const bulk = new PeerLink(nodeId, 'raft-bulk', this);
    const report = this.options.report.bind(this.options);
    const envelope = { cluster: this.options.cluster, from: nodeId, to: this.options.identity.nodeId };
    const sender = new SnapshotSender(bulk, control, this.clock, report);
    const receiver = new SnapshotReceiver(bulk, envelope, () => this.handler, report);
    const peer: Peer = { control, bulk, sender, receiver, lastHeardMs: null };
    if (this.stopped) sender.stop();
    else this.peers.set(nodeId, peer);
    return peer;
  }

  hello(purpose: LinkPurpose): Hello {
    return {
      ...PROTOCOL,
      cluster: this.options.cluster,
      nodeId: this.options.identity.nodeId,
      purpose,
      softwareVersion: this.options.softwareVersion,
      peerPort: this.listenPort,
      incarnation: this.incarnation,
      join: null,
    };
  }

  accept(socket: FrameSocket, hello: Hello & { readonly purpose: LinkPurpose }): FrameHandlers {
    const { control, bulk } = this.peer(hello.nodeId);
    return (hello.purpose === 'raft-control' ? control : bulk).accept(socket, hello.incarnation);
  }

  addressOf(nodeId: NodeId): string | null {
    return this.options.addressOf(nodeId);
  }

  report(event: Parameters<TransportOptions['report']>[0]): void {
    this.options.report(event);
  }

  established(link: PeerLink, incarnation: string): void {
    const peer = this.peers.get(link.peer);
    peer?.control.endOlderThan(incarnation);
    peer?.bulk.endOlderThan(incarnation);
    if (link === peer?.bulk) peer.sender.up();
  }

  down(link: PeerLink): void {
    if (link.purpose !== 'raft-control') return;
    // Not within the driver's own call of send().
    queueMicrotask(() => {
      if (!this.stopped) this.handler?.unreachable(link.peer);
    });
  }

  ended(link: PeerLink, connection: PeerConnection): void {
    const peer = this.peers.get(link.peer);
    if (peer?.bulk !== link) return;
    peer.sender.broke();
    peer.receiver.broke(connection);
  }

  frame(link: PeerLink, connection: PeerConnection, type: number, body: Uint8Array): void {
    const peer = this.peers.get(link.peer);
    if (peer === undefined || this.stopped) return;
    peer.lastHeardMs = this.clock.nowMs();
    const fault =
      link === peer.control ? this.controlFrame(peer, type, body) : bulkFrame(peer, connection, type, body);
    if (fault === null) return;
    if (fault.kind === 'unknown') {
      this.skip(link.peer, fault.what);
      return;
    }
    const address = connection.socket.remoteAddress;
    this.options.report({ kind: 'garbage', peer: link.peer, address, detail: fault.what });
    connection.socket.destroy('garbage');
  }

  dropPeer(nodeId: NodeId): void {
    const peer = this.peers.get(nodeId);
    if (peer === undefined) return;
    this.peers.delete(nodeId);
    void closePeer(peer, 'the peer was removed');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelSweep();
    const closing = Promise.all([...this.peers.values()].map((peer) => closePeer(peer, 'this node stops')));
    this.peers.clear();
    await new Promise<void>((resolve) => {
      const cancelTimer = this.clock.setTimer(STOP_MAX_MS, resolve);
      void closing.then(() => {
        cancelTimer();
        resolve();
      });
    });
  }

  private controlFrame(peer: Peer, type: number, body: Uint8Array): Fault | null {
    if (type === FRAME.pong) return null;
    if (type === FRAME.dialBulk) {
      peer.bulk.startDial();
      return null;
    }
    if (type !== FRAME.message) return { kind: 'unknown', what: `control frame ${type}` };
    const to = this.options.identity.nodeId;
    const decoded = decodeMessage(body, { cluster: this.options.cluster, from: peer.control.peer, to });
    if (decoded.ok) {
      this.handler?.message(decoded.value);
      return null;
    }
    const { reason } = decoded;
    if (reason.kind === 'unknown_kind') return { kind: 'unknown', what: `message ${reason.name}` };
    return { kind: 'garbage', what: `a message that cannot be read: ${reason.detail}` };
  }

  private skip(peer: NodeId, what: string): void {
    const name = `${peer} ${what}`;
    if (this.skipped.has(name) || this.skipped.size >= SKIPPED_NAMES_MAX) return;
    this.skipped.add(name);
    this.options.report({ kind: 'skipped', peer, what });
  }

  private planSweep(): void {
    this.cancelSweep = this.clock.setTimer(SWEEP_MS, () => {
      const nowMs = this.clock.nowMs();
      // After a pause of this process the answers may lie unread in the kernel: judge nobody by that silence.
      const paused = nowMs - this.lastSweepMs > 4 * SWEEP_MS;
      this.lastSweepMs = nowMs;
      if (!paused) {
        for (const { control, bulk } of this.peers.values()) {
          control.sweep();
          bulk.sweep();
        }
      }
      this.planSweep();
    });
  }
}

type Fault =
  { readonly kind: 'unknown'; readonly what: string } | { readonly kind: 'garbage'; readonly what: string };

function bulkFrame(peer: Peer, connection: PeerConnection, type: number, body: Uint8Array): Fault | null {
  switch (type) {
    case FRAME.pong:
      return null;
    case FRAME.snapshotResume:
    case FRAME.snapshotAck:
    case FRAME.snapshotResult:
      peer.sender.frame(type, body);
      return null;
    case FRAME.snapshotOffer:
    case FRAME.snapshotChunk:
    case FRAME.snapshotFinish: {
      const what = peer.receiver.frame(connection, type, body);
      return what === null ? null : { kind: 'garbage', what };
    }
    default:
      return { kind: 'unknown', what: `bulk frame ${type}` };
  }
}

async function closePeer(peer: Peer, reason: string): Promise<void> {
  peer.sender.stop();
  peer.control.close(reason);
  peer.bulk.close(reason);
  await peer.receiver.stop();
}
