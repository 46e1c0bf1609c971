import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DRAIN_TIMEOUT_MS, SLICE_CHARS } from '../../../src/main/http/limits.ts';
import { gatherSlices, writeSlices } from '../../../src/main/http/slicedBody.ts';
import { ask } from '../../support/httpClient.ts';
import { fillFarm } from '../../support/sampleFarm.ts';
import { createManualTimers, startTestApi } from '../../support/testApi.ts';

/** A client that takes nothing: no write is ever finished. */
const stuckClient = (): Writable => new Writable({ highWaterMark: 1, write: () => undefined });

function* endlessSlices(made: { count: number }): Generator<string> {
  for (;;) {
    made.count++;
    yield 'x'.repeat(SLICE_CHARS);
  }
}

describe('gathered slices', () => {
  it('hold all pieces in order, in slices that end soon after the limit', () => {
    const pieces = Array.from({ length: 1_000 }, (_, index) => `${index},`.repeat(50));
    const slices = [...gatherSlices(pieces)];
    expect(slices.join('')).toBe(pieces.join(''));
    expect(slices.length).toBeGreaterThan(2);
    for (const slice of slices.slice(0, -1)) expect(slice.length).toBeLessThan(SLICE_CHARS + 1_000);
  });

  it('are made only as far as they are asked for', () => {
    const made = { count: 0 };
    gatherSlices(endlessSlices(made)).next();
    expect(made.count).toBe(1);
  });
});

describe('writing to a client that does not read', () => {
  it('makes one slice, waits, and ends the connection after the time-out', async () => {
    const made = { count: 0 };
    const timers = createManualTimers();
    const client = stuckClient();
    const writing = writeSlices(client, endlessSlices(made), timers);
    expect(timers.fire(DRAIN_TIMEOUT_MS)).toBe(1);
    expect(await writing).toBe('gone');
    expect({ made: made.count, destroyed: client.destroyed }).toEqual({ made: 1, destroyed: true });
  });

  it('stops when the client leaves, and leaves no timer behind', async () => {
    const made = { count: 0 };
    const timers = createManualTimers();
    const client = stuckClient();
    const writing = writeSlices(client, endlessSlices(made), timers);
    client.destroy();
    expect(await writing).toBe('gone');
    expect({ made: made.count, timers: timers.fire(DRAIN_TIMEOUT_MS) }).toEqual({ made: 1, timers: 0 });
  });

  it('goes on when the client has taken what was written', async () => {
    const timers = createManualTimers();
    const taken: string[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        taken.push(chunk);
        setImmediate(done);
      },
    });
    expect(await writeSlices(slow, ['a', 'b', 'c'], timers)).toBe('written');
    expect(taken).toEqual(['a', 'b', 'c']);
  });
});

describe('a collection of many slices', () => {
  it('arrives whole, with other requests answered in between', async () => {
    const api = await startTestApi();
    fillFarm(api.cluster, 20_000);
    const whole = ask(api.url, '/printjobs');
    const order: string[] = [];
    const [answer] = await Promise.all([
      whole.finally(() => order.push('collection')),
      ask(api.url, '/healthz').finally(() => order.push('health')),
    ]);
    await api.stop();
    expect(Object.keys(answer.json() as object)).toHaveLength(20_000);
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    expect(order).toEqual(['health', 'collection']);
  });

  it('answers HEAD without making them', async () => {
    const api = await startTestApi();
    fillFarm(api.cluster, 2_000);
    const answer = await ask(api.url, '/printjobs', { method: 'HEAD' });
    await api.stop();
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
  });
});
