/** Dials a member and exchanges hellos: from an address to a connection that may carry frames, or to the reason why not. */
import type { SecureContext } from 'node:tls';
import type { NodeId } from '../core/types.ts';
import { dial } from './dialler.ts';
import { encodeFrame, FRAME } from './frames.ts';
import type { FrameHandlers, FrameSocket } from './frameSocket.ts';
import { checkHello, encodeJson, parseHello, parseRefusal, type Hello } from './hello.ts';
import type { PeerAddress } from './peerAddress.ts';
import type { Clock } from './ports.ts';
import type { Refusal } from './transportTypes.ts';

/** TCP, TLS and hello together; on a LAN they take some milliseconds. */
const DIAL_TIMEOUT_MS = 3000;

export interface MemberDial {
  readonly peer: NodeId;
  readonly address: PeerAddress;
  readonly secureContext: SecureContext;
  readonly clock: Clock;
  /** Ours; the answer must be of the same farm and purpose. */
  readonly hello: Hello;
  /** Both hellos are good. Returns what listens from now on. */
  connected(socket: FrameSocket, theirs: Hello): FrameHandlers;
  refused(by: 'us' | 'peer', refusal: Refusal): void;
  failed(detail: string): void;
  garbage(address: string, detail: string): void;
}

/**
 * Starts the attempt. Exactly one of `connected`, `refused` and `failed` is called, never before this returns; none
 * after the returned function was called, which abandons the attempt.
 */
export function dialMember(request: MemberDial): () => void {
  let settled = false;
  let close: () => void = () => undefined;
  /** True for the first caller only. */
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    cancelTimer();
    return true;
  };
  const answer = (socket: FrameSocket, type: number, body: Uint8Array): void => {
    if (type === FRAME.refuse) {
      socket.destroy('refused by the other side');
      request.refused('peer', parseRefusal(body));
      return;
    }
    const theirs = type === FRAME.hello ? parseHello(body) : null;
    const checked = checkHello(theirs, {
      cluster: request.hello.cluster,
      provenId: request.peer,
      purposes: [request.hello.purpose],
    });
    if (!checked.ok) {
      socket.refuse(checked.reason);
      request.refused('us', checked.reason);
      return;
    }
    socket.setHandlers(request.connected(socket, checked.value));
  };
  const cancelDial = dial({
    address: request.address,
    expectedId: request.peer,
    secureContext: request.secureContext,
    clock: request.clock,
    proven(socket) {
      close = () => {
        socket.destroy('abandoned');
      };
      socket.write(encodeFrame(FRAME.hello, encodeJson(request.hello)));
      return {
        frame: (type, body) => {
          if (settle()) answer(socket, type, body);
        },
        garbage: (detail) => {
          request.garbage(socket.remoteAddress, detail);
        },
        drained: () => undefined,
        closed: (reason) => {
          if (settle()) request.failed(reason);
        },
      };
    },
    failed(detail, refusal) {
      if (!settle()) return;
      if (refusal === null) request.failed(detail);
      else request.refused('us', refusal);
    },
  });
  close = cancelDial;
  const cancelTimer = request.clock.setTimer(DIAL_TIMEOUT_MS, () => {
    if (!settle()) return;
    close();
    request.failed('no answer in time');
  });
  return () => {
    if (settle()) close();
  };
}
