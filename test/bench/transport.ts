/**
 * Frames per second and round trips between two transports on loopback, run by hand (bundled, as the program is):
 * `npx rolldown test/bench/transport.ts --platform node --format esm --file bench.mjs && node bench.mjs`.
 * Figures are for comparison on one machine; nothing is asserted.
 */
import { createRandom } from '../../src/base/random.ts';
import type { Message } from '../../src/raft/core/types.ts';
import { createIdentity } from '../../src/raft/node/identity.ts';
import { createSystemClock } from '../../src/raft/node/systemClock.ts';
import { startTlsTransport } from '../../src/raft/node/tlsTransport.ts';
import type { TlsTransport } from '../../src/raft/node/transportTypes.ts';

const addresses = new Map<string, string>();

interface BenchNode {
  readonly id: string;
  readonly transport: TlsTransport;
  onMessage: (message: Message) => void;
}

async function start(): Promise<BenchNode> {
  const identity = createIdentity();
  const transport = await startTlsTransport(
    {
      identity,
      cluster: 'bench',
      listen: { host: '127.0.0.1', port: 0 },
      softwareVersion: 'bench',
      isMember: () => true,
      addressOf: (id) => addresses.get(id) ?? null,
      learnedAddress: () => undefined,
      join: () => Promise.resolve({ ok: false, code: 'bench', detail: '' }),
      report: () => undefined,
    },
    createSystemClock(),
    createRandom(1),
  );
  const node: BenchNode = { id: identity.nodeId, transport, onMessage: () => undefined };
  transport.listen({
    message: (message) => {
      node.onMessage(message);
    },
    snapshot: () => Promise.reject(new Error('no snapshots here')),
    unreachable: () => undefined,
  });
  addresses.set(node.id, `127.0.0.1:${transport.address.port}`);
  return node;
}

function append(from: BenchNode, to: BenchNode, entries: number, bytes: number): Message {
  const data = new Uint8Array(bytes).fill(65);
  const list = Array.from({ length: entries }, (_, n) => ({
    index: n + 1,
    term: 1,
    kind: 'command' as const,
    data,
  }));
  return {
    t: 'append',
    cluster: 'bench',
    from: from.id,
    to: to.id,
    term: 1,
    prevIndex: 0,
    prevTerm: 0,
    entries: list,
    commit: 0,
  };
}

/** Sends `count` messages, `window` at most unanswered, each answered; returns messages per second. */
function run(a: BenchNode, b: BenchNode, message: Message, count: number, window: number): Promise<number> {
  return new Promise((resolve) => {
    let sent = 0;
    let answered = 0;
    const startMs = performance.now();
    const fill = (): void => {
      while (sent < count && sent - answered < window) {
        sent += 1;
        a.transport.send(message);
      }
    };
    b.onMessage = () => {
      b.transport.send({ t: 'heartbeatResp', cluster: 'bench', from: b.id, to: a.id, term: 1, round: 1 });
    };
    a.onMessage = () => {
      answered += 1;
      if (answered === count) resolve((count * 1000) / (performance.now() - startMs));
      else fill();
    };
    fill();
  });
}

const a = await start();
const b = await start();
await run(a, b, append(a, b, 1, 200), 2000, 64);
const rows: Record<string, string>[] = [];
for (const [name, entries, bytes, window, count] of [
  ['round trip, 1 x 200 B', 1, 200, 1, 5000],
  ['pipelined 64, 1 x 200 B', 1, 200, 64, 50_000],
  ['pipelined 64, 64 x 200 B', 64, 200, 64, 5000],
  ['pipelined 4, 1 x 256 KiB', 1, 262_144, 4, 1000],
] as const) {
  const perSecond = await run(a, b, append(a, b, entries, bytes), count, window);
  const mibPerSecond = (perSecond * entries * bytes) / 1024 / 1024;
  rows.push({ name, 'messages/s': perSecond.toFixed(0), 'MiB/s': mibPerSecond.toFixed(1) });
}
console.table(rows);
await Promise.all([a.transport.stop(), b.transport.stop()]);
