/** The passing of logical time: timeouts, heartbeats, the leader's check of its quorum and of its own disk. */
import { isDiskStalled, mayCampaign, startElection } from './election.ts';
import { trace } from './emit.ts';
import { isQuorum } from './quorum.ts';
import { ageForwarded } from './proposals.ts';
import { ageLeaderReads, ageReads, failReads } from './reads.ts';
import { tickRecovery } from './recovery.ts';
import { broadcastHeartbeat } from './replication.ts';
import { restartElectionTimer, stepDown } from './roles.ts';
import type { RaftState } from './state.ts';
import { ageTransfer, handOver } from './transfer.ts';

export function tick(s: RaftState): void {
  if (s.failed) return;
  s.ticks += 1;
  s.electionElapsed += 1;
  if (s.quietTicks > 0) s.quietTicks -= 1;
  s.disk.tick();
  ageForwarded(s);
  if (s.phase === 'leader') tickLeader(s);
  else tickOther(s);
}

function tickLeader(s: RaftState): void {
  ageTransfer(s);
  ageLeaderReads(s);
  if (isDiskStalled(s)) {
    handOver(s);
    stepDown(s, 'own disk stalled');
    return;
  }
  if (s.electionElapsed >= s.options.electionTicks) {
    s.electionElapsed = 0;
    if (s.options.checkQuorum && !checkQuorum(s)) {
      stepDown(s, 'quorum lost');
      return;
    }
  }
  s.heartbeatElapsed += 1;
  if (s.heartbeatElapsed >= s.options.heartbeatTicks) broadcastHeartbeat(s);
}

/** A leader that a quorum has not answered for an election timeout may be the only one that calls it so (thesis §6.2). */
function checkQuorum(s: RaftState): boolean {
  const active = isQuorum(
    s.memberships.current,
    (id) => id === s.id || s.peers.get(id)?.recentActive === true,
  );
  for (const peer of s.peers.values()) peer.recentActive = false;
  return active;
}

function tickOther(s: RaftState): void {
  ageReads(s);
  tickRecovery(s);
  if (s.electionElapsed < s.electionTimeout) return;
  if (mayCampaign(s) && (s.options.priority ?? 1) !== 0) startElection(s);
  else forgetLeader(s);
}

/** A node that may not campaign still stops sending requests to a leader that is silent. */
function forgetLeader(s: RaftState): void {
  if (s.leader !== null) trace(s, 'leaderLost', { leader: s.leader });
  s.leader = null;
  failReads(s);
  restartElectionTimer(s);
}

/** The machine slept: ticks did not pass but time did. Nothing that counted on time holds (thesis §6.4.1). */
export function resumed(s: RaftState): void {
  if (s.failed) return;
  s.leaseUntilTick = 0;
  s.roundTicks.clear();
  restartElectionTimer(s);
  trace(s, 'resumed');
}
