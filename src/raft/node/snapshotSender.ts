/**
 * Sends snapshots to one peer, one at a time. A transfer that breaks goes on at the receiver's offset over the next
 * connection; it ends when the receiver said yes or no, or when attempts in a row moved nothing.
 */
import { BugError } from '../../base/assert.ts';
import type { Message, NodeId } from '../core/types.ts';
import { FRAME } from './frames.ts';
import { encodeMessage } from './messageCodec.ts';
import type { PeerLink } from './peerLink.ts';
import type { Clock } from './ports.ts';
import {
  FINISH_TIMEOUT_MS,
  numbered,
  positioned,
  readNumbered,
  readPosition,
  readResult,
  rechunk,
  STEP_TIMEOUT_MS,
  WINDOW_BYTES,
} from './snapshotFrames.ts';
import type { TransportEvent } from './transportTypes.ts';

type SnapshotMessage = Extract<Message, { t: 'snapshot' }>;
type Open = (offset: number) => AsyncIterable<Uint8Array>;

/** Attempts in a row that moved no byte; then Raft is told and decides anew. */
const FRUITLESS_ATTEMPTS_MAX = 3;
/** One dial takes at most 3 s; a peer that was asked to dial gets as long. */
const CONNECT_TIMEOUT_MS = 4000;
/** A dial that takes this long on a LAN meets a firewall; then the peer, which may be free to dial, is asked to. */
const ASK_AFTER_MS = 1000;
/** The link paces the dials by its own back-off; this is only how often it is asked. */
const RETRY_MS = 100;

/** What is known of the transfer under way. */
interface Transfer {
  readonly number: number;
  /** Where to begin; null until the receiver said so. */
  resume: number | null;
  acknowledged: number;
  result: { readonly done: boolean; readonly detail: string } | null;
  broken: boolean;
}

type AttemptEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'broken'; readonly detail: string; readonly moved: boolean };

export class SnapshotSender {
  private readonly peer: NodeId;
  private readonly bulk: PeerLink;
  private readonly control: PeerLink;
  private readonly clock: Clock;
  private readonly report: (event: TransportEvent) => void;
  private transfer: Transfer | null = null;
  private lastNumber = 0;
  private stopped = false;
  /** Called whenever anything above may have changed. */
  private wake: () => void = () => undefined;
  private busy = false;

  constructor(bulk: PeerLink, control: PeerLink, clock: Clock, report: (event: TransportEvent) => void) {
    this.peer = bulk.peer;
    this.bulk = bulk;
    this.control = control;
    this.clock = clock;
    this.report = report;
  }

  /** See `Net.sendSnapshot`. False at once when another transfer to this peer is under way. Rejects only with a bug. */
  async send(message: SnapshotMessage, open: Open): Promise<boolean> {
    if (this.busy || this.stopped) return false;
    this.busy = true;
    const end = await this.sendWithResume(message, open);
    this.transfer = null;
    this.busy = false;
    this.report({
      kind: 'snapshot',
      peer: this.peer,
      direction: 'sent',
      snapshotId: message.meta.id,
      outcome: end.kind,
      detail: end.kind === 'done' ? '' : end.detail,
    });
    return end.kind === 'done';
  }

  /** A frame of the bulk connection that is for a sender. */
  frame(type: number, body: Uint8Array): void {
    const head = readNumbered(body);
    const { transfer } = this;
    if (transfer === null || head?.transfer !== transfer.number) return;
    if (type === FRAME.snapshotResume) transfer.resume ??= readPosition(head.rest)?.position ?? null;
    if (type === FRAME.snapshotAck) {
      transfer.acknowledged = Math.max(transfer.acknowledged, readPosition(head.rest)?.position ?? 0);
    }
    if (type === FRAME.snapshotResult) transfer.result ??= readResult(head.rest);
    this.wake();
  }

  /** The bulk link has a connection. */
  up(): void {
    this.wake();
  }

  /** A bulk connection ended: the receiver has let go of whatever came over it. */
  broke(): void {
    if (this.transfer !== null) this.transfer.broken = true;
    this.wake();
  }

  stop(): void {
    this.stopped = true;
    this.broke();
  }

  private async sendWithResume(message: SnapshotMessage, open: Open): Promise<AttemptEnd> {
    let fruitless = 0;
    for (;;) {
      const end = await this.attempt(message, open);
      if (end.kind !== 'broken' || this.stopped) return end;
      fruitless = end.moved ? 0 : fruitless + 1;
      if (fruitless === FRUITLESS_ATTEMPTS_MAX) return end;
    }
  }

  private async attempt(message: SnapshotMessage, open: Open): Promise<AttemptEnd> {
    if (!(await this.connected())) return { kind: 'broken', detail: 'no bulk connection', moved: false };
    const transfer = this.begin();
    this.bulk.send(FRAME.snapshotOffer, numbered(transfer.number), encodeMessage(message));
    const answered = await this.until(() => transfer.resume !== null || isOver(transfer), STEP_TIMEOUT_MS);
    const start = transfer.resume;
    if (start === null) return ended(transfer, answered ? 'refused' : 'no answer to the offer', false);
    if (start > message.meta.bytes)
      return { kind: 'failed', detail: 'the peer asks for bytes beyond the end' };
    transfer.acknowledged = start;

    let position = start;
    try {
      for await (const chunk of rechunk(open(start))) {
        const room = (): boolean => position + chunk.length - transfer.acknowledged <= WINDOW_BYTES;
        const inTime = await this.until(() => room() || isOver(transfer), STEP_TIMEOUT_MS);
        const moved = transfer.acknowledged > start;
        if (!inTime || isOver(transfer)) return ended(transfer, 'the peer takes nothing in', moved);
        this.bulk.send(FRAME.snapshotChunk, positioned(transfer.number, position), chunk);
        position += chunk.length;
      }
    } catch (error) {
      if (error instanceof BugError) throw error;
      return {
        kind: 'failed',
        detail: `reading the snapshot: ${error instanceof Error ? error.message : 'failed'}`,
      };
    }
    if (position !== message.meta.bytes) {
      return {
        kind: 'failed',
        detail: `the snapshot has ${position} bytes, its meta says ${message.meta.bytes}`,
      };
    }
    this.bulk.send(FRAME.snapshotFinish, positioned(transfer.number, position));
    await this.until(() => isOver(transfer), FINISH_TIMEOUT_MS);
    return ended(transfer, 'no result in time', transfer.acknowledged > start);
  }

  private begin(): Transfer {
    this.lastNumber = (this.lastNumber + 1) % 2 ** 32;
    this.transfer = {
      number: this.lastNumber,
      resume: null,
      acknowledged: 0,
      result: null,
      broken: this.stopped,
    };
    return this.transfer;
  }

  /** Dials, and when that does not work soon asks the peer over the control connection to dial. */
  private async connected(): Promise<boolean> {
    const isUp = (): boolean => this.bulk.isUp() || this.stopped;
    const startMs = this.clock.nowMs();
    let asked = false;
    for (;;) {
      const waitedMs = this.clock.nowMs() - startMs;
      if (isUp() || waitedMs >= CONNECT_TIMEOUT_MS) return this.bulk.isUp() && !this.stopped;
      const dialling = this.bulk.startDial();
      if (!asked && (!dialling || waitedMs >= ASK_AFTER_MS) && this.control.isUp()) {
        asked = true;
        this.control.send(FRAME.dialBulk);
      }
      await this.until(isUp, RETRY_MS);
    }
  }

  /** Resolves true once `condition` holds, false when the time is over first. */
  private until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (value: boolean): void => {
        cancelTimer();
        this.wake = () => undefined;
        resolve(value);
      };
      const cancelTimer = this.clock.setTimer(timeoutMs, () => {
        settle(false);
      });
      this.wake = () => {
        if (condition()) settle(true);
      };
    });
  }
}

function isOver(transfer: Transfer): boolean {
  return transfer.result !== null || transfer.broken;
}

function ended(transfer: Transfer, otherwise: string, moved: boolean): AttemptEnd {
  if (transfer.result?.done === true) return { kind: 'done' };
  if (transfer.result !== null) return { kind: 'failed', detail: transfer.result.detail };
  return { kind: 'broken', detail: transfer.broken ? 'the connection broke' : otherwise, moved };
}
