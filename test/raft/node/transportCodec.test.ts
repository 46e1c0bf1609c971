import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import type { Entry, Message } from '../../../src/raft/core/types.ts';
import { decodeMessage, encodeMessage } from '../../../src/raft/node/messageCodec.ts';
import { isPlainMsgpack } from '../../../src/raft/node/msgpackGuard.ts';

const ENVELOPE = { cluster: 'farm-1', from: 'a'.repeat(64), to: 'b'.repeat(64) };
const packr = new Packr({ useRecords: false });

const counter = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1));
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => new Uint8Array(data));
const kind = fc.constantFrom('noop', 'command', 'membership');
const ids = fc.array(text, { maxLength: 4 });
const membership = fc.record({ voters: ids, learners: ids, outgoing: ids, learnersNext: ids });
const meta = fc.record({
  index: counter,
  term: counter,
  membership,
  membershipIndex: counter,
  id: text,
  bytes: counter,
  checksum: text,
});

const append = fc
  .record({
    term: counter,
    prevIndex: fc.nat(),
    prevTerm: counter,
    commit: counter,
    entries: fc.array(fc.record({ term: counter, kind, data: bytes }), { maxLength: 6 }),
  })
  .map((m) => {
    const entries = m.entries.map((entry, n): Entry => ({ ...entry, index: m.prevIndex + 1 + n }));
    return { t: 'append', ...m, entries };
  });
const ballot = { term: counter, lastIndex: counter, lastTerm: counter, transfer: fc.boolean() };
const answer = { term: counter, granted: fc.boolean() };
const position = fc.record({ index: counter, term: counter });

/** Every kind of message, with and without its optional fields. */
const message = fc
  .oneof(
    append,
    fc.record({ t: fc.constantFrom('vote', 'preVote'), ...ballot }),
    fc.record(
      { t: fc.constantFrom('voteResp', 'preVoteResp'), ...answer, reason: text },
      { requiredKeys: ['t', 'term', 'granted'] },
    ),
    fc.record(
      {
        t: fc.constant('appendResp'),
        term: counter,
        ok: fc.boolean(),
        index: counter,
        rejectIndex: counter,
        hintIndex: counter,
        hintTerm: counter,
        damaged: fc.boolean(),
      },
      { requiredKeys: ['t', 'term', 'ok', 'index', 'rejectIndex', 'hintIndex', 'hintTerm'] },
    ),
    fc.record({ t: fc.constant('heartbeat'), term: counter, commit: counter, round: counter }),
    fc.record({ t: fc.constant('heartbeatResp'), term: counter, round: counter }),
    fc.record({ t: fc.constant('snapshot'), term: counter, meta }),
    fc.record({ t: fc.constant('timeoutNow'), term: counter }),
    fc.record(
      { t: fc.constant('readIndex'), term: counter, ctx: text, damaged: fc.boolean() },
      { requiredKeys: ['t', 'term', 'ctx'] },
    ),
    fc.record({ t: fc.constant('readIndexResp'), term: counter, ctx: text, index: fc.option(counter) }),
    fc.record({ t: fc.constant('propose'), term: counter, id: text, kind, data: bytes, seenTerm: counter }),
    fc.record(
      { t: fc.constant('proposeResp'), term: counter, id: text, at: fc.option(position), why: text },
      { requiredKeys: ['t', 'term', 'id', 'at'] },
    ),
  )
  .map((m) => ({ ...m, ...ENVELOPE }) as unknown as Message);

describe('the message codec', () => {
  it('gives back every message as it was, optional fields included', () => {
    fc.assert(
      fc.property(message, (m) => {
        expect(decodeMessage(encodeMessage(m), ENVELOPE)).toEqual({ ok: true, value: m });
      }),
      { numRuns: 500 },
    );
  });

  it('gives entries as plain bytes of their own, not as views into the socket buffer', () => {
    const data = new Uint8Array([1, 2, 3]);
    const entries: Entry[] = [{ index: 8, term: 2, kind: 'command', data }];
    const m: Message = { t: 'append', ...ENVELOPE, term: 2, prevIndex: 7, prevTerm: 2, entries, commit: 7 };
    const wire = Buffer.from(encodeMessage(m));
    const decoded = decodeMessage(wire, ENVELOPE);
    wire.fill(0xff);
    expect(decoded).toStrictEqual({ ok: true, value: m });
  });

  it('takes the sender from the connection, whatever the bytes claim', () => {
    const wire = encodeMessage({ t: 'timeoutNow', ...ENVELOPE, from: 'somebody else', term: 4 });
    expect(decodeMessage(wire, ENVELOPE)).toEqual({
      ok: true,
      value: { t: 'timeoutNow', ...ENVELOPE, term: 4 },
    });
  });

  it('refuses any garbage as a value and never throws', () => {
    const garbage = fc.uint8Array({ maxLength: 400 });
    const tagged = fc.tuple(fc.constantFrom(1, 2, 3, 4, 16), garbage).map(([tag, rest]) => {
      return new Uint8Array([tag, ...rest]);
    });
    fc.assert(
      fc.property(fc.oneof(garbage, tagged), (wire) => {
        const decoded = decodeMessage(wire, ENVELOPE);
        if (decoded.ok) expect(decoded.value.from).toBe(ENVELOPE.from);
        else expect(['unknown_kind', 'malformed']).toContain(decoded.reason.kind);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on a message with some bytes changed, cut off or added', () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        message,
        fc.array(change, { maxLength: 4 }),
        fc.integer({ min: -8, max: 8 }),
        (m, changes, by) => {
          const good = Buffer.from(encodeMessage(m));
          const wire = Buffer.concat([good, Buffer.alloc(8)]).subarray(0, Math.max(0, good.length + by));
          for (const [at, value] of changes) if (wire.length > 0) wire[at % wire.length] = value;
          const decoded = decodeMessage(wire, ENVELOPE);
          if (decoded.ok && decoded.value.t === 'append') {
            let index = decoded.value.prevIndex;
            for (const entry of decoded.value.entries) expect(entry.index).toBe((index += 1));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a counter that is negative', { t: 'timeoutNow', term: -1 }],
    ['a counter that is no whole number', { t: 'timeoutNow', term: 1.5 }],
    ['a field that is missing', { t: 'readIndex', term: 1 }],
    ['a field of the wrong type', { t: 'vote', term: 1, lastIndex: '7', lastTerm: 1, transfer: false }],
    [
      'an entry kind that is none',
      { t: 'propose', term: 1, id: 'x', kind: 'evil', data: Buffer.of(1), seenTerm: 1 },
    ],
    [
      'a membership without its lists',
      { t: 'snapshot', term: 1, meta: { index: 1, term: 1, membership: {} } },
    ],
  ])('refuses %s as malformed', (_what, map) => {
    const wire = Buffer.concat([Buffer.of(16), packr.pack(map)]);
    expect(decodeMessage(wire, ENVELOPE)).toMatchObject({ ok: false, reason: { kind: 'malformed' } });
  });

  it('tells a kind of a newer version from garbage', () => {
    const wire = Buffer.concat([Buffer.of(16), packr.pack({ t: 'teleport', term: 1 })]);
    expect(decodeMessage(wire, ENVELOPE)).toEqual({
      ok: false,
      reason: { kind: 'unknown_kind', name: 'teleport' },
    });
    expect(decodeMessage(Buffer.of(99, 1, 2), ENVELOPE)).toMatchObject({ reason: { kind: 'unknown_kind' } });
  });

  it('does not take inherited names for kinds', () => {
    const wire = Buffer.concat([Buffer.of(16), packr.pack({ t: 'constructor', term: 1 })]);
    expect(decodeMessage(wire, ENVELOPE)).toMatchObject({ ok: false, reason: { kind: 'unknown_kind' } });
  });
});

describe('the MessagePack guard', () => {
  it('lets through plain values and stops extensions, depth and cut values', () => {
    expect(
      isPlainMsgpack(packr.pack({ a: [1, 'two', null, true, 2 ** 40, -7, 1.5], b: Buffer.alloc(300) })),
    ).toBe(true);
    expect(isPlainMsgpack(packr.pack({ when: new Date(0) }))).toBe(false);
    expect(isPlainMsgpack(new Packr({ useRecords: true }).pack({ a: 1 }))).toBe(false);
    expect(isPlainMsgpack(Buffer.alloc(64, 0x91))).toBe(false);
    expect(isPlainMsgpack(Buffer.concat([packr.pack([1]), Buffer.of(0)]))).toBe(false);
    expect(isPlainMsgpack(packr.pack('hello').subarray(0, 3))).toBe(false);
    expect(isPlainMsgpack(Buffer.alloc(0))).toBe(false);
  });
});
