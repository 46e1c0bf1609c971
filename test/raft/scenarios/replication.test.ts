/** Followers that diverged, windows, limits, asynchronous disks: how the log gets to everybody. */
import { describe, expect, it } from 'vitest';
import type { Entry, Message } from '../../../src/raft/index.ts';
import { CoreCluster, members } from '../support/coreCluster.ts';
import { OneCore, entriesOf, entry } from '../support/oneCore.ts';
import { SimDisk } from '../support/simDisk.ts';

function bytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, { data }) => sum + data.length, 0);
}

describe('conflicting logs', () => {
  it('are repaired with at most one probe a term: 10,000 entries of 100 terms within 102 refusals', () => {
    const cluster = new CoreCluster(1, members('a', 'b', 'c'));
    const log = (terms: number, of: (i: number) => number): Entry[] =>
      Array.from({ length: terms * 100 }, (_, i) => entry(i + 1, of(Math.floor(i / 100)), 'x'));
    for (const [id, entries] of [
      ['a', log(100, (term) => 2 * term + 2)],
      ['c', log(100, (term) => 2 * term + 2)],
      ['b', log(100, (term) => (term === 0 ? 2 : 2 * term + 1))],
    ] as const) {
      const disk = new SimDisk();
      disk.entries = entries;
      disk.hardState = { term: 300, vote: null, commit: 0 };
      cluster.node(id).disk = disk;
      cluster.start(id);
    }
    cluster.core('a').campaign();
    cluster.pump(cluster.node('a'));
    let refusals = 0;
    for (let round = 0; round < 30; round += 1) {
      for (; cluster.wire.length > 0; cluster.deliver()) {
        const [m] = cluster.wire;
        if (m?.t === 'appendResp' && m.from === 'b' && !m.ok) refusals += 1;
      }
      cluster.tick();
    }
    expect(refusals).toBeLessThanOrEqual(102);
    expect(cluster.core('b').status()).toMatchObject({ commit: 10_001, lastIndex: 10_001 });
  });
});

describe('the window of a follower', () => {
  it('holds at most maxInflight messages and maxInflightBytes', () => {
    for (const options of [{ maxInflight: 3 }, { maxInflightBytes: 25 }, { maxInflightBytes: 10 }]) {
      const node = new OneCore({ options: { maxAppendBytes: 10, ...options } });
      node.lead();
      for (let i = 0; i < 20; i += 1) node.do((core) => core.propose(`p${i}`, new Uint8Array(10)));
      const sent = node.take('append').filter(({ to, entries }) => to === 'b' && entries.length > 0);
      expect(sent.length).toBe('maxInflight' in options ? 3 : Math.floor(options.maxInflightBytes / 10));
      node.ack('b', 2);
      expect(node.take('append').filter(({ to, entries }) => to === 'b' && entries.length > 0)).toHaveLength(
        1,
      );
    }
  });

  it('lets an entry that is greater than the window go alone', () => {
    const node = new OneCore({ options: { maxAppendBytes: 10, maxInflightBytes: 25 } });
    node.lead();
    for (let i = 0; i < 3; i += 1) node.do((core) => core.propose(`p${i}`, new Uint8Array(100)));
    expect(node.take('append').filter(({ to }) => to === 'b')).toMatchObject([{ entries: { length: 1 } }]);
  });

  it('cuts messages at maxAppendBytes, but never below one entry', () => {
    const node = new OneCore({ options: { maxAppendBytes: 25 } });
    node.lead();
    for (const size of [10, 10, 10, 100, 5]) node.core.propose(`p${size}`, new Uint8Array(size));
    node.settle();
    const sizes = node
      .take('append')
      .filter(({ to }) => to === 'b')
      .map(({ entries }) => bytes(entries));
    expect(sizes).toEqual([20, 10, 100, 5]);
  });

  it('is found out again after its messages were lost and the log was compacted', () => {
    const cluster = new CoreCluster(4, members('a', 'b', 'c'), { maxInflight: 1, maxAppendBytes: 1 });
    const leader = cluster.elect();
    cluster.run(5);
    const [lagging = ''] = ['a', 'b', 'c'].filter((id) => id !== leader);
    cluster.cut.add(`${leader}>${lagging}`);
    for (let i = 0; i < 4; i += 1) cluster.propose(leader, `p${i}`);
    cluster.settle();
    cluster.compact(leader);
    cluster.cut.clear();
    cluster.run(6);
    expect(cluster.core(lagging).status().applied).toBe(cluster.core(leader).status().applied);
  });
});

describe('limits', () => {
  it('answers busy above maxUncommittedBytes and takes proposals again after a commit', () => {
    const node = new OneCore({ options: { maxUncommittedBytes: 10 } });
    node.lead();
    expect(node.do((core) => core.propose('p1', new Uint8Array(8)))).toEqual({ ok: true });
    const { lastIndex } = node.status;
    expect(node.do((core) => core.propose('p2', new Uint8Array(8)))).toEqual({
      ok: false,
      why: 'busy',
      leader: 'a',
    });
    expect(node.status.lastIndex).toBe(lastIndex);
    node.ack('b');
    expect(node.do((core) => core.propose('p3', new Uint8Array(8)))).toEqual({ ok: true });
  });

  it('takes one proposal of any size into an empty pipeline', () => {
    const node = new OneCore({ options: { maxUncommittedBytes: 10 } });
    node.lead();
    expect(node.do((core) => core.propose('p1', new Uint8Array(1_000)))).toEqual({ ok: true });
  });

  it('counts what an earlier leader left uncommitted', () => {
    const node = new OneCore({
      options: { maxUncommittedBytes: 10, preVote: false },
      found: { hardState: { term: 1, vote: null, commit: 0 }, entries: [entry(1, 1, 'longer than ten')] },
    });
    node.do((core) => core.campaign());
    node.receive('voteResp', 'b', 2, { granted: true });
    expect(node.do((core) => core.propose('p1', new Uint8Array(1)))).toMatchObject({
      ok: false,
      why: 'busy',
    });
  });

  it('hands out committed entries in pages of maxApplyBytes, each once', () => {
    const node = new OneCore({
      options: { maxApplyBytes: 20 },
      found: { hardState: { term: 1, vote: null, commit: 0 } },
    });
    const entries = Array.from({ length: 10 }, (_, i) => entry(i + 1, 1, '0123456789'));
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries, commit: 10 });
    const pages = node.readies
      .map(({ committed }) => committed.map(({ index }) => index))
      .filter(({ length }) => length > 0);
    expect(pages).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
  });
});

describe('an asynchronous disk', () => {
  function outstanding(): { readonly node: OneCore; readonly seqs: readonly number[] } {
    const node = new OneCore({ voters: ['a'] });
    node.do((core) => core.campaign());
    const before = node.readies.length;
    for (let i = 0; i < 3; i += 1) {
      node.core.propose(`p${i}`, new Uint8Array(1));
      node.readies.push(node.core.ready());
    }
    return { node, seqs: node.readies.slice(before).map(({ seq }) => seq) };
  }

  it('may be told of several writes at once', () => {
    const { node, seqs } = outstanding();
    expect(node.status).toMatchObject({ lastIndex: 4, persistedIndex: 1, commit: 1 });
    node.core.persisted(seqs.at(-1) ?? 0);
    expect(node.status).toMatchObject({ persistedIndex: 4, commit: 4 });
  });

  it('may be told late, twice, or of writes that never were', () => {
    const { node, seqs } = outstanding();
    node.core.persisted(10_000);
    expect(node.status.persistedIndex).toBe(1);
    node.core.persisted(seqs[0] ?? 0);
    node.core.persisted(seqs[0] ?? 0);
    node.core.persisted(0);
    expect(node.status).toMatchObject({ persistedIndex: 2, commit: 2 });
  });

  it('makes nothing durable by an old write whose entries were replaced meanwhile', () => {
    const node = new OneCore({ found: { hardState: { term: 1, vote: null, commit: 0 } } });
    node.syncs = false;
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 1, 1), commit: 0 });
    const first = node.readies.at(-1)?.seq ?? 0;
    node.receive('append', 'c', 2, {
      prevIndex: 1,
      prevTerm: 1,
      entries: [entry(2, 2), entry(3, 2)],
      commit: 0,
    });
    node.core.persisted(first);
    expect(node.status).toMatchObject({ lastIndex: 3, persistedIndex: 1 });
    node.sync();
    expect(node.status.persistedIndex).toBe(3);
  });

  it('never gets a commit index above what is durable: a torn write would bless stale entries', () => {
    const found = { hardState: { term: 1, vote: null, commit: 1 }, entries: entriesOf(1, 1, 1) };
    const node = new OneCore({ found });
    node.syncs = false;
    node.receive('append', 'c', 2, {
      prevIndex: 1,
      prevTerm: 1,
      entries: [entry(2, 2), entry(3, 2)],
      commit: 3,
    });
    expect(node.status.commit).toBe(3);
    const survivor = node.readies
      .map(({ hardState }) => hardState)
      .filter((state) => state !== null)
      .at(-1);
    expect(survivor).toMatchObject({ term: 2, commit: 1 });
    node.sync();
    node.settle();
    expect(node.readies.at(-1)?.hardState).toMatchObject({ term: 2, commit: 3 });
  });

  it('repeats no effect and comes to rest', () => {
    const node = new OneCore();
    node.lead();
    node.do((core) => core.propose('p', new Uint8Array(1)));
    node.ack('b');
    expect(node.core.hasReady()).toBe(false);
    const { messages, messagesAfterPersist, entries, committed, proposals, status, trace } =
      node.core.ready();
    expect([messages, messagesAfterPersist, entries, committed, proposals, trace].flat()).toEqual([]);
    expect(status).toBeNull();
    const fates = node.readies.flatMap((ready) => ready.proposals);
    expect(fates).toEqual([{ id: 'p', fate: { k: 'appended', index: 2, term: 1 } }]);
  });

  it('ends everything when it fails', () => {
    const node = new OneCore();
    node.lead();
    node.do((core) => core.readIndex('r'));
    node.sent = [];
    node.do((core) => core.storageFailed());
    expect(node.status.role).toBe('failed');
    expect(node.readies.at(-1)).toMatchObject({
      failedReads: ['r'],
      hardState: null,
      entries: [],
      messages: [],
    });
    node.tick(50);
    node.receive('vote', 'b', 9, { lastIndex: 9, lastTerm: 9, transfer: true });
    expect(node.sent).toEqual([]);
    expect(node.core.propose('p', new Uint8Array(1))).toMatchObject({ ok: false, why: 'failed' });
    expect(node.status.term).toBe(1);
  });
});

describe('a restarted follower', () => {
  it('learns the commit index again without any new entry', () => {
    const cluster = new CoreCluster(3, members('a', 'b', 'c'));
    const leader = cluster.elect();
    cluster.propose(leader, 'x');
    cluster.run(3);
    const [id = ''] = ['a', 'b', 'c'].filter((other) => other !== leader);
    cluster.crash(id);
    const { disk } = cluster.node(id);
    disk.hardState = { ...disk.hardState, commit: 0 };
    cluster.start(id);
    cluster.run(4);
    expect(cluster.core(leader).status().term).toBe(cluster.core(id).status().term);
    expect(cluster.core(id).status().commit).toBe(cluster.core(leader).status().commit);
    expect(cluster.applied(id)).toEqual(['x']);
  });
});

it('never makes one follower slow for 3 voters and 47 learners', () => {
  const learners = Array.from({ length: 47 }, (_, i) => `l${i}`);
  const node = new OneCore({ bootstrap: { ...members('a', 'b', 'c'), learners } });
  node.lead();
  const tos = new Set<string>();
  node.tick(2);
  for (const { to } of node.take('heartbeat') as readonly Message[]) tos.add(to);
  expect(tos.size).toBe(49);
});
