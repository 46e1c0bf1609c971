/** The three ways in which a rule can answer a command. */
import { ok, refused } from '../base/result.ts';
import type { Accepted, Outcome, Refusal, Touched } from './commands.ts';
import type { FarmState } from './state.ts';

/** What applying one command gave. */
export interface Step {
  /** The very same reference as before when the command was refused or was a retry. */
  readonly state: FarmState;
  readonly outcome: Outcome;
  /** What the command made, changed or removed; empty when the state is as before. */
  readonly touched: readonly Touched[];
}

/** Accepted, and the farm is different now. */
export function changed(state: FarmState, value: Accepted, touched: readonly Touched[]): Step {
  return { state, outcome: ok(value), touched };
}

/** Accepted, because it was done already: a retry. */
export function repeated(state: FarmState, value: Accepted): Step {
  return { state, outcome: ok(value), touched: [] };
}

/** Against the rules; nothing is different. */
export function refuse(state: FarmState, reason: Refusal): Step {
  return { state, outcome: refused(reason), touched: [] };
}
