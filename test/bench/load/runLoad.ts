/** Runs the load generator once and reads its result. */
import { startChild } from '../harness/child.ts';
import type { LoadResult, LoadSpec } from './loadSpec.ts';

/** Beyond the asked time: starting, connecting, sorting. */
const EXTRA_MS = 20_000;

function parseResult(line: string): LoadResult | null {
  return line.startsWith('{"answersCount"') ? (JSON.parse(line) as LoadResult) : null;
}

/** Rejects when the generator fails or when nothing at all was answered. */
export async function runLoad(program: string, spec: LoadSpec): Promise<LoadResult> {
  const child = startChild({
    name: 'the load generator',
    command: process.execPath,
    args: [program, JSON.stringify(spec)],
    channel: false,
  });
  try {
    const result = await child.line(parseResult, spec.warmUpMs + spec.measuredMs + EXTRA_MS);
    if (result.answersCount === 0) throw new Error(`nothing was answered: ${result.firstError ?? 'silence'}`);
    return result;
  } finally {
    await child.kill();
  }
}
