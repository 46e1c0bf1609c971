/**
 * Linearizable reads at this node. All that arrive while a context is being collected share it, so a thousand
 * readers cost one round of heartbeats. A read is served when what it must see was applied here.
 */
import type { Index } from '../core/types.ts';

export type ReadAnswer = { readonly kind: 'ready' } | { readonly kind: 'failed' };

type Answer = (answer: ReadAnswer) => void;

export class PendingReads {
  #collecting: Answer[] = [];
  readonly #asked = new Map<string, readonly Answer[]>();
  /** Confirmed, but not applied so far: sorted by nothing, few at a time. */
  #confirmed: { readonly index: Index; readonly answers: readonly Answer[] }[] = [];

  get hasNew(): boolean {
    return this.#collecting.length > 0;
  }

  add(answer: Answer): void {
    this.#collecting.push(answer);
  }

  /** The collected reads now wait for the confirmation of `ctx`. */
  ask(ctx: string): void {
    this.#asked.set(ctx, this.#collecting);
    this.#collecting = [];
  }

  /** Nobody can be asked: the collected reads fail (and may be tried again). */
  refuse(): void {
    const answers = this.#collecting;
    this.#collecting = [];
    for (const answer of answers) answer({ kind: 'failed' });
  }

  confirmed(ctx: string, index: Index, applied: Index): void {
    const answers = this.#asked.get(ctx);
    if (answers === undefined) return;
    this.#asked.delete(ctx);
    this.#confirmed.push({ index, answers });
    this.applied(applied);
  }

  failed(ctx: string): void {
    const answers = this.#asked.get(ctx) ?? [];
    this.#asked.delete(ctx);
    for (const answer of answers) answer({ kind: 'failed' });
  }

  applied(index: Index): void {
    if (this.#confirmed.length === 0) return;
    const served = this.#confirmed.filter((read) => read.index <= index);
    this.#confirmed = this.#confirmed.filter((read) => read.index > index);
    for (const { answers } of served) for (const answer of answers) answer({ kind: 'ready' });
  }

  abandonAll(): void {
    this.refuse();
    for (const ctx of [...this.#asked.keys()]) this.failed(ctx);
    const waiting = this.#confirmed;
    this.#confirmed = [];
    for (const { answers } of waiting) for (const answer of answers) answer({ kind: 'failed' });
  }
}
