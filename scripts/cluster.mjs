/** `npm run cluster`: sets up, builds, and runs several nodes on this PC as one farm. Arguments go on to it. */
import { join } from 'node:path';
import { ROOT, runNode } from './child.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureDependencies } from './setup.mjs';

async function cluster(args) {
  const set = await ensureDependencies();
  if (set !== 0) return set;
  const built = await ensureBuilt();
  if (built !== 0) return built;
  return runNode([join(ROOT, 'out', 'main', 'headless.js'), 'cluster', ...args]);
}

process.exitCode = await cluster(process.argv.slice(2));
