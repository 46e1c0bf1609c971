/**
 * `createCore`: one node's Raft as a machine that is told everything and does nothing itself. Each call changes
 * the state by the rules of the files beside this one and queues effects; `ready()` moves them out. No I/O, no
 * clock, no randomness but the one handed in.
 */
import { assert } from '../../base/assert.ts';
import { digestOf } from './digest.ts';
import { DiskProgress } from './diskProgress.ts';
import { campaignNow, doubtLeader } from './election.ts';
import { trace } from './emit.ts';
import { checkInvariants, marksOf } from './invariants.ts';
import { RaftLog } from './log.ts';
import { MembershipHistory, noMembers } from './membership.ts';
import { changeMembership } from './membershipChange.ts';
import { Outbox } from './outbox.ts';
import { enterProbe } from './progress.ts';
import { abandonForwarded, propose } from './proposals.ts';
import { failReads, readIndex } from './reads.ts';
import { applied, hasReady, persisted, ready, statusOf } from './ready.ts';
import { initialRecovery } from './recovery.ts';
import { restartElectionTimer } from './roles.ts';
import { compacted, snapshotSent } from './snapshots.ts';
import type { RaftState } from './state.ts';
import { step } from './step.ts';
import { resumed, tick } from './tick.ts';
import { transfer } from './transfer.ts';
import type { NodeId, Options, Persisted, RaftCore } from './types.ts';

function checkOptions(options: Options): void {
  const { heartbeatTicks, electionTicks, maxInflight, maxAppendBytes } = options;
  assert(options.id.length > 0 && options.cluster.length > 0, 'a core needs an id and a cluster id');
  assert(
    Number.isSafeInteger(heartbeatTicks) && heartbeatTicks >= 1,
    'heartbeatTicks is a whole number from 1',
  );
  assert(Number.isSafeInteger(electionTicks), 'electionTicks is a whole number');
  assert(electionTicks > heartbeatTicks, 'electionTicks is greater than heartbeatTicks (paper §5.6)');
  assert(maxInflight >= 1 && maxAppendBytes >= 0, 'at least one message may be under way');
}

/** The state after a (re)start. What was read back from the disk is durable; nothing of it is applied yet. */
function restore(options: Options, found: Persisted): RaftState {
  const { snapshot, entries } = found;
  const log = new RaftLog(snapshot?.index ?? 0, snapshot?.term ?? 0, entries);
  const base =
    snapshot === null
      ? { index: 0, membership: options.bootstrap ?? noMembers }
      : { index: snapshot.membershipIndex, membership: snapshot.membership };
  // Entries of a later term than the hard state: that write was torn. Nothing of that term left this node, no vote.
  const torn = log.lastTerm > found.hardState.term;
  const term = torn ? log.lastTerm : found.hardState.term;
  const commit = Math.max(log.firstIndex - 1, Math.min(found.hardState.commit, log.lastIndex));
  const disk = new DiskProgress({ ...found.hardState, commit }, log.lastIndex);
  const recovery = initialRecovery(found);
  const isNew = found.integrity.kind === 'intact' && term === 0;
  if (recovery !== null) disk.truncateFrom = log.lastIndex + 1;
  return {
    options,
    id: options.id,
    log,
    memberships: new MembershipHistory(base, entries),
    disk,
    out: new Outbox(),
    phase: 'follower',
    term,
    vote: torn ? null : found.hardState.vote,
    leader: null,
    failed: false,
    commit,
    applied: log.firstIndex - 1,
    handedOut: log.firstIndex - 1,
    verified: commit,
    ticks: 0,
    electionElapsed: 0,
    electionTimeout: options.electionTicks,
    heartbeatElapsed: 0,
    quietTicks: options.leaseReads === false || isNew ? 0 : options.electionTicks,
    votes: new Map(),
    leaderDoubted: false,
    peers: new Map(),
    uncommittedBytes: 0,
    transfer: null,
    forwarded: new Map(),
    startTerm: recovery?.wiped === true ? Number.MAX_SAFE_INTEGER : term,
    pendingReads: [],
    earlyReads: [],
    round: 0,
    roundWanted: false,
    roundTicks: new Map(),
    leaseUntilTick: 0,
    leaseGivenUp: false,
    forwardedProposals: new Map(),
    forwardedReads: new Map(),
    snapshot,
    recovery,
    reported: null,
  };
}

/** The driver cannot reach `to`: what was sent ahead is lost, so find out what it holds before sending more. */
function unreachable(s: RaftState, to: NodeId): void {
  const peer = s.peers.get(to);
  if (s.phase === 'leader' && peer?.mode === 'replicate') enterProbe(peer, peer.match + 1);
  doubtLeader(s, to);
}

/** A write or sync failed: nobody knows what the disk holds, so this node says nothing any more. */
function storageFailed(s: RaftState): void {
  if (s.failed) return;
  failReads(s);
  abandonForwarded(s);
  s.phase = 'follower';
  s.leader = null;
  s.failed = true;
  s.peers.clear();
  s.out.dropMessages();
  trace(s, 'storageFailed');
}

/** Makes a core from what the disk holds. Throws only on options or contents that no sound driver gives. */
export function createCore(options: Options, found: Persisted): RaftCore {
  checkOptions(options);
  const s = restore(options, found);
  const draw = restartElectionTimer(s);
  if (s.recovery !== null) s.recovery.mark = draw.toString(36);
  const marks = marksOf(s);
  const checked = <T>(result: T): T => {
    checkInvariants(s, marks);
    return result;
  };
  /** A call without an answer. */
  const run = (rule: (s: RaftState) => void): void => {
    rule(s);
    checkInvariants(s, marks);
  };
  return {
    tick: () => run(tick),
    resumed: () => run(resumed),
    step: (message) => run(() => step(s, message)),
    propose: (id, data) => checked(propose(s, id, data)),
    changeMembership: (change) => checked(changeMembership(s, change)),
    transfer: (to) => checked(transfer(s, to)),
    readIndex: (ctx) => checked(readIndex(s, ctx)),
    campaign: () => checked(campaignNow(s)),
    hasReady: () => hasReady(s),
    ready: () => checked(ready(s)),
    persisted: (seq) => run(() => persisted(s, seq)),
    applied: (index) => run(() => applied(s, index)),
    compacted: (meta) => run(() => compacted(s, meta)),
    snapshotSent: (to, ok) => run(() => snapshotSent(s, to, ok)),
    unreachable: (to) => run(() => unreachable(s, to)),
    storageFailed: () => run(storageFailed),
    status: () => statusOf(s),
    membershipAt(index) {
      const at = s.memberships.at(index);
      return { membership: at.membership, membershipIndex: at.index };
    },
    digest: () => digestOf(s),
  };
}
