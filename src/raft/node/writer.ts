/**
 * Group commit: while one write is under way the Readies that arrive wait, then go to the disk together with one
 * sync. It writes and reports; what may leave afterwards is the caller's affair.
 */
import type { Ready } from '../core/types.ts';
import type { RaftStorage } from './storage.ts';

export interface WriterEvents {
  /** These, and all before them, are durable. */
  durable(readies: readonly Ready[]): void;
  /** The disk failed; nothing is written any more. */
  failed(error: Error): void;
}

export class Writer {
  readonly #storage: Pick<RaftStorage, 'write'>;
  readonly #events: WriterEvents;
  #queue: Ready[] = [];
  #writing: Promise<void> | null = null;
  #stopped = false;

  constructor(storage: Pick<RaftStorage, 'write'>, events: WriterEvents) {
    this.#storage = storage;
    this.#events = events;
  }

  push(ready: Ready): void {
    if (this.#stopped) return;
    // Nothing to write and nothing before it: durable already.
    if (this.#writing === null && !needsWrite(ready)) {
      this.#events.durable([ready]);
      return;
    }
    this.#queue.push(ready);
    this.#writing ??= this.#drain();
  }

  /** Resolves when all that was pushed is durable (or the disk failed). */
  async idle(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const readies = this.#queue;
        this.#queue = [];
        await this.#storage.write(readies);
        this.#events.durable(readies);
      }
    } catch (error) {
      this.#stopped = true;
      this.#queue = [];
      this.#events.failed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#writing = null;
    }
  }
}

function needsWrite(ready: Ready): boolean {
  return ready.mustSync || ready.hardState !== null;
}
