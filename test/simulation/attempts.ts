/**
 * Each attempt of a client to bring a command into the log, from the call to what became of it. An attempt is known by
 * the time stamped on its command, which no other has. It may be committed once, and never after "certainly not".
 */
import type { WallMs } from '../../src/base/units.ts';
import type { ProposeResult } from '../../src/main/cluster/port.ts';
import type { Entry } from '../../src/raft/index.ts';
import type { Journal } from './journal.ts';

/** Any moment will do: the farm's clock is what commands say. */
const FIRST_MS = 1_700_000_000_000;

interface Attempt {
  index: number | null;
  answer: ProposeResult['kind'] | null;
}

export class Attempts {
  readonly #journal: Journal;
  readonly #attempts: Attempt[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get count(): number {
    return this.#attempts.length;
  }

  /** Attempts that were acknowledged. */
  get acknowledged(): number {
    return this.#attempts.filter(({ answer }) => answer === 'applied').length;
  }

  /** The stamp of a new attempt. */
  begin(): WallMs {
    this.#attempts.push({ index: null, answer: null });
    return (FIRST_MS + this.#attempts.length - 1) as WallMs;
  }

  /** To be told of each committed entry, once and in order. */
  committed(entry: Entry): void {
    if (entry.kind !== 'command') return;
    const { atMs } = JSON.parse(Buffer.from(entry.data).toString('utf8')) as { readonly atMs: number };
    const attempt = this.#attempts[atMs - FIRST_MS];
    if (attempt === undefined) {
      this.#journal.violate(`entry ${entry.index} holds a command that nobody proposed`);
      return;
    }
    if (attempt.index !== null) {
      this.#journal.violate(`one attempt was committed at ${attempt.index} and at ${entry.index}`);
    }
    attempt.index = entry.index;
    if (attempt.answer === 'no_leader' || attempt.answer === 'busy') {
      this.#journal.violate(`an attempt that was answered ${attempt.answer} was committed at ${entry.index}`);
    }
  }

  answered(atMs: WallMs, result: ProposeResult): void {
    const attempt = this.#attempts[atMs - FIRST_MS];
    if (attempt === undefined) return;
    attempt.answer = result.kind;
    const certainlyNot = result.kind === 'no_leader' || result.kind === 'busy';
    if (certainlyNot && attempt.index !== null) {
      this.#journal.violate(`an attempt committed at ${attempt.index} was answered ${result.kind}`);
    }
    if (result.kind === 'applied' && attempt.index !== result.appliedIndex) {
      this.#journal.violate(
        `an answer names index ${result.appliedIndex}, the command is at ${String(attempt.index)}`,
      );
    }
  }
}
