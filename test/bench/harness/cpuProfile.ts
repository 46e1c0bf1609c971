/**
 * Where the time of a profiled node went, by source file: reads the profiles that `node --cpu-prof` leaves, and the
 * source maps beside the bundled programs. The start of the node is in it; idle time is not, shares are of busy time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cell } from './table.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

export interface ProfileSummary {
  readonly file: string;
  readonly busyMs: number;
  /** Self time of the costliest sources, and of the costliest functions in them. */
  readonly files: readonly (readonly Cell[])[];
  readonly functions: readonly (readonly Cell[])[];
}

const IDLE = new Set(['(idle)', '(program)', '(root)']);
const ROWS_MAX = 25;

/** The busiest process's profile in `dir` (the leader's); null when there is none. */
export function summarizeProfiles(dir: string): ProfileSummary | null {
  const summaries = readdirSync(dir)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => summarize(join(dir, name)));
  return summaries.sort((a, b) => b.busyMs - a.busyMs)[0] ?? null;
}

function summarize(file: string): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const selfUs = new Map<number, number>();
  for (const [at, id] of profile.samples.entries()) {
    selfUs.set(id, (selfUs.get(id) ?? 0) + (profile.timeDeltas[at] ?? 0));
  }
  const maps = new SourceMaps();
  const files = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyUs = 0;
  for (const node of profile.nodes) {
    const us = selfUs.get(node.id) ?? 0;
    if (us === 0 || IDLE.has(node.callFrame.functionName)) continue;
    busyUs += us;
    const source = maps.sourceOf(node);
    const name = `${node.callFrame.functionName || '(anonymous)'}  ${source}`;
    files.set(source, (files.get(source) ?? 0) + us);
    functions.set(name, (functions.get(name) ?? 0) + us);
  }
  const rows = (map: ReadonlyMap<string, number>): (readonly Cell[])[] =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, ROWS_MAX)
      .map(([name, us]) => [name, us / 1000, `${((100 * us) / busyUs).toFixed(1)} %`]);
  return { file, busyMs: busyUs / 1000, files: rows(files), functions: rows(functions) };
}

/** From a place in a bundle back to the file that it was written in; anything else keeps its own name. */
class SourceMaps {
  readonly #maps = new Map<string, SourceMap | null>();

  sourceOf({ callFrame }: ProfileNode): string {
    if (callFrame.url === '')
      return callFrame.functionName.startsWith('(') ? callFrame.functionName : '(native)';
    if (!callFrame.url.startsWith('file:')) return callFrame.url;
    const entry = this.#mapOf(callFrame.url)?.findEntry(callFrame.lineNumber, callFrame.columnNumber);
    const source = entry !== undefined && 'originalSource' in entry ? entry.originalSource : callFrame.url;
    return source.replace(/^.*?(?=(?:node_modules|src|test)\/)/, '');
  }

  #mapOf(url: string): SourceMap | null {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    let map: SourceMap | null = null;
    try {
      map = new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload);
    } catch {
      // A package, or a part of Node: it has no map and needs none.
    }
    this.#maps.set(url, map);
    return map;
  }
}
