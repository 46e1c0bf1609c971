/** Bytes on a socket as no client of ours would send them. */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createIdentity } from '../../src/raft/node/identity.ts';

/** A listener that neither answers nor closes for this long is left; the caller's checks say whether that was right. */
const LEAVE_AFTER_MS = 1_500;
/** What a listener may send to a stranger before the test stops reading. */
const RECEIVED_BYTES_MAX = 1_048_576;

/** What a listener did about a stranger. */
export interface RawAnswer {
  readonly received: string;
  /** `closed` by the other side, or `left` by us after a while. */
  readonly end: 'closed' | 'left';
}

interface RawSocket {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  write(bytes: Buffer): unknown;
  destroy(): unknown;
}

function watch(socket: RawSocket): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (end: RawAnswer['end']): void => {
      clearTimeout(timer);
      resolve({ received: Buffer.concat(chunks).toString('latin1'), end });
      socket.destroy();
    };
    const timer = setTimeout(() => {
      settle('left');
    }, LEAVE_AFTER_MS);
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes <= RECEIVED_BYTES_MAX) chunks.push(chunk);
    });
    // The other side may cut the connection while we still write.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      settle('closed');
    });
  });
}

/** Sends `bytes` to a port of this machine. Never rejects. */
export function sendRaw(port: number, bytes: Buffer): Promise<RawAnswer> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(bytes);
  return watch(socket);
}

/** Sends `bytes` inside a TLS connection of a node that nobody knows, as an intruder on the LAN would. Never rejects. */
export function sendAsStranger(port: number, bytes: Buffer): Promise<RawAnswer> {
  const { keyPem, certPem } = createIdentity();
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    key: keyPem,
    cert: certPem,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  });
  socket.write(bytes);
  return watch(socket);
}
