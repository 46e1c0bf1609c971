/**
 * What always holds inside one core, checked after every call, also in production: a node that broke one of these
 * must stop before it tells anybody. The invariants of the whole cluster are the simulator's to check.
 */
import { assert } from '../../base/assert.ts';
import type { RaftState } from './state.ts';

/** What may only grow while a node runs. */
export interface Marks {
  term: number;
  commit: number;
  applied: number;
}

export function marksOf(s: RaftState): Marks {
  return { term: s.term, commit: s.commit, applied: s.applied };
}

/** `before` are the marks at the previous check; they are moved on. Constant time. */
export function checkInvariants(s: RaftState, before: Marks): void {
  assert(s.term >= before.term, 'the term never falls (§5.1)');
  assert(s.commit >= before.commit, 'the commit index never falls (§5.3)');
  assert(s.applied >= before.applied, 'the applied index never falls (§5.3)');
  assert(s.commit <= s.log.lastIndex, 'only entries of this log are committed');
  assert(s.handedOut <= s.commit, 'only committed entries are applied');
  assert(s.applied <= s.handedOut, 'only what was handed out is applied');
  assert(s.log.firstIndex - 1 <= s.commit, 'a snapshot covers committed entries only (§7)');
  assert(s.log.lastTerm <= s.term, 'no entry is of a term that this node has not entered');
  assert(s.disk.stableIndex <= s.log.lastIndex, 'nothing beyond the log is durable');
  assert(s.disk.durableTerm <= s.term, 'the disk never knows a later term');
  assert(s.phase !== 'leader' || s.leader === s.id, 'a leader knows itself as such');
  assert(s.phase !== 'candidate' || s.vote === s.id, 'a candidate voted for itself (§5.2)');
  assert(s.recovery === null || s.phase === 'follower', 'who lost records stands for nothing');
  assert(s.uncommittedBytes >= 0, 'committed bytes are counted once');
  before.term = s.term;
  before.commit = s.commit;
  before.applied = s.applied;
}
