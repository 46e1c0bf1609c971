/**
 * Decides whether what concurrent clients saw could have come from one machine that does one thing at a time: a search
 * for an order of the operations that respects real time and the model (Wing and Gong 1993; remembered dead ends after
 * Lowe 2017). Operations on different keys cannot hide each other's faults, so each key is searched by itself.
 */

/** One call of one client. Times are of one monotonic clock. */
export interface Operation<In, Out> {
  readonly key: string;
  readonly input: In;
  readonly startMs: number;
  readonly outcome: Outcome<Out>;
}

export type Outcome<Out> =
  | { readonly kind: 'returned'; readonly output: Out; readonly endMs: number }
  /** The client never learned it: the effect may come at any time after the start, or never. */
  | { readonly kind: 'unknown' };

export interface Model<State, In, Out> {
  readonly initial: State;
  /** The state afterwards, or null when `output` is not what the model gives in `state`. */
  returned(state: State, input: In, output: Out): State | null;
  /** The state after `input` took effect with nobody to see its output. */
  unseen(state: State, input: In): State;
  /** Equal for equal states only. */
  fingerprint(state: State): string;
}

export type Verdict<In, Out> =
  | { readonly kind: 'linearizable' }
  /** No order explains these operations of one key. */
  | { readonly kind: 'violation'; readonly key: string; readonly operations: readonly Operation<In, Out>[] }
  /** The search became too large: make the history of this key shorter. */
  | { readonly kind: 'undecided'; readonly key: string };

/** A history of a few hundred operations of ten clients needs some thousand; a million would need gigabytes. */
const STEPS_MAX = 1_000_000;

/** Judges the keys one after the other and stops at the first that is not linearizable. */
export function checkLinearizable<State, In, Out>(
  model: Model<State, In, Out>,
  history: readonly Operation<In, Out>[],
): Verdict<In, Out> {
  const byKey = new Map<string, Operation<In, Out>[]>();
  for (const operation of history) {
    const same = byKey.get(operation.key);
    if (same === undefined) byKey.set(operation.key, [operation]);
    else same.push(operation);
  }
  for (const [key, operations] of byKey) {
    operations.sort((a, b) => a.startMs - b.startMs);
    const found = search(model, operations);
    if (found === 'none') return { kind: 'violation', key, operations };
    if (found === 'too_large') return { kind: 'undecided', key };
  }
  return { kind: 'linearizable' };
}

interface Place<State> {
  readonly state: State;
  /** Bit i: operation i has its place in the order. */
  readonly placed: bigint;
}

/** Depth first over "which operation came next"; the stack is explicit, because histories are long. */
function search<State, In, Out>(
  model: Model<State, In, Out>,
  operations: readonly Operation<In, Out>[],
): 'found' | 'none' | 'too_large' {
  const bits = operations.map((_, index) => 1n << BigInt(index));
  const mustBePlaced = operations.reduce(
    (all, { outcome }, index) => (outcome.kind === 'returned' ? all | (bits[index] ?? 0n) : all),
    0n,
  );
  const seen = new Set<string>();
  const open: Place<State>[] = [{ state: model.initial, placed: 0n }];
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const place = open.pop();
    if (place === undefined) return 'none';
    if ((place.placed & mustBePlaced) === mustBePlaced) return 'found';
    for (const next of nextPlaces(model, operations, bits, place)) {
      const mark = `${next.placed.toString(36)} ${model.fingerprint(next.state)}`;
      if (seen.has(mark)) continue;
      seen.add(mark);
      open.push(next);
    }
  }
  return 'too_large';
}

/** An operation may come next if no other that still waits had ended before it began. */
function* nextPlaces<State, In, Out>(
  model: Model<State, In, Out>,
  operations: readonly Operation<In, Out>[],
  bits: readonly bigint[],
  { state, placed }: Place<State>,
): Generator<Place<State>> {
  let earliestEndMs = Infinity;
  const candidates: number[] = [];
  for (const [index, { startMs, outcome }] of operations.entries()) {
    // Sorted by start: all that follow began after something that waits had ended.
    if (startMs > earliestEndMs) break;
    if ((placed & (bits[index] ?? 0n)) !== 0n) continue;
    candidates.push(index);
    if (outcome.kind === 'returned') earliestEndMs = Math.min(earliestEndMs, outcome.endMs);
  }
  // The last pushed is tried first: begin with the earliest, which is most often right.
  for (const index of candidates.reverse()) {
    const operation = operations[index];
    if (operation === undefined || operation.startMs > earliestEndMs) continue;
    const { input, outcome } = operation;
    const after =
      outcome.kind === 'returned' ? model.returned(state, input, outcome.output) : model.unseen(state, input);
    if (after === null) continue;
    // One that nobody saw and that would change nothing need not have happened: leaving it out halves the search.
    if (outcome.kind === 'unknown' && model.fingerprint(after) === model.fingerprint(state)) continue;
    yield { state: after, placed: placed | (bits[index] ?? 0n) };
  }
}
