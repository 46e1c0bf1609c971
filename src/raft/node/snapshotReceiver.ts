/**
 * Takes in snapshots from one peer, one at a time. Chunks go to the sink in order, one write after the other; what
 * waits for the disk is bounded by the sender's window. A broken transfer leaves its bytes to the sink for a resume.
 */
import { BugError } from '../../base/assert.ts';
import type { Message, NodeId } from '../core/types.ts';
import { FRAME } from './frames.ts';
import { decodeMessage, type Envelope } from './messageCodec.ts';
import type { PeerConnection } from './peerConnection.ts';
import type { PeerLink } from './peerLink.ts';
import type { NetHandler, SnapshotSink } from './ports.ts';
import {
  positioned,
  readNumbered,
  readPosition,
  RECEIVE_BUFFER_BYTES_MAX,
  resultBody,
} from './snapshotFrames.ts';
import type { TransportEvent } from './transportTypes.ts';

type SnapshotMessage = Extract<Message, { t: 'snapshot' }>;

/** One offered snapshot, from the offer until its sink was let go. */
interface Reception {
  readonly number: number;
  readonly message: SnapshotMessage;
  /** What it comes over: the end of this one ends the reception. */
  readonly connection: PeerConnection;
  sink: SnapshotSink | null;
  /** Where the next chunk must begin. */
  position: number;
  bufferedBytes: number;
  /** False once it failed, finished or was given up: later frames are skipped. */
  live: boolean;
}

export class SnapshotReceiver {
  private readonly peer: NodeId;
  private readonly bulk: PeerLink;
  private readonly envelope: Envelope;
  private readonly handler: () => NetHandler | null;
  private readonly report: (event: TransportEvent) => void;
  private reception: Reception | null = null;
  /** Everything that touches a sink happens one after the other, also across receptions. */
  private work: Promise<void> = Promise.resolve();

  constructor(
    bulk: PeerLink,
    envelope: Envelope,
    handler: () => NetHandler | null,
    report: (event: TransportEvent) => void,
  ) {
    this.peer = bulk.peer;
    this.bulk = bulk;
    this.envelope = envelope;
    this.handler = handler;
    this.report = report;
  }

  /** A frame of the bulk connection that is for a receiver. Returns what is wrong with it, or null. */
  frame(connection: PeerConnection, type: number, body: Uint8Array): string | null {
    const head = readNumbered(body);
    if (head === null) return 'a snapshot frame without a number';
    if (type === FRAME.snapshotOffer) return this.offer(connection, head.transfer, head.rest);
    const at = readPosition(head.rest);
    if (at === null) return 'a snapshot frame without a position';
    const { reception } = this;
    if (reception === null || !reception.live || reception.number !== head.transfer) return null;
    if (type === FRAME.snapshotChunk) return this.chunk(reception, at.position, at.data);
    this.finish(reception, at.position);
    return null;
  }

  /** A bulk connection ended. */
  broke(connection: PeerConnection): void {
    const { reception } = this;
    if (reception?.live === true && reception.connection === connection)
      this.giveUp(reception, 'broken', 'the connection broke');
  }

  /** Gives up what is under way; resolves when the sink was let go. */
  async stop(): Promise<void> {
    if (this.reception?.live === true) this.giveUp(this.reception, 'broken', 'this node stops');
    await this.work;
  }

  private offer(connection: PeerConnection, number: number, body: Buffer): string | null {
    const decoded = decodeMessage(body, this.envelope);
    if (!decoded.ok) return `a snapshot offer: ${decoded.reason.kind}`;
    if (decoded.value.t !== 'snapshot') return `a snapshot offer of kind ${decoded.value.t}`;
    if (this.reception?.live === true) this.giveUp(this.reception, 'broken', 'another one was offered');
    const message = decoded.value;
    const reception: Reception = {
      number,
      message,
      connection,
      sink: null,
      position: 0,
      bufferedBytes: 0,
      live: true,
    };
    this.reception = reception;
    this.inTurn(reception, async () => {
      const handler = this.handler();
      if (handler === null) throw new Error('this node is not ready yet');
      const sink = await handler.snapshot(message.meta);
      reception.sink = sink;
      if (!reception.live) return;
      reception.position = sink.offset;
      this.bulk.send(FRAME.snapshotResume, positioned(number, sink.offset));
    });
    return null;
  }

  private chunk(reception: Reception, position: number, data: Buffer): string | null {
    if (reception.sink === null) return 'a chunk before its time';
    const end = position + data.length;
    if (position !== reception.position || end > reception.message.meta.bytes) {
      this.giveUp(reception, 'failed', `a chunk at ${position}, ${reception.position} was expected`);
      return null;
    }
    reception.position = end;
    reception.bufferedBytes += data.length;
    if (reception.bufferedBytes > RECEIVE_BUFFER_BYTES_MAX) return 'more chunks than the window allows';
    // The frame's bytes belong to the socket.
    const own = new Uint8Array(data);
    this.inTurn(reception, async () => {
      if (!reception.live) return;
      await reception.sink?.write(own);
      reception.bufferedBytes -= own.length;
      this.bulk.send(FRAME.snapshotAck, positioned(reception.number, end));
    });
    return null;
  }

  private finish(reception: Reception, position: number): void {
    const { message } = reception;
    if (position !== reception.position || position !== message.meta.bytes) {
      this.giveUp(reception, 'failed', `finished at ${position} of ${message.meta.bytes} bytes`);
      return;
    }
    this.inTurn(reception, async () => {
      if (!reception.live || reception.sink === null) return;
      const { sink } = reception;
      // A sink that cannot finish has closed itself: nothing is left to keep.
      reception.sink = null;
      await sink.finish();
      reception.live = false;
      this.handler()?.message(message);
      this.bulk.send(FRAME.snapshotResult, resultBody(reception.number, true, ''));
      this.tell(reception, 'done', '');
    });
  }

  /** Ends a reception that is live: the sender is told (if it still listens), the sink keeps its bytes. */
  private giveUp(reception: Reception, outcome: 'failed' | 'broken', detail: string): void {
    reception.live = false;
    this.tell(reception, outcome, detail);
    if (outcome === 'failed') {
      this.bulk.send(FRAME.snapshotResult, resultBody(reception.number, false, detail));
    }
    this.inTurn(reception, async () => {
      const { sink } = reception;
      reception.sink = null;
      await sink?.abort();
    });
  }

  /** Runs `step` after all earlier ones. An operating error of the sink ends the reception, not the transport. */
  private inTurn(reception: Reception, step: () => Promise<void>): void {
    this.work = this.work.then(step).catch((error: unknown) => {
      if (error instanceof BugError) {
        // Never handled: the process is to stop.
        queueMicrotask(() => {
          throw error;
        });
        return;
      }
      const detail = error instanceof Error ? error.message : 'the snapshot could not be stored';
      if (reception.live) this.giveUp(reception, 'failed', detail);
    });
  }

  private tell(reception: Reception, outcome: 'done' | 'failed' | 'broken', detail: string): void {
    const snapshotId = reception.message.meta.id;
    this.report({ kind: 'snapshot', peer: this.peer, direction: 'received', snapshotId, outcome, detail });
  }
}
