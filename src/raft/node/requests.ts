/**
 * What clients of this node wait for: commands until they are applied here, reads until this node may serve them.
 * Each is tried again while it is certain that it had no effect, until its time is over.
 */
import type { Entry, Index, RaftCore, Ready } from '../core/types.ts';
import { PendingProposals, type ProposalAnswer } from './pendingProposals.ts';
import { PendingReads } from './pendingReads.ts';
import type { Clock } from './ports.ts';
import { Waiters } from './waiters.ts';

/** Reads are confirmed in at most so many rounds at once; more share the next one. */
const READ_ROUNDS_MAX = 4;

export type ProposeOutcome =
  | Exclude<ProposalAnswer, { kind: 'refused' }>
  /** Certainly not applied, now or later. */
  | { readonly kind: 'no_leader' }
  /** Certainly not applied: too much is waiting for a quorum already. */
  | { readonly kind: 'busy' };

export interface RequestsOptions {
  readonly core: RaftCore;
  readonly clock: Clock;
  /** Unique to this incarnation: the leader remembers proposals by it. */
  readonly prefix: string;
  /** The core has something to say. */
  wake(): void;
}

export class Requests {
  readonly #options: RequestsOptions;
  readonly #proposals = new PendingProposals();
  readonly #reads = new PendingReads();
  /** Those that found no leader. */
  readonly #waiters: Waiters;
  #counter = 0;
  #readRounds = 0;
  #stopped = false;

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#waiters = new Waiters(options.clock);
  }

  async propose(data: Uint8Array, deadlineMs: number): Promise<ProposeOutcome> {
    const endMs = this.#options.clock.nowMs() + deadlineMs;
    for (;;) {
      const answer = await this.#proposeOnce(data, endMs);
      if (answer.kind !== 'refused') return answer;
      if (answer.why === 'busy') return { kind: 'busy' };
      if (this.#stopped || !(await this.#worthAnotherTry(endMs))) return { kind: 'no_leader' };
    }
  }

  async readBarrier(deadlineMs: number): Promise<boolean> {
    const endMs = this.#options.clock.nowMs() + deadlineMs;
    while (!this.#stopped) {
      if (await this.#readOnce(endMs)) return true;
      if (!(await this.#worthAnotherTry(endMs))) return false;
    }
    return false;
  }

  #proposeOnce(data: Uint8Array, endMs: number): Promise<ProposalAnswer> {
    const id = this.#nextId();
    return new Promise((resolve) => {
      const outcome = this.#options.core.propose(id, data);
      this.#options.wake();
      if (!outcome.ok) {
        resolve({ kind: 'refused', why: outcome.why });
        return;
      }
      const cancel = this.#atEnd(endMs, () => {
        this.#proposals.forget(id);
        resolve({ kind: 'unknown' });
      });
      this.#proposals.add(id, (answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  #readOnce(endMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#atEnd(endMs, () => {
        resolve(false);
      });
      this.#reads.add((answer) => {
        cancel();
        resolve(answer.kind === 'ready');
      });
      this.#options.wake();
    });
  }

  #atEnd(endMs: number, callback: () => void): () => void {
    const { clock } = this.#options;
    return clock.setTimer(Math.max(0, endMs - clock.nowMs()), callback);
  }

  #worthAnotherTry(endMs: number): Promise<boolean> {
    return this.#waiters.leaderOrPause(() => this.#options.core.status().leader !== null, endMs);
  }

  #nextId(): string {
    this.#counter += 1;
    return `${this.#options.prefix}${String(this.#counter)}`;
  }

  // --- Called by the driver ---

  /** Before each round of Readies: reads that arrived since share one context. */
  askForReads(): void {
    if (!this.#reads.hasNew || this.#readRounds >= READ_ROUNDS_MAX) return;
    const ctx = this.#nextId();
    if (!this.#options.core.readIndex(ctx).ok) {
      this.#reads.refuse();
      return;
    }
    this.#readRounds += 1;
    this.#reads.ask(ctx);
  }

  /** Must come before the Ready's entries are applied: a proposal's place and its entry may be in the same one. */
  answered(ready: Pick<Ready, 'proposals' | 'reads' | 'failedReads'>, applied: Index): void {
    for (const { id, fate } of ready.proposals) this.#proposals.fate(id, fate, applied);
    this.#readRounds -= ready.reads.length + ready.failedReads.length;
    for (const { ctx, index } of ready.reads) this.#reads.confirmed(ctx, index, applied);
    for (const ctx of ready.failedReads) this.#reads.failed(ctx);
    if (this.#reads.hasNew) this.#options.wake();
  }

  entryApplied(entry: Entry, result: unknown): void {
    this.#proposals.applied(entry, result);
  }

  turnApplied(applied: Index): void {
    this.#reads.applied(applied);
  }

  /** A snapshot up to `index` replaced the state. */
  restoredUpTo(index: Index): void {
    this.#proposals.replacedUpTo(index);
  }

  leaderKnown(): void {
    this.#waiters.leaderKnown();
  }

  /** Answers everything that waits: unknown, or not served. */
  stop(): void {
    this.#stopped = true;
    this.#proposals.abandonAll();
    this.#reads.abandonAll();
    this.#waiters.leaderKnown();
  }
}
