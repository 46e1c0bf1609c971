import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../src/raft/core/types.ts';
import { encodeFrame, FRAME, FRAME_BYTES_MAX } from '../../../src/raft/node/frames.ts';
import { HALF_OPEN_PER_HOST_MAX } from '../../../src/raft/node/halfOpen.ts';
import { createIdentity } from '../../../src/raft/node/identity.ts';
import { QUEUE_BYTES_MAX } from '../../../src/raft/node/sendQueue.ts';
import { FARM, hastyClock, heartbeat, RawPeer, TestFarm, type TestNode } from './transportFarm.ts';

let farm: TestFarm;
beforeEach(() => {
  farm = new TestFarm();
});
afterEach(async () => {
  await farm.stopAll();
});

const rounds = (node: TestNode): readonly number[] =>
  node.received.flatMap((m) => (m.t === 'heartbeat' ? [m.round] : []));
const refusals = (node: TestNode): readonly string[] =>
  node.events.flatMap((e) => (e.kind === 'refused' ? [`${e.by} ${e.refusal.code}`] : []));
const kinds = (node: TestNode): readonly string[] => node.events.map((e) => e.kind);

describe('members', () => {
  it('exchange messages in both directions, in order, over lazily dialled connections', async () => {
    const [a, b, c] = [await farm.start(), await farm.start(), await farm.start()];
    const nodes = [a, b, c];
    const count = 200;
    for (let n = 0; n < count; n++) {
      for (const from of nodes)
        for (const to of nodes) if (from !== to) from.transport.send(heartbeat(from, to, n));
    }
    await farm.until(() => nodes.every((node) => node.received.length === 2 * count), 'all messages arrive');
    for (const to of nodes) {
      for (const from of nodes) {
        if (from === to) continue;
        const got = to.received.flatMap((m) =>
          m.t === 'heartbeat' && m.from === from.identity.nodeId ? [m.round] : [],
        );
        // Both sides dialled at once, so a change of connection may let one burst overtake another; none is lost.
        expect([...got].sort((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, n) => n));
      }
    }
    expect(a.transport.link(b.identity.nodeId)).toMatchObject({ connected: true });
    expect(a.transport.link(b.identity.nodeId).lastHeardMs).toBeGreaterThanOrEqual(0);
  });

  it('need only one side to know the address, and the other learns it', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    farm.addresses.delete(a.identity.nodeId);
    a.transport.send(heartbeat(a, b, 1));
    await farm.until(() => rounds(b).includes(1), 'a reaches b');
    b.transport.send(heartbeat(b, a, 2));
    await farm.until(() => rounds(a).includes(2), 'b answers over the connection of a');
    expect(b.learned).toEqual([`${a.identity.nodeId} 127.0.0.1:${a.transport.address.port}`]);
  });

  it('carry large entries and tell when one is too large for any frame', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    const append = (bytes: number): Message => ({
      ...heartbeat(a, b, 0),
      t: 'append',
      prevIndex: 0,
      prevTerm: 0,
      commit: 0,
      entries: [{ index: 1, term: 1, kind: 'command', data: new Uint8Array(bytes).fill(7) }],
    });
    a.transport.send(append(FRAME_BYTES_MAX));
    expect(a.events).toMatchObject([{ kind: 'oversized' }]);
    a.transport.send(append(FRAME_BYTES_MAX - 1000));
    await farm.until(() => b.received.length === 1, 'the large one arrives');
    const [got] = b.received;
    expect(got?.t === 'append' ? got.entries[0]?.data.length : null).toBe(FRAME_BYTES_MAX - 1000);
    expect(a.unreachable).toEqual([b.identity.nodeId]);
  });

  it('are unreachable once per episode while there is nobody to dial', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    await b.transport.stop();
    for (let n = 0; n < 3; n++) a.transport.send(heartbeat(a, b, n));
    await farm.until(() => kinds(a).includes('dial_failed'), 'the dial fails');
    for (let n = 0; n < 3; n++) a.transport.send(heartbeat(a, b, n));
    await farm.until(() => a.unreachable.length > 0, 'it is told');
    expect(a.unreachable).toEqual([b.identity.nodeId]);
    expect(a.transport.link(b.identity.nodeId).connected).toBe(false);
  });

  it('find a peer again soon after it was restarted, at its new address', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    await farm.insist(a, b);
    await b.transport.stop();
    await farm.until(() => a.unreachable.length === 1, 'a notices');
    const again = await farm.start({ identity: b.identity });
    const startMs = performance.now();
    await farm.insist(a, again);
    expect(performance.now() - startMs).toBeLessThan(1500);
    await farm.insist(again, a);
  });

  it('are shut out at once when dropped', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    await farm.insist(a, b);
    farm.members.delete(b.identity.nodeId);
    a.transport.dropPeer(b.identity.nodeId);
    await farm.until(() => b.unreachable.length === 1, 'b loses the connection');
    const timer = setInterval(() => {
      b.transport.send(heartbeat(b, a, 77));
    }, 20);
    await farm.until(() => refusals(b).includes('peer not_a_member'), 'b is told');
    clearInterval(timer);
    expect(rounds(a)).not.toContain(77);
    expect(a.transport.link(b.identity.nodeId).connected).toBe(false);
  });

  it('keep a bounded queue for a peer that does not read, and say so once', async () => {
    const a = await farm.start();
    const identity = createIdentity();
    farm.members.add(identity.nodeId);
    const raw = await RawPeer.open(a, identity);
    raw.hello({ nodeId: identity.nodeId });
    await raw.nextFrame();
    raw.socket.pause();
    const data = new Uint8Array(1024 * 1024);
    const message: Message = {
      t: 'propose',
      cluster: FARM,
      from: a.identity.nodeId,
      to: identity.nodeId,
      term: 1,
      id: 'p',
      kind: 'command',
      data,
      seenTerm: 1,
    };
    for (let n = 0; n < 64; n++) a.transport.send(message);
    await farm.until(() => kinds(a).includes('overflow'), 'the queue is full');
    for (let n = 0; n < 64; n++) a.transport.send(message);
    const overflows = a.events.flatMap((e) => (e.kind === 'overflow' ? [e.queuedBytes] : []));
    expect(overflows).toHaveLength(1);
    expect(overflows[0]).toBeLessThanOrEqual(QUEUE_BYTES_MAX);
    expect(a.unreachable).toEqual([identity.nodeId]);
    raw.socket.destroy();
  });

  it('lose a peer that takes everything in and never says a word', async () => {
    const a = await farm.start({}, hastyClock);
    const identity = createIdentity();
    farm.members.add(identity.nodeId);
    const raw = await RawPeer.open(a, identity);
    raw.hello({ nodeId: identity.nodeId });
    await raw.nextFrame();
    a.transport.send(heartbeat(a, { ...a, identity }, 1));
    await raw.closed;
    await farm.until(() => kinds(a).includes('disconnected'), 'the end is reported');
    expect(a.events.at(-1)).toMatchObject({ reason: 'the peer went silent' });
  });

  it('keep a connection on which only one side ever speaks', async () => {
    const [a, b] = [await farm.start({}, hastyClock), await farm.start({}, hastyClock)];
    const startMs = hastyClock.nowMs();
    let sent = 0;
    await farm.until(() => {
      if (rounds(b).length === sent) a.transport.send(heartbeat(a, b, (sent += 1)));
      return hastyClock.nowMs() - startMs > 15_000;
    }, 'fifteen seconds of traffic');
    expect(kinds(a)).toEqual(['connected']);
  });
});

describe('the hello', () => {
  const refusedWith = async (
    fields: Readonly<Record<string, unknown>>,
    member: boolean,
  ): Promise<{ readonly said: unknown; readonly node: TestNode }> => {
    const node = await farm.start();
    const identity = createIdentity();
    if (member) farm.members.add(identity.nodeId);
    const raw = await RawPeer.open(node, identity);
    raw.hello({ nodeId: identity.nodeId, ...fields });
    const frame = await raw.nextFrame();
    await raw.closed;
    expect(frame.type).toBe(FRAME.refuse);
    return { said: JSON.parse(frame.text), node };
  };

  it.each([
    ['of a stranger', {}, false, 'not_a_member'],
    ['of another farm', { cluster: 'farm-2' }, true, 'wrong_farm'],
    ['of a later protocol', { min: 7, max: 9 }, true, 'version_unsupported'],
    ['in the name of another node', { nodeId: 'f'.repeat(64) }, true, 'identity_mismatch'],
    ['that is none', { purpose: 'world domination' }, true, 'bad_hello'],
    ['with a port that is none', { peerPort: 70_000 }, true, 'bad_hello'],
    ['to join, without an invitation', { purpose: 'join' }, false, 'bad_hello'],
  ])(
    '%s is refused, with the reason on both sides, and nothing was taken in',
    async (_what, fields, member, code) => {
      const { said, node } = await refusedWith(fields, member);
      expect(said).toMatchObject({ code });
      expect(refusals(node)).toEqual([`us ${code}`]);
      expect([node.received, node.learned, node.joins]).toEqual([[], [], []]);
      expect(JSON.stringify(said)).not.toContain(FARM);
    },
  );

  it('comes back with the reason to a transport whose member was removed', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    farm.members.delete(a.identity.nodeId);
    a.transport.send(heartbeat(a, b, 1));
    await farm.until(() => refusals(a).length > 0, 'a is told');
    expect(refusals(a)).toEqual(['peer not_a_member']);
    expect(refusals(b)).toEqual(['us not_a_member']);
    expect(a.unreachable).toEqual([b.identity.nodeId]);
    expect(b.received).toEqual([]);
  });

  it('between nodes of two farms is refused', async () => {
    const a = await farm.start();
    const b = await farm.start({ cluster: 'farm-2' });
    a.transport.send(heartbeat(a, b, 1));
    await farm.until(() => refusals(a).length > 0, 'a is told');
    expect(refusals(a)).toEqual(['peer wrong_farm']);
  });

  it('is not even sent to a node with another key than the one expected', async () => {
    const [a, b, impostor] = [await farm.start(), await farm.start(), await farm.start()];
    farm.addresses.set(b.identity.nodeId, `127.0.0.1:${impostor.transport.address.port}`);
    a.transport.send(heartbeat(a, b, 1));
    await farm.until(() => refusals(a).length > 0 && refusals(impostor).length > 0, 'both know');
    expect(refusals(a)).toEqual(['us identity_mismatch']);
    expect(refusals(impostor)).toEqual(['peer identity_mismatch']);
    expect(impostor.learned).toEqual([]);
  });

  it('without a certificate is refused', async () => {
    const node = await farm.start();
    const raw = await RawPeer.open(node, null);
    const frame = await raw.nextFrame();
    expect(JSON.parse(frame.text)).toMatchObject({ code: 'identity_mismatch' });
    await raw.closed;
  });
});

describe('misbehaving connections', () => {
  const letIn = async (node: TestNode): Promise<RawPeer> => {
    const identity = createIdentity();
    farm.members.add(identity.nodeId);
    const raw = await RawPeer.open(node, identity);
    raw.hello({ nodeId: identity.nodeId });
    expect((await raw.nextFrame()).type).toBe(FRAME.hello);
    return raw;
  };

  it('that send garbage before TLS are closed and reported', async () => {
    const node = await farm.start();
    const socket = connectTcp(node.transport.address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    await farm.until(() => kinds(node).includes('garbage'), 'it is reported');
  });

  it('that send garbage or too much instead of a hello are closed and reported', async () => {
    const node = await farm.start();
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      encodeFrame(FRAME.hello, Buffer.alloc(5000)),
    ]) {
      const raw = await RawPeer.open(node, createIdentity());
      raw.socket.write(bytes);
      await raw.closed;
    }
    await farm.until(
      () => kinds(node).filter((kind) => kind === 'garbage').length === 2,
      'both are reported',
    );
  });

  it.each([
    ['an oversized frame', Buffer.from([0x7f, 0, 0, 0, 3])],
    ['a frame without a type', Buffer.alloc(4)],
    ['a message that cannot be read', encodeFrame(FRAME.message, Buffer.from([1, 2, 3]))],
  ])('of a member are closed for %s', async (_what, bytes) => {
    const node = await farm.start();
    const raw = await letIn(node);
    raw.socket.write(bytes);
    await raw.closed;
    expect(kinds(node)).toEqual(['connected', 'garbage', 'disconnected']);
    expect(node.received).toEqual([]);
  });

  it('are not closed for frames and messages of a newer version, which are skipped and told once', async () => {
    const node = await farm.start();
    const raw = await letIn(node);
    const known = Buffer.concat([Buffer.from([4]), Buffer.alloc(16)]);
    raw.socket.write(
      Buffer.concat([
        encodeFrame(0x7f, Buffer.from('later')),
        encodeFrame(0x7f, Buffer.from('later')),
        encodeFrame(FRAME.message, Buffer.from([0x70, 1])),
        encodeFrame(FRAME.message, known),
      ]),
    );
    await farm.until(() => node.received.length === 1, 'the known message arrives');
    expect(kinds(node)).toEqual(['connected', 'skipped', 'skipped']);
  });

  it('that say nothing are few per host, and others get in when they are gone', async () => {
    const node = await farm.start();
    const sockets: Socket[] = [];
    for (let n = 0; n < HALF_OPEN_PER_HOST_MAX + 3; n++) {
      const socket = connectTcp(node.transport.address.port, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    await farm.until(
      () => kinds(node).filter((kind) => kind === 'too_many_half_open').length === 3,
      'three too many',
    );
    for (const socket of sockets) socket.destroy();
    const other = await farm.start();
    await farm.insist(other, node);
  });

  it('that never finish their hello are closed after five seconds', async () => {
    const node = await farm.start({}, hastyClock);
    const startMs = hastyClock.nowMs();
    const silent = connectTcp(node.transport.address.port, '127.0.0.1');
    silent.on('error', () => undefined);
    const mute = await RawPeer.open(node, createIdentity());
    await Promise.all([once(silent, 'close'), mute.closed]);
    expect(hastyClock.nowMs() - startMs).toBeGreaterThan(4900);
    expect(kinds(node)).not.toContain('connected');
  });

  it('replayed byte for byte deliver nothing', async () => {
    const [a, b] = [await farm.start(), await farm.start()];
    const recorded: Buffer[] = [];
    const proxy = createServer((from) => {
      const to = connectTcp(b.transport.address.port, '127.0.0.1');
      from.on('data', (chunk) => recorded.push(chunk));
      for (const socket of [from, to]) socket.on('error', () => undefined);
      from.pipe(to).pipe(from);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { readonly port: number };
    farm.addresses.set(b.identity.nodeId, `127.0.0.1:${port}`);
    a.transport.send(heartbeat(a, b, 5));
    await farm.until(() => rounds(b).includes(5), 'the true one arrives');
    await a.transport.stop();
    const replay = connectTcp(b.transport.address.port, '127.0.0.1');
    replay.on('error', () => undefined);
    replay.write(Buffer.concat(recorded));
    replay.resume();
    await once(replay, 'close');
    expect(rounds(b)).toEqual([5]);
    proxy.close();
  });
});
