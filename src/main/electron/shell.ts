/**
 * The desktop app around one node: one instance a data directory, a window, a tray icon, an orderly quit. The node is
 * the same as the headless one; nothing here is needed for it to work.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow, Tray } from 'electron';
import { readStartConfig, START_FLAGS, type StartConfig, type Surroundings } from '../config.ts';
import type { FarmNode, FarmNodeConfig, Host } from '../farmNodeTypes.ts';
import { prepareDataDirectory } from '../dataDirectory.ts';
import { readyLine, startHostedNode, type HostedNode } from '../hostedNode.ts';
import { installLifecycle, type Lifecycle, type ProcessEvents } from '../lifecycle.ts';
import { createStderrLog, type Log } from '../log.ts';
import type { SettingsStore } from '../settings.ts';
import { explainStartError } from '../startErrors.ts';
import type { ElectronParts } from './electronParts.ts';
import { menuTemplate, type MenuActions } from './menu.ts';
import { selectOwnFlags } from './ownFlags.ts';
import { createTray } from './tray.ts';
import { openWindow, showWindow } from './window.ts';

/** Chromium's own files (cache, cookies) inside the data directory; also what makes an instance the only one. */
const CHROMIUM_FOLDER = 'chromium';

export interface ShellOptions {
  readonly electron: ElectronParts;
  readonly around: Surroundings;
  readonly argv: readonly string[];
  /** `process`, or a stand-in of a test. */
  readonly process: ProcessEvents;
  readonly resourcesDir: string;
  readonly openSettings: (dataDir: string) => SettingsStore;
  readonly startFarmNode: (config: FarmNodeConfig, host: Host) => Promise<FarmNode>;
}

interface Desktop {
  window: BrowserWindow | null;
  /** Held only so that it is not collected: a collected tray icon disappears. */
  tray: Tray | null;
  quitting: boolean;
}

/** Says why there will be no window, on stderr and in a dialog, and ends with `code`. */
function giveUp(electron: ElectronParts, code: 1 | 2, sentence: string): void {
  process.stderr.write(`raft3d: ${sentence}\n`);
  // Under a test nobody would close the dialog.
  if (process.env['RAFT3D_NO_DIALOGS'] !== '1') electron.dialog.showErrorBox('Raft3D cannot start', sentence);
  electron.app.exit(code);
}

/** False when another instance of this data directory runs: it was told, and shows its window. */
function becomeOnlyInstance(electron: ElectronParts, dataDir: string): boolean {
  prepareDataDirectory(dataDir);
  const profile = join(dataDir, CHROMIUM_FOLDER);
  mkdirSync(profile, { recursive: true });
  electron.app.setPath('userData', profile);
  return electron.app.requestSingleInstanceLock();
}

async function openDesktop(
  options: ShellOptions,
  hosted: HostedNode,
  desktop: Desktop,
  actions: MenuActions,
  log: Log,
): Promise<void> {
  const { electron, around, resourcesDir } = options;
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate(around.platform, actions)));
  desktop.tray = createTray(electron, resourcesDir, hosted.node.farmName, actions, log);
  desktop.window = await openWindow({
    electron,
    nodeUrl: hosted.node.httpUrl,
    settings: hosted.settings,
    log,
    resourcesDir,
    hidesOnClose: () => !desktop.quitting,
  });
}

/** Starts the node and opens the desktop around it. Throws what kept it from starting. */
async function runNode(
  options: ShellOptions,
  config: StartConfig,
  lifecycle: Lifecycle,
  log: Log,
): Promise<void> {
  const { electron } = options;
  const desktop: Desktop = { window: null, tray: null, quitting: false };
  const actions: MenuActions = {
    showWindow: () => {
      if (desktop.window !== null) showWindow(desktop.window);
    },
    quit: () => electron.app.quit(),
  };
  electron.app.on('second-instance', actions.showWindow);
  electron.app.on('activate', actions.showWindow);
  // The tray keeps the node alive; without a listener Electron would quit with the last window.
  electron.app.on('window-all-closed', () => undefined);
  const starting = startHostedNode({
    config: config.node,
    kind: 'electron',
    log,
    openSettings: options.openSettings,
    startFarmNode: options.startFarmNode,
    fatal: (error) => lifecycle.fatal(error),
  });
  lifecycle.onStop(async () => {
    desktop.quitting = true;
    desktop.window?.hide();
    await (await starting).stop();
  });
  electron.app.on('before-quit', (event) => {
    // The node stops first; the lifecycle then ends the process. Further requests change nothing.
    event.preventDefault();
    if (!desktop.quitting) lifecycle.requestStop('quit');
    desktop.quitting = true;
  });
  const hosted = await starting;
  process.stdout.write(readyLine(hosted.node));
  await openDesktop(options, hosted, desktop, actions, log);
}

/** Runs the app until it is quit. Every failure to start is told and ends the process. */
export async function runShell(options: ShellOptions): Promise<void> {
  const { electron, around } = options;
  const config = readStartConfig(selectOwnFlags(START_FLAGS, options.argv), around);
  if (!config.ok) {
    giveUp(electron, 2, config.reason.message);
    return;
  }
  const log = createStderrLog(config.value.logLevel, config.value.logFormat);
  try {
    if (!becomeOnlyInstance(electron, config.value.node.dataDir)) {
      log.info('Raft3D runs already on this data folder; its window was brought in front');
      electron.app.exit(0);
      return;
    }
    await electron.app.whenReady();
    const lifecycle = installLifecycle({
      process: options.process,
      log,
      exit: (code) => electron.app.exit(code),
      nowMs: () => performance.now(),
    });
    await runNode(options, config.value, lifecycle, log);
  } catch (error) {
    log.error('the app could not start', { error });
    giveUp(electron, 1, explainStartError(error));
  }
}
