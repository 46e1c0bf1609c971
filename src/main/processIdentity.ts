/**
 * Tells whether the process that wrote a file is still the one that runs under its number. Numbers are used again
 * after a reboot or a `kill -9`, so a number alone proves nothing; the start time beside it does.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque, equal for the whole life of one process; null where this system does not tell. */
  readonly started: string | null;
}

/** The 22nd field of /proc/PID/stat is the start in clock ticks since boot; the 3rd is the state (proc(5)). */
function linuxStart(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const start = fields[19];
  if (state === 'Z' || state === 'X' || start === undefined) return null;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}:${start}`;
}

/** `ps` says the start to the second, which is finer than numbers come round. */
function psStart(pid: number): string | null {
  const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5_000,
  }).trim();
  return text === '' ? null : text;
}

function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    if (process.platform === 'win32') return null;
    return psStart(pid);
  } catch {
    // No such process, or a system that hides it: the caller falls back to the number.
    return null;
  }
}

function pidIsUsed(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) };
}

/**
 * True while that very process runs. Where the start time cannot be had (Windows), any process of that number other
 * than this one counts as alive: wrongly refusing to start can be mended by a person, sharing a log cannot.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return false;
  if (!pidIsUsed(identity.pid)) return false;
  if (identity.started === null) return identity.pid !== process.pid;
  const started = startOf(identity.pid);
  // Linux hides the start of a zombie only: it ended, and waits for its parent to notice.
  if (started === null) return process.platform !== 'linux' && identity.pid !== process.pid;
  return started === identity.started;
}
