import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isInUse, openDataDirectory } from '../../../src/main/dataDirectory.ts';
import { decideBounds, DEFAULT_SIZE } from '../../../src/main/electron/windowBounds.ts';
import { selectOwnFlags } from '../../../src/main/electron/ownFlags.ts';
import { runShell, type ShellOptions } from '../../../src/main/electron/shell.ts';
import { START_FLAGS } from '../../../src/main/config.ts';
import type { FarmNode } from '../../../src/main/farmNodeTypes.ts';
import { openSettingsFile } from '../../../src/main/settingsFile.ts';
import { createElectronStandIn, deniable } from '../../support/electronStandIn.ts';

let dataDir = '';
let output: string[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'raft3d-shell-'));
  output = [];
  const collect = (text: unknown): boolean => {
    output.push(String(text));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(collect);
  vi.spyOn(process.stderr, 'write').mockImplementation(collect);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true, force: true });
});

async function startShell(over: Partial<ShellOptions> = {}, argv: readonly string[] = []) {
  const electron = createElectronStandIn();
  const stop = vi.fn(() => Promise.resolve());
  const node: FarmNode = {
    httpUrl: 'http://127.0.0.1:8000',
    peerAddress: '127.0.0.1:9000',
    nodeId: 'n1',
    farmName: 'Farm',
    stop,
  };
  await runShell({
    electron: electron.parts,
    around: { env: {}, platform: 'linux', homeDir: '/', hostname: 'pc', currentDir: '/', rendererDir: null },
    argv: ['app.js', '--data-dir', dataDir, '--no-sandbox', '--inspect=0', '--log-level=error', ...argv],
    process: new EventEmitter(),
    resourcesDir: '/resources',
    openSettings: openSettingsFile,
    startFarmNode: () => Promise.resolve(node),
    ...over,
  });
  return { ...electron, stop };
}

describe('the desktop shell', () => {
  it('opens one sandboxed window on its own node, among the switches of Chromium', async () => {
    const { windows } = await startShell();
    expect(windows).toHaveLength(1);
    expect(windows[0]!.loaded).toBe('http://127.0.0.1:8000');
    expect(windows[0]!.visible).toBe(true);
    expect(windows[0]!.options.webPreferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(output.join('')).toContain('{"event":"ready","http":"http://127.0.0.1:8000"');
  });

  it('hides the window on close, keeps the node, and shows it again on a second start', async () => {
    const { app, windows, stop } = await startShell();
    const closing = deniable();
    windows[0]!.emit('close', closing);
    expect([closing.isPrevented(), windows[0]!.visible]).toEqual([true, false]);
    app.emit('second-instance');
    expect([windows[0]!.visible, windows[0]!.focused]).toEqual([true, 1]);
    expect(stop).not.toHaveBeenCalled();
  });

  it('stops the node before it ends, once however often quitting is asked for', async () => {
    const { app, windows, stop } = await startShell();
    app.quit();
    app.quit();
    await expect.poll(() => app.exits).toEqual([0]);
    expect(stop).toHaveBeenCalledTimes(1);
    const closing = deniable();
    windows[0]!.emit('close', closing);
    expect(closing.isPrevented()).toBe(false);
    expect(isInUse(dataDir)).toBe(false);
  });

  it('leaves at once when another instance runs, without starting a node', async () => {
    const electron = createElectronStandIn();
    electron.app.hasLock = false;
    const startFarmNode = vi.fn(() => Promise.reject(new Error('not to be called')));
    await startShell({ electron: electron.parts, startFarmNode });
    expect(electron.app.exits).toEqual([0]);
    expect(startFarmNode).not.toHaveBeenCalled();
  });

  it('says in a dialog why the node cannot start, and ends with code 1', async () => {
    const error = Object.assign(new Error('listen'), {
      code: 'EADDRINUSE',
      address: '127.0.0.1',
      port: 8000,
    });
    const { app, errors, windows } = await startShell({ startFarmNode: () => Promise.reject(error) });
    expect(errors).toEqual([expect.stringContaining('127.0.0.1:8000 is in use by another program')]);
    expect([app.exits, windows]).toEqual([[1], []]);
  });

  it('says in a dialog that the data folder is in use by a headless node', async () => {
    const held = openDataDirectory(dataDir);
    const { app, errors } = await startShell();
    held.release();
    expect(errors).toEqual([expect.stringContaining(`in use by process ${process.pid}`)]);
    expect(app.exits).toEqual([1]);
  });

  it('says in a dialog what is wrong with a flag, and ends with code 2', async () => {
    const { app, errors } = await startShell({}, ['--http', 'nonsense']);
    expect(errors).toEqual([expect.stringContaining('--http is "nonsense"')]);
    expect(app.exits).toEqual([2]);
  });

  it('keeps its page at home: no other address, no new window, no embedded page', async () => {
    const { windows } = await startShell();
    const contents = windows[0]!.webContents;
    const events = {
      'http://127.0.0.1:8000/printers': false,
      'http://127.0.0.1:8001/': true,
      'https://127.0.0.1:8000/': true,
      'http://127.0.0.1:8000@example.org/': true,
      'file:///etc/passwd': true,
      'not a url': true,
    };
    for (const [url, expected] of Object.entries(events)) {
      for (const name of ['will-navigate', 'will-redirect']) {
        const event = deniable();
        contents.emit(name, event, url);
        expect(event.isPrevented(), `${name} ${url}`).toBe(expected);
      }
    }
    expect(contents.openHandler?.({ url: 'http://127.0.0.1:8000/' })).toEqual({ action: 'deny' });
    const embedding = deniable();
    contents.emit('will-attach-webview', embedding);
    expect(embedding.isPrevented()).toBe(true);
  });

  it('gives its own page the clipboard for copying, and nobody anything else', async () => {
    const { session } = await startShell();
    const ask = (permission: string, requestingUrl: string): boolean => {
      let granted = false;
      session.request?.(null, permission, (ok) => (granted = ok), { requestingUrl });
      return granted;
    };
    expect(ask('clipboard-sanitized-write', 'http://127.0.0.1:8000/')).toBe(true);
    expect(ask('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    for (const permission of ['media', 'geolocation', 'notifications', 'serial', 'openExternal']) {
      expect(ask(permission, 'http://127.0.0.1:8000/'), permission).toBe(false);
    }
  });

  it('reloads a page that crashed, but not for ever', async () => {
    const { windows } = await startShell();
    for (let crash = 0; crash < 10; crash += 1) {
      windows[0]!.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    }
    expect(windows[0]!.webContents.reloads).toBe(3);
  });

  it('opens its window where it was left', async () => {
    const first = await startShell();
    first.windows[0]!.bounds = { x: 300, y: 200, width: 1000, height: 800 };
    first.windows[0]!.emit('move');
    first.app.quit();
    await expect.poll(() => first.app.exits).toEqual([0]);
    const second = await startShell();
    expect(second.windows[0]!.options).toMatchObject({ x: 300, y: 200, width: 1000, height: 800 });
  });
});

describe('the place of the window', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 };
  const at = (x: number, y: number) => ({ x, y, width: 800, height: 600, maximized: false });

  it('is left to the system the first time', () => {
    expect(decideBounds(null, [screen])).toEqual(DEFAULT_SIZE);
  });

  it.each([
    ['on the screen', at(100, 100), true],
    ['half outside to the right', at(1800, 100), true],
    ['on a screen that is gone', at(2500, 100), false],
    ['with its title bar above the screen', at(100, -50), false],
    ['with its title bar below the screen', at(100, 1070), false],
    ['with too little of it to take hold of', at(-780, 100), false],
  ])('is kept only where it can be reached: %s', (_where, remembered, kept) => {
    expect(decideBounds(remembered, [screen])).toEqual(
      kept ? { x: remembered.x, y: remembered.y, width: 800, height: 600 } : { width: 800, height: 600 },
    );
  });
});

describe('our flags among those of Chromium', () => {
  it('are kept with their values, everything else is dropped', () => {
    const argv = [
      '/app/electron.js',
      '--no-sandbox',
      '--http',
      '127.0.0.1:0',
      '--lang=de',
      '--name=PC',
      '--peer',
    ];
    expect(selectOwnFlags(START_FLAGS, argv)).toEqual(['--http', '127.0.0.1:0', '--name=PC', '--peer']);
  });
});
