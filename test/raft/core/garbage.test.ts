/** Whatever arrives, a core does not throw; what is no message changes nothing. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import type { Message } from '../../../src/raft/index.ts';
import { CoreCluster, members } from '../support/coreCluster.ts';
import { mutate, noise } from '../support/swarm/garbage.ts';

/** Real traffic of a small cluster, as material. */
function traffic(seed: number): { readonly cluster: CoreCluster; readonly seen: readonly Message[] } {
  const cluster = new CoreCluster(seed, members('a', 'b', 'c'));
  const seen: Message[] = [];
  for (let round = 0; round < 60; round += 1) {
    cluster.tick();
    seen.push(...cluster.wire);
    cluster.settle();
    const leader = cluster.leader();
    if (leader === null) continue;
    cluster.propose(leader, `p${round}`);
    cluster.core('b').readIndex(`r${round}`);
    if (round === 30) cluster.compact(leader);
    if (round === 50) cluster.core(leader).transfer(leader === 'a' ? 'b' : 'a');
  }
  return { cluster, seen };
}

describe('garbage', () => {
  it('never makes a core throw, also when it looks sound', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { cluster, seen } = traffic(seed);
      const random = createRandom(seed);
      const core = cluster.core('a');
      for (let i = 0; i < 1_000; i += 1) {
        const message = seen[random.below(seen.length)];
        if (message === undefined) continue;
        core.step(mutate({ ...message, to: 'a', from: random.chance(0.5) ? 'b' : 'c' }, random) as Message);
        if (random.chance(0.3)) core.tick();
        if (!random.chance(0.5) || !core.hasReady()) continue;
        const ready = core.ready();
        core.persisted(ready.seq);
        const last = ready.committed.at(-1);
        if (last !== undefined) core.applied(last.index);
      }
    }
  });

  it('changes no state when it is no message', () => {
    const { cluster, seen } = traffic(1);
    const random = createRandom(1);
    const node = cluster.node('a');
    cluster.pump(node);
    const before = cluster.core('a').digest();
    for (let i = 0; i < 500; i += 1) {
      const message = seen[random.below(seen.length)];
      if (message !== undefined)
        cluster.core('a').step(noise({ ...message, to: 'a', from: 'b' }, random) as Message);
    }
    expect(cluster.core('a').digest()).toBe(before);
  });

  it('cannot cut what the same leader has shown before, nor commit beyond the log', () => {
    const { cluster } = traffic(2);
    const follower = ['a', 'b', 'c'].find((id) => id !== cluster.leader()) ?? 'a';
    const core = cluster.core(follower);
    const { term, leader, commit, lastIndex } = core.status();
    const envelope = { cluster: 'farm', from: leader ?? '', to: follower, term } as const;
    const lie = { index: lastIndex, term: term - 1, kind: 'command' as const, data: new Uint8Array(1) };
    core.step({ ...envelope, t: 'append', prevIndex: lastIndex - 1, prevTerm: term, entries: [lie], commit });
    core.step({ ...envelope, t: 'heartbeat', commit: lastIndex + 9, round: 0 });
    expect(core.status().lastIndex).toBe(lastIndex);
    expect(core.status().commit).toBeLessThanOrEqual(lastIndex);
  });
});
