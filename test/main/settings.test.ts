import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, type Log } from '../../src/main/log.ts';
import {
  createSettings,
  DEFAULT_SETTINGS,
  PEER_ADDRESSES_MAX,
  SETTINGS_WRITE_DELAY_MS,
  toSettingsValues,
  type SettingsStore,
  type SettingsValues,
} from '../../src/main/settings.ts';
import { openSettingsFile } from '../../src/main/settingsFile.ts';

const BOUNDS = { x: 10, y: 20, width: 800, height: 600, maximized: false };

function memoryStore(content: unknown): SettingsStore & { readonly written: SettingsValues[] } {
  const written: SettingsValues[] = [];
  return { written, read: () => content, write: (values) => void written.push(values) };
}

function collectingLog(lines: string[]): Log {
  return createLog({
    format: 'json',
    level: 'debug',
    write: (line) => void lines.push(line),
    now: () => new Date(0),
  });
}

describe('the settings of this PC', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('change in memory at once and are written once for many changes, one delay after the first', () => {
    const store = memoryStore({});
    const settings = createSettings(store, collectingLog([]));
    for (let x = 0; x < 100; x += 1) {
      settings.set({ windowBounds: { ...BOUNDS, x } });
      vi.advanceTimersByTime(SETTINGS_WRITE_DELAY_MS / 100 - 1);
    }
    expect(settings.get().windowBounds?.x).toBe(99);
    expect(store.written).toEqual([]);
    vi.advanceTimersByTime(SETTINGS_WRITE_DELAY_MS);
    expect(store.written.map((values) => values.windowBounds?.x)).toEqual([99]);
  });

  it('are written by flush when something waits, and not otherwise', () => {
    const store = memoryStore({});
    const settings = createSettings(store, collectingLog([]));
    settings.flush();
    expect(store.written).toEqual([]);
    settings.set({ windowBounds: BOUNDS });
    settings.flush();
    vi.advanceTimersByTime(SETTINGS_WRITE_DELAY_MS * 2);
    expect(store.written).toHaveLength(1);
  });

  it('start from defaults and warn when the store cannot be read', () => {
    const lines: string[] = [];
    const store: SettingsStore = {
      read: () => {
        throw new Error('disk gone');
      },
      write: () => {
        throw new Error('disk gone');
      },
    };
    const settings = createSettings(store, collectingLog(lines));
    expect(settings.get()).toEqual(DEFAULT_SETTINGS);
    settings.set({ windowBounds: BOUNDS });
    settings.flush();
    expect(lines).toHaveLength(2);
    expect(settings.get().windowBounds).toEqual(BOUNDS);
  });

  it('keep at most so many peer addresses, the newest', () => {
    const peerAddresses = Object.fromEntries(
      Array.from({ length: PEER_ADDRESSES_MAX + 5 }, (_, index) => [
        `n${index}`,
        { host: 'h', port: 1 + index },
      ]),
    );
    const kept = Object.keys(toSettingsValues({ peerAddresses }).peerAddresses);
    expect(kept).toHaveLength(PEER_ADDRESSES_MAX);
    expect(kept[0]).toBe('n5');
  });

  it.each([
    null,
    'text',
    [],
    { windowBounds: 'no', peerAddresses: 7 },
    { windowBounds: { ...BOUNDS, width: 0 } },
    { windowBounds: { ...BOUNDS, x: Infinity } },
    {
      peerAddresses: {
        a: { host: '', port: 1 },
        b: { host: 'h', port: 0 },
        c: { host: 'h', port: '1' },
        d: null,
      },
    },
  ])('become defaults where a file holds %j', (raw) => {
    expect(toSettingsValues(raw)).toEqual(DEFAULT_SETTINGS);
  });
});

describe('the settings file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'raft3d-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is settings.json of the data directory and is read again at the next start', () => {
    const values: SettingsValues = {
      windowBounds: BOUNDS,
      peerAddresses: { n1: { host: '10.0.0.2', port: 9000 } },
    };
    openSettingsFile(folder).write(values);
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual(values);
    expect(toSettingsValues(openSettingsFile(folder).read())).toEqual(values);
  });

  it('is replaced by defaults when it is damaged', () => {
    writeFileSync(join(folder, 'settings.json'), '{"windowBounds": ');
    expect(toSettingsValues(openSettingsFile(folder).read())).toEqual(DEFAULT_SETTINGS);
  });
});
