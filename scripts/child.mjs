/** Runs one program in the foreground: signals go on to it, and its end becomes ours. Only Node's own modules. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves with the exit code when the program ended; 128 + the signal's number when a signal ended it, as shells
 * have it. A program that does not exist ends with 127.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number, quiet?: boolean }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: options.env ?? process.env,
      stdio: options.quiet ? 'ignore' : 'inherit',
      windowsHide: true,
    });
    const forward = (signal) => child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    const timer =
      options.timeoutMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const settle = (code) => {
      if (timer !== null) clearTimeout(timer);
      for (const signal of FORWARDED) process.off(signal, forward);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be run: ${error.message}\n`);
      settle(127);
    });
    child.once('exit', (code, signal) => settle(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Runs a JavaScript program of this project or of one of its packages with the same Node. */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/** Runs npm, the one that started this script where there is one. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && npm.endsWith('.js')) return runNode([npm, ...args], options);
  // npm is a .cmd file on Windows, which only a shell can run.
  return process.platform === 'win32'
    ? run('cmd', ['/c', 'npm', ...args], options)
    : run('npm', args, options);
}

/** True when this file is the program that was started, not a module of another. */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === realpathSync(process.argv[1]);
}
