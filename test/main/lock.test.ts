import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findRunningNode,
  isDataDirectory,
  isInUse,
  openDataDirectory,
} from '../../src/main/dataDirectory.ts';
import { readJsonFile, writeJsonFile } from '../../src/main/jsonFile.ts';
import { isAlive, ownIdentity } from '../../src/main/processIdentity.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'raft3d-lock-'));
  path = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(action: () => unknown): unknown {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

function locks(): readonly string[] {
  return readdirSync(path).filter((name) => name.startsWith('lock-'));
}

describe('a data directory', () => {
  it('is created for its owner only, marked as ours, and locked', () => {
    const directory = openDataDirectory(path);
    expect(isDataDirectory(path)).toBe(true);
    expect(isInUse(path)).toBe(true);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
    directory.release();
    expect(isInUse(path)).toBe(false);
    expect(locks()).toEqual([]);
  });

  it('refuses a second holder, names the process, and leaves the first lock as it was', () => {
    const first = openDataDirectory(path);
    const before = locks();
    expect(() => openDataDirectory(path)).toThrow(`in use by process ${process.pid}`);
    expect(codeOf(() => openDataDirectory(path))).toBe('data_dir_in_use');
    expect(locks()).toEqual(before);
    first.release();
    openDataDirectory(path).release();
  });

  it('is taken over at once from a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    openDataDirectory(path).release();
    const identity = { pid: child.pid ?? 0, started: null };
    writeJsonFile(join(path, 'lock-other.json'), identity);
    expect(codeOf(() => openDataDirectory(path))).toBe('data_dir_in_use');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const directory = openDataDirectory(path);
    expect(existsSync(join(path, 'lock-other.json'))).toBe(false);
    directory.release();
  });

  it.runIf(process.platform === 'linux')('is not held by another process that got the same number', () => {
    openDataDirectory(path).release();
    writeJsonFile(join(path, 'lock-other.json'), { pid: process.ppid, started: 'an earlier boot:1' });
    openDataDirectory(path).release();
  });

  it('is not held by a lock file that holds nonsense', () => {
    openDataDirectory(path).release();
    writeFileSync(join(path, 'lock-broken.json'), '{"pid": ');
    openDataDirectory(path).release();
    expect(locks()).toEqual([]);
  });

  it('never takes a folder with other files, and changes nothing in it', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.odt'), 'years of work');
    expect(codeOf(() => openDataDirectory(path))).toBe('data_dir_not_ours');
    expect(readdirSync(path)).toEqual(['thesis.odt']);
  });

  it('goes on after a start that was cut short before the marker', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'raft3d.json.4711.tmp'), '{"for');
    openDataDirectory(path).release();
    expect(isDataDirectory(path)).toBe(true);
  });

  it('says that a file in its place cannot be used', () => {
    writeFileSync(path, '');
    expect(codeOf(() => openDataDirectory(path))).toBe('data_dir_unusable');
  });
});

describe('the running node of a data directory', () => {
  it('is found while it is published, and not afterwards', () => {
    const directory = openDataDirectory(path);
    expect(codeOf(() => findRunningNode(path))).toBe('node_not_running');
    directory.publish('http://127.0.0.1:8000');
    expect(findRunningNode(path)).toEqual({ pid: process.pid, httpUrl: 'http://127.0.0.1:8000' });
    directory.release();
    expect(codeOf(() => findRunningNode(path))).toBe('node_not_running');
  });

  it('is known to be gone after a kill', () => {
    openDataDirectory(path).release();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeJsonFile(join(path, 'node.json'), { pid, started: null, http: 'http://127.0.0.1:8000' });
    expect(() => findRunningNode(path)).toThrow('ended without saying so');
  });

  it('is not looked for in a folder that is not ours', () => {
    expect(() => findRunningNode(folder)).toThrow('is not a data folder of Raft3D');
  });

  it('is not believed when the file holds something else', () => {
    openDataDirectory(path).release();
    writeJsonFile(join(path, 'node.json'), { pid: 'one' });
    expect(codeOf(() => findRunningNode(path))).toBe('file_corrupt');
  });
});

describe('the identity of a process', () => {
  it('holds for this process and for no process number that is out of range', () => {
    expect(isAlive(ownIdentity())).toBe(true);
    for (const pid of [0, -1, 1.5, 2 ** 53]) expect(isAlive({ pid, started: null }), String(pid)).toBe(false);
  });
});

describe('a small JSON file', () => {
  it('is replaced whole, and leaves no temporary file', () => {
    const file = join(folder, 'a.json');
    writeJsonFile(file, { a: 1 });
    writeJsonFile(file, { a: 2 });
    expect(readJsonFile(file)).toEqual({ a: 2 });
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('keeps its old content when the new one cannot be put in its place', () => {
    const occupied = join(folder, 'occupied');
    mkdirSync(join(occupied, 'inside'), { recursive: true });
    expect(() => writeJsonFile(occupied, {})).toThrow();
    expect(readdirSync(folder)).toEqual(['occupied']);
  });

  it('is undefined when it does not exist, and corrupt when it is no JSON or too large', () => {
    expect(readJsonFile(join(folder, 'none.json'))).toBeUndefined();
    writeFileSync(join(folder, 'bad.json'), '{');
    expect(codeOf(() => readJsonFile(join(folder, 'bad.json')))).toBe('file_corrupt');
    writeFileSync(join(folder, 'big.json'), ' '.repeat(1_048_577));
    expect(codeOf(() => readJsonFile(join(folder, 'big.json')))).toBe('file_corrupt');
  });
});
