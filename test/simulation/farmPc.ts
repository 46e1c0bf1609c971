/**
 * One PC of the simulated farm: its disk, and the program that runs on it again and again. What is started is the
 * production driver, storage, core and farm; only the ports are simulated. Follows
 * src/main/cluster/startRaft.ts.
 */
import { createRandom } from '../../src/base/random.ts';
import { FarmCluster } from '../../src/main/cluster/farmCluster.ts';
import { FarmMachine, type Applied } from '../../src/main/cluster/farmMachine.ts';
import { planMembership } from '../../src/main/cluster/voters.ts';
import type { Persisted } from '../../src/raft/index.ts';
import { RaftNode } from '../../src/raft/node/raftNode.ts';
import { openStorage, type RaftStorage } from '../../src/raft/node/storage.ts';
import { createMemoryDisk, DiskFault, type MemoryDisk } from '../support/memoryDisk.ts';
import { diskErrorOf, hardStateIsLost } from './diskErrors.ts';
import { DurableModel } from './durableModel.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

export const FARM_ID = 'farm';
/** As in production (duties.ts). */
const DUTY_INTERVAL_MS = 250;

/** The parts of a program that has started. */
export interface Running {
  readonly process: Process;
  readonly node: RaftNode;
  readonly machine: FarmMachine;
  readonly cluster: FarmCluster;
  readonly storage: RaftStorage;
}

export class FarmPc {
  readonly id: string;
  readonly name: string;
  readonly durable = new DurableModel();
  readonly isFounder: boolean;
  readonly #world: World;
  disk: MemoryDisk;
  process: Process | null = null;
  running: Running | null = null;
  /** The log had begun here once: an empty directory is a loss from then on. */
  logStarted = false;
  /** The whole log was lost and is not whole again: as `LostLog` of src/main/cluster writes it down. */
  logLost = false;
  /** Records were damaged or wiped and are not fetched again so far. */
  lossy = false;
  /** A fault of the disk was asked for: the program may end by it. */
  diskMayFail = false;
  /** Extra time of each sync, and the moment until which the disk does nothing. */
  slowSyncMs = 0;
  stalledUntilMs = 0;

  constructor(world: World, number: number) {
    this.#world = world;
    this.name = `pc${number}`;
    this.id = number.toString(16).repeat(64).slice(0, 64);
    this.isFounder = number === 1;
    this.disk = this.#newDisk();
  }

  /** `joined`: a member let it in just now, so an empty log is right. */
  start(joined: boolean): void {
    if (this.process !== null) return;
    const { random, scheduler, plan, journal } = this.#world;
    const rate = 1 + ((random.below(2_001) - 1_000) / 1_000) * plan.clockDrift;
    const process = new Process(scheduler, createRandom(random.u32()), rate);
    this.process = process;
    journal.line(() => `${this.name} starts`);
    this.#boot(process, joined).catch((error: unknown) => this.#ended(process, error));
  }

  /** The program ends without a word. `power`: the machine loses what it had not synced. */
  crash(power: boolean): void {
    this.#world.journal.line(() => `${this.name} ${power ? 'loses power' : 'is killed'}`);
    this.#end();
    if (power) this.disk.crash();
    else this.disk.restartProcess();
  }

  /** Ends as after SIGTERM. The program is gone when it resolves (never when it ends otherwise before). */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    try {
      await running.node.stop();
      await running.storage.close();
    } catch (error) {
      this.#ended(running.process, error);
      return;
    }
    this.#world.journal.line(() => `${this.name} has stopped in order`);
    this.#end();
    this.disk.restartProcess();
  }

  /** A new, empty disk stands in the place of the old one. */
  wipe(): void {
    this.#world.journal.line(() => `${this.name} has an empty disk`);
    this.disk = this.#newDisk();
    this.durable.forget();
    this.lossy = true;
  }

  restartAfter(delayMs: number): void {
    this.#world.scheduler.after(delayMs, () => {
      const { random, plan } = this.#world;
      if (this.process !== null) return;
      if (!this.#world.faultsOver && random.chance(plan.secondCrashChance)) {
        this.diskMayFail = true;
        this.disk.crashAfter(random.below(20));
      }
      this.start(false);
    });
  }

  #newDisk(): MemoryDisk {
    return createMemoryDisk({
      seed: this.#world.random.u32(),
      delay: (call) => this.#diskDelay(call),
    });
  }

  #end(): void {
    this.process?.end();
    this.process = null;
    this.running = null;
    this.diskMayFail = false;
    this.#world.net.detach(this.id);
  }

  async #diskDelay(call: string): Promise<void> {
    const { process } = this;
    const { scheduler, random, plan } = this.#world;
    // Called by what is left of an ended program: it never hears an answer.
    if (process === null) return new Promise<void>(() => undefined);
    if (this.disk.hasCrashed()) {
      // The power went in the middle of an earlier call; whoever made it need not have ended by its error.
      this.crash(true);
      this.restartAfter(10 + random.below(1_000));
      return new Promise<void>(() => undefined);
    }
    const stallMs = Math.max(0, this.stalledUntilMs - scheduler.nowMs);
    const syncs = call.startsWith('sync');
    if (!syncs && stallMs === 0 && random.chance(0.7)) return;
    const workMs = syncs ? plan.syncMs * (0.5 + random.below(1_000) / 1_000) + this.slowSyncMs : 0.02;
    await process.sleep(stallMs + workMs);
  }

  async #boot(process: Process, joined: boolean): Promise<void> {
    const { plan, net, journal, checker, random } = this.#world;
    if (this.logLost) this.wipe();
    const yieldTurn = (): Promise<void> => process.sleep(0);
    const machine = new FarmMachine(yieldTurn);
    const opened = await openStorage(
      this.disk,
      { cluster: FARM_ID, nodeId: this.id },
      { segmentBytes: plan.segmentBytes, yieldTurn },
    );
    const storage = this.durable.watch(opened.storage);
    const complaint = this.durable.checkRecovered(opened.persisted, this.lossy);
    if (complaint !== null) journal.violate(`${this.name}: ${complaint}`);
    const persisted = this.#judge(opened.persisted, joined);
    journal.line(() => `${this.name} recovered ${describe(persisted)}`);
    this.logStarted = true;
    this.lossy = persisted.integrity.kind === 'damaged';
    if (persisted.snapshot !== null) await machine.restore(storage.openSnapshot(persisted.snapshot, 0));
    const watch = checker.nodeStarted(this, persisted, machine);
    const port = net.attach(this, process);
    const nodeRandom = createRandom(random.u32());
    const late: { cluster: FarmCluster | null } = { cluster: null };
    const node: RaftNode = new RaftNode({
      id: this.id,
      cluster: FARM_ID,
      ...(this.isFounder
        ? { bootstrap: { voters: [this.id], learners: [], outgoing: [], learnersNext: [] } }
        : {}),
      storage,
      persisted,
      net: port,
      clock: process.clock,
      defer: (callback) => void process.later(0, callback),
      u32: () => nodeRandom.u32(),
      machine: {
        apply: (entry) => {
          process.advanceClock(plan.applyMs);
          return watch.applies(entry, () => machine.apply(entry));
        },
        snapshot: () => machine.snapshot(),
        restore: (chunks) => machine.restore(chunks),
      },
      tuning: plan.tuning,
      applied: (_entry, result) => late.cluster?.entryApplied(result as Applied),
      turnApplied: (index) => late.cluster?.turnApplied(index),
      restored: () => late.cluster?.restored(),
      statusChanged: (status) => {
        if (status.role !== 'recovering') {
          this.lossy = false;
          this.logLost = false;
          this.durable.recovered();
        }
        late.cluster?.statusChanged(status);
      },
      observed: (ready) => {
        watch.observes(ready);
      },
      fatal: (error) => {
        this.#ended(process, error);
      },
    });
    const cluster = new FarmCluster(node, machine, port);
    late.cluster = cluster;
    this.running = { process, node, machine, cluster, storage };
    this.#tend(this.running);
  }

  /** The rule of `LostLog`: a log that had begun and is empty now was lost with its votes. */
  #judge(found: Persisted, joined: boolean): Persisted {
    const empty = found.entries.length === 0 && found.snapshot === null && found.hardState.term === 0;
    if (joined || !this.logStarted || !empty) return found;
    this.logLost = true;
    return { ...found, integrity: { kind: 'damaged', from: 1, until: Number.MAX_SAFE_INTEGER } };
  }

  /** The leader's duty, as in src/main/cluster/duties.ts. */
  #tend(running: Running): void {
    const { process, node, machine } = running;
    process.clock.setTimer(DUTY_INTERVAL_MS, () => {
      const status = node.status();
      const change = status.role === 'leader' ? planMembership(status, machine.state) : null;
      if (change !== null) {
        const outcome = node.changeMembership(change);
        this.#world.journal.line(
          () => `${this.name} wants ${JSON.stringify(change)}: ${JSON.stringify(outcome)}`,
        );
      }
      this.#tend(running);
    });
  }

  /** The program ended by an error: right after a fault of the disk, a violation otherwise. */
  #ended(process: Process, error: unknown): void {
    if (!process.alive || this.process !== process) return;
    const { journal, random } = this.#world;
    journal.line(() => `${this.name} ends: ${String(error)}`);
    if (hardStateIsLost(error) && this.lossy) {
      this.crash(false);
      this.wipe();
    } else if (this.diskMayFail && diskErrorOf(error) instanceof DiskFault) {
      this.crash(this.disk.hasCrashed());
    } else {
      journal.violate(
        `${this.name} stopped: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
      return;
    }
    this.restartAfter(10 + random.below(1_000));
  }
}

function describe({ hardState, snapshot, entries, integrity }: Persisted): string {
  const log = `${snapshot?.index ?? 0}+${entries.length}`;
  return `term ${hardState.term}, commit ${hardState.commit}, log ${log}, ${JSON.stringify(integrity)}`;
}
