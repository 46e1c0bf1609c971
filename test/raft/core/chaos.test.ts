/** Random schedules over bare cores: faults of network, disk and power, then quiet, then all must agree. */
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/raft/index.ts';
import { CoreCluster, members } from '../support/coreCluster.ts';

const SEEDS = 300;
const STEPS = 1_500;

function chaos(seed: number): void {
  const ids: NodeId[] = ['a', 'b', 'c', 'd', 'e'].slice(0, 3 + (seed % 3));
  const cluster = new CoreCluster(seed, members(...ids));
  cluster.syncAtOnce = false;
  const { random } = cluster;
  const pick = (): NodeId => ids[random.below(ids.length)] ?? 'a';
  let proposed = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const node = cluster.node(pick());
    const dice = random.below(1000);
    if (node.core === null) {
      if (dice < 200) cluster.start(node.id);
      continue;
    }
    if (dice < 300) cluster.tick([node.id]);
    else if (dice < 700) {
      for (let i = 0; i < 4 && cluster.wire.length > 0; i += 1) {
        const at = random.below(Math.min(cluster.wire.length, 8));
        const message = cluster.wire[at];
        if (message !== undefined && random.chance(0.02)) cluster.post(message);
        if (random.chance(0.05)) cluster.wire.splice(at, 1);
        else cluster.deliver(at);
      }
    } else if (dice < 900) {
      cluster.sync(node.id, 1 + random.below(3));
      cluster.pump(node);
    } else if (dice < 950) {
      proposed += 1;
      cluster.propose(node.id, `p${proposed}`);
    } else if (dice < 960) {
      node.core.readIndex(`r${step}`);
      cluster.pump(node);
    } else if (dice < 968) cluster.crash(node.id, random.below(3));
    else if (dice < 975) cluster.cut.add(`${pick()}>${pick()}`);
    else if (dice < 985) cluster.cut.clear();
    else if (dice < 990 && node.applied > (node.disk.snapshot?.index ?? 0) && node.writes.length === 0) {
      cluster.compact(node.id);
    } else if (dice < 993) {
      node.core.transfer(pick());
      cluster.pump(node);
    } else if (dice < 996) node.core.unreachable(pick());
  }
  cluster.cut.clear();
  cluster.syncAtOnce = true;
  for (const id of ids) {
    const node = cluster.node(id);
    if (node.core === null) cluster.start(id);
    cluster.sync(id);
    cluster.pump(cluster.node(id));
  }
  cluster.run(200);
  const leader = cluster.leader();
  expect(leader, `seed ${seed}: a leader after the faults`).not.toBeNull();
  if (leader === null) return;
  cluster.propose(leader, 'last');
  cluster.run(40);
  const indexes = ids.map((id) => cluster.node(id).applied);
  expect(new Set(indexes).size, `seed ${seed}: all applied alike ${indexes.join()}`).toBe(1);
}

describe('chaos over bare cores', () => {
  it('keeps every invariant under faults and converges after them', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      try {
        chaos(seed);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
});
