/** `npm test`: sets up what is missing, builds, and runs every test. Arguments go to vitest: `npm test -- test/farm`. */
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureDependencies, ensureSystemPackages } from './setup.mjs';

async function test(args) {
  const set = await ensureDependencies();
  if (set !== 0) return set;
  await ensureSystemPackages();
  const built = await ensureBuilt();
  if (built !== 0) return built;
  return runNode([join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args]);
}

process.exitCode = await test(process.argv.slice(2));
