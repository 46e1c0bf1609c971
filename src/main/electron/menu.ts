/** The application menu: the usual entries, by Electron's roles so that each system names and places them its way. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  readonly showWindow: () => void;
  readonly quit: () => void;
}

/** The template for `Menu.buildFromTemplate`. */
export function menuTemplate(platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions[] {
  const show: MenuItemConstructorOptions = { label: 'Show window', click: actions.showWindow };
  const quit: MenuItemConstructorOptions = {
    label: 'Quit Raft3D',
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: isMac ? [show, { role: 'close' }] : [show, { role: 'close' }, { type: 'separator' }, quit],
    },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ role: 'about' }] },
  ];
}

/** The menu of the tray icon. */
export function trayTemplate(farmName: string, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { label: farmName, enabled: false },
    { type: 'separator' },
    { label: 'Show window', click: actions.showWindow },
    { label: 'Quit', click: actions.quit },
  ];
}
