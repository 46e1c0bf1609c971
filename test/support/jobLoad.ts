/**
 * A steady stream of new print jobs from several clients at all nodes of a farm. A client that gets no clear answer asks
 * the next node with the same id, as the API promises is safe, and remembers which jobs were acknowledged.
 */
import { postStatus, createCaller, type Caller } from './nodeCalls.ts';
import type { FarmDump, ProcessNode } from './processFarm.ts';
import { untilTrue } from './until.ts';

const PRINTER = { id: 'load-printer', company: 'Prusa', model: 'MK4' };
/** One gram a job: a tonne outlasts every test. */
const SPOOL = { id: 'load-spool', type: 'PLA', color: 'Grey', total_weight_in_grams: 1_000_000 };
const JOB_GRAMS = 1;
/** A client gives up on a node after this: the same id is safe elsewhere. */
const PATIENCE_MS = 8_000;
/** Between two tries of one client: a farm without a leader is not to be flooded. */
const RETRY_MS = 10;

/** A job that a node said is done. Times are of `performance.now`. */
export interface Acknowledgement {
  readonly id: string;
  readonly node: string;
  /** When the try that was acknowledged began. */
  readonly triedAtMs: number;
  readonly atMs: number;
}

export class JobLoad {
  readonly acknowledged = new Map<string, Acknowledgement>();
  /** Every id that was ever sent: more of them may be there, none besides. */
  readonly attempted = new Set<string>();
  /** Answers that a client of this API must never get here. */
  readonly unexpected: string[] = [];
  readonly #nodes: readonly ProcessNode[];
  readonly #prefix: string;
  #stopping = false;
  #clients: Promise<void>[] = [];

  /** `prefix` keeps the ids of two loads on one farm apart. */
  constructor(nodes: readonly ProcessNode[], prefix: string) {
    this.#nodes = nodes;
    this.#prefix = prefix;
  }

  /** Adds the printer and the spool of all jobs; the farm must have a leader. */
  static async prepare(httpUrl: string): Promise<void> {
    await untilTrue(
      'the printer of the load',
      async () => (await postStatus(httpUrl, '/printers', PRINTER)) < 300,
    );
    await untilTrue(
      'the spool of the load',
      async () => (await postStatus(httpUrl, '/filaments', SPOOL)) < 300,
    );
  }

  start(clientsCount: number): void {
    this.#clients = Array.from({ length: clientsCount }, (_, client) => this.#run(client));
  }

  /** Resolves when no client sends any more. What is under way is tried to its end or given up at the next failure. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#clients);
  }

  /** Waits until that many more jobs than now were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.size + count;
    await untilTrue(`${count} more jobs acknowledged`, () => this.acknowledged.size >= wanted);
  }

  /** The first acknowledgement of a try that began after `sinceMs`. */
  firstTriedSince(sinceMs: number): Acknowledgement | null {
    let first: Acknowledgement | null = null;
    for (const each of this.acknowledged.values()) {
      if (each.triedAtMs >= sinceMs && (first === null || each.atMs < first.atMs)) first = each;
    }
    return first;
  }

  async #run(client: number): Promise<void> {
    const caller = createCaller();
    let at = client;
    for (let number = 0; !this.#stopping; number += 1) {
      const id = `${this.#prefix}-${client}-${number}`;
      this.attempted.add(id);
      at = await this.#settle(caller, id, at);
    }
    caller.close();
  }

  /** Sends one job until it is settled or the load stops; the number of the node that answered. */
  async #settle(caller: Caller, id: string, first: number): Promise<number> {
    let at = first;
    while (!(await this.#tryOnce(caller, id, at))) {
      if (this.#stopping) break;
      at += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return at;
  }

  /** True when the job is settled: acknowledged, or answered in a way that no retry mends. */
  async #tryOnce(caller: Caller, id: string, at: number): Promise<boolean> {
    const node = this.#nodes[at % this.#nodes.length];
    if (node === undefined) throw new Error('a load needs nodes');
    const triedAtMs = performance.now();
    const body = {
      id,
      printer_id: PRINTER.id,
      filament_id: SPOOL.id,
      filepath: `/prints/${id}.gcode`,
      print_weight_in_grams: JOB_GRAMS,
      status: 'queued',
    };
    const result = await caller.call(node.httpUrl, '/printjobs', { body, timeoutMs: PATIENCE_MS });
    if (result.kind !== 'answer' || result.status === 503) return false;
    if (result.status === 201 || result.status === 200) {
      this.acknowledged.set(id, { id, node: node.name, triedAtMs, atMs: performance.now() });
    } else {
      this.unexpected.push(`${node.name}: ${result.status} ${result.text}`);
    }
    return true;
  }
}

/** What is wrong with a farm after loads, in words; empty when every promise was kept. */
export function findFaults(dumps: readonly FarmDump[], loads: readonly JobLoad[]): readonly string[] {
  const faults = loads.flatMap((load) => load.unexpected);
  const [first, ...others] = dumps;
  if (first === undefined) return ['no node answers'];
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(first)) faults.push('two nodes hold different farms');
  }
  const jobs = Object.values(first.printjobs);
  for (const load of loads) {
    for (const id of load.acknowledged.keys()) {
      if (first.printjobs[id] === undefined) faults.push(`job ${id} was acknowledged and is lost`);
    }
  }
  for (const { id } of jobs) {
    if (!loads.some((load) => load.attempted.has(id))) faults.push(`job ${id} was never sent`);
  }
  // A job that was applied twice would have taken a second number and a second gram.
  const sequences = new Set(jobs.map((job) => job.sequence));
  const highest = Math.max(0, ...sequences);
  if (sequences.size !== jobs.length || highest !== jobs.length) {
    faults.push(`${jobs.length} jobs have ${sequences.size} numbers up to ${highest}`);
  }
  const reserved = first.filaments[SPOOL.id]?.reserved_weight_in_grams;
  if (reserved !== jobs.length * JOB_GRAMS) faults.push(`${jobs.length} jobs reserve ${reserved ?? 'no'} g`);
  return faults;
}
