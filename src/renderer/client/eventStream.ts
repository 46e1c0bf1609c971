/**
 * The live link to this PC's node: one EventSource, opened again with back-off when it breaks or falls silent.
 * It reports what it hears and how the link stands; what the farm looks like is the store's business.
 */
import {
  CLUSTER_EVENT_PERIOD_MS,
  type ClusterEvent,
  type EventDataByName,
  type EventName,
  type PatchEvent,
  type SnapshotEvent,
} from '../../contract/events.ts';
import { ROUTES } from '../../contract/routes.ts';
import { backoffMs } from './backoff.ts';

/** The part of EventSource that is used, so that tests hand in their own. */
export interface EventSourceLike {
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface StreamPorts {
  open(url: string): EventSourceLike;
  /** Calls back once after `delayMs`; returns the way to call it off. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** A number in [0, 1). */
  chance(): number;
}

export interface StreamListener {
  onSnapshot(event: SnapshotEvent): void;
  onPatch(event: PatchEvent): void;
  onCluster(event: ClusterEvent): void;
  /** The link broke; the next try comes after `retryInMs`. */
  onLost(retryInMs: number): void;
  onOpening(): void;
}

export interface EventStream {
  /** Tries at once instead of waiting for the back-off; does nothing while the link is up or being opened. */
  retryNow(): void;
  stop(): void;
}

/** The node speaks every 2 s; three missed periods and some slack for a busy PC mean that nobody is there. */
export const SILENCE_LIMIT_MS = 4 * CLUSTER_EVENT_PERIOD_MS;

/** A large farm's first snapshot takes its time. */
export const FIRST_ANSWER_LIMIT_MS = 30_000;

const RECONNECT_LIMITS = { firstMs: 500, greatestMs: 10_000 } as const;

/** Opens the link and keeps it open until `stop`. */
export function startEventStream(ports: StreamPorts, listener: StreamListener): EventStream {
  let source: EventSourceLike | null = null;
  let cancelTimer: () => void = () => undefined;
  let failures = 0;
  let stopped = false;

  function arm(delayMs: number, callback: () => void): void {
    cancelTimer();
    cancelTimer = ports.schedule(delayMs, callback);
  }

  function lose(): void {
    source?.close();
    source = null;
    if (stopped) return;
    failures += 1;
    const retryInMs = backoffMs(failures, ports.chance(), RECONNECT_LIMITS);
    arm(retryInMs, openLink);
    listener.onLost(retryInMs);
  }

  function hear<Name extends EventName>(
    opened: EventSourceLike,
    name: Name,
    take: (data: EventDataByName[Name]) => void,
  ): void {
    opened.addEventListener(name, (event) => {
      // Events of a link that was given up may still be on their way.
      if (opened !== source) return;
      let data: EventDataByName[Name];
      try {
        data = JSON.parse(event.data) as EventDataByName[Name];
      } catch {
        lose();
        return;
      }
      arm(SILENCE_LIMIT_MS, lose);
      take(data);
    });
  }

  function openLink(): void {
    listener.onOpening();
    const opened = ports.open(ROUTES.events);
    source = opened;
    opened.onerror = () => {
      if (opened === source) lose();
    };
    hear(opened, 'snapshot', (data) => {
      failures = 0;
      listener.onSnapshot(data);
    });
    hear(opened, 'patch', (data) => {
      listener.onPatch(data);
    });
    hear(opened, 'cluster', (data) => {
      listener.onCluster(data);
    });
    arm(FIRST_ANSWER_LIMIT_MS, lose);
  }

  openLink();
  return {
    retryNow() {
      if (!stopped && source === null) {
        cancelTimer();
        openLink();
      }
    },
    stop() {
      stopped = true;
      cancelTimer();
      source?.close();
      source = null;
    },
  };
}

/** The ports of a real page. */
export const browserStreamPorts: StreamPorts = {
  open: (url) => new EventSource(url),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  chance: () => Math.random(),
};
