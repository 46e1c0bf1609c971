/**
 * The invariants of the whole cluster, checked at each Ready and each applied entry: one leader a term, the same bytes
 * at the same index, commits durable on a quorum of the disks, nothing that runs backwards, farms that are alike.
 */
import { digestFarm } from '../../src/farm/digest.ts';
import { checkFarm, checkStep } from '../../src/farm/invariants.ts';
import type { FarmState } from '../../src/farm/state.ts';
import type { Applied, FarmMachine } from '../../src/main/cluster/farmMachine.ts';
import type {
  Entry,
  Membership,
  Message,
  NodeId,
  Persisted,
  Ready,
  Status,
  TraceEvent,
} from '../../src/raft/index.ts';
import type { DurableModel } from './durableModel.ts';
import type { Journal } from './journal.ts';

/** The whole farm is checked at each so many entries: it costs as much as the farm is large. */
const ENTRIES_PER_FARM_CHECK = 16;
const JOURNAL_TRACE = 3;
const JOURNAL_APPLY = 4;

/** What the checker must know of a PC. */
export interface CheckedPc {
  readonly id: NodeId;
  readonly name: string;
  readonly durable: DurableModel;
}

/** Sees what one run of a node does. */
export interface NodeWatch {
  observes(ready: Ready): void;
  applies(entry: Entry, apply: () => Applied): Applied;
}

export class Checker {
  readonly #journal: Journal;
  readonly #onCommit: (entry: Entry) => void;
  readonly #pcs = new Map<NodeId, CheckedPc>();
  readonly #leaders = new Map<number, NodeId>();
  /** What was committed first, by its index. */
  readonly #chosen: Entry[] = [];
  readonly #digests = new Map<number, string>();

  /** `onCommit` is told of each entry once, in order. */
  constructor(journal: Journal, onCommit: (entry: Entry) => void) {
    this.#journal = journal;
    this.#onCommit = onCommit;
  }

  /** The number of entries known to be committed. */
  get chosenIndex(): number {
    return this.#chosen.length;
  }

  nodeStarted(pc: CheckedPc, persisted: Persisted, machine: FarmMachine): NodeWatch {
    this.#pcs.set(pc.id, pc);
    const marks = {
      term: persisted.hardState.term,
      commit: 0,
      applied: 0,
      committed: persisted.snapshot?.index ?? 0,
    };
    let memberships: readonly Membership[] = [];
    const violate = (text: string): void => this.#journal.violate(`${pc.name}: ${text}`);

    const checkStatus = (status: Status): void => {
      if (status.term < marks.term) violate(`the term fell from ${marks.term} to ${status.term}`);
      if (status.commit < marks.commit) violate(`the commit index fell to ${status.commit}`);
      if (status.applied < marks.applied) violate(`the applied index fell to ${status.applied}`);
      marks.term = status.term;
      marks.commit = status.commit;
      marks.applied = status.applied;
      const { membership } = status;
      if (memberships.at(-1) !== membership) memberships = [...memberships.slice(-3), membership];
    };

    return {
      observes: (ready) => {
        for (const event of ready.trace) this.#traced(pc, event);
        if (ready.status !== null) checkStatus(ready.status);
        if (ready.snapshot !== null) marks.committed = ready.snapshot.index;
        for (const entry of ready.committed) {
          marks.committed += 1;
          if (entry.index !== marks.committed)
            violate(`commits ${entry.index} where ${marks.committed} is next`);
          this.#committed(pc, entry, memberships);
        }
      },
      applies: (entry, apply) => {
        const before = machine.state;
        const applied = apply();
        this.#journal.mix(JOURNAL_APPLY, Number.parseInt(pc.name.slice(2), 10), entry.index);
        if (entry.index % ENTRIES_PER_FARM_CHECK === 0)
          this.#checkFarm(pc, entry.index, before, machine.state);
        return applied;
      },
    };
  }

  /** What leaves a node must be durable there already (paper §5: stable storage before the answer). */
  leaves(pc: CheckedPc, message: Message): void {
    const { durable, name } = pc;
    const isOfFuture = message.t === 'preVote' || (message.t === 'preVoteResp' && message.granted);
    if (!isOfFuture && message.term > durable.term) {
      this.#journal.violate(`${name} spoke of term ${message.term} before it was durable`);
    }
    // Of a term that the disk has left already nothing more can be said.
    if (message.term !== durable.term) return;
    if (message.t === 'voteResp' && message.granted && durable.vote !== message.to) {
      this.#journal.violate(`${name} voted in term ${message.term} before the vote was durable`);
    }
    if (message.t === 'vote' && durable.vote !== pc.id) {
      this.#journal.violate(`${name} asks for votes before its own was durable`);
    }
    if (message.t === 'appendResp' && message.ok && durable.lastIndex < message.index) {
      this.#journal.violate(`${name} acknowledged ${message.index} before it was durable`);
    }
  }

  #traced(pc: CheckedPc, event: TraceEvent): void {
    this.#journal.mix(JOURNAL_TRACE, event.term, event.commit);
    this.#journal.line(
      () =>
        `${pc.name} ${event.role} term ${event.term} commit ${event.commit}/${event.lastIndex}: ${event.name}` +
        (event.detail === null ? '' : ` ${JSON.stringify(event.detail)}`),
    );
    if (event.role !== 'leader') return;
    const other = this.#leaders.get(event.term);
    if (other !== undefined && other !== pc.id) {
      this.#journal.violate(
        `two leaders in term ${event.term}: ${pc.name} and ${this.#pcs.get(other)?.name ?? other}`,
      );
    }
    this.#leaders.set(event.term, pc.id);
  }

  #committed(pc: CheckedPc, entry: Entry, memberships: readonly Membership[]): void {
    const first = this.#chosen[entry.index - 1];
    if (first !== undefined) {
      const same =
        first.term === entry.term &&
        first.kind === entry.kind &&
        Buffer.compare(first.data, entry.data) === 0;
      if (!same) this.#journal.violate(`${pc.name}: another entry was committed at ${entry.index}`);
      return;
    }
    if (entry.index !== this.#chosen.length + 1) {
      this.#journal.violate(`${pc.name}: committed ${entry.index} before ${this.#chosen.length + 1}`);
      return;
    }
    if (!memberships.some((membership) => this.#isDurable(membership, entry))) {
      this.#journal.violate(
        `${pc.name}: entry ${entry.index} is committed and not durable on a quorum of ${JSON.stringify(memberships)}`,
      );
    }
    this.#chosen.push(entry);
    this.#onCommit(entry);
  }

  #isDurable({ voters, outgoing }: Membership, entry: Entry): boolean {
    return [voters, outgoing].every((half) => {
      const holders = half.filter((id) => this.#pcs.get(id)?.durable.holds(entry.index, entry.term) === true);
      return half.length === 0 || holders.length * 2 > half.length;
    });
  }

  #checkFarm(pc: CheckedPc, index: number, before: FarmState, after: FarmState): void {
    for (const text of [...checkFarm(after), ...checkStep(before, after)]) {
      this.#journal.violate(`${pc.name}: the farm at ${index}: ${text}`);
    }
    const digest = digestFarm(after);
    const known = this.#digests.get(index);
    if (known !== undefined && known !== digest)
      this.#journal.violate(`${pc.name}: another farm at index ${index}`);
    this.#digests.set(index, digest);
  }
}
