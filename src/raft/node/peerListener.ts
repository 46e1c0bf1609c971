/**
 * The accepting side: counts strangers, reads one hello, and either lets a member in, puts a joining node's question
 * to the node, or says why not and closes.
 */
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NodeId } from '../core/types.ts';
import { encodeFrame, FRAME, HELLO_FRAME_BYTES_MAX, JOIN_ANSWER_BYTES_MAX } from './frames.ts';
import { FrameSocket, type FrameHandlers } from './frameSocket.ts';
import { HalfOpenGate, HELLO_TIMEOUT_MS } from './halfOpen.ts';
import { checkHello, encodeJson, parseHello, parseRefusal, type Hello } from './hello.ts';
import { formatAddress, plainHost, type PeerAddress } from './peerAddress.ts';
import type { Clock } from './ports.ts';
import { provenNodeId, secureServer } from './secureChannel.ts';
import type { JoinAnswer, JoinRequest, LinkPurpose, Refusal, TransportOptions } from './transportTypes.ts';

/** Joining asks for a commit by the farm; a few people at a time pair PCs, not dozens. */
const JOINS_MAX = 8;

/** What the listener needs from the transport around it. */
export interface ListenerHost {
  readonly options: TransportOptions;
  readonly clock: Clock;
  hello(purpose: LinkPurpose): Hello;
  /** A member's hello was accepted. Writes nothing; returns what listens from now on. */
  accept(socket: FrameSocket, hello: Hello & { readonly purpose: LinkPurpose }): FrameHandlers;
}

export interface PeerListener {
  readonly address: PeerAddress;
  stop(): Promise<void>;
}

/** Resolves when it listens; rejects with the operating system's error (EADDRINUSE, EADDRNOTAVAIL, EACCES). */
export async function startPeerListener(host: ListenerHost): Promise<PeerListener> {
  const gate = new HalfOpenGate(host.clock);
  const tlsServer = secureServer(host.options.identity, HELLO_TIMEOUT_MS);
  const tcpServer = createTcpServer();
  /** From first packet to last, for {@link PeerListener.stop}. */
  const open = new Set<Socket>();
  /** The way out of the gate for each connection whose handshake runs, by the remote end. */
  const waiting = new Map<string, () => void>();
  const desk = new ReceptionDesk(host);

  tcpServer.on('connection', (socket) => {
    const name = plainHost(socket.remoteAddress ?? 'unknown');
    const leave = gate.enter(name, () => socket.destroy());
    if (leave === null) {
      host.options.report({ kind: 'too_many_half_open', address: remoteEnd(socket) });
      socket.destroy();
      return;
    }
    const key = remoteEnd(socket);
    open.add(socket);
    waiting.set(key, leave);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      waiting.delete(key);
      leave();
    });
    tlsServer.emit('connection', socket);
  });
  tlsServer.on('tlsClientError', (error, socket) => {
    host.options.report({ kind: 'garbage', peer: null, address: remoteEnd(socket), detail: error.message });
    socket.destroy();
  });
  tlsServer.on('secureConnection', (socket) => {
    const leave = waiting.get(remoteEnd(socket));
    if (leave === undefined) socket.destroy();
    else desk.receive(socket, leave);
  });

  await new Promise<void>((resolve, reject) => {
    tcpServer.once('error', reject);
    tcpServer.listen(host.options.listen.port, host.options.listen.host, () => {
      tcpServer.off('error', reject);
      resolve();
    });
  });
  // An accept that fails later (out of descriptors) costs that one connection; the peer dials again.
  tcpServer.on('error', () => undefined);
  const { address, port } = tcpServer.address() as AddressInfo;
  return {
    address: { host: address, port },
    stop: () =>
      new Promise((resolve) => {
        tcpServer.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

function remoteEnd(socket: Socket): string {
  return formatAddress({ host: plainHost(socket.remoteAddress ?? 'unknown'), port: socket.remotePort ?? 0 });
}

/** Reads hellos and decides. */
class ReceptionDesk {
  private readonly host: ListenerHost;
  private joins = 0;

  constructor(host: ListenerHost) {
    this.host = host;
  }

  receive(tls: TLSSocket, leaveGate: () => void): void {
    const { clock, options } = this.host;
    const provenId = provenNodeId(tls);
    const socket: FrameSocket = new FrameSocket(tls, HELLO_FRAME_BYTES_MAX, clock, {
      frame: (type, body) => {
        if (provenId === null) return;
        if (type === FRAME.refuse) {
          this.report('peer', provenId, socket, parseRefusal(body));
          socket.destroy('refused by the other side');
          return;
        }
        this.firstFrame(socket, provenId, type === FRAME.hello ? parseHello(body) : null, leaveGate);
      },
      garbage: (detail) => {
        options.report({ kind: 'garbage', peer: provenId, address: socket.remoteAddress, detail });
      },
      drained: () => undefined,
      closed: () => undefined,
    });
    if (provenId === null) {
      this.refuse(socket, null, { code: 'identity_mismatch', detail: 'no certificate was shown' });
    }
  }

  private firstFrame(socket: FrameSocket, peer: NodeId, hello: Hello | null, leaveGate: () => void): void {
    const { options } = this.host;
    const checked = checkHello(hello, {
      cluster: options.cluster,
      provenId: peer,
      purposes: ['raft-control', 'raft-bulk', 'join'],
    });
    if (!checked.ok) {
      this.refuse(socket, peer, checked.reason);
      return;
    }
    const { purpose, join } = checked.value;
    if (purpose === 'join') {
      if (join !== null) this.join(socket, checked.value, join, leaveGate);
      return;
    }
    if (!options.isMember(peer)) {
      this.refuse(socket, peer, { code: 'not_a_member', detail: 'this node is not a member of the farm' });
      return;
    }
    leaveGate();
    socket.write(encodeFrame(FRAME.hello, encodeJson(this.host.hello(purpose))));
    const listener = this.host.accept(socket, { ...checked.value, purpose });
    socket.setHandlers(listener);
    if (checked.value.peerPort !== 0) {
      options.learnedAddress(peer, formatAddress({ host: socket.remoteHost, port: checked.value.peerPort }));
    }
  }

  private join(
    socket: FrameSocket,
    hello: Hello,
    credentials: NonNullable<Hello['join']>,
    leaveGate: () => void,
  ): void {
    if (this.joins >= JOINS_MAX) {
      this.refuse(socket, hello.nodeId, { code: 'too_busy', detail: 'too many PCs are joining, try again' });
      return;
    }
    this.joins += 1;
    leaveGate();
    // One question per connection: whatever else comes is not read as another.
    socket.setHandlers({
      frame: () => undefined,
      garbage: () => undefined,
      drained: () => undefined,
      closed: () => undefined,
    });
    const request: JoinRequest = {
      ...credentials,
      nodeId: hello.nodeId,
      peerPort: hello.peerPort,
      peerAddress: formatAddress({ host: socket.remoteHost, port: hello.peerPort }),
      softwareVersion: hello.softwareVersion,
    };
    this.host.options.join(request).then(
      (answer) => {
        this.joins -= 1;
        this.answer(socket, hello.nodeId, answer);
      },
      (error: unknown) => {
        this.joins -= 1;
        const detail = error instanceof Error ? error.message : 'the member failed';
        this.report('us', hello.nodeId, socket, { code: 'internal_error', detail });
        this.answer(socket, hello.nodeId, { ok: false, code: 'internal_error', detail: 'the member failed' });
      },
    );
  }

  private answer(socket: FrameSocket, peer: NodeId, answer: JoinAnswer): void {
    const frame = encodeFrame(FRAME.joinAnswer, encodeJson(answer));
    if (frame.length > JOIN_ANSWER_BYTES_MAX) {
      this.refuse(socket, peer, { code: 'internal_error', detail: 'the list of members is too long' });
      return;
    }
    socket.finish(frame, 'answered');
  }

  private refuse(socket: FrameSocket, peer: NodeId | null, refusal: Refusal): void {
    this.report('us', peer, socket, refusal);
    socket.refuse(refusal);
  }

  private report(by: 'us' | 'peer', peer: NodeId | null, socket: FrameSocket, refusal: Refusal): void {
    this.host.options.report({ kind: 'refused', by, peer, address: socket.remoteAddress, refusal });
  }
}
