/** The joining side of an invitation: one connection, one question, one answer. */
import type { NodeId } from '../core/types.ts';
import { dial } from './dialler.ts';
import { encodeFrame, FRAME, JOIN_ANSWER_BYTES_MAX } from './frames.ts';
import type { FrameHandlers } from './frameSocket.ts';
import { encodeJson, parseJoinAnswer, parseRefusal, PROTOCOL } from './hello.ts';
import type { Identity } from './identity.ts';
import { parseAddress } from './peerAddress.ts';
import type { Clock } from './ports.ts';
import { secureContextOf } from './secureChannel.ts';
import type { JoinAnswer, JoinCredentials } from './transportTypes.ts';

export interface JoinOptions {
  /** How long the whole exchange may take, 1 to 60,000. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Longest that a person waits at a starting program without wanting to hear something. */
const TIMEOUT_MS_MAX = 60_000;

/**
 * Asks the member `expectedNodeId` at `address` (`host:port`) to let this node into farm `cluster`. The credentials
 * leave only after the member has proven the key of the invitation. Never rejects; beside the member's own codes,
 * `{ ok: false }` carries `bad_address`, `unreachable` (nobody, or no TLS, at the address), `identity_mismatch` (the
 * wrong node there), `no_answer` (the outcome is unknown: the invitation may have been used) or a hello's refusal code.
 */
export function requestJoin(
  address: string,
  expectedNodeId: NodeId,
  identity: Identity,
  request: JoinCredentials & { readonly cluster: string },
  options: JoinOptions,
): Promise<JoinAnswer> {
  const target = parseAddress(address);
  if (target === null) return Promise.resolve(no('bad_address', `${address} is no host:port`));
  const { cluster, peerPort, softwareVersion, invitationId, secret, name, httpAddress } = request;
  const hello = encodeFrame(
    FRAME.hello,
    encodeJson({
      ...PROTOCOL,
      cluster,
      nodeId: identity.nodeId,
      purpose: 'join',
      softwareVersion,
      peerPort,
      incarnation: 'joining',
      join: { invitationId, secret, name, httpAddress },
    }),
  );
  return new Promise((resolve) => {
    let close: () => void = () => undefined;
    let asked = false;
    const settle = (answer: JoinAnswer): void => {
      cancelTimer();
      close();
      resolve(answer);
    };
    const listener: FrameHandlers = {
      frame(type, body) {
        if (type === FRAME.joinAnswer) {
          settle(parseJoinAnswer(body) ?? no('no_answer', 'the answer makes no sense'));
        } else if (type === FRAME.refuse) {
          settle({ ok: false, ...parseRefusal(body) });
        }
      },
      garbage: () => {
        settle(no('no_answer', 'the answer makes no sense'));
      },
      drained: () => undefined,
      closed: (reason) => {
        settle(no('no_answer', `the connection ended without an answer: ${reason}`));
      },
    };
    close = dial({
      address: target,
      expectedId: expectedNodeId,
      secureContext: secureContextOf(identity),
      clock: options.clock,
      proven(socket) {
        asked = true;
        close = () => {
          socket.destroy('answered');
        };
        socket.setLimit(JOIN_ANSWER_BYTES_MAX);
        socket.write(hello);
        return listener;
      },
      failed(detail, refusal) {
        settle(refusal === null ? no('unreachable', detail) : { ok: false, ...refusal });
      },
    });
    const cancelTimer = options.clock.setTimer(Math.min(options.timeoutMs, TIMEOUT_MS_MAX), () => {
      settle(asked ? no('no_answer', 'no answer in time') : no('unreachable', 'no connection in time'));
    });
  });
}

function no(code: string, detail: string): JoinAnswer {
  return { ok: false, code, detail };
}
