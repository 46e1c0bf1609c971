/** Runs a TypeScript program of this project on plain Node: `node scripts/runTypeScript.mjs FILE [arguments]`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureDependencies } from './setup.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined || !existsSync(file)) {
  process.stderr.write(`runTypeScript: ${file === undefined ? 'name a file' : `${file} does not exist`}\n`);
  process.exit(2);
}
const code = await ensureDependencies();
if (code !== 0) process.exit(code);
// The program sees its own name and arguments, as if Node had started it.
process.argv = [process.execPath, resolve(file), ...args];
const { runnerImport } = await import('vite');
await runnerImport(resolve(file), { configFile: false, logLevel: 'error' });
