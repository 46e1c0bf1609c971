/** Runs command lines in bash exactly as a README shows them; curl says the status of its answer on a line of its own. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A node may wait 5 s for a leader before it answers. */
const COMMAND_TIMEOUT_MS = 30_000;

export interface CurlAnswer {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly text: string;
}

export interface Shell {
  /** Runs the line; rejects when it ends with another code than 0. */
  run(line: string): Promise<string>;
  /** Runs a line that calls curl once. */
  curl(line: string): Promise<CurlAnswer>;
}

/** `folder` holds curl's settings for these runs: the commands themselves stay as they are written. */
export function createShell(folder: string): Shell {
  writeFileSync(join(folder, '.curlrc'), 'silent\nwrite-out = "\\n%{http_code}"\n');
  const env = { ...process.env, CURL_HOME: folder, NO_PROXY: '*', no_proxy: '*' };
  const execute = (line: string): Promise<{ readonly stdout: string; readonly error: Error | null }> =>
    new Promise((resolve) => {
      execFile('bash', ['-c', line], { env, timeout: COMMAND_TIMEOUT_MS }, (error, stdout) => {
        resolve({ stdout, error });
      });
    });
  return {
    async run(line) {
      const { stdout, error } = await execute(line);
      if (error !== null) throw error;
      return stdout;
    },
    async curl(line) {
      // curl ends with an error when nobody listens; its status line is 000 then.
      const { stdout } = await execute(line);
      const at = stdout.lastIndexOf('\n');
      return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, Math.max(at, 0)) };
    },
  };
}
