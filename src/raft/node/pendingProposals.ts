/**
 * Proposals made at this node, from the call to the answer: accepted by the core, placed in the log, applied here.
 * The entry of that index AND term is the proposal; another one there means that it never takes effect.
 */
import type { Entry, Index, ProposalFate, Term } from '../core/types.ts';

export type ProposalAnswer =
  | { readonly kind: 'applied'; readonly index: Index; readonly result: unknown }
  /** Certainly without effect, now and later; `why` is the core's word. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unknown' };

type Answer = (answer: ProposalAnswer) => void;

export class PendingProposals {
  readonly #unplaced = new Map<string, Answer>();
  readonly #placed = new Map<Index, { readonly term: Term; readonly id: string; readonly answer: Answer }>();

  get size(): number {
    return this.#unplaced.size + this.#placed.size;
  }

  add(id: string, answer: Answer): void {
    this.#unplaced.set(id, answer);
  }

  /** `applied`: the last index applied here. The word of the leader may come late; the result is gone then. */
  fate(id: string, fate: ProposalFate, applied: Index): void {
    const answer = this.#unplaced.get(id);
    if (answer === undefined) return;
    this.#unplaced.delete(id);
    if (fate.k === 'refused') answer({ kind: 'refused', why: fate.why });
    else if (fate.k === 'unknown' || fate.index <= applied) answer({ kind: 'unknown' });
    else {
      this.#placed.get(fate.index)?.answer({ kind: 'refused', why: 'overwritten' });
      this.#placed.set(fate.index, { term: fate.term, id, answer });
    }
  }

  /** True when somebody here waits for this entry's result. */
  applied(entry: Entry, result: unknown): void {
    const waiting = this.#placed.get(entry.index);
    if (waiting === undefined) return;
    this.#placed.delete(entry.index);
    const own = waiting.term === entry.term;
    waiting.answer(
      own ? { kind: 'applied', index: entry.index, result } : { kind: 'refused', why: 'overwritten' },
    );
  }

  /** A snapshot replaced the entries up to `index`: what they did is in the state, but not who asked for it. */
  replacedUpTo(index: Index): void {
    for (const [at, waiting] of this.#placed) {
      if (at > index) continue;
      this.#placed.delete(at);
      waiting.answer({ kind: 'unknown' });
    }
  }

  /** The caller waits no longer. */
  forget(id: string): void {
    if (this.#unplaced.delete(id)) return;
    for (const [at, waiting] of this.#placed) if (waiting.id === id) this.#placed.delete(at);
  }

  /** The node stops. */
  abandonAll(): void {
    for (const answer of this.#unplaced.values()) answer({ kind: 'unknown' });
    for (const { answer } of this.#placed.values()) answer({ kind: 'unknown' });
    this.#unplaced.clear();
    this.#placed.clear();
  }
}
