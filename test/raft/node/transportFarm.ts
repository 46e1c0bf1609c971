/** Real transports on loopback for the tests: a small farm whose members know each other, and what each was told. */
import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { createRandom } from '../../../src/base/random.ts';
import type { Message } from '../../../src/raft/core/types.ts';
import { encodeFrame, FRAME, FrameParser } from '../../../src/raft/node/frames.ts';
import { createIdentity, type Identity } from '../../../src/raft/node/identity.ts';
import type { Clock, SnapshotSink } from '../../../src/raft/node/ports.ts';
import { createSystemClock } from '../../../src/raft/node/systemClock.ts';
import { startTlsTransport } from '../../../src/raft/node/tlsTransport.ts';
import type {
  JoinAnswer,
  JoinRequest,
  TlsTransport,
  TransportEvent,
  TransportOptions,
} from '../../../src/raft/node/transportTypes.ts';

export const FARM = 'farm-1';

const realClock = createSystemClock();

/** A clock on which a second takes a twentieth: limits of seconds are tested without waiting for them. */
export const hastyClock: Clock = {
  nowMs: () => realClock.nowMs() * 20,
  setTimer: (delayMs, callback) => realClock.setTimer(delayMs / 20, callback),
};

/** One transport and everything that it told its node. */
export interface TestNode {
  readonly identity: Identity;
  readonly transport: TlsTransport;
  readonly received: Message[];
  readonly events: TransportEvent[];
  readonly unreachable: string[];
  readonly learned: string[];
  readonly joins: JoinRequest[];
}

/** A farm on paper: who is a member, where each lives. Tests change it freely. */
export class TestFarm {
  readonly members = new Set<string>();
  readonly addresses = new Map<string, string>();
  readonly running: TlsTransport[] = [];
  joinAnswer: (request: JoinRequest) => Promise<JoinAnswer> = () =>
    Promise.resolve({ ok: false, code: 'invitation_unknown', detail: 'no such invitation' });
  sinkOf: (node: Identity) => Promise<SnapshotSink> = () => Promise.reject(new Error('no sink in this test'));
  private lastRound = 1_000_000;
  private readonly watchers = new Set<() => void>();

  async start(options: Partial<TransportOptions> = {}, clock = realClock): Promise<TestNode> {
    const identity = options.identity ?? createIdentity();
    const received: Message[] = [];
    const events: TransportEvent[] = [];
    const unreachable: string[] = [];
    const learned: string[] = [];
    const joins: JoinRequest[] = [];
    const transport = await startTlsTransport(
      {
        identity,
        cluster: FARM,
        listen: { host: '127.0.0.1', port: 0 },
        softwareVersion: '0.1.0',
        isMember: (id) => this.members.has(id),
        addressOf: (id) => this.addresses.get(id) ?? null,
        learnedAddress: (id, address) => {
          learned.push(`${id} ${address}`);
        },
        join: (request) => {
          joins.push(request);
          return this.joinAnswer(request);
        },
        report: (event) => {
          events.push(event);
          this.changed();
        },
        ...options,
      },
      clock,
      createRandom(1),
    );
    transport.listen({
      message: (message) => {
        received.push(message);
        this.changed();
      },
      snapshot: () => this.sinkOf(identity),
      unreachable: (peer) => {
        unreachable.push(peer);
        this.changed();
      },
    });
    this.running.push(transport);
    this.members.add(identity.nodeId);
    this.addresses.set(identity.nodeId, `127.0.0.1:${transport.address.port}`);
    return { identity, transport, received, events, unreachable, learned, joins };
  }

  /** Resolves when `condition` holds, looking again whenever any node was told something. Fails after `limitMs`. */
  async until(condition: () => boolean, what: string, limitMs = 5000): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        done();
        resolve();
      };
      const cancel = realClock.setTimer(limitMs, () => {
        done();
        reject(new Error(`did not happen within ${limitMs} ms: ${what}`));
      });
      const done = (): void => {
        cancel();
        this.watchers.delete(look);
      };
      this.watchers.add(look);
    });
  }

  /** Sends again and again, as Raft does, until one arrives or the limit is over. */
  async insist(from: TestNode, to: TestNode, limitMs = 5000): Promise<void> {
    const round = (this.lastRound += 1);
    const arrived = (): boolean => to.received.some((m) => m.t === 'heartbeat' && m.round === round);
    const timer = setInterval(() => {
      from.transport.send(heartbeat(from, to, round));
    }, 20);
    try {
      await this.until(arrived, 'a heartbeat arrives', limitMs);
    } finally {
      clearInterval(timer);
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.running.map((transport) => transport.stop()));
  }

  changed(): void {
    for (const look of [...this.watchers]) look();
  }
}

export function heartbeat(from: TestNode, to: TestNode, round: number): Message {
  return {
    t: 'heartbeat',
    cluster: FARM,
    from: from.identity.nodeId,
    to: to.identity.nodeId,
    term: 3,
    commit: 2,
    round,
  };
}

/** A hand-driven TLS client: a stranger, a liar or a member that misbehaves. */
export class RawPeer {
  readonly frames: { readonly type: number; readonly text: string }[] = [];
  readonly closed: Promise<void>;
  readonly socket: TLSSocket;
  private onFrame: () => void = () => undefined;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const parser = new FrameParser(2 ** 24, (type, body) => {
      this.frames.push({ type, text: Buffer.from(body).toString() });
      this.onFrame();
      return true;
    });
    socket.on('data', (chunk: Buffer) => parser.push(chunk));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
      });
    });
  }

  static async open(to: TestNode, identity: Identity | null): Promise<RawPeer> {
    const socket = connectTls({
      host: '127.0.0.1',
      port: to.transport.address.port,
      rejectUnauthorized: false,
      ...(identity === null ? {} : { key: identity.keyPem, cert: identity.certPem }),
    });
    await once(socket, 'secureConnect');
    return new RawPeer(socket);
  }

  hello(fields: Readonly<Record<string, unknown>>): void {
    const hello = {
      min: 1,
      max: 1,
      cluster: FARM,
      purpose: 'raft-control',
      softwareVersion: '0.1.0',
      peerPort: 9000,
      incarnation: 'raw',
      join: null,
      ...fields,
    };
    this.socket.write(encodeFrame(FRAME.hello, Buffer.from(JSON.stringify(hello))));
  }

  async nextFrame(): Promise<{ readonly type: number; readonly text: string }> {
    const have = this.frames.shift();
    if (have !== undefined) return have;
    await new Promise<void>((resolve) => {
      this.onFrame = resolve;
    });
    return this.nextFrame();
  }
}
