/** The folder of a practice cluster: which of its nodes belong to the farm, and how it is forgotten. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDataDirectory, isInUse } from '../dataDirectory.ts';
import { readJsonFile, writeJsonFile } from '../jsonFile.ts';
import { OperatingError } from '../operatingError.ts';

const MANIFEST = 'raft3d-cluster.json';
const NODE_FOLDER_PATTERN = /^node\d+$/;

function formedNames(dataDir: string): readonly string[] {
  const content = readJsonFile(join(dataDir, MANIFEST));
  const formed = typeof content === 'object' && content !== null && 'formed' in content ? content.formed : [];
  return Array.isArray(formed) ? formed.filter((name): name is string => typeof name === 'string') : [];
}

/** Names of the nodes that are known to belong to the farm. */
export function formedNodes(dataDir: string): ReadonlySet<string> {
  return new Set(formedNames(dataDir));
}

/** Remembers that `name` belongs to the farm, so that the next start needs no invitation. */
export function rememberFormed(dataDir: string, name: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const names = new Set([...formedNames(dataDir), name]);
  writeJsonFile(join(dataDir, MANIFEST), { what: 'Raft3D practice cluster', formed: [...names] });
}

/**
 * Deletes the nodes' folders and the memory of them. Only folders with our marker are deleted; when a folder of a
 * node's name is not ours, or one is in use, nothing is deleted at all and an {@link OperatingError}
 * (`data_dir_not_ours`, `data_dir_in_use`) is thrown.
 */
export function forgetCluster(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const folders = readdirSync(dataDir)
    .filter((name) => NODE_FOLDER_PATTERN.test(name))
    .map((name) => join(dataDir, name));
  const foreign = folders.find((folder) => !isDataDirectory(folder));
  if (foreign !== undefined) {
    throw new OperatingError(
      'data_dir_not_ours',
      `${foreign} is not a data folder of Raft3D; nothing was deleted.`,
    );
  }
  const used = folders.find(isInUse);
  if (used !== undefined) {
    throw new OperatingError(
      'data_dir_in_use',
      `${used} is in use by a running node; stop it first. Nothing was deleted.`,
    );
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  rmSync(join(dataDir, MANIFEST), { force: true });
}
