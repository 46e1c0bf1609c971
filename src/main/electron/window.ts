/** The one window: the page of this PC's own node, where it was last time. Closing it hides it; the node goes on. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import type { ElectronParts } from './electronParts.ts';
import { decideBounds, MINIMUM_SIZE } from './windowBounds.ts';
import { guardContents, guardSession } from './windowGuards.ts';

export interface WindowOptions {
  readonly electron: ElectronParts;
  /** Address of this PC's own node. */
  readonly nodeUrl: string;
  readonly settings: Settings;
  readonly log: Log;
  /** Folder of the icons. */
  readonly resourcesDir: string;
  /** False while the app quits: then closing is closing. */
  readonly hidesOnClose: () => boolean;
}

/** A page that crashes over and over is not reloaded for ever. */
const RELOADS_MAX = 3;

function rememberPlace(window: BrowserWindow, settings: Settings): void {
  const save = (): void => {
    // A minimized window has no place worth remembering.
    if (window.isDestroyed() || window.isMinimized()) return;
    settings.set({ windowBounds: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  };
  window.on('resize', save);
  window.on('move', save);
  window.on('maximize', save);
  window.on('unmaximize', save);
}

function reloadAfterCrash(window: BrowserWindow, log: Log): void {
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, details) => {
    log.error('the page of the window ended', { reason: details.reason, exitCode: details.exitCode });
    if (reloads === RELOADS_MAX || window.isDestroyed()) return;
    reloads += 1;
    window.webContents.reload();
  });
}

/** Opens the window and loads the page. Resolves when the page is there; rejects when it cannot be loaded. */
export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  const { electron, nodeUrl, settings, log } = options;
  const remembered = settings.get().windowBounds;
  const workAreas = electron.screen.getAllDisplays().map((display) => display.workArea);
  guardSession(electron.session.defaultSession, nodeUrl);
  const window = new electron.BrowserWindow({
    ...decideBounds(remembered, workAreas),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    title: 'Raft3D',
    icon: join(options.resourcesDir, 'icon.png'),
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  guardContents(window.webContents, nodeUrl, log);
  rememberPlace(window, settings);
  reloadAfterCrash(window, log);
  window.on('close', (event) => {
    if (!options.hidesOnClose()) return;
    event.preventDefault();
    window.hide();
  });
  if (remembered?.maximized === true) window.maximize();
  await window.loadURL(nodeUrl);
  window.show();
  return window;
}

/** Brings the window in front, wherever it was: hidden, minimized or behind others. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
