/** The leader's own appends: the one place where an entry is made. */
import { send, trace } from './emit.ts';
import { encodeMembership, membersOf } from './membership.ts';
import { newPeer } from './progress.ts';
import type { RaftState } from './state.ts';
import type { Entry, EntryKind, Membership, NodeId } from './types.ts';

const noData = new Uint8Array(0);

export function appendAsLeader(s: RaftState, kind: EntryKind, data: Uint8Array = noData): Entry {
  const entry: Entry = { index: s.log.lastIndex + 1, term: s.term, kind, data };
  s.log.append([entry]);
  s.memberships.observe(entry);
  s.uncommittedBytes += data.length;
  return entry;
}

/** Appends a membership: it is in force from now on, committed or not (paper §6). */
export function appendMembership(s: RaftState, membership: Membership): void {
  appendAsLeader(s, 'membership', encodeMembership(membership));
  trackMembers(s);
  trace(s, 'membership', membership);
}

/**
 * Keeps one `Peer` for each other member. A new one starts as active, or it could end the leader's quorum at once.
 * One that is removed is fed until its removal is committed, so that it learns of it and does not campaign.
 */
export function trackMembers(s: RaftState): void {
  const members = membersOf(s.memberships.current);
  if (s.memberships.currentIndex <= s.commit) {
    for (const id of s.peers.keys()) if (!members.includes(id)) dismiss(s, id);
  }
  for (const id of members) {
    if (id !== s.id && !s.peers.has(id)) s.peers.set(id, newPeer(s.log.lastIndex + 1, true));
  }
}

/** A last append tells that the removal is committed. When it is lost, pre-vote keeps the removed one from disturbing. */
function dismiss(s: RaftState, id: NodeId): void {
  const prevIndex = (s.peers.get(id)?.next ?? 0) - 1;
  const prevTerm = s.log.termAt(prevIndex);
  s.peers.delete(id);
  if (prevTerm !== null) send(s, id, { t: 'append', prevIndex, prevTerm, entries: [], commit: s.commit });
}
