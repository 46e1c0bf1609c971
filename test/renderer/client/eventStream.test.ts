import { describe, expect, it } from 'vitest';
import {
  type EventSourceLike,
  FIRST_ANSWER_LIMIT_MS,
  SILENCE_LIMIT_MS,
  startEventStream,
} from '../../../src/renderer/client/eventStream.ts';
import { createFarmStore, mirrorListener } from '../../../src/renderer/store/farmStore.ts';
import { cluster, job, snapshot } from '../records.ts';

class FakeSource implements EventSourceLike {
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  say(type: string, data: unknown): void {
    this.sayText(type, JSON.stringify(data));
  }
  sayText(type: string, data: string): void {
    this.#listeners.get(type)?.(new MessageEvent(type, { data }));
  }
  fail(): void {
    this.onerror?.(new Event('error'));
  }
}

/** A store behind a stream, with sources and a clock that the test moves by hand. */
function startRig() {
  const sources: FakeSource[] = [];
  const store = createFarmStore();
  let nowMs = 0;
  let timer: { atMs: number; callback: () => void } | null = null;
  const stream = startEventStream(
    {
      open() {
        const source = new FakeSource();
        sources.push(source);
        return source;
      },
      schedule(delayMs, callback) {
        const mine = { atMs: nowMs + delayMs, callback };
        timer = mine;
        return () => {
          if (timer === mine) timer = null;
        };
      },
      chance: () => 1,
    },
    mirrorListener(store, () => nowMs),
  );
  function pass(spanMs: number): void {
    nowMs += spanMs;
    const due = timer;
    if (due !== null && due.atMs <= nowMs) {
      timer = null;
      due.callback();
    }
  }
  const last = (): FakeSource => {
    const source = sources.at(-1);
    if (source === undefined) throw new Error('no link was opened');
    return source;
  };
  return { sources, store, stream, pass, last, hasTimer: () => timer !== null };
}

describe('the event stream', () => {
  it('fills the store from snapshot, patch and cluster events', () => {
    const { store, last } = startRig();
    last().say('snapshot', snapshot());
    last().say('patch', { applied_index: 10, printers: {}, filaments: {}, printjobs: { j1: job('j1') } });
    last().say('cluster', cluster({ leader_id: null }));
    const mirror = store.getState();
    expect(mirror.link.kind).toBe('live');
    expect(mirror.jobs.has('j1')).toBe(true);
    expect(mirror.cluster?.leader_id).toBeNull();
  });

  it('keeps the data when the link breaks and opens another after the back-off', () => {
    const { store, sources, last, pass } = startRig();
    last().say('snapshot', snapshot());
    last().fail();
    expect(sources[0]?.closed).toBe(true);
    expect(store.getState().link).toEqual({ kind: 'lost', retryAtMs: 500 });
    expect(store.getState().printers.size).toBe(1);
    pass(499);
    expect(sources).toHaveLength(1);
    pass(1);
    expect(sources).toHaveLength(2);
    last().say('snapshot', snapshot());
    expect(store.getState().link.kind).toBe('live');
  });

  it('waits longer after each failure, and short again after a good link', () => {
    const { store, last, pass } = startRig();
    const waits: number[] = [];
    let clockMs = 0;
    const failAndWait = (): void => {
      last().fail();
      const { link } = store.getState();
      if (link.kind !== 'lost' || link.retryAtMs === null) throw new Error('the link is not waiting');
      const wait = link.retryAtMs - clockMs;
      waits.push(wait);
      clockMs += wait;
      pass(wait);
    };
    failAndWait();
    failAndWait();
    failAndWait();
    last().say('snapshot', snapshot());
    failAndWait();
    expect(waits).toEqual([500, 1000, 2000, 500]);
  });

  it('takes silence for a broken link', () => {
    const { store, last, pass } = startRig();
    last().say('snapshot', snapshot());
    pass(SILENCE_LIMIT_MS - 1);
    last().say('cluster', cluster());
    pass(SILENCE_LIMIT_MS - 1);
    expect(store.getState().link.kind).toBe('live');
    pass(1);
    expect(store.getState().link.kind).toBe('lost');
  });

  it('gives a new link time for its first snapshot, but not for ever', () => {
    const { store, pass } = startRig();
    pass(FIRST_ANSWER_LIMIT_MS - 1);
    expect(store.getState().link.kind).toBe('connecting');
    pass(1);
    expect(store.getState().link.kind).toBe('lost');
  });

  it('drops a link that says what is no JSON', () => {
    const { store, last } = startRig();
    last().sayText('snapshot', '{"printers":');
    expect(store.getState().link.kind).toBe('lost');
    expect(store.getState().loaded).toBe(false);
  });

  it('ignores what a given-up link still says', () => {
    const { store, sources, last } = startRig();
    last().fail();
    sources[0]?.say('snapshot', snapshot());
    expect(store.getState().loaded).toBe(false);
    expect(store.getState().link.kind).toBe('lost');
  });

  it('connects at once when a person asks, and only when it is not connected', () => {
    const { sources, stream, last } = startRig();
    stream.retryNow();
    expect(sources).toHaveLength(1);
    last().fail();
    stream.retryNow();
    expect(sources).toHaveLength(2);
  });

  it('is over after stop: link closed, no timer left, no retry', () => {
    const { sources, stream, last, hasTimer } = startRig();
    last().say('snapshot', snapshot());
    stream.stop();
    expect(last().closed).toBe(true);
    expect(hasTimer()).toBe(false);
    last().fail();
    stream.retryNow();
    expect(sources).toHaveLength(1);
    expect(hasTimer()).toBe(false);
  });
});
