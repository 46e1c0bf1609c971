import { describe, expect, it } from 'vitest';
import { parseRoute, routeHref, VIEWS } from '../../../src/renderer/store/route.ts';
import {
  decideShortcut,
  type PendingKey,
  SEQUENCE_LIMIT_MS,
  type ShortcutAction,
  SHORTCUTS,
} from '../../../src/renderer/store/shortcuts.ts';

function press(keys: string, gapMs = 10): ShortcutAction | null {
  let pending: PendingKey | null = null;
  let action: ShortcutAction | null = null;
  let atMs = 0;
  for (const key of keys.split(' ')) {
    const step = decideShortcut(pending, key, atMs);
    pending = step.pending;
    action = step.action;
    atMs += gapMs;
  }
  return action;
}

describe('shortcuts', () => {
  it.each(Object.entries(SHORTCUTS))('"%s" does what the sheet says', (keys, action) => {
    expect(press(keys)).toEqual(action);
  });

  it('forget the first key of a pair after a while', () => {
    expect(press('g q', SEQUENCE_LIMIT_MS)).toEqual({ kind: 'go', view: 'queue' });
    expect(press('g q', SEQUENCE_LIMIT_MS + 1)).toBeNull();
  });

  it('begin another pair with the key that did not fit the first', () => {
    expect(press('n g f')).toEqual({ kind: 'go', view: 'floor' });
  });

  it('obey a single key after the beginning of a pair', () => {
    expect(press('g ?')).toEqual({ kind: 'help' });
  });

  it.each(['x', 'f', 'q', 'n x', 'g p', 'constructor'])('do nothing on "%s"', (keys) => {
    expect(press(keys)).toBeNull();
  });
});

describe('routes', () => {
  it.each(VIEWS)('of %s come back from their own address', (view) => {
    expect(parseRoute(routeHref(view))).toBe(view);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/constructor'])('fall back to the floor for "%s"', (hash) => {
    expect(parseRoute(hash)).toBe('floor');
  });
});
