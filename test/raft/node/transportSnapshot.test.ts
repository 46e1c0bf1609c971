import { createHash } from 'node:crypto';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message, SnapshotMeta } from '../../../src/raft/core/types.ts';
import type { SnapshotSink } from '../../../src/raft/node/ports.ts';
import { encodeMessage } from '../../../src/raft/node/messageCodec.ts';
import { encodeFrame, FRAME } from '../../../src/raft/node/frames.ts';
import { createIdentity } from '../../../src/raft/node/identity.ts';
import {
  CHUNK_BYTES,
  numbered,
  positioned,
  rechunk,
  WINDOW_BYTES,
} from '../../../src/raft/node/snapshotFrames.ts';
import { FARM, hastyClock, heartbeat, RawPeer, TestFarm, type TestNode } from './transportFarm.ts';

let farm: TestFarm;
let servers: Server[];
beforeEach(() => {
  farm = new TestFarm();
  servers = [];
});
afterEach(async () => {
  await farm.stopAll();
  for (const server of servers) server.close();
});

const SLICE = Buffer.alloc(64 * 1024, 'a snapshot of a farm of printers ');

/** Slices of `bytes` bytes from `offset` on, and where each reading began. */
function source(bytes: number): {
  readonly opened: number[];
  readonly open: (offset: number) => AsyncIterable<Uint8Array>;
} {
  const opened: number[] = [];
  return {
    opened,
    async *open(offset) {
      opened.push(offset);
      for (let at = offset; at < bytes;) {
        const inSlice = at % SLICE.length;
        const slice = SLICE.subarray(inSlice, Math.min(SLICE.length, inSlice + bytes - at));
        at += slice.length;
        yield slice;
        await Promise.resolve();
      }
    },
  };
}

async function checksumOf(bytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const slice of source(bytes).open(0)) hash.update(slice);
  return hash.digest('hex');
}

/** A sink in memory that keeps its bytes over broken transfers and checks them at the end, as the storage does. */
class MemorySink implements SnapshotSink {
  offset = 0;
  aborts = 0;
  finished = false;
  onWrite: (offset: number) => Promise<void> = () => Promise.resolve();
  private readonly hash = createHash('sha256');
  private readonly meta: { readonly bytes: number; readonly checksum: string };
  constructor(meta: { readonly bytes: number; readonly checksum: string }) {
    this.meta = meta;
  }
  async write(chunk: Uint8Array): Promise<void> {
    await this.onWrite(this.offset);
    this.hash.update(chunk);
    this.offset += chunk.length;
  }
  finish(): Promise<void> {
    const good = this.offset === this.meta.bytes && this.hash.digest('hex') === this.meta.checksum;
    if (!good) return Promise.reject(new Error('the checksum is wrong'));
    this.finished = true;
    return Promise.resolve();
  }
  abort(): Promise<void> {
    this.aborts += 1;
    return Promise.resolve();
  }
}

async function snapshotMessage(
  from: TestNode,
  to: TestNode,
  bytes: number,
): Promise<Extract<Message, { t: 'snapshot' }>> {
  const membership = { voters: [from.identity.nodeId], learners: [], outgoing: [], learnersNext: [] };
  const checksum = await checksumOf(bytes);
  const meta: SnapshotMeta = {
    index: 9,
    term: 2,
    membership,
    membershipIndex: 1,
    id: 'snap-2-9',
    bytes,
    checksum,
  };
  return { t: 'snapshot', cluster: FARM, from: from.identity.nodeId, to: to.identity.nodeId, term: 2, meta };
}

const MIB = 1024 * 1024;

describe('a snapshot', () => {
  it.each([0, 1, CHUNK_BYTES, 3 * MIB + 5])('of %d bytes arrives whole, then its message', async (bytes) => {
    const [a, b] = [await farm.start(), await farm.start()];
    const message = await snapshotMessage(a, b, bytes);
    const sink = new MemorySink(message.meta);
    farm.sinkOf = () => Promise.resolve(sink);
    const { open, opened } = source(bytes);
    expect(await a.transport.sendSnapshot(message, open)).toBe(true);
    expect(sink.finished).toBe(true);
    expect(b.received).toEqual([message]);
    expect(opened).toEqual([0]);
  });

  it('of 64 MiB goes on where a cut connection left it', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    let carried = 0;
    let cuts = 0;
    const proxy = createServer((from: Socket) => {
      const to = connectTcp(b.transport.address.port, '127.0.0.1');
      for (const socket of [from, to]) socket.on('error', () => undefined);
      from.on('data', (chunk) => {
        carried += chunk.length;
        if (cuts < 2 && carried > (cuts + 1) * 20 * MIB) {
          cuts += 1;
          from.destroy();
          to.destroy();
        }
      });
      from.pipe(to).pipe(from);
    });
    servers.push(proxy);
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    farm.addresses.set(b.identity.nodeId, `127.0.0.1:${(proxy.address() as { readonly port: number }).port}`);
    const message = await snapshotMessage(a, b, 64 * MIB);
    const sink = new MemorySink(message.meta);
    farm.sinkOf = () => Promise.resolve(sink);
    const { open, opened } = source(64 * MIB);
    expect(await a.transport.sendSnapshot(message, open)).toBe(true);
    expect(cuts).toBe(2);
    expect(opened).toHaveLength(3);
    expect(opened[1]).toBeGreaterThan(15 * MIB);
    expect(opened[2]).toBeGreaterThan(35 * MIB);
    expect(sink.finished).toBe(true);
    expect(sink.aborts).toBe(2);
    expect(b.received).toEqual([message]);
  }, 30_000);

  it('under way delays no heartbeat', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    await farm.insist(a, b);
    const message = await snapshotMessage(a, b, 64 * MIB);
    const sink = new MemorySink(message.meta);
    farm.sinkOf = () => Promise.resolve(sink);
    const stream = { done: false };
    const sent = a.transport.sendSnapshot(message, source(64 * MIB).open).finally(() => {
      stream.done = true;
    });
    const waitsMs: number[] = [];
    let round = 0;
    while (!stream.done) {
      round += 1;
      const startMs = performance.now();
      a.transport.send(heartbeat(a, b, round));
      await farm.until(
        () => b.received.some((m) => m.t === 'heartbeat' && m.round === round),
        'a heartbeat arrives',
      );
      waitsMs.push(performance.now() - startMs);
    }
    expect(await sent).toBe(true);
    waitsMs.sort((x, y) => x - y);
    // Behind the snapshot's bytes in one stream most would wait for a whole window; the bound is loose for slow machines.
    expect(waitsMs.length).toBeGreaterThan(5);
    expect(waitsMs[Math.floor(waitsMs.length / 2)]).toBeLessThan(100);
  }, 30_000);

  it('reaches a peer that only dials out', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    farm.addresses.delete(b.identity.nodeId);
    await farm.insist(b, a);
    const message = await snapshotMessage(a, b, MIB);
    farm.sinkOf = () => Promise.resolve(new MemorySink(message.meta));
    expect(await a.transport.sendSnapshot(message, source(MIB).open)).toBe(true);
  });

  it.each([
    ['cannot take it in', () => Promise.reject(new Error('disk full'))],
    [
      'cannot write',
      (meta: SnapshotMeta) => {
        const sink = new MemorySink(meta);
        sink.onWrite = (offset) => (offset > 0 ? Promise.reject(new Error('disk full')) : Promise.resolve());
        return Promise.resolve(sink);
      },
    ],
    [
      'finds its checksum wrong',
      (meta: SnapshotMeta) => Promise.resolve(new MemorySink({ ...meta, checksum: 'x' })),
    ],
  ])('fails at once, without its message, when the receiver %s', async (_what, sinkOf) => {
    const [a, b] = [await farm.start(), await farm.start()];
    const message = await snapshotMessage(a, b, 2 * MIB);
    farm.sinkOf = () => sinkOf(message.meta);
    expect(await a.transport.sendSnapshot(message, source(2 * MIB).open)).toBe(false);
    expect(b.received).toEqual([]);
    const outcomes = [...a.events, ...b.events].flatMap((e) => (e.kind === 'snapshot' ? [e.outcome] : []));
    expect(outcomes).toEqual(['failed', 'failed']);
  });

  it('fails when its bytes are not as many as its meta says, or cannot be read', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    const message = await snapshotMessage(a, b, MIB);
    farm.sinkOf = () => Promise.resolve(new MemorySink(message.meta));
    expect(await a.transport.sendSnapshot(message, source(MIB - 1).open)).toBe(false);
    expect(await a.transport.sendSnapshot(message, failing)).toBe(false);
    expect(b.received).toEqual([]);
  });

  it('is one at a time per peer: a second is refused at once', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    const message = await snapshotMessage(a, b, MIB);
    farm.sinkOf = () => Promise.resolve(new MemorySink(message.meta));
    const first = a.transport.sendSnapshot(message, source(MIB).open);
    const second = source(MIB);
    expect(await a.transport.sendSnapshot(message, second.open)).toBe(false);
    expect(second.opened).toEqual([]);
    expect(await first).toBe(true);
  });

  it('ends with false when either side stops, and the sink keeps what it has', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    const message = await snapshotMessage(a, b, 8 * MIB);
    const sink = new MemorySink(message.meta);
    sink.onWrite = async (offset) => {
      if (offset >= MIB) await a.transport.stop();
    };
    farm.sinkOf = () => Promise.resolve(sink);
    expect(await a.transport.sendSnapshot(message, source(8 * MIB).open)).toBe(false);
    await farm.until(() => b.events.some((e) => e.kind === 'snapshot'), 'the receiver gives up');
    await b.transport.stop();
    expect([sink.finished, sink.aborts]).toEqual([false, 1]);
    expect(sink.offset).toBeGreaterThanOrEqual(MIB);
  });

  it('whose sender overruns the window is cut off, and a disk that hangs does not hold up the end of the node', async () => {
    const node = await farm.start({}, hastyClock);
    const identity = createIdentity();
    farm.members.add(identity.nodeId);
    const raw = await RawPeer.open(node, identity);
    raw.hello({ nodeId: identity.nodeId, purpose: 'raft-bulk' });
    await raw.nextFrame();
    const message = await snapshotMessage({ ...node, identity }, node, 64 * MIB);
    const sink = new MemorySink(message.meta);
    sink.onWrite = () => new Promise(() => undefined);
    farm.sinkOf = () => Promise.resolve(sink);
    raw.socket.write(encodeFrame(FRAME.snapshotOffer, numbered(7), encodeMessage(message)));
    expect((await raw.nextFrame()).type).toBe(FRAME.snapshotResume);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at <= 3 * WINDOW_BYTES; at += CHUNK_BYTES) {
      raw.socket.write(encodeFrame(FRAME.snapshotChunk, positioned(7, at), chunk));
    }
    await raw.closed;
    expect(node.events.some((e) => e.kind === 'garbage' && e.detail.includes('window'))).toBe(true);
    await node.transport.stop();
  });
});

describe('rechunking', () => {
  it('cuts any slices into full chunks and a rest', async () => {
    const sizes: number[] = [];
    const slices = [1, CHUNK_BYTES - 1, 2 * CHUNK_BYTES + 7, 0, 5].map((size) => Buffer.alloc(size));
    for await (const chunk of rechunk(stream(slices))) sizes.push(chunk.length);
    expect(sizes).toEqual([CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 12]);
  });
});

async function* stream(slices: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const slice of slices) {
    await Promise.resolve();
    yield slice;
  }
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield* stream([Buffer.alloc(10)]);
  throw new Error('EIO');
}
