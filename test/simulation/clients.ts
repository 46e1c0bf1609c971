/**
 * Clients that work at random PCs on the same few spools: they add them, create jobs that race for the last grams,
 * change and read jobs, and repeat what got no answer. What they saw is the history that must be linearizable.
 */
import { milligrams } from '../../src/base/units.ts';
import type { Command } from '../../src/farm/commands.ts';
import type { ProposeResult, ReadResult } from '../../src/main/cluster/port.ts';
import type { Random } from '../../src/base/random.ts';
import type { FarmPc, Running } from './farmPc.ts';
import {
  fingerprintOf,
  spoolIn,
  type SpoolInput,
  type SpoolOperation,
  type SpoolOutput,
} from './spoolModel.ts';
import type { World } from './world.ts';

export const PRINTER_ID = 'printer';
const DEADLINE_MS = 1_500;
/** A client gives up on a PC that says nothing for so long. */
const PATIENCE_MS = 2_500;
const CALLS_PER_SPOOL = 40;
const SPOOLS_AT_ONCE = 2;
const JOBS_PER_SPOOL = 8;
const SPOOL_MG = 10_000;
const REPEATS_MAX = 3;
const JOURNAL_ANSWER = 5;

export class Clients {
  readonly operations: SpoolOperation[] = [];
  readonly #world: World;
  #calls = 0;
  #stopping = false;
  #running = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  start(count: number): void {
    for (let i = 0; i < count; i += 1) this.#world.journal.watch(this.#work());
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Reads every spool at `pc`, as the last word of the history. */
  async readAll(pc: FarmPc): Promise<void> {
    const keys = new Set(this.operations.map(({ key }) => key));
    for (const key of keys) await this.#call(pc, key, { kind: 'read' });
  }

  /** What `make` gives, proposed at `pc`. A PC that is off or silent gives no answer. */
  async propose(
    pc: FarmPc,
    make: (atMs: ReturnType<World['attempts']['begin']>) => Command,
  ): Promise<ProposeResult> {
    const { attempts, journal } = this.#world;
    const { running } = pc;
    if (running === null) return { kind: 'no_leader' };
    const atMs = attempts.begin();
    const command = make(atMs);
    journal.line(() => `client to ${pc.name}: ${JSON.stringify(command)}`);
    const result = (await this.#ask(running, () => running.cluster.propose(command, DEADLINE_MS))) ?? {
      kind: 'outcome_unknown',
    };
    attempts.answered(atMs, result);
    journal.mix(JOURNAL_ANSWER, result.kind.length, atMs);
    journal.line(() => `client at ${pc.name} (${command.kind} ${atMs}): ${JSON.stringify(result)}`);
    return result;
  }

  async #work(): Promise<void> {
    const { random, scheduler, plan } = this.#world;
    this.#running += 1;
    while (!this.#stopping) {
      await scheduler.sleep(random.below(2 * plan.thinkMs + 1));
      const newest = Math.floor(this.#calls / CALLS_PER_SPOOL);
      this.#calls += 1;
      const key = `spool${newest + random.below(SPOOLS_AT_ONCE)}`;
      const input = chooseInput(random, key);
      for (let repeats = 0; repeats < REPEATS_MAX; repeats += 1) {
        const pc = this.#world.somePc();
        if (pc === null || (await this.#call(pc, key, input))) break;
      }
    }
    this.#running -= 1;
  }

  /** True when the client knows what came of it. */
  async #call(pc: FarmPc, key: string, input: SpoolInput): Promise<boolean> {
    const { scheduler } = this.#world;
    const startMs = scheduler.nowMs;
    if (input.kind === 'read') {
      const output = await this.#read(pc, key);
      if (output !== null) {
        const outcome = { kind: 'returned', output, endMs: scheduler.nowMs } as const;
        this.operations.push({ key, input, startMs, outcome });
      }
      return output !== null;
    }
    const result = await this.propose(pc, (atMs) => commandOf(key, input, atMs));
    if (result.kind === 'no_leader' || result.kind === 'busy') return false;
    this.operations.push({
      key,
      input,
      startMs,
      outcome:
        result.kind === 'applied'
          ? { kind: 'returned', output: outputOf(input, result), endMs: scheduler.nowMs }
          : { kind: 'unknown' },
    });
    return result.kind === 'applied';
  }

  async #read(pc: FarmPc, key: string): Promise<SpoolOutput | null> {
    const { running } = pc;
    if (running === null) return null;
    const result: ReadResult | null = await this.#ask(running, () => running.cluster.read(DEADLINE_MS));
    if (result?.kind !== 'state') return null;
    const fingerprint = fingerprintOf(spoolIn(result.state, key, jobIdsOf(key)));
    this.#world.journal.line(() => `client at ${pc.name} reads ${key}: ${fingerprint}`);
    return { kind: 'saw', fingerprint };
  }

  /** The answer, or null when the program ends or is silent. */
  #ask<T>({ process }: Running, question: () => Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const forget = process.onEnd(() => resolve(null));
      const cancel = this.#world.scheduler.after(PATIENCE_MS, () => resolve(null));
      const answered = (value: T): void => {
        forget();
        cancel();
        // What the program says after its end is not heard.
        if (process.alive) resolve(value);
      };
      process.later(0, () => void question().then(answered, reject));
    });
  }
}

function jobIdsOf(spoolId: string): readonly string[] {
  return Array.from({ length: JOBS_PER_SPOOL }, (_, number) => `${spoolId}-job${number}`);
}

function chooseInput(random: Random, spoolId: string): SpoolInput {
  const number = random.below(JOBS_PER_SPOOL);
  const jobId = jobIdsOf(spoolId)[number] ?? '';
  const choice = random.below(24);
  if (choice < 2) return { kind: 'add', totalMg: SPOOL_MG };
  if (choice < 9) return { kind: 'create', jobId, weightMg: 1_000 * (1 + (number % 4)) };
  if (choice < 12) return { kind: 'set', jobId, status: 'running' };
  if (choice < 15) return { kind: 'set', jobId, status: 'done' };
  if (choice < 16) return { kind: 'set', jobId, status: 'canceled' };
  return { kind: 'read' };
}

function commandOf(
  spoolId: string,
  input: Exclude<SpoolInput, { kind: 'read' }>,
  atMs: Command['atMs'],
): Command {
  switch (input.kind) {
    case 'add': {
      const totalMg = milligrams(input.totalMg);
      return {
        kind: 'addFilament',
        id: spoolId,
        type: 'PLA',
        color: 'red',
        totalMg,
        remainingMg: totalMg,
        atMs,
      };
    }
    case 'create':
      return {
        kind: 'createJob',
        id: input.jobId,
        printerId: PRINTER_ID,
        filamentId: spoolId,
        filepath: 'benchy.gcode',
        printWeightMg: milligrams(input.weightMg),
        atMs,
      };
    case 'set':
      return { kind: 'setJobStatus', jobId: input.jobId, status: input.status, atMs };
  }
}

function outputOf(input: SpoolInput, { outcome }: Extract<ProposeResult, { kind: 'applied' }>): SpoolOutput {
  if (!outcome.ok) return { kind: 'refused', code: outcome.reason.code };
  if (input.kind === 'set') return { kind: 'changed' };
  return { kind: 'created' in outcome.value && outcome.value.created ? 'created' : 'repeated' };
}
