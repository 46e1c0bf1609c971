/** `npm run check`: types, lint, format, who imports whom, and what nobody uses. Runs all, then says what failed. */
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { ensureDependencies } from './setup.mjs';

const bin = (...parts) => join('node_modules', ...parts);
const tsc = bin('typescript', 'bin', 'tsc');

const CHECKS = [
  { name: 'types of the pure cores', args: [tsc, '-p', 'tsconfig.pure.json'] },
  { name: 'types of main and tests', args: [tsc, '-p', 'tsconfig.node.json'] },
  { name: 'types of the window', args: [tsc, '-p', 'tsconfig.web.json'] },
  { name: 'lint', args: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'format', args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  {
    name: 'who imports whom',
    args: [
      bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      'src',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  },
  { name: 'unused code and packages', args: [bin('knip', 'bin', 'knip.js')] },
];

async function check() {
  const set = await ensureDependencies();
  if (set !== 0) return set;
  const failed = [];
  for (const { name, args } of CHECKS) {
    process.stdout.write(`check: ${name}\n`);
    if ((await runNode(args)) !== 0) failed.push(name);
  }
  process.stdout.write(
    failed.length === 0 ? 'check: all is well\n' : `check: FAILED: ${failed.join(', ')}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await check();
