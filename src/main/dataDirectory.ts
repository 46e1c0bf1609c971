/**
 * One process, one data directory: creates it, marks it as ours, and keeps a second process out.
 *
 * The lock is "announce, then look": each process writes a file of its own, then reads the others. Whoever looks last
 * sees the other, so two can never both go on; of two that start in the same instant both may refuse. A file whose
 * process is gone (`kill -9`, power cut) is cleared away at once, and there is no moment in which a live lock is moved.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { readJsonFile, writeJsonFile } from './jsonFile.ts';
import { OperatingError } from './operatingError.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './processIdentity.ts';

/** Says that a directory is ours, so that `--fresh` deletes nothing else and no home folder becomes a data directory. */
export const MARKER_FILE = 'raft3d.json';
const LOCK_PATTERN = /^lock-.+\.json$/;
/** What a start that was cut short, or one that runs beside us, may leave in a directory without a marker. */
const UNFINISHED_PATTERN = /^(lock-.+|raft3d)\.json(\.\d+\.tmp)?$/;
const NODE_FILE = 'node.json';
const RAFT_FOLDER = 'raft';

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** Says to other programs of this PC where the node is served; withdrawn by `release`. */
  publish(httpUrl: string): void;
  /** Withdraws the published address and unlocks. Calling it again does nothing. */
  release(): void;
}

/** How other programs of this PC find the running node. */
export interface RunningNode {
  readonly pid: number;
  /** `http://127.0.0.1:8000` */
  readonly httpUrl: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function toIdentity(value: unknown): ProcessIdentity | null {
  if (!isRecord(value) || typeof value['pid'] !== 'number') return null;
  const started = value['started'];
  return { pid: value['pid'], started: typeof started === 'string' ? started : null };
}

/** True when `path` is a data directory of this program. */
export function isDataDirectory(path: string): boolean {
  return existsSync(join(path, MARKER_FILE));
}

/** Folder of the replicated log inside a data directory. */
export function raftDirectory(dataDir: string): string {
  return join(dataDir, RAFT_FOLDER);
}

/**
 * Creates the directory (mode 0700) and marks it as ours; does nothing when it is already. Throws
 * {@link OperatingError} `data_dir_not_ours` or what the file system says.
 */
export function prepareDataDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (isDataDirectory(path)) return;
  if (readdirSync(path).some((name) => !UNFINISHED_PATTERN.test(name))) {
    throw new OperatingError(
      'data_dir_not_ours',
      `${path} already holds other files. Name an empty or a new folder with --data-dir.`,
    );
  }
  chmodSync(path, 0o700);
  writeJsonFile(join(path, MARKER_FILE), { format: 1, what: 'Raft3D data directory' });
}

/** The live process behind a lock file, or null when it is gone, unreadable or from a process that ended. */
function liveHolder(lockPath: string): ProcessIdentity | null {
  try {
    const identity = toIdentity(readJsonFile(lockPath));
    return identity !== null && isAlive(identity) ? identity : null;
  } catch {
    // Lock files are renamed into place whole, so an unreadable one has no owner.
    return null;
  }
}

function lockFiles(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => LOCK_PATTERN.test(name))
    .map((name) => join(path, name));
}

/** True while a live process holds the directory. */
export function isInUse(path: string): boolean {
  return isDataDirectory(path) && lockFiles(path).some((lock) => liveHolder(lock) !== null);
}

function acquireLock(path: string): string {
  const own = join(path, `lock-${process.pid}-${randomUUID()}.json`);
  writeJsonFile(own, ownIdentity());
  for (const other of lockFiles(path)) {
    if (other === own) continue;
    const holder = liveHolder(other);
    if (holder === null) {
      rmSync(other, { force: true });
      continue;
    }
    rmSync(own, { force: true });
    throw new OperatingError(
      'data_dir_in_use',
      `${path} is in use by process ${holder.pid}. Stop that one first, or name another folder with --data-dir.`,
    );
  }
  return own;
}

/**
 * Creates (mode 0700) and locks the directory. Throws {@link OperatingError} `data_dir_in_use`, `data_dir_not_ours` or
 * `data_dir_unusable`; the directory is then as it was.
 */
export function openDataDirectory(path: string): DataDirectory {
  let lock: string;
  try {
    prepareDataDirectory(path);
    lock = acquireLock(path);
  } catch (error) {
    if (error instanceof OperatingError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatingError('data_dir_unusable', `The data folder ${path} cannot be used: ${why}`, error);
  }
  const nodeFile = join(path, NODE_FILE);
  // Of a run that was killed: its address must not be taken for ours while we start.
  rmSync(nodeFile, { force: true });
  let held = true;
  return {
    path,
    publish(httpUrl) {
      writeJsonFile(nodeFile, { ...ownIdentity(), http: httpUrl });
    },
    release() {
      if (!held) return;
      held = false;
      rmSync(nodeFile, { force: true });
      rmSync(lock, { force: true });
    },
  };
}

/** The node that runs on `path`. Throws {@link OperatingError} `node_not_running` with what to do about it. */
export function findRunningNode(path: string): RunningNode {
  const advice = 'Start it with `raft3d start`, or name the right folder with --data-dir.';
  if (!isDataDirectory(path)) {
    throw new OperatingError('node_not_running', `${path} is not a data folder of Raft3D. ${advice}`);
  }
  const content = readJsonFile(join(path, NODE_FILE));
  if (content === undefined) {
    throw new OperatingError('node_not_running', `No node runs on ${path}. ${advice}`);
  }
  const identity = toIdentity(content);
  const httpUrl = isRecord(content) ? content['http'] : undefined;
  if (identity === null || typeof httpUrl !== 'string') {
    throw new OperatingError(
      'file_corrupt',
      `${join(path, NODE_FILE)} does not say where the node is served.`,
    );
  }
  if (!isAlive(identity)) {
    throw new OperatingError(
      'node_not_running',
      `The node of ${path} (process ${identity.pid}) ended without saying so, by a crash or a kill. ${advice}`,
    );
  }
  return { pid: identity.pid, httpUrl };
}
