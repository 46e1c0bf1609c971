/**
 * One keep-alive HTTP/1.1 connection with one request at a time, over a bare socket: as light as a client can be,
 * because it shares the machine with what it measures. It reads what the two systems send and nothing more.
 */
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = Buffer.from('0\r\n\r\n');
const STATUS_AT = 'HTTP/1.1 '.length;
const LENGTH_PATTERN = /\r\ncontent-length: *(\d+)/i;

/** Called once for each request: the status, or 0 when the connection broke. `body` is made only when asked for. */
export type Answered = (status: number, body: () => string) => void;

export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer | null = null;
  #answered: Answered | null = null;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    const broke = (): void => this.#answer(0, '');
    this.#socket.on('error', broke);
    this.#socket.on('close', broke);
  }

  /** Sends a request; the one before must be answered. */
  send(request: string, answered: Answered): void {
    this.#answered = answered;
    this.#socket.write(request, 'latin1');
  }

  destroy(): void {
    this.#answered = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const all = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = all.indexOf(HEAD_END);
    if (headEnd === -1 || !isComplete(all, headEnd)) {
      this.#received = all;
      return;
    }
    this.#received = null;
    this.#answer(Number(all.toString('latin1', STATUS_AT, STATUS_AT + 3)), all);
  }

  #answer(status: number, bytes: Buffer | string): void {
    const answered = this.#answered;
    this.#answered = null;
    answered?.(status, () => bytes.toString());
  }
}

function isComplete(all: Buffer, headEnd: number): boolean {
  const length = LENGTH_PATTERN.exec(all.toString('latin1', 0, headEnd))?.[1];
  if (length !== undefined) return all.length >= headEnd + HEAD_END.length + Number(length);
  return all.subarray(-CHUNKED_END.length).equals(CHUNKED_END);
}
