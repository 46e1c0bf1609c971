/** The page's clock for spans and ages: one timer for everybody who asks, stopped when nobody does. */
import { useSyncExternalStore } from 'react';

/** Fine enough for "for 12 min" and "data of 14:03:59"; each tick draws only what reads it. */
const TICK_MS = 1000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Milliseconds since 1970, at most {@link TICK_MS} old, cut to whole `stepMs` so that few draws happen. */
export function useNow(stepMs: number = TICK_MS): number {
  return useSyncExternalStore(subscribe, () => {
    if (timer === null) nowMs = Date.now();
    return Math.floor(nowMs / stepMs) * stepMs;
  });
}
