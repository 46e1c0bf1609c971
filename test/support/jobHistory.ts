/**
 * Clients that create, read and change the same few jobs at all nodes at once and write down what they saw, as a
 * history for {@link checkLinearizable}. A run with the same seed asks for the same things.
 */
import { createRandom, type Random } from '../../src/base/random.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { PrintjobRecord } from '../../src/contract/records.ts';
import type { JobInput, JobOperation, JobOutput } from './jobModel.ts';
import { createCaller, type CallResult, type Caller } from './nodeCalls.ts';
import type { ProcessNode } from './processFarm.ts';

/** A key is left after this many calls: long histories of one key cost the checker most. */
const CALLS_PER_KEY = 40;
/** Jobs that are worked on at the same time. */
const KEYS_AT_ONCE = 4;
/** Between two calls of one client, so that a farm without a leader is not flooded with them. */
const PAUSE_MS = 5;

export interface JobBody {
  readonly printer_id: string;
  readonly filament_id: string;
  readonly filepath: string;
  readonly print_weight_in_grams: number;
}

export class JobHistory {
  readonly operations: JobOperation[] = [];
  /** Answers that no rule of the API explains. */
  readonly unexpected: string[] = [];
  readonly #body: JobBody;
  #stopping = false;
  #calls = 0;
  #clients: Promise<void>[] = [];

  constructor(body: JobBody) {
    this.#body = body;
  }

  /** Starts `clientsPerNode` clients at each node; a client stays with its node whatever happens to it. */
  start(nodes: readonly ProcessNode[], clientsPerNode: number, seed: number): void {
    this.#clients = nodes.flatMap((node, nodeIndex) =>
      Array.from({ length: clientsPerNode }, (_, client) =>
        this.#run(node, createRandom(seed + nodeIndex * clientsPerNode + client)),
      ),
    );
  }

  /** Resolves when every call has its answer or was given up. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#clients);
  }

  /** Reads every job at `node`, as the last word of the history. */
  async readAll(node: ProcessNode): Promise<void> {
    const caller = createCaller();
    const keys = new Set(this.operations.map(({ key }) => key));
    for (const key of keys) await this.#call(caller, node, key, { kind: 'read' });
    caller.close();
  }

  async #run(node: ProcessNode, random: Random): Promise<void> {
    const caller = createCaller();
    while (!this.#stopping) {
      const newest = Math.floor(this.#calls / CALLS_PER_KEY);
      const key = `job-${newest + random.below(KEYS_AT_ONCE)}`;
      this.#calls += 1;
      await this.#call(caller, node, key, chooseInput(random));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    caller.close();
  }

  async #call(caller: Caller, node: ProcessNode, key: string, input: JobInput): Promise<void> {
    const startMs = performance.now();
    const result = await this.#send(caller, node, key, input);
    const endMs = performance.now();
    const seen = understand(input, result);
    if (seen.kind === 'output') {
      this.operations.push({
        key,
        input,
        startMs,
        outcome: { kind: 'returned', output: seen.output, endMs },
      });
    } else if (seen.kind === 'unknown' && input.kind !== 'read') {
      this.operations.push({ key, input, startMs, outcome: { kind: 'unknown' } });
    } else if (seen.kind === 'unexpected') {
      this.unexpected.push(`${node.name}: ${input.kind} ${key}: ${seen.text}`);
    }
  }

  #send(caller: Caller, node: ProcessNode, key: string, input: JobInput): Promise<CallResult> {
    const path = `${ROUTES.printjobs}/${key}`;
    switch (input.kind) {
      case 'create':
        return caller.call(node.httpUrl, ROUTES.printjobs, { body: { id: key, ...this.#body } });
      case 'read':
        return caller.call(node.httpUrl, path);
      case 'set':
        return caller.call(node.httpUrl, `${path}/status?status=${input.status}`, { method: 'POST' });
    }
  }
}

function chooseInput(random: Random): JobInput {
  const inputs: readonly JobInput[] = [
    { kind: 'create' },
    { kind: 'create' },
    { kind: 'set', status: 'running' },
    { kind: 'set', status: random.below(4) === 0 ? 'canceled' : 'done' },
  ];
  return inputs[random.below(8)] ?? { kind: 'read' };
}

type Seen =
  | { readonly kind: 'output'; readonly output: JobOutput }
  /** It may have happened. */
  | { readonly kind: 'unknown' }
  /** It did not happen, by the API's word. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unexpected'; readonly text: string };

function understand(input: JobInput, result: CallResult): Seen {
  if (result.kind === 'refused') return { kind: 'nothing' };
  if (result.kind === 'lost') return { kind: 'unknown' };
  const { status, text } = result;
  const body = JSON.parse(text) as { readonly code?: string; readonly status?: PrintjobRecord['status'] };
  if (status === 503) return { kind: body.code === 'outcome_unknown' ? 'unknown' : 'nothing' };
  const output = outputOf(input, status, body);
  return output === null ? { kind: 'unexpected', text: `${status} ${text}` } : { kind: 'output', output };
}

function outputOf(
  input: JobInput,
  status: number,
  body: { readonly code?: string; readonly status?: PrintjobRecord['status'] },
): JobOutput | null {
  switch (input.kind) {
    case 'read':
      if (status === 404) return { kind: 'saw', state: 'absent' };
      return status === 200 && body.status !== undefined ? { kind: 'saw', state: body.status } : null;
    case 'create':
      if (status === 201) return { kind: 'done' };
      return status === 200 ? { kind: 'repeated' } : null;
    case 'set':
      if (status === 200) return { kind: 'done' };
      if (status === 404) return { kind: 'saw', state: 'absent' };
      return status === 409 && body.code === 'illegal_transition' ? { kind: 'illegal' } : null;
  }
}
