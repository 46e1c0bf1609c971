/** Which keys do what: one-key and two-key shortcuts, decided as a pure step from the keys pressed before. */

export type ShortcutAction =
  | { readonly kind: 'go'; readonly view: 'floor' | 'queue' | 'filament' | 'cluster' }
  | { readonly kind: 'make'; readonly form: 'printer' | 'filament' | 'job' }
  | { readonly kind: 'help' }
  | { readonly kind: 'search' };

export const SHORTCUTS: Readonly<Record<string, ShortcutAction>> = {
  'g f': { kind: 'go', view: 'floor' },
  'g q': { kind: 'go', view: 'queue' },
  'g s': { kind: 'go', view: 'filament' },
  'g c': { kind: 'go', view: 'cluster' },
  'n p': { kind: 'make', form: 'printer' },
  'n f': { kind: 'make', form: 'filament' },
  'n j': { kind: 'make', form: 'job' },
  '/': { kind: 'search' },
  '?': { kind: 'help' },
};

/** The second key of a pair must follow within this, or the first is forgotten. */
export const SEQUENCE_LIMIT_MS = 1200;

/** The first key of a pair that was begun, and when. */
export interface PendingKey {
  readonly key: string;
  readonly atMs: number;
}

export interface ShortcutStep {
  readonly pending: PendingKey | null;
  readonly action: ShortcutAction | null;
}

function isFirstKey(key: string): boolean {
  return Object.keys(SHORTCUTS).some((keys) => keys.startsWith(`${key} `));
}

/** `key` is the pressed key's text without modifiers; both times come from one clock. */
export function decideShortcut(pending: PendingKey | null, key: string, atMs: number): ShortcutStep {
  const begun = pending !== null && atMs - pending.atMs <= SEQUENCE_LIMIT_MS ? pending : null;
  const keys = begun === null ? key : `${begun.key} ${key}`;
  if (Object.hasOwn(SHORTCUTS, keys)) return { pending: null, action: SHORTCUTS[keys] ?? null };
  // A pair that is none may still begin another one: "n g f" goes to the floor.
  if (isFirstKey(key)) return { pending: { key, atMs }, action: null };
  const alone = begun !== null && Object.hasOwn(SHORTCUTS, key) ? SHORTCUTS[key] : undefined;
  return { pending: null, action: alone ?? null };
}
