/**
 * One attempt to reach a node whose id is known: connect, TLS, check that the key shown is that node's. Only then may
 * the caller write, so nothing (above all no invitation's secret) ever reaches a node with another key.
 */
import type { SecureContext } from 'node:tls';
import type { NodeId } from '../core/types.ts';
import { HELLO_FRAME_BYTES_MAX } from './frames.ts';
import { FrameSocket, type FrameHandlers } from './frameSocket.ts';
import type { PeerAddress } from './peerAddress.ts';
import type { Clock } from './ports.ts';
import { connectSecurely, provenNodeId } from './secureChannel.ts';
import type { Refusal } from './transportTypes.ts';

export interface DialRequest {
  readonly address: PeerAddress;
  readonly expectedId: NodeId;
  readonly secureContext: SecureContext;
  readonly clock: Clock;
  /** The key is right: write the hello and return what listens to the answer. */
  proven(socket: FrameSocket): FrameHandlers;
  /** Nobody there, no TLS, or the wrong key (then `refusal` says so, and the other side was told). */
  failed(detail: string, refusal: Refusal | null): void;
}

const DEAF: FrameHandlers = {
  frame: () => undefined,
  garbage: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
};

/**
 * Starts the attempt. Exactly one of `proven` and `failed` is called, never before this returns; none after the
 * returned function was called, which abandons the attempt (and does nothing once `proven` was called).
 */
export function dial(request: DialRequest): () => void {
  const socket = connectSecurely(request.address, request.secureContext);
  let decided = false;
  const fail = (detail: string, refusal: Refusal | null): void => {
    if (decided) return;
    decided = true;
    request.failed(detail, refusal);
  };
  socket.on('error', (error: Error) => {
    fail(error.message, null);
  });
  socket.on('close', () => {
    fail('closed during the handshake', null);
  });
  socket.on('secureConnect', () => {
    if (decided) return;
    const frames = new FrameSocket(socket, HELLO_FRAME_BYTES_MAX, request.clock, DEAF);
    if (provenNodeId(socket) !== request.expectedId) {
      const detail = 'another node answers at this address than the one expected';
      frames.refuse({ code: 'identity_mismatch', detail });
      fail(detail, { code: 'identity_mismatch', detail });
      return;
    }
    decided = true;
    frames.setHandlers(request.proven(frames));
  });
  return () => {
    if (decided) return;
    decided = true;
    socket.destroy();
  };
}
