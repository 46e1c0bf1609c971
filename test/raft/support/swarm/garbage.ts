/** Values that are no message: what a bit flip, a foreign cluster or an attacker may put on the wire. */
import type { Random } from '../../../../src/base/random.ts';
import type { Message } from '../../../../src/raft/index.ts';

const NONSENSE: readonly unknown[] = [
  null,
  undefined,
  -1,
  0.5,
  Number.NaN,
  Infinity,
  2 ** 53,
  '',
  'x',
  true,
  [],
  {},
  [null],
  [{}],
  new Uint8Array(2),
  { index: -1 },
  () => 1,
  Symbol('s'),
  10n,
];

/** A sound message with one field replaced; it may still look sound, so it is a lie and not only noise. */
export function mutate(message: Message, random: Random): unknown {
  const keys = Object.keys(message);
  const key = keys[random.below(keys.length)] ?? 't';
  const value: unknown = (message as unknown as Record<string, unknown>)[key];
  const near = typeof value === 'number' ? [value + 1, value - 1, value * 2, 0, 1, 1e9] : [];
  const choices = [...NONSENSE, ...near];
  return { ...message, [key]: choices[random.below(choices.length)] };
}

/** Never a sound message: dropped whole by any node. */
export function noise(message: Message, random: Random): unknown {
  switch (random.below(5)) {
    case 0:
      return NONSENSE[random.below(NONSENSE.length)];
    case 1:
      return { ...message, cluster: 'another farm' };
    case 2:
      return { ...message, term: -1 - random.below(9) };
    case 3:
      return { ...message, t: 'gossip' };
    default:
      return { ...message, from: message.to };
  }
}
