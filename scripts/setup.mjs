/**
 * Sets up what is missing on a fresh checkout: the packages of package-lock.json and, for the tests, a few programs of
 * the system. Runs before anything is installed, so only Node's own modules.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, ROOT, run, runNpm } from './child.mjs';

/** Debian packages that tests and tools need, each with the reason. Several names: the same under another release. */
const SYSTEM_PACKAGES = [
  { names: ['chromium', 'chromium-browser'], why: 'a real browser for the tests of the window' },
  { names: ['xvfb'], why: 'a display without a screen for the tests of the desktop app' },
  { names: ['udev'], why: 'udevadm, without which serial ports cannot be listed' },
  { names: ['socat'], why: 'pairs of pseudo terminals that stand for serial cables in tests' },
  { names: ['curl'], why: "the seed's README commands, run as they are written" },
  { names: ['iproute2'], why: 'network namespaces that stand for PCs in tests' },
  { names: ['libgtk-3-0', 'libgtk-3-0t64'], why: 'Electron' },
  { names: ['libnss3'], why: 'Electron' },
  { names: ['libasound2', 'libasound2t64'], why: 'Electron' },
  { names: ['libgbm1'], why: 'Electron' },
  { names: ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'], why: 'Electron' },
  { names: ['libcups2', 'libcups2t64'], why: 'Electron' },
  { names: ['libxkbcommon0'], why: 'Electron' },
];
/** A mirror that takes longer is down; the tests that need the package then say that they are skipped. */
const APT_TIMEOUT_MS = 10 * 60_000;

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** True when what npm noted as installed is what the lock asks for; optional packages may be absent. */
export function dependenciesAreCurrent(root = ROOT) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** Installs the packages of the lock when they are missing or others. Exit code of npm, 0 when nothing was to do. */
export async function ensureDependencies() {
  if (dependenciesAreCurrent()) return 0;
  say('installing the packages of package-lock.json (npm ci)');
  const code = await runNpm(['ci']);
  if (code !== 0) say(`npm ci failed with code ${code}; its own lines above say why`);
  return code;
}

function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return status === 0 && stdout.includes('install ok installed');
}

/** Tries to install what the tests need from the system. Whatever fails is a note: the tests say what they skip. */
export async function ensureSystemPackages() {
  const isDebian = process.platform === 'linux' && spawnSync('apt-get', ['--version']).status === 0;
  if (!isDebian) return;
  const missing = SYSTEM_PACKAGES.filter(({ names }) => !names.some(isInstalled));
  if (missing.length === 0) return;
  for (const { names, why } of missing) say(`${names[0]} is missing (${why})`);
  if (process.getuid?.() !== 0) {
    say(`install them with: sudo apt-get install ${missing.map(({ names }) => names[0]).join(' ')}`);
    return;
  }
  const options = { timeoutMs: APT_TIMEOUT_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-q'], options);
  for (const { names, why } of missing) {
    let installed = false;
    for (const name of names) {
      if (installed) continue;
      installed =
        (await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], options)) === 0;
    }
    if (!installed)
      say(
        `NOTE: ${names[0]} could not be installed. It is needed for: ${why}. Tests that need it are skipped.`,
      );
  }
}

if (isMain(import.meta.url)) {
  const code = await ensureDependencies();
  if (code === 0) await ensureSystemPackages();
  process.exitCode = code;
}
