/** When snapshots are taken: never two at once, whoever asks. */
import { describe, expect, it } from 'vitest';
import { createCore, type Persisted, type RaftCore } from '../../../src/raft/index.ts';
import { Snapshotter } from '../../../src/raft/node/snapshotter.ts';
import { openStorage } from '../../../src/raft/node/storage.ts';
import { lanTuning } from '../../../src/main/raftTuning.ts';
import { createMemoryDisk } from '../../support/memoryDisk.ts';

const ALONE = { voters: ['a'], learners: [], outgoing: [], learnersNext: [] };

/** A core of a cluster of one that has applied its first entry. */
function leaderOf(persisted: Persisted): RaftCore {
  const rng = { u32: () => 0 };
  const core = createCore({ ...lanTuning.core, id: 'a', cluster: 'farm', rng, bootstrap: ALONE }, persisted);
  core.campaign();
  while (core.hasReady()) {
    const ready = core.ready();
    core.persisted(ready.seq);
    core.applied(ready.committed.at(-1)?.index ?? 0);
  }
  return core;
}

describe('the snapshotter', () => {
  it('takes one snapshot after the other when two ask for one at the same time', async () => {
    const disk = createMemoryDisk({ seed: 1 });
    const { storage, persisted } = await openStorage(disk, { cluster: 'farm', nodeId: 'a' });
    const core = leaderOf(persisted);
    let applied = { index: 1, term: 1 };
    const failures: Error[] = [];
    const saved: number[] = [];
    const snapshotter = new Snapshotter(
      {
        core,
        cluster: 'farm',
        storage: {
          ...storage,
          async saveSnapshot(at, slices) {
            saved.push(at.index);
            // The next one has something to take, too.
            applied = { index: at.index + 1, term: 1 };
            return storage.saveSnapshot(at, slices);
          },
          compact: () => Promise.resolve(),
        },
        net: {
          send: () => undefined,
          sendSnapshot: () => Promise.resolve(false),
          listen: () => undefined,
          link: () => ({ connected: false, lastHeardMs: null }),
        },
        machine: {
          apply: () => null,
          snapshot: () => [Buffer.from('state')],
          restore: () => Promise.resolve(),
        },
        applied: () => applied,
        changed: () => undefined,
        failed: (error) => failures.push(error),
      },
      0,
    );
    await Promise.all([snapshotter.takeNow(), snapshotter.takeNow(), snapshotter.takeNow()]);
    expect(failures).toEqual([]);
    expect(saved).toEqual([1, 2, 3]);
  });
});
