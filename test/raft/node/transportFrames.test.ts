import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameParser } from '../../../src/raft/node/frames.ts';
import { formatAddress, parseAddress, plainHost } from '../../../src/raft/node/peerAddress.ts';
import { QUEUE_BYTES_MAX, QUEUE_FRAMES_MAX, SendQueue } from '../../../src/raft/node/sendQueue.ts';
import { parseHello, parseJoinAnswer, parseRefusal } from '../../../src/raft/node/hello.ts';

interface Seen {
  readonly type: number;
  readonly body: string;
}

function collect(limitBytes: number): { readonly parser: FrameParser; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const parser = new FrameParser(limitBytes, (type, body) => {
    seen.push({ type, body: Buffer.from(body).toString('hex') });
    return true;
  });
  return { parser, seen };
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const frame = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 50 })),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map(([type, body]) => encodeFrame(type, body)));
          const { parser, seen } = collect(100);
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            expect(parser.push(stream.subarray(at, at + cut))).toBeNull();
            at += cut;
          }
          expect(seen).toEqual(
            frames.map(([type, body]) => ({ type, body: Buffer.from(body).toString('hex') })),
          );
        },
      ),
    );
  });

  it('over the limit are refused as soon as their length is known, and nothing more is parsed', () => {
    const { parser, seen } = collect(10);
    expect(parser.push(encodeFrame(1, Buffer.alloc(10)).subarray(0, 4))).toContain('a frame of 11 bytes');
    expect(parser.push(encodeFrame(1, Buffer.alloc(2)))).toBeNull();
    expect(seen).toEqual([]);
  });

  it('without even a type are refused', () => {
    expect(collect(10).parser.push(Buffer.alloc(4))).toBe('a frame without a type');
  });

  it('after the sink said stop are not parsed', () => {
    const types: number[] = [];
    const parser = new FrameParser(10, (type) => types.push(type) < 2);
    parser.push(Buffer.concat([1, 2, 3].map((type) => encodeFrame(type))));
    expect(types).toEqual([1, 2]);
  });

  it('may be larger once the limit was raised, from the next frame in the same chunk on', () => {
    const sizes: number[] = [];
    const parser = new FrameParser(10, (_type, body) => {
      sizes.push(body.length);
      parser.setLimit(1000);
      return true;
    });
    expect(
      parser.push(Buffer.concat([encodeFrame(1, Buffer.alloc(5)), encodeFrame(1, Buffer.alloc(500))])),
    ).toBeNull();
    expect(sizes).toEqual([5, 500]);
  });
});

describe('the send queue', () => {
  it('hands out frames in order, small ones joined, large ones alone', () => {
    const queue = new SendQueue();
    for (const size of [10, 20, 100_000, 30, 60_000, 10_000]) queue.push(Buffer.alloc(size));
    const sizes: number[] = [];
    for (let piece = queue.takePiece(); piece !== null; piece = queue.takePiece()) sizes.push(piece.length);
    expect(sizes).toEqual([30, 100_000, 60_030, 10_000]);
    expect([queue.bytes, queue.length]).toEqual([0, 0]);
  });

  it('refuses what does not fit in bytes, and nothing changed', () => {
    const queue = new SendQueue();
    expect(queue.push(Buffer.alloc(QUEUE_BYTES_MAX))).toBe(true);
    expect(queue.push(Buffer.alloc(1))).toBe(false);
    expect([queue.bytes, queue.length]).toEqual([QUEUE_BYTES_MAX, 1]);
  });

  it('refuses what does not fit in number, and nothing changed', () => {
    const queue = new SendQueue();
    const frame = Buffer.alloc(5);
    for (let n = 0; n < QUEUE_FRAMES_MAX; n++) expect(queue.push(frame)).toBe(true);
    expect(queue.push(frame)).toBe(false);
    expect([queue.bytes, queue.length]).toEqual([QUEUE_FRAMES_MAX * 5, QUEUE_FRAMES_MAX]);
  });
});

describe('texts from strangers', () => {
  it('are read without ever throwing', () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => Buffer.from(json)),
    );
    fc.assert(
      fc.property(value, (body) => {
        expect(parseHello(body)).toBeNull();
        expect(typeof parseRefusal(body).detail).toBe('string');
        parseJoinAnswer(body);
      }),
    );
  });

  it('of a newer version keep their code in words', () => {
    const body = Buffer.from(JSON.stringify({ code: 'moon_phase', detail: 'wait' }));
    expect(parseRefusal(body)).toEqual({ code: 'other', detail: 'moon_phase: wait' });
  });
});

describe('addresses', () => {
  it.each(['192.168.1.7:9000', 'pc-7.local:1', '[fe80::1]:65535', '[::1]:9000'])(
    '%s is read and written',
    (text) => {
      const address = parseAddress(text);
      expect(address === null ? null : formatAddress(address)).toBe(text);
    },
  );

  it.each(['', 'host', 'host:', 'host:0', 'host:65536', ':9000', '::1:9000', 'a b:1', 'http://x:1', 'u@h:1'])(
    '"%s" is no address',
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );

  it('lose the IPv6 coat of an IPv4 caller', () => {
    expect(plainHost('::ffff:10.0.0.7')).toBe('10.0.0.7');
    expect(plainHost('fe80::1')).toBe('fe80::1');
  });
});
