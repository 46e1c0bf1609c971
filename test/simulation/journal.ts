/**
 * What happened in a run: a hash over all of it (two runs of one seed must agree), readable lines when somebody wants
 * to see them, and the first violation of a rule, which ends the run.
 */
import { crc32 } from '../../src/raft/node/crc32.ts';

const SCRATCH_BYTES = 24;

export class Journal {
  readonly #nowMs: () => number;
  readonly #print: ((line: string) => void) | null;
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES);
  #hash = 0;
  #violation: string | null = null;

  /** `print`: takes the readable lines; null = they are not made at all. */
  constructor(nowMs: () => number, print: ((line: string) => void) | null) {
    this.#nowMs = nowMs;
    this.#print = print;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get violation(): string | null {
    return this.#violation;
  }

  /** Adds to the hash: the time, a kind, and two numbers that tell the event from others. */
  mix(kind: number, a: number, b: number): void {
    this.#scratch.writeDoubleLE(this.#nowMs(), 0);
    this.#scratch.writeUInt32LE(kind >>> 0, 8);
    this.#scratch.writeUInt32LE(a >>> 0, 12);
    this.#scratch.writeDoubleLE(b, 16);
    this.#hash = crc32(this.#scratch, this.#hash);
  }

  mixBytes(bytes: Uint8Array): void {
    this.#hash = crc32(bytes, this.#hash);
  }

  /** Adds a readable event; `text` is only asked for when lines are printed. */
  line(text: () => string): void {
    if (this.#print !== null) this.#print(`${this.#nowMs().toFixed(3).padStart(10)}  ${text()}`);
  }

  /** A rule does not hold. Only the first is kept: what follows from it says nothing. */
  violate(text: string): void {
    if (this.#violation !== null) return;
    this.#violation = `at ${this.#nowMs().toFixed(3)} ms: ${text}`;
    this.line(() => `VIOLATION ${text}`);
  }

  /** Makes a violation of whatever a promise rejects with. */
  watch(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.violate(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
  }
}
