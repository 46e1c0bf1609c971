/** A stand-in for the parts of Electron that the shell uses: remembers what was asked of it and lets a test act. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, WindowOpenHandlerResponse } from 'electron';
import type { ElectronParts } from '../../src/main/electron/electronParts.ts';

interface DeniableEvent {
  preventDefault(): void;
}

/** An event whose default was or was not prevented. */
export function deniable(): DeniableEvent & { readonly isPrevented: () => boolean } {
  let prevented = false;
  return {
    preventDefault: () => {
      prevented = true;
    },
    isPrevented: () => prevented,
  };
}

export class WebContentsStandIn extends EventEmitter {
  openHandler: ((details: { url: string }) => WindowOpenHandlerResponse) | null = null;
  reloads = 0;
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void {
    this.openHandler = handler;
  }
  reload(): void {
    this.reloads += 1;
  }
}

export class WindowStandIn extends EventEmitter {
  readonly webContents = new WebContentsStandIn();
  readonly options: BrowserWindowConstructorOptions;
  loaded: string | null = null;
  visible = false;
  focused = 0;
  bounds = { x: 1, y: 2, width: 900, height: 700 };
  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }
  loadURL(url: string): Promise<void> {
    this.loaded = url;
    return Promise.resolve();
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  focus(): void {
    this.focused += 1;
  }
  restore(): void {
    this.visible = true;
  }
  maximize(): void {
    this.emit('maximize');
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return false;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return this.bounds;
  }
}

class AppStandIn extends EventEmitter {
  readonly exits: number[] = [];
  hasLock = true;
  userData = '';
  setPath(_name: string, path: string): void {
    this.userData = path;
  }
  requestSingleInstanceLock(): boolean {
    return this.hasLock;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  quit(): void {
    this.emit('before-quit', deniable());
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

type Permission = (
  contents: unknown,
  permission: string,
  answer: (ok: boolean) => void,
  details: unknown,
) => void;

/** The stand-in and what a test looks at. */
export function createElectronStandIn() {
  const app = new AppStandIn();
  const windows: WindowStandIn[] = [];
  const errors: string[] = [];
  const session = {
    request: null as Permission | null,
    setPermissionRequestHandler(handler: Permission) {
      session.request = handler;
    },
    setPermissionCheckHandler: () => undefined,
  };
  const parts = {
    app,
    BrowserWindow: class extends WindowStandIn {
      constructor(options: BrowserWindowConstructorOptions) {
        super(options);
        windows.push(this);
      }
    },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => undefined },
    Tray: class extends EventEmitter {
      setToolTip(): void {
        return;
      }
      setContextMenu(): void {
        return;
      }
    },
    dialog: { showErrorBox: (_title: string, text: string) => void errors.push(text) },
    nativeImage: { createFromPath: (path: string) => path },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1600, height: 1200 } }] },
    session: { defaultSession: session },
  };
  return { parts: parts as unknown as ElectronParts, app, windows, errors, session };
}
