/** `npm start`: sets up, builds, and runs this PC's node: with its window where Electron can run, else headless. */
import { join } from 'node:path';
import { run, ROOT, runNode } from './child.mjs';
import { ensureBuilt } from './build.mjs';
import { findElectron } from './electronBinary.mjs';
import { ensureDependencies } from './setup.mjs';

async function start(args) {
  const set = await ensureDependencies();
  if (set !== 0) return set;
  const built = await ensureBuilt();
  if (built !== 0) return built;
  const headless = join(ROOT, 'out', 'main', 'headless.js');
  // Help is for the terminal, with or without a window.
  if (args.includes('--help') || args.includes('-h')) return runNode([headless, 'start', '--help']);
  const electron = await findElectron();
  if ('binary' in electron) return run(electron.binary, [join(ROOT, 'out', 'main', 'electron.js'), ...args]);
  process.stderr.write(
    `Without a window, because ${electron.reason}. Open the address of the "ready" line in a browser.\n`,
  );
  return runNode([headless, 'start', ...args]);
}

process.exitCode = await start(process.argv.slice(2));
