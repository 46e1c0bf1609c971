/**
 * Who belongs to the cluster: the encoding of a membership entry, how a change is planned, and which membership
 * is in force at which index. A server uses the latest membership in its log, committed or not (paper §6).
 */
import { assert } from '../../base/assert.ts';
import type { Entry, Index, Membership, MembershipChange, NodeId } from './types.ts';

/** Ids longer than this are garbage; ours are 64 hex digits. */
const NODE_ID_LENGTH_MAX = 256;

export const noMembers: Membership = { voters: [], learners: [], outgoing: [], learnersNext: [] };

export function isJoint(membership: Membership): boolean {
  return membership.outgoing.length > 0;
}

export function isVoter(membership: Membership, id: NodeId): boolean {
  return membership.voters.includes(id) || membership.outgoing.includes(id);
}

export function isLearner(membership: Membership, id: NodeId): boolean {
  return (
    !isVoter(membership, id) && (membership.learners.includes(id) || membership.learnersNext.includes(id))
  );
}

/** Everyone to whom the log is sent, each once. */
export function membersOf(membership: Membership): readonly NodeId[] {
  const { voters, outgoing, learners, learnersNext } = membership;
  return [...new Set([...voters, ...outgoing, ...learners, ...learnersNext])];
}

/**
 * The membership to append for `change`: at most one voter differs, or a joint one (paper §6; thesis §4.1 for the
 * single step). A removal wins over an addition of the same id.
 */
export function planChange(current: Membership, change: MembershipChange): Membership {
  const removed = new Set(change.remove ?? []);
  const demoted = new Set((change.addLearners ?? []).filter((id) => !removed.has(id)));
  const promoted = new Set((change.addVoters ?? []).filter((id) => !removed.has(id) && !demoted.has(id)));
  const voters = [...new Set([...current.voters, ...promoted])].filter(
    (id) => !removed.has(id) && !demoted.has(id),
  );
  const learners = [...new Set([...current.learners, ...demoted])].filter(
    (id) => !removed.has(id) && !promoted.has(id),
  );
  const gone = current.voters.filter((id) => !voters.includes(id));
  const come = voters.filter((id) => !current.voters.includes(id));
  if (gone.length + come.length <= 1) return { voters, learners, outgoing: [], learnersNext: [] };
  // A voter that becomes a learner still counts in the outgoing half: it may be a learner only after that.
  const learnersNext = learners.filter((id) => current.voters.includes(id));
  return {
    voters,
    learners: learners.filter((id) => !learnersNext.includes(id)),
    outgoing: [...current.voters],
    learnersNext,
  };
}

/** The membership after the joint one. */
export function leaveJoint(joint: Membership): Membership {
  return {
    voters: joint.voters,
    learners: [...joint.learners, ...joint.learnersNext],
    outgoing: [],
    learnersNext: [],
  };
}

export function sameMembership(a: Membership, b: Membership): boolean {
  const same = (x: readonly NodeId[], y: readonly NodeId[]): boolean =>
    x.length === y.length && x.every((id) => y.includes(id));
  return (
    same(a.voters, b.voters) &&
    same(a.learners, b.learners) &&
    same(a.outgoing, b.outgoing) &&
    same(a.learnersNext, b.learnersNext)
  );
}

/** JSON in ASCII (other characters escaped): readable in a dump of the log, and encoded without a platform API. */
export function encodeMembership(membership: Membership): Uint8Array {
  const { voters, learners, outgoing, learnersNext } = membership;
  const json = JSON.stringify({ voters, learners, outgoing, learnersNext }).replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Uint8Array.from(json, (c) => c.charCodeAt(0));
}

/** Null when the bytes are no membership. */
export function decodeMembership(data: Uint8Array): Membership | null {
  let json = '';
  for (const byte of data) json += String.fromCharCode(byte);
  try {
    return checkedMembership(JSON.parse(json));
  } catch {
    return null;
  }
}

/** A copy of `value` when it has the shape of a membership with distinct ids in each list, else null. */
export function checkedMembership(value: unknown): Membership | null {
  if (typeof value !== 'object' || value === null) return null;
  const lists = value as Partial<Record<keyof Membership, unknown>>;
  const voters = checkedIds(lists.voters);
  const learners = checkedIds(lists.learners);
  const outgoing = checkedIds(lists.outgoing);
  const learnersNext = checkedIds(lists.learnersNext);
  if (voters === null || learners === null || outgoing === null || learnersNext === null) return null;
  return { voters, learners, outgoing, learnersNext };
}

function checkedIds(value: unknown): readonly NodeId[] | null {
  if (!Array.isArray(value)) return null;
  const ids: readonly unknown[] = value;
  if (!ids.every(isNodeId)) return null;
  return new Set(ids).size === ids.length ? [...ids] : null;
}

export function isNodeId(value: unknown): value is NodeId {
  return typeof value === 'string' && value.length > 0 && value.length <= NODE_ID_LENGTH_MAX;
}

export interface MembershipAt {
  readonly index: Index;
  readonly membership: Membership;
}

/** The memberships of the log, oldest first; the first one is the snapshot's or the bootstrap's. Never empty. */
export class MembershipHistory {
  #steps: MembershipAt[];

  constructor(base: MembershipAt, entries: readonly Entry[]) {
    this.#steps = [base];
    for (const entry of entries) this.observe(entry);
  }

  get current(): Membership {
    return this.#last().membership;
  }

  get currentIndex(): Index {
    return this.#last().index;
  }

  /** To be called for each appended entry. */
  observe(entry: Entry): void {
    if (entry.kind !== 'membership') return;
    const membership = decodeMembership(entry.data);
    assert(membership !== null, 'a membership entry was checked before it was appended');
    this.#steps.push({ index: entry.index, membership });
  }

  truncateFrom(index: Index): void {
    while (this.#steps.length > 1 && this.#last().index >= index) this.#steps.pop();
  }

  compact(index: Index): void {
    while (this.#steps.length > 1 && (this.#steps[1]?.index ?? 0) <= index) this.#steps.shift();
  }

  reset(base: MembershipAt): void {
    this.#steps = [base];
  }

  at(index: Index): MembershipAt {
    return this.#steps.filter((step) => step.index <= index).at(-1) ?? this.#first();
  }

  #last(): MembershipAt {
    const last = this.#steps.at(-1);
    assert(last !== undefined, 'a history is never empty');
    return last;
  }

  #first(): MembershipAt {
    const first = this.#steps[0];
    assert(first !== undefined, 'a history is never empty');
    return first;
  }
}
