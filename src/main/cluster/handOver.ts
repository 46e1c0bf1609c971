/** An orderly stop gives leadership to another PC first, so that nobody waits for an election timeout. */
import type { RaftNode } from '../../raft/node/raftNode.ts';

/** A transfer takes a few milliseconds; a PC that shuts down does not wait long for one that fails. */
const HAND_OVER_MS = 1_000;
const LOOK_MS = 10;

/** Resolves when another node leads, or after {@link HAND_OVER_MS}, or at once when there is nobody to lead. */
export async function handOverLeadership(node: RaftNode): Promise<void> {
  const status = node.status();
  if (status.role !== 'leader' || status.progress === null) return;
  const best = [...status.progress]
    .filter(([id, peer]) => status.membership.voters.includes(id) && peer.recentActive)
    .sort(([, a], [, b]) => b.match - a.match)[0];
  if (best === undefined || !node.transfer(best[0]).ok) return;
  const endMs = performance.now() + HAND_OVER_MS;
  while (performance.now() < endMs) {
    const { role, leader } = node.status();
    if (role !== 'leader' && leader !== null) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
