/**
 * What a leader knows of one follower or learner: how far its log matches, what is under way to it, and in which
 * of three modes it is fed. Probe: one message at a time until the logs are known to agree. Replicate: pipelined
 * inside a window. Snapshot: nothing is sent until the snapshot arrived.
 */
import type { Index, Progress } from './types.ts';

interface Inflight {
  readonly last: Index;
  readonly bytes: number;
}

/** Mutable, one per peer, owned by the leader's state. */
export interface Peer {
  /** Known to be durable there. */
  match: Index;
  /** The next entry to send. */
  next: Index;
  mode: Progress['mode'];
  /** Heard from since the last check of the quorum. */
  recentActive: boolean;
  /** Probe mode: one append is under way, or the peer was silent after it. */
  probeSent: boolean;
  inflight: Inflight[];
  inflightBytes: number;
  /** Snapshot mode: the index of the snapshot under way. */
  pendingSnapshot: Index;
  /** The commit index that it was told last. */
  commitSent: Index;
  /** The last heartbeat round that it answered. */
  ackedRound: number;
}

export function newPeer(next: Index, recentActive: boolean): Peer {
  return {
    match: 0,
    next,
    mode: 'probe',
    recentActive,
    probeSent: false,
    inflight: [],
    inflightBytes: 0,
    pendingSnapshot: 0,
    commitSent: 0,
    ackedRound: 0,
  };
}

function enter(peer: Peer, mode: Progress['mode']): void {
  peer.mode = mode;
  peer.probeSent = false;
  peer.inflight = [];
  peer.inflightBytes = 0;
  peer.pendingSnapshot = 0;
}

export function enterProbe(peer: Peer, next: Index): void {
  enter(peer, 'probe');
  peer.next = Math.max(next, peer.match + 1);
}

export function enterReplicate(peer: Peer): void {
  enter(peer, 'replicate');
  peer.next = peer.match + 1;
}

export function enterSnapshot(peer: Peer, index: Index): void {
  enter(peer, 'snapshot');
  peer.pendingSnapshot = index;
}

export function addInflight(peer: Peer, last: Index, bytes: number): void {
  peer.inflight.push({ last, bytes });
  peer.inflightBytes += bytes;
}

/** Frees the window up to `index`, which the peer acknowledged. */
export function freeInflight(peer: Peer, index: Index): void {
  let freed = 0;
  for (const sent of peer.inflight) {
    if (sent.last > index) break;
    peer.inflightBytes -= sent.bytes;
    freed += 1;
  }
  if (freed > 0) peer.inflight.splice(0, freed);
}

export function isWindowFull(peer: Peer, maxInflight: number, maxInflightBytes: number): boolean {
  return peer.inflight.length >= maxInflight || peer.inflightBytes >= maxInflightBytes;
}

export function publicProgress(peer: Peer): Progress {
  return {
    match: peer.match,
    next: peer.next,
    mode: peer.mode,
    inflight: peer.inflight.length,
    recentActive: peer.recentActive,
  };
}
