/** Builds the program into out/, and knows whether that is needed at all. */
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, ROOT, runNode } from './child.mjs';
import { ensureDependencies } from './setup.mjs';

/** Everything that goes into the build. */
const SOURCES = ['src', 'package.json', 'package-lock.json', 'electron.vite.config.ts'];

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

/** When the sources of the build were last changed, in milliseconds since 1970. */
function sourcesChangedMs() {
  return Math.max(...SOURCES.map((source) => newestMs(join(ROOT, source))));
}

/** True when `outDir` was built from the sources as they are. */
export function isBuilt(outDir) {
  const stamp = join(ROOT, outDir, '.built');
  return existsSync(stamp) && statSync(stamp).mtimeMs >= sourcesChangedMs();
}

/**
 * Builds with electron-vite into `outDir`. `env` goes to its configuration. Exit code; only after 0 it counts as built.
 *
 * @param {string} outDir
 * @param {NodeJS.ProcessEnv} env
 */
export async function build(outDir, env) {
  const startedAt = new Date();
  rmSync(join(ROOT, outDir), { recursive: true, force: true });
  const code = await runNode([join('node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'], {
    env: { ...process.env, ...env },
  });
  if (code !== 0) return code;
  const stamp = join(ROOT, outDir, '.built');
  writeFileSync(stamp, '');
  // What was changed while the build ran is not in it.
  utimesSync(stamp, startedAt, startedAt);
  return 0;
}

/** Builds the program unless out/ is current. Exit code. */
export async function ensureBuilt() {
  return isBuilt('out') ? 0 : build('out', {});
}

if (isMain(import.meta.url)) {
  const code = await ensureDependencies();
  process.exitCode = code === 0 ? await build('out', {}) : code;
}
