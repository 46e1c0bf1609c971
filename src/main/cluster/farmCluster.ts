/** The cluster as the API sees it: commands in, outcomes and states out, over this PC's Raft node. */
import { encodeCommand } from '../../farm/commandCodec.ts';
import type { Command, Touched } from '../../farm/commands.ts';
import type { Role, Status } from '../../raft/index.ts';
import type { RaftNode } from '../../raft/node/raftNode.ts';
import type { Applied, FarmMachine } from './farmMachine.ts';
import type { AppliedChange, Cluster, ClusterStatus, NodeRole, ProposeResult, ReadResult } from './port.ts';

/** What the cluster needs of the network: when each member was heard. */
interface Hearing {
  link(peer: string): { readonly lastHeardMs: number | null };
}

export class FarmCluster implements Cluster {
  readonly #node: RaftNode;
  readonly #machine: FarmMachine;
  readonly #hearing: Hearing;
  readonly #appliedListeners = new Set<(change: AppliedChange) => void>();
  readonly #statusListeners = new Set<(status: ClusterStatus) => void>();
  /** Records touched since the listeners were told last. */
  #touched: Touched[] = [];

  constructor(node: RaftNode, machine: FarmMachine, hearing: Hearing) {
    this.#node = node;
    this.#machine = machine;
    this.#hearing = hearing;
  }

  async propose(command: Command, deadlineMs: number): Promise<ProposeResult> {
    const text = encodeCommand(command);
    if (!text.ok) {
      const outcome = { ok: false, reason: text.reason } as const;
      return { kind: 'applied', outcome, appliedIndex: this.#node.appliedIndex };
    }
    const answer = await this.#node.propose(Buffer.from(text.value, 'utf8'), deadlineMs);
    switch (answer.kind) {
      case 'applied':
        // The node applies with this cluster's machine, so that is what comes back.
        return { kind: 'applied', outcome: (answer.result as Applied).outcome, appliedIndex: answer.index };
      case 'unknown':
        return { kind: 'outcome_unknown' };
      case 'no_leader':
      case 'busy':
        return answer;
    }
  }

  async read(deadlineMs: number): Promise<ReadResult> {
    return (await this.#node.readBarrier(deadlineMs)) ? this.readLocal() : { kind: 'no_leader' };
  }

  readLocal(): Extract<ReadResult, { kind: 'state' }> {
    return {
      kind: 'state',
      state: this.#machine.state,
      appliedIndex: this.#node.appliedIndex,
      leaderContactMs: this.#node.leaderContactMs(),
    };
  }

  status(): ClusterStatus {
    return this.#present(this.#node.status());
  }

  onApplied(listener: (change: AppliedChange) => void): () => void {
    this.#appliedListeners.add(listener);
    return () => this.#appliedListeners.delete(listener);
  }

  onStatus(listener: (status: ClusterStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  // --- Called by the node ---

  entryApplied(applied: Applied): void {
    this.#touched.push(...applied.touched);
  }

  /** A snapshot replaced everything: live views must read it all again. */
  restored(): void {
    this.#touched = [{ collection: 'farm', id: this.#machine.state.farm?.id ?? '' }];
  }

  turnApplied(appliedIndex: number): void {
    if (this.#touched.length === 0) return;
    const change = { appliedIndex, state: this.#machine.state, touched: this.#touched };
    this.#touched = [];
    for (const listener of this.#appliedListeners) listener(change);
  }

  statusChanged(status: Status): void {
    const shown = this.#present(status);
    for (const listener of this.#statusListeners) listener(shown);
  }

  #present(status: Status): ClusterStatus {
    const { membership } = status;
    const voters = [...new Set([...membership.voters, ...membership.outgoing])];
    const learners = [...membership.learners, ...membership.learnersNext].filter(
      (id) => !voters.includes(id),
    );
    const others = [...this.#machine.state.members.keys()].filter((id) => id !== status.id);
    return {
      nodeId: status.id,
      role: roles[status.role],
      term: status.term,
      leaderId: status.leader,
      commitIndex: status.commit,
      appliedIndex: this.#node.appliedIndex,
      voters,
      learners,
      lastHeardMs: new Map(others.map((id) => [id, this.#hearing.link(id).lastHeardMs])),
      ready: status.leader !== null && status.applied >= status.commit,
    };
  }
}

/** A pre-candidate is no more than a candidate to the people who watch. */
const roles: Readonly<Record<Role, NodeRole>> = {
  follower: 'follower',
  preCandidate: 'candidate',
  candidate: 'candidate',
  leader: 'leader',
  learner: 'learner',
  removed: 'removed',
  recovering: 'recovering',
  failed: 'failed',
};
