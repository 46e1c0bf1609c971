/** Reads what the process around the program says of itself, once, at its entry. */
import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type { Surroundings } from './config.ts';

/** `mainDir`: the folder of the built main files (`out/main`); the built window lies beside it. */
export function readSurroundings(mainDir: string): Surroundings {
  const rendererDir = join(mainDir, '..', 'renderer');
  return {
    env: process.env,
    platform: process.platform,
    homeDir: homedir(),
    hostname: hostname(),
    currentDir: process.cwd(),
    rendererDir: existsSync(join(rendererDir, 'index.html')) ? rendererDir : null,
  };
}
