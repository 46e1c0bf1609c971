/** Snapshots (paper §7): one received from the leader, one taken here, and what became of one that was streamed. */
import { commitTo } from './commit.ts';
import { trace } from './emit.ts';
import { enterProbe } from './progress.ts';
import { acknowledge } from './replication.ts';
import { hearLeader } from './roles.ts';
import type { RaftState } from './state.ts';
import type { Message, NodeId, SnapshotMeta } from './types.ts';

/** The driver holds the bytes already. Installs it unless this log reaches as far. */
export function handleSnapshot(s: RaftState, m: Extract<Message, { t: 'snapshot' }>): void {
  if (s.phase === 'leader' || (s.leader !== null && s.leader !== m.from)) return;
  hearLeader(s, m.from);
  const { meta } = m;
  if (meta.index <= s.commit) {
    acknowledge(s, m.from, s.commit);
    return;
  }
  if (s.log.matches(meta.index, meta.term)) {
    // The entries are here: only the news that they are committed was missing.
    s.verified = Math.max(s.verified, meta.index);
    commitTo(s, meta.index);
    acknowledge(s, m.from, meta.index);
    return;
  }
  install(s, meta);
  acknowledge(s, m.from, meta.index);
}

function install(s: RaftState, meta: SnapshotMeta): void {
  s.log.reset(meta.index, meta.term);
  s.memberships.reset({ index: meta.membershipIndex, membership: meta.membership });
  s.disk.replacedBy(meta);
  s.snapshot = meta;
  s.commit = meta.index;
  s.verified = Math.max(s.verified, meta.index);
  s.handedOut = meta.index;
  trace(s, 'installSnapshot', { index: meta.index });
}

/** The driver took a durable snapshot of what it applied. */
export function compacted(s: RaftState, meta: SnapshotMeta): void {
  if (meta.index < s.log.firstIndex || meta.index > s.applied || !s.log.matches(meta.index, meta.term))
    return;
  s.memberships.compact(meta.index);
  s.log.compact(meta.index);
  s.snapshot = meta;
  trace(s, 'compact', { index: meta.index });
}

/** The driver is done with a stream. Either way the peer is probed again; the next heartbeat answer lets it go on. */
export function snapshotSent(s: RaftState, to: NodeId, ok: boolean): void {
  const peer = s.peers.get(to);
  if (s.phase !== 'leader' || peer?.mode !== 'snapshot') return;
  const arrived = peer.pendingSnapshot;
  enterProbe(peer, ok ? arrived + 1 : peer.match + 1);
  peer.probeSent = true;
  trace(s, 'snapshotSent', { to, ok });
}
