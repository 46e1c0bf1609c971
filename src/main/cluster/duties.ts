/** What a node does by itself, a few times a second: the leader tends the voters, each node announces itself. */
import type { Cluster } from './port.ts';
import type { Command, MemberFacts } from '../../farm/commands.ts';
import type { WallMs } from '../../base/units.ts';
import type { Log } from '../log.ts';
import type { RaftNode } from '../../raft/node/raftNode.ts';
import { planMembership } from './voters.ts';

const DUTY_INTERVAL_MS = 250;
/** An announcement waits this long for a leader; the next round tries again. */
const ANNOUNCE_DEADLINE_MS = 5_000;

export interface DutiesOptions {
  readonly node: RaftNode;
  readonly cluster: Cluster;
  /** This PC as its record should say. */
  readonly self: MemberFacts;
  readonly log: Log;
  now(): WallMs;
}

export class Duties {
  readonly #options: DutiesOptions;
  readonly #timer: NodeJS.Timeout;
  #announcing = false;

  constructor(options: DutiesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#tendVoters();
      void this.#announce();
    }, DUTY_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tendVoters(): void {
    const { node, cluster, log } = this.#options;
    const status = node.status();
    if (status.role !== 'leader') return;
    const change = planMembership(status, cluster.readLocal().state);
    if (change === null) return;
    const outcome = node.changeMembership(change);
    // Refusals are expected here (another change under way, the leader is new): the next round sees to it.
    if (outcome.ok) log.info('the membership changes', { ...change });
  }

  /** Only a member announces itself: a PC that was removed must not enter again by this. */
  async #announce(): Promise<void> {
    const { cluster, self } = this.#options;
    if (this.#announcing || cluster.status().leaderId === null) return;
    const known = cluster.readLocal().state.members.get(self.id);
    if (known === undefined || isSame(known, self)) return;
    this.#announcing = true;
    const command: Command = { kind: 'announceMember', member: self, atMs: this.#options.now() };
    await cluster.propose(command, ANNOUNCE_DEADLINE_MS);
    this.#announcing = false;
  }
}

function isSame(known: MemberFacts, self: MemberFacts): boolean {
  return (
    known.name === self.name &&
    known.peerAddress === self.peerAddress &&
    known.httpAddress === self.httpAddress &&
    known.softwareVersion === self.softwareVersion
  );
}
