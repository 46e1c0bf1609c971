/** The typed outcome of one API call. Each kind asks for another reaction, so none of them is an exception. */
import { text } from '../format/text.ts';
import type { Problem } from './problem.ts';

export type ApiAnswer<T> =
  /** `created` is false when the same content was there already (HTTP 200 to a creation). */
  | { readonly kind: 'ok'; readonly value: T; readonly created: boolean }
  /** 4xx: refused by the rules or by the input check. Certainly nothing changed. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** 503 `no_leader`: certainly not applied; worth another try. */
  | { readonly kind: 'noLeader'; readonly retryAfterMs: number | null }
  /** 429 or 503 `busy`: certainly not applied; worth another try. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null }
  /** 503 `outcome_unknown`: applied or not, only a retry with the same id tells. */
  | { readonly kind: 'outcomeUnknown'; readonly retryAfterMs: number | null }
  /** The node did not answer at all, or the answer broke off: the outcome is unknown as well. */
  | { readonly kind: 'unreachable' }
  /** Any other answer: a 500, a proxy's page. */
  | { readonly kind: 'unreadable'; readonly status: number; readonly detail: string | null };

export type ApiFailure = Exclude<ApiAnswer<never>, { kind: 'ok' }>;

/** The failure in plain words, for a notice or the top of a form. */
export function describeFailure(failure: ApiFailure): string {
  switch (failure.kind) {
    case 'refused':
      return failure.problem.detail;
    case 'noLeader':
      return text('problem.noLeader');
    case 'busy':
      return text('problem.busy');
    case 'outcomeUnknown':
      return text('problem.outcomeUnknown');
    case 'unreachable':
      return text('problem.unreachable');
    case 'unreadable':
      return failure.detail ?? text('problem.unreadable', { status: failure.status });
  }
}
