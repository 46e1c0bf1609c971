/** A crowd at one farm: every client keeps its connection and asks without a pause; every answer is counted. */
import { createRandom, type Random } from '../../src/base/random.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { createCaller, type Caller, type CallResult } from './nodeCalls.ts';
import type { ProcessNode } from './processFarm.ts';

const PRINTER_ID = 'crowd-printer';
const SPOOL_ID = 'crowd-spool';
/** One in so many reads is the whole list of jobs, which grows with the run; the others are small. */
const LIST_READ_PART = 25;
/** The farm's size is bounded, so that memory can be judged: from here on jobs are repeated and changed, not added. */
const JOBS_PER_WRITER = 40;
/** Pause after a failed call: a node that cannot answer is not hammered. */
const FAILED_PAUSE_MS = 20;

export interface CrowdFigures {
  readonly reads: number;
  readonly writes: number;
  /** How many answers of each status, or `refused` and `lost`. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

/** Adds what the writers' jobs need. */
export const CROWD_PRINTER = { id: PRINTER_ID, company: 'Prusa', model: 'XL' };
export const CROWD_SPOOL = { id: SPOOL_ID, type: 'PETG', color: 'Blue', total_weight_in_grams: 1_000_000 };

/** Runs `readers` and `writers` at every node for `durationMs`. */
export async function runCrowd(
  nodes: readonly ProcessNode[],
  size: { readonly readers: number; readonly writers: number },
  durationMs: number,
): Promise<CrowdFigures> {
  const outcomes = new Map<string, number>();
  const figures = { reads: 0, writes: 0, outcomes, slowestMs: 0 };
  const endMs = performance.now() + durationMs;
  const note = (result: CallResult, sinceMs: number): void => {
    const word = result.kind === 'answer' ? String(result.status) : result.kind;
    outcomes.set(word, (outcomes.get(word) ?? 0) + 1);
    figures.slowestMs = Math.max(figures.slowestMs, performance.now() - sinceMs);
  };
  const client = async (ask: (caller: Caller, call: number) => Promise<CallResult>): Promise<number> => {
    const caller = createCaller();
    let calls = 0;
    for (; performance.now() < endMs; calls += 1) {
      const sinceMs = performance.now();
      const result = await ask(caller, calls);
      note(result, sinceMs);
      const isAnswered = result.kind === 'answer' && result.status < 500;
      if (!isAnswered) await new Promise((resolve) => setTimeout(resolve, FAILED_PAUSE_MS));
    }
    caller.close();
    return calls;
  };
  const readers = nodes.flatMap((node, at) =>
    Array.from({ length: size.readers }, (_, number) => {
      const random = createRandom(at * size.readers + number);
      return client((caller) => caller.call(node.httpUrl, readPath(random)));
    }),
  );
  const writers = nodes.flatMap((node, at) =>
    Array.from({ length: size.writers }, (_, number) =>
      client((caller, call) => write(caller, node, `${at}-${number}`, call)),
    ),
  );
  figures.reads = sum(await Promise.all(readers));
  figures.writes = sum(await Promise.all(writers));
  return figures;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function readPath(random: Random): string {
  if (random.below(LIST_READ_PART) === 0) return ROUTES.printjobs;
  const paths = ['/printers', '/filaments', ROUTES.cluster, `${ROUTES.filaments}/${SPOOL_ID}`];
  return paths[random.below(paths.length)] ?? '/printers';
}

/** A writer's jobs live their whole life: created, running, done; then the next. */
function write(caller: Caller, node: ProcessNode, writer: string, call: number): Promise<CallResult> {
  const id = `crowd-${writer}-${Math.floor(call / 3) % JOBS_PER_WRITER}`;
  const step = call % 3;
  if (step === 0) {
    const body = { id, printer_id: PRINTER_ID, filament_id: SPOOL_ID, filepath: '/a.gcode' };
    return caller.call(node.httpUrl, '/printjobs', { body: { ...body, print_weight_in_grams: 1 } });
  }
  const status = step === 1 ? 'running' : 'done';
  return caller.call(node.httpUrl, `/printjobs/${id}/status?status=${status}`, { method: 'POST' });
}
