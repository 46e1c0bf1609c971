/** A display without a screen for one test file: Xvfb on the first free number, ended with it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface TestDisplay {
  /** `:99` */
  readonly name: string;
  stop(): Promise<void>;
}

/** Rejects when Xvfb is not installed or ends at once. */
export async function startDisplay(): Promise<TestDisplay> {
  // It chooses the number itself and tells it on file descriptor 3: two runs never get the same.
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`Xvfb cannot be started: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code ?? 'unknown'}`)));
    const told = child.stdio[3] as Readable | null | undefined;
    if (told) createInterface({ input: told }).once('line', resolve);
  });
  return {
    name: `:${number.trim()}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
