/**
 * What this PC alone remembers: the place of its window and where it last found its peers. Never replicated, never
 * needed to be safe: a lost file costs a default. Two hosts keep it, with the same file format (`conf`).
 */
import type { HostPort } from './farmNodeTypes.ts';
import type { Log } from './log.ts';

/** Place of the window on the screen, in device-independent pixels. */
export interface WindowBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

export interface SettingsValues {
  /** Null until the window was moved or resized for the first time. */
  readonly windowBounds: WindowBounds | null;
  /** Last known peer address by node id: a hint for dialling, at most {@link PEER_ADDRESSES_MAX}. */
  readonly peerAddresses: Readonly<Record<string, HostPort>>;
}

/** The port. `set` changes memory at once and the file a little later; `flush` before the process ends. */
export interface Settings {
  get(): SettingsValues;
  /** Values out of bounds are cut to what is allowed, never refused: these are hints. */
  set(change: Partial<SettingsValues>): void;
  /** Writes what is waiting. Never throws: a settings file that cannot be written is logged. */
  flush(): void;
}

/** A farm has far fewer members; a file that grew beyond this was not written by us. */
export const PEER_ADDRESSES_MAX = 256;
/** Longest host name (RFC 1035) and a node id (64 hex digits) fit. */
const TEXT_LENGTH_MAX = 253;
/** A window is dragged for a while: one write when it rests, not one a pixel. */
export const SETTINGS_WRITE_DELAY_MS = 500;
/** No screen is wider or further away than this. */
const PIXELS_MAX = 100_000;

export const DEFAULT_SETTINGS: SettingsValues = { windowBounds: null, peerAddresses: {} };

/** Where the values rest between runs: `conf` headless, electron-store in Electron. Both may throw. */
export interface SettingsStore {
  /** Whatever the file holds: it may be of another version or edited by hand. */
  read(): unknown;
  write(values: SettingsValues): void;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= PIXELS_MAX;
}

function toWindowBounds(value: unknown): WindowBounds | null {
  if (!isRecord(value)) return null;
  const { x, y, width, height, maximized } = value;
  if (!isPixels(x) || !isPixels(y) || !isPixels(width) || !isPixels(height)) return null;
  if (width <= 0 || height <= 0) return null;
  return { x, y, width, height, maximized: maximized === true };
}

function toAddress(value: unknown): HostPort | null {
  if (!isRecord(value)) return null;
  const { host, port } = value;
  if (typeof host !== 'string' || host.length === 0 || host.length > TEXT_LENGTH_MAX) return null;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  return { host, port };
}

/** Keeps the last {@link PEER_ADDRESSES_MAX} well-formed addresses. */
function toPeerAddresses(value: unknown): Readonly<Record<string, HostPort>> {
  if (!isRecord(value)) return {};
  const kept: [string, HostPort][] = [];
  for (const [nodeId, candidate] of Object.entries(value)) {
    const address = toAddress(candidate);
    if (address !== null && nodeId.length <= TEXT_LENGTH_MAX) kept.push([nodeId, address]);
  }
  return Object.fromEntries(kept.slice(-PEER_ADDRESSES_MAX));
}

/** Makes well-formed values of anything: what is missing or malformed becomes its default. */
export function toSettingsValues(raw: unknown): SettingsValues {
  if (!isRecord(raw)) return DEFAULT_SETTINGS;
  return {
    windowBounds: toWindowBounds(raw['windowBounds']),
    peerAddresses: toPeerAddresses(raw['peerAddresses']),
  };
}

/** Settings kept in `store`. A store that cannot be read starts from defaults, with a warning. */
export function createSettings(store: SettingsStore, log: Log): Settings {
  let values = DEFAULT_SETTINGS;
  try {
    values = toSettingsValues(store.read());
  } catch (error) {
    log.warn('the settings of this PC could not be read; defaults are used', { error });
  }
  let pending: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (pending === null) return;
    clearTimeout(pending);
    pending = null;
    try {
      store.write(values);
    } catch (error) {
      log.warn('the settings of this PC could not be written', { error });
    }
  };
  return {
    get: () => values,
    set(change) {
      values = toSettingsValues({ ...values, ...change });
      // Not restarted by later changes: the write comes at most one delay after the first of them.
      if (pending === null) {
        pending = setTimeout(flush, SETTINGS_WRITE_DELAY_MS);
        pending.unref();
      }
    },
    flush,
  };
}
