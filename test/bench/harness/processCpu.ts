/**
 * Processor time of other processes. On a machine that others use too it says more than any rate: what an answer
 * costs does not depend on who else wants the cores.
 */
import { readFileSync } from 'node:fs';

/** `CLK_TCK` of every Linux that matters here. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat after the name in brackets: user and system time. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

/** Milliseconds of processor time that these processes have used together; null where the system does not tell. */
export function cpuMsOf(pids: readonly number[]): number | null {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD]);
    } catch {
      return null;
    }
  }
  return (ticks * 1000) / TICKS_PER_SECOND;
}
