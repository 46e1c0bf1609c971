/** What the farm survives, in plain words: from the voters and who of them answers. */
import type { ClusterRecord, MemberRecord } from '../../contract/records.ts';

/** Heartbeats come several times a second: a PC unheard for this long is not there. */
export const SILENT_AFTER_MS = 5_000;

/** Whether a PC answers, as this PC's node sees it. */
export function isHeard(member: MemberRecord): boolean {
  return member.is_self || (member.last_heard_ms !== null && member.last_heard_ms < SILENT_AFTER_MS);
}

export type Resilience =
  /** One PC decides alone. */
  | { readonly kind: 'alone' }
  /** Two decide, both answer: a loss stops changes. */
  | { readonly kind: 'pair' }
  /**
   * Three or more decide, none is known to be silent. `mayFail` is 1 or more. `allHeard` is false at a follower
   * that does not hear the other followers itself.
   */
  | {
      readonly kind: 'whole';
      readonly voters: number;
      readonly majority: number;
      readonly mayFail: number;
      readonly allHeard: boolean;
    }
  /** Some are silent, a majority answers. `mayFail` may be 0. */
  | {
      readonly kind: 'degraded';
      readonly voters: number;
      readonly alive: number;
      readonly majority: number;
      readonly mayFail: number;
      readonly silentNames: readonly string[];
    }
  /** No majority answers. */
  | {
      readonly kind: 'lost';
      readonly voters: number;
      readonly alive: number;
      readonly majority: number;
      readonly silentNames: readonly string[];
    };

/**
 * A change needs a majority of all voters (Raft §5.2, §5.3). A follower need not hear the other followers; as long
 * as it knows a leader, it does not call them silent.
 */
export function decideResilience(cluster: ClusterRecord): Resilience {
  const byId = new Map(cluster.members.map((member) => [member.id, member]));
  const voters = cluster.voters.length;
  const silentNames: string[] = [];
  let allHeard = true;
  for (const id of cluster.voters) {
    if (id === cluster.node_id || id === cluster.leader_id) continue;
    const member = byId.get(id);
    if (member !== undefined && isHeard(member)) continue;
    if (cluster.role !== 'leader' && cluster.leader_id !== null) {
      allHeard = false;
      continue;
    }
    silentNames.push(member?.name ?? id.slice(0, 8));
  }
  const alive = voters - silentNames.length;
  const majority = Math.floor(voters / 2) + 1;
  if (alive < majority) return { kind: 'lost', voters, alive, majority, silentNames };
  if (silentNames.length > 0) {
    return { kind: 'degraded', voters, alive, majority, mayFail: alive - majority, silentNames };
  }
  if (voters <= 1) return { kind: 'alone' };
  if (voters === 2) return { kind: 'pair' };
  return { kind: 'whole', voters, majority, mayFail: voters - majority, allHeard };
}
