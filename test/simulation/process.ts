/**
 * One run of the program on one PC, from its start to its end: its events, its clock, and what ends with it. Nothing of
 * an ended process goes on; a frozen one (SIGSTOP, a PC that sleeps) does later what came meanwhile.
 */
import type { Clock } from '../../src/raft/node/ports.ts';
import type { Random } from '../../src/base/random.ts';
import type { Scheduler } from './scheduler.ts';

/** A timer of the system is late by up to this. */
const TIMER_LATE_MS = 1;

export class Process {
  readonly clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #endings = new Set<() => void>();
  #inbox: (() => void)[] = [];
  #alive = true;
  #frozen = false;
  #skewMs = 0;

  /** `rate`: how fast its clock runs, 1 = as virtual time. */
  constructor(scheduler: Scheduler, random: Random, rate: number) {
    this.#scheduler = scheduler;
    this.#random = random;
    const startMs = scheduler.nowMs;
    this.clock = {
      nowMs: () => (scheduler.nowMs - startMs) * rate + this.#skewMs,
      setTimer: (delayMs, callback) =>
        this.later(delayMs / rate + (random.below(1_000) / 1_000) * TIMER_LATE_MS, callback),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Runs `callback` in this process after `delayMs` of virtual time; never when the process ends before. */
  later(delayMs: number, callback: () => void): () => void {
    let wanted = true;
    const run = (): void => {
      if (!wanted || !this.#alive) return;
      if (this.#frozen) this.#inbox.push(run);
      else callback();
    };
    const cancel = this.#scheduler.after(delayMs, run);
    return () => {
      wanted = false;
      cancel();
    };
  }

  /** Never resolves when the process ends before. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.later(delayMs, resolve);
    });
  }

  /** Its clock shows `ms` more from now on: work that took so long, or a machine that was suspended. */
  advanceClock(ms: number): void {
    this.#skewMs += ms;
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    const waiting = this.#inbox;
    this.#inbox = [];
    // Timers, sockets and requests are not served in the order in which they came.
    while (waiting.length > 0) {
      const [run] = waiting.splice(this.#random.below(waiting.length), 1);
      if (run !== undefined) this.#scheduler.after(0, run);
    }
  }

  /** Calls `callback` when this process ends. Returns the function that takes the wish back. */
  onEnd(callback: () => void): () => void {
    this.#endings.add(callback);
    return () => this.#endings.delete(callback);
  }

  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#inbox = [];
    for (const callback of [...this.#endings]) callback();
    this.#endings.clear();
  }
}
