/** Small JSON files that survive a power cut: either the old content is there afterwards, or the new one, whole. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '../base/assert.ts';
import { OperatingError } from './operatingError.ts';

/** These files hold a few fields. A larger one was not written by us and is not read into memory. */
export const JSON_FILE_BYTES_MAX = 1_048_576;

function syncDirectory(directory: string): void {
  // Windows cannot open a directory; its rename is journalled by NTFS.
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Replaces `path` (mode 0600). Throws what the file system says (`ENOSPC`, `EACCES`, …); the old file is then whole. */
export function writeJsonFile(path: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  assert(Buffer.byteLength(text) <= JSON_FILE_BYTES_MAX, 'a small JSON file is small');
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = openSync(temporary, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** The content of `path`, or undefined when there is no such file. Throws `file_corrupt` when it is not JSON. */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    if (statSync(path).size > JSON_FILE_BYTES_MAX) {
      throw new OperatingError('file_corrupt', `${path} is larger than any file this program writes there.`);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OperatingError('file_corrupt', `${path} does not hold JSON.`, error);
  }
}
