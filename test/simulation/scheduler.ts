/**
 * Virtual time: everything that happens in a simulated run is an event in one queue, ordered by (time, number). After
 * each event the promises that it resolved run to their ends, so what follows depends on the queue alone.
 */

interface Event {
  readonly atMs: number;
  readonly number: number;
  run: (() => void) | null;
}

export class Scheduler {
  readonly #heap: Event[] = [];
  #numbers = 0;
  #nowMs = 0;
  #done = 0;

  /** Virtual milliseconds since the run began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get eventsDone(): number {
    return this.#done;
  }

  /** Runs `callback` after `delayMs` (0 or more) of virtual time. Returns the cancel function. */
  after(delayMs: number, callback: () => void): () => void {
    const event: Event = { atMs: this.#nowMs + Math.max(0, delayMs), number: this.#numbers, run: callback };
    this.#numbers += 1;
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs events until `isOver` says so or `endMs` is reached. Rejects with what an event throws. */
  run(endMs: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          const next = isOver() ? undefined : this.#next(endMs);
          if (next === undefined) {
            resolve();
            return;
          }
          next();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        // A turn of the event loop, not a timer: by then every promise that could go on has done so.
        setImmediate(step);
      };
      step();
    });
  }

  #next(endMs: number): (() => void) | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > endMs) return undefined;
      this.#pop();
      if (first.run === null) continue;
      this.#nowMs = first.atMs;
      this.#done += 1;
      return first.run;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = child === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}
