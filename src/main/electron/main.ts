/** Entry for Electron: the same node as headless, then a window and a tray icon around it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, Menu, nativeImage, screen, session, Tray } from 'electron';
import { startFarmNode } from '../farmNode.ts';
import { readSurroundings } from '../surroundings.ts';
import { openElectronSettings } from './settingsStore.ts';
import { runShell } from './shell.ts';

const mainDir = dirname(fileURLToPath(import.meta.url));

void runShell({
  electron: { app, BrowserWindow, dialog, Menu, nativeImage, screen, session, Tray },
  around: readSurroundings(mainDir),
  argv: process.argv.slice(1),
  process,
  resourcesDir: join(mainDir, '..', '..', 'resources'),
  openSettings: openElectronSettings,
  startFarmNode,
});
