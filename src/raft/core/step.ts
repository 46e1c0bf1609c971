/** One message in: first what its term means (paper §5.1), then the rule for its kind. */
import { assertNever } from '../../base/assert.ts';
import { handlePreVote, handleTimeoutNow, handleVote, handleVoteAnswer, isDisruptive } from './election.ts';
import { send, trace } from './emit.ts';
import { isMessageFor } from './messages.ts';
import { handlePropose, handleProposeResp } from './proposals.ts';
import { handleReadIndex, handleReadIndexResp } from './reads.ts';
import { handleRecoveryAnswer, isRecoveryContext } from './recovery.ts';
import {
  handleAppend,
  handleAppendResp,
  handleHeartbeat,
  handleHeartbeatResp,
  refuseOldTerm,
} from './replication.ts';
import { becomeFollower } from './roles.ts';
import { handleSnapshot } from './snapshots.ts';
import type { RaftState } from './state.ts';
import type { Message } from './types.ts';

/** Takes any value; what is no message for this node changes nothing. */
export function step(s: RaftState, value: unknown): void {
  if (s.failed) return;
  if (!isMessageFor(value, s.options.cluster, s.id)) {
    trace(s, 'garbage');
    return;
  }
  if (isDisruptive(s, value) || isStaleForAll(s, value)) return;
  // An answer is heard before the new term in it makes this node forget what it asked.
  const isAnswer = value.t === 'proposeResp' || value.t === 'readIndexResp';
  if (isAnswer) dispatch(s, value);
  if (value.term > s.term && !isOfFutureTerm(value)) becomeFollower(s, value.term, leaderNamedBy(value));
  if (!isAnswer) dispatch(s, value);
}

/** Pre-votes, and yes to them, carry a term that nobody has entered yet (thesis §9.6). */
function isOfFutureTerm(m: Message): boolean {
  return m.t === 'preVote' || (m.t === 'preVoteResp' && m.granted);
}

/** Only a leader sends these. */
function leaderNamedBy(m: Message): string | null {
  return m.t === 'append' || m.t === 'heartbeat' || m.t === 'snapshot' ? m.from : null;
}

/** Answers a message of an older term, so that its sender catches up, and says that no rule should see it. */
function isStaleForAll(s: RaftState, m: Message): boolean {
  if (m.term >= s.term) return false;
  switch (m.t) {
    case 'append':
    case 'heartbeat':
    case 'snapshot':
      refuseOldTerm(s, m);
      return true;
    case 'vote':
      send(s, m.from, { t: 'voteResp', granted: false, reason: 'oldTerm' });
      return true;
    case 'preVote':
    case 'propose':
    case 'readIndex':
    case 'readIndexResp':
    case 'proposeResp':
      // Answered by their own rules: these are requests and answers that a term does not make wrong.
      return false;
    case 'preVoteResp':
    case 'voteResp':
    case 'appendResp':
    case 'heartbeatResp':
    case 'timeoutNow':
      return true;
    default:
      return assertNever(m);
  }
}

function dispatch(s: RaftState, m: Message): void {
  switch (m.t) {
    case 'preVote':
      return handlePreVote(s, m);
    case 'vote':
      return handleVote(s, m);
    case 'preVoteResp':
    case 'voteResp':
      return handleVoteAnswer(s, m);
    case 'append':
      return handleAppend(s, m);
    case 'appendResp':
      return handleAppendResp(s, m);
    case 'heartbeat':
      return handleHeartbeat(s, m);
    case 'heartbeatResp':
      return handleHeartbeatResp(s, m);
    case 'snapshot':
      return handleSnapshot(s, m);
    case 'timeoutNow':
      return handleTimeoutNow(s, m.from);
    case 'readIndex':
      return handleReadIndex(s, m);
    case 'readIndexResp':
      return isRecoveryContext(m.ctx) ? handleRecoveryAnswer(s, m) : handleReadIndexResp(s, m);
    case 'propose':
      return handlePropose(s, m);
    case 'proposeResp':
      return handleProposeResp(s, m);
    default:
      return assertNever(m);
  }
}
