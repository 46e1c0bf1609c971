/** The tray icon: says that the node runs while no window is open, and is the way back to it and the way out. */
import { join } from 'node:path';
import type { Tray } from 'electron';
import type { Log } from '../log.ts';
import type { ElectronParts } from './electronParts.ts';
import { trayTemplate, type MenuActions } from './menu.ts';

/** Null where the desktop has no place for it; starting the app again then brings the window back. */
export function createTray(
  electron: ElectronParts,
  resourcesDir: string,
  farmName: string,
  actions: MenuActions,
  log: Log,
): Tray | null {
  try {
    const tray = new electron.Tray(electron.nativeImage.createFromPath(join(resourcesDir, 'tray.png')));
    tray.setToolTip(`Raft3D: ${farmName}`);
    tray.setContextMenu(electron.Menu.buildFromTemplate(trayTemplate(farmName, actions)));
    tray.on('click', actions.showWindow);
    return tray;
  } catch (error) {
    log.warn('this desktop shows no tray icon; start Raft3D again to bring its window back', { error });
    return null;
  }
}
