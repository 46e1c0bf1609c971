/**
 * The simulated network: messages between PCs as the bytes of the real codec, with the losses, copies, delays and cuts
 * of the plan. A message may outlive its sender and reach a later run of its receiver.
 */
import type { Random } from '../../src/base/random.ts';
import type { Message, NodeId } from '../../src/raft/index.ts';
import { decodeMessage, encodeMessage } from '../../src/raft/node/messageCodec.ts';
import type { Net, NetHandler } from '../../src/raft/node/ports.ts';
import { FARM_ID, type FarmPc } from './farmPc.ts';
import type { Journal } from './journal.ts';
import type { LinkPlan } from './plan.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { streamSnapshot } from './snapshotStream.ts';

/** A broken connection is noticed with this chance at each message, and then within this time. */
const NOTICE_CHANCE = 0.1;
const NOTICE_MS = 50;
const JOURNAL_SEND = 1;
const JOURNAL_DELIVER = 2;

/** Where a PC is reached. */
export interface Station {
  readonly pc: FarmPc;
  readonly process: Process;
  handler: NetHandler | null;
}

export class SimNet {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly journal: Journal;
  readonly #leaves: (pc: FarmPc, message: Message) => void;
  #plan: LinkPlan;
  /** By the id of the PC; only of running programs. */
  readonly #stations = new Map<NodeId, Station>();
  readonly #names = new Map<NodeId, string>();
  /** Links cut, as `from>to`, and until when. */
  readonly #cutUntilMs = new Map<string, number>();
  readonly #cloggedUntilMs = new Map<string, number>();
  readonly #lastArrivalMs = new Map<string, number>();
  readonly #lastHeardMs = new Map<string, number>();

  /** `leaves` sees each message before it is sent. */
  constructor(
    parts: { readonly scheduler: Scheduler; readonly random: Random; readonly journal: Journal },
    plan: LinkPlan,
    leaves: (pc: FarmPc, message: Message) => void,
  ) {
    this.scheduler = parts.scheduler;
    this.random = parts.random;
    this.journal = parts.journal;
    this.#plan = plan;
    this.#leaves = leaves;
  }

  get plan(): LinkPlan {
    return this.#plan;
  }

  /** From now on messages are treated like this. */
  setPlan(plan: LinkPlan): void {
    this.#plan = plan;
  }

  cut(from: NodeId, to: NodeId, durationMs: number): void {
    this.#cutUntilMs.set(`${from}>${to}`, this.scheduler.nowMs + durationMs);
  }

  clog(from: NodeId, to: NodeId, durationMs: number): void {
    this.#cloggedUntilMs.set(`${from}>${to}`, this.scheduler.nowMs + durationMs);
  }

  heal(): void {
    this.#cutUntilMs.clear();
    this.#cloggedUntilMs.clear();
    this.#lastArrivalMs.clear();
  }

  /** Null when the PC is off, or its program has not come to listening. */
  station(id: NodeId): Station | null {
    return this.#stations.get(id) ?? null;
  }

  detach(id: NodeId): void {
    this.#stations.delete(id);
  }

  /** The port of one program. */
  attach(pc: FarmPc, process: Process): Net {
    const station: Station = { pc, process, handler: null };
    this.#stations.set(pc.id, station);
    this.#names.set(pc.id, pc.name);
    return {
      send: (message) => {
        if (process.alive) this.#send(station, message);
      },
      sendSnapshot: (message, open) => streamSnapshot(this, station, message, open),
      listen: (handler) => {
        station.handler = handler;
      },
      link: (peer) => {
        const heardMs = this.#lastHeardMs.get(`${peer}>${pc.id}`);
        return {
          connected: true,
          lastHeardMs: heardMs === undefined ? null : this.scheduler.nowMs - heardMs,
        };
      },
    };
  }

  isCut(from: NodeId, to: NodeId): boolean {
    const untilMs = this.#cutUntilMs.get(`${from}>${to}`) ?? 0;
    return untilMs > this.scheduler.nowMs || !this.#stations.has(to);
  }

  /** How long something that is sent now takes. In order, unless the plan lets it overtake. */
  travelMs(from: NodeId, to: NodeId): number {
    const { latencyMs, jitterMs, reorderChance } = this.#plan;
    const link = `${from}>${to}`;
    const nowMs = this.scheduler.nowMs;
    const drawn = nowMs + latencyMs + (this.random.below(10_000) / 10_000) * jitterMs;
    const free = Math.max(drawn, this.#cloggedUntilMs.get(link) ?? 0);
    if (this.random.chance(reorderChance)) return free - nowMs;
    const arrival = Math.max(free, this.#lastArrivalMs.get(link) ?? 0);
    this.#lastArrivalMs.set(link, arrival);
    return arrival - nowMs;
  }

  #send(station: Station, message: Message): void {
    const { id: from, name } = station.pc;
    const { to } = message;
    this.#leaves(station.pc, message);
    const bytes = encodeMessage(message);
    this.journal.mix(JOURNAL_SEND, message.term, bytes.length);
    this.journal.mixBytes(bytes);
    if (this.isCut(from, to)) {
      this.#notice(station, to);
      return;
    }
    if (this.random.chance(this.#plan.lossChance)) {
      this.journal.line(() => `${name} -x ${this.nameOf(to)}  ${describe(message)}  lost`);
      return;
    }
    this.scheduler.after(this.travelMs(from, to), () => this.#arrive(from, to, bytes));
    if (!this.random.chance(this.#plan.duplicateChance)) return;
    const lateMs = this.random.below(this.#plan.duplicateLateMs + 1);
    this.scheduler.after(this.travelMs(from, to) + lateMs, () => this.#arrive(from, to, bytes));
  }

  /** A sender may find out that nobody is there. */
  #notice(station: Station, to: NodeId): void {
    if (!this.random.chance(NOTICE_CHANCE)) return;
    station.process.later(this.random.below(NOTICE_MS), () => station.handler?.unreachable(to));
  }

  #arrive(from: NodeId, to: NodeId, bytes: Uint8Array): void {
    const station = this.#stations.get(to);
    if (station === undefined || this.isCut(from, to)) return;
    // Through the process, because a frozen one reads later.
    station.process.later(0, () => {
      const decoded = decodeMessage(bytes, { cluster: FARM_ID, from, to });
      if (!decoded.ok) {
        this.journal.violate(`a message of ours cannot be read: ${JSON.stringify(decoded.reason)}`);
        return;
      }
      this.#lastHeardMs.set(`${from}>${to}`, this.scheduler.nowMs);
      this.journal.mix(JOURNAL_DELIVER, decoded.value.term, bytes.length);
      this.journal.line(() => `${this.nameOf(from)} -> ${this.nameOf(to)}  ${describe(decoded.value)}`);
      station.handler?.message(decoded.value);
    });
  }

  nameOf(id: NodeId): string {
    return this.#names.get(id) ?? id.slice(0, 4);
  }
}

function describe(message: Message): string {
  const fields: Record<string, unknown> = { ...message };
  for (const known of ['t', 'cluster', 'from', 'to']) Reflect.deleteProperty(fields, known);
  if (message.t === 'append') fields['entries'] = message.entries.length;
  if (message.t === 'propose') fields['data'] = message.data.length;
  return `${message.t} ${JSON.stringify(fields)}`;
}
