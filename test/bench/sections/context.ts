/** What every section of the bench is given. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../harness/bundle.ts';
import type { BenchFlags } from '../harness/flags.ts';

export interface BenchContext {
  readonly flags: BenchFlags;
  readonly programs: Programs;
  /** Null: there is no etcd to compare with, or it is not wanted. */
  readonly etcdVersion: string | null;
  /** Progress, for the person who waits. */
  readonly say: (text: string) => void;
  /** A new empty folder on the measured disk. */
  readonly newDir: (name: string) => string;
}

/** Folders below `parent`, each used once: no run inherits another's data. */
export function folderMaker(parent: string): (name: string) => string {
  let count = 0;
  return (name) => {
    count += 1;
    const dir = join(parent, `${String(count)}-${name}`);
    mkdirSync(dir, { recursive: true });
    return dir;
  };
}

/** Warm-up of a row: compilers and windows need about a second at most. */
export function rowTimes(flags: BenchFlags): { readonly warmUpMs: number; readonly measuredMs: number } {
  const measuredMs = flags.secondsPerRow * 1000;
  return { measuredMs, warmUpMs: Math.min(1000, measuredMs / 2) };
}
