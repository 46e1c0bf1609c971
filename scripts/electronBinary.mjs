/** Decides whether the window can be shown on this machine, and with which Electron. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode } from './child.mjs';

/** Some 110 MB. A network that needs longer is left to `npx install-electron` by hand. */
const DOWNLOAD_TIMEOUT_MS = 180_000;
const PACKAGE_DIR = join(ROOT, 'node_modules', 'electron');

/** Path of the downloaded binary, or null. */
function installedBinary() {
  const pathFile = join(PACKAGE_DIR, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(PACKAGE_DIR, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

/** Why no window can be shown whatever the binary, or null. */
function obstacle() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display';
  if (process.getuid?.() === 0) return 'Electron does not run as root';
  return null;
}

/**
 * The binary to start the window with, or the reason why there is none. `RAFT3D_ELECTRON` names one, or is `off`.
 *
 * @returns {Promise<{ binary: string } | { reason: string }>}
 */
export async function findElectron() {
  const named = process.env.RAFT3D_ELECTRON;
  if (named === 'off') return { reason: 'RAFT3D_ELECTRON is off' };
  if (named)
    return existsSync(named)
      ? { binary: named }
      : { reason: `RAFT3D_ELECTRON names ${named}, which does not exist` };
  const reason = obstacle();
  if (reason !== null) return { reason };
  const installed = installedBinary();
  if (installed !== null) return { binary: installed };
  process.stderr.write('Electron is fetched once (some 110 MB)…\n');
  await runNode([join(PACKAGE_DIR, 'install.js')], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
  const fetched = installedBinary();
  if (fetched !== null) return { binary: fetched };
  return { reason: "Electron's binary could not be fetched; `npx install-electron` tries again" };
}
