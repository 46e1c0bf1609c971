/** The parts of Electron that the shell uses: handed in, so that a stand-in can run the very same shell in a test. */
import type * as Electron from 'electron';

export type ElectronParts = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'Menu' | 'Tray' | 'dialog' | 'nativeImage' | 'screen' | 'session'
>;
