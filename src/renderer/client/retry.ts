/**
 * Which failed mutation is tried again by itself. Ids are idempotency keys: a repeated creation with the same id
 * and content gives the first outcome, so a retry is safe even when the first outcome is unknown.
 */
import type { ApiAnswer } from './answer.ts';
import { backoffMs } from './backoff.ts';

/** A new leader is there within a few elections; after this many tries a person should be told. */
export const TRIES_MAX = 5;

const RETRY_LIMITS = { firstMs: 400, greatestMs: 4000 } as const;

export type RetryDecision = { readonly kind: 'giveUp' } | { readonly kind: 'again'; readonly waitMs: number };

function decideWait(tries: number, retryAfterMs: number | null, chance: number): RetryDecision {
  return { kind: 'again', waitMs: Math.max(retryAfterMs ?? 0, backoffMs(tries, chance, RETRY_LIMITS)) };
}

/** `tries` counts the tries made so far, from 1; `chance` in [0, 1) spreads the waits. */
export function decideRetry(answer: ApiAnswer<unknown>, tries: number, chance: number): RetryDecision {
  if (tries >= TRIES_MAX) return { kind: 'giveUp' };
  switch (answer.kind) {
    case 'noLeader':
    case 'busy':
    case 'outcomeUnknown':
      return decideWait(tries, answer.retryAfterMs, chance);
    case 'ok':
    case 'refused':
    case 'unreachable':
    case 'unreadable':
      // A node that does not answer is the banner's business; the person decides whether to send again.
      return { kind: 'giveUp' };
  }
}

/** The outside world of a retry loop; tests hand in their own. */
export interface RetryPorts {
  wait(waitMs: number): Promise<void>;
  /** A number in [0, 1). */
  chance(): number;
}

/** An answer, and whether any try before the last may have been applied. */
export interface TriedAnswer<T> {
  readonly answer: ApiAnswer<T>;
  readonly earlierUnknown: boolean;
}

/** Repeats `send` as {@link decideRetry} says, at most {@link TRIES_MAX} times in all. */
export async function sendWithRetry<T>(
  send: () => Promise<ApiAnswer<T>>,
  ports: RetryPorts,
): Promise<TriedAnswer<T>> {
  let earlierUnknown = false;
  for (let tries = 1; ; tries++) {
    const answer = await send();
    const decision = decideRetry(answer, tries, ports.chance());
    if (decision.kind === 'giveUp') return { answer, earlierUnknown };
    if (answer.kind === 'outcomeUnknown') earlierUnknown = true;
    await ports.wait(decision.waitMs);
  }
}
