/** The effects that a call queued and that the next `ready()` moves out. It holds them; it decides nothing. */
import type { Message, NodeId, ProposalFate, Ready, SnapshotMeta, TraceEvent } from './types.ts';

interface Waiting {
  readonly message: Message;
  /** May leave only when this Ready and all before it are durable. */
  readonly afterPersist: boolean;
}

export class Outbox {
  #messages: Waiting[] = [];
  #streams: { readonly to: NodeId; readonly meta: SnapshotMeta }[] = [];
  #reads: Ready['reads'][number][] = [];
  #failedReads: string[] = [];
  #proposals: { readonly id: string; readonly fate: ProposalFate }[] = [];
  #trace: TraceEvent[] = [];

  get isEmpty(): boolean {
    return (
      this.#messages.length === 0 &&
      this.#streams.length === 0 &&
      this.#reads.length === 0 &&
      this.#failedReads.length === 0 &&
      this.#proposals.length === 0 &&
      this.#trace.length === 0
    );
  }

  /** Several acknowledgements to one leader that wait for the same sync say no more than the last of them. */
  send(message: Message, afterPersist: boolean): void {
    const last = this.#messages.at(-1)?.message;
    if (
      isAck(message) &&
      last !== undefined &&
      isAck(last) &&
      last.to === message.to &&
      last.term === message.term
    ) {
      if (message.index >= last.index) this.#messages[this.#messages.length - 1] = { message, afterPersist };
      return;
    }
    this.#messages.push({ message, afterPersist });
  }

  stream(to: NodeId, meta: SnapshotMeta): void {
    this.#streams.push({ to, meta });
  }

  read(ctx: string, index: number): void {
    this.#reads.push({ ctx, index });
  }

  failRead(ctx: string): void {
    this.#failedReads.push(ctx);
  }

  fate(id: string, fate: ProposalFate): void {
    this.#proposals.push({ id, fate });
  }

  trace(event: TraceEvent): void {
    this.#trace.push(event);
  }

  /** After a failed disk nothing may leave any more. */
  dropMessages(): void {
    this.#messages = [];
    this.#streams = [];
  }

  /**
   * Moves all out. What carries a term that is not durable yet waits for the sync too: a crash must not make this
   * node forget a term that others heard from it. Pre-votes speak of a term that nobody has entered (thesis §9.6).
   */
  take(
    durableTerm: number,
  ): Pick<
    Ready,
    'messages' | 'messagesAfterPersist' | 'streamSnapshot' | 'reads' | 'failedReads' | 'proposals' | 'trace'
  > {
    const messages: Message[] = [];
    const messagesAfterPersist: Message[] = [];
    for (const { message, afterPersist } of this.#messages) {
      const waits = afterPersist || (message.term > durableTerm && !isOfFutureTerm(message));
      (waits ? messagesAfterPersist : messages).push(message);
    }
    const taken = {
      messages,
      messagesAfterPersist,
      streamSnapshot: this.#streams,
      reads: this.#reads,
      failedReads: this.#failedReads,
      proposals: this.#proposals,
      trace: this.#trace,
    };
    this.#messages = [];
    this.#streams = [];
    this.#reads = [];
    this.#failedReads = [];
    this.#proposals = [];
    this.#trace = [];
    return taken;
  }

  /** For the digest. */
  dump(): unknown {
    return [this.#messages, this.#streams, this.#reads, this.#failedReads, this.#proposals];
  }
}

function isAck(message: Message): message is Extract<Message, { t: 'appendResp' }> {
  return message.t === 'appendResp' && message.ok;
}

function isOfFutureTerm(message: Message): boolean {
  return message.t === 'preVote' || (message.t === 'preVoteResp' && message.granted);
}
