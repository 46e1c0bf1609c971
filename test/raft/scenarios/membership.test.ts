/** Members come, are promoted, leave; snapshots bring in who is behind; lost records are fetched again. */
import { describe, expect, it } from 'vitest';
import type { NodeId, SnapshotMeta } from '../../../src/raft/index.ts';
import { CoreCluster, members } from '../support/coreCluster.ts';
import { OneCore, entriesOf } from '../support/oneCore.ts';

const three = ['a', 'b', 'c'];
const change = (node: OneCore, what: object, expectIndex = node.status.membershipIndex): unknown =>
  node.do((core) => core.changeMembership({ ...what, expectIndex }));

describe('membership', () => {
  it('brings in a node that knows nobody, as a learner and then as a voter', () => {
    const cluster = new CoreCluster(1, members(...three));
    const leader = cluster.elect();
    cluster.run(3);
    cluster.start('d');
    cluster.run(60);
    expect(cluster.core('d').status()).toMatchObject({ role: 'learner', term: 0 });
    expect(cluster.core(leader).changeMembership({ addLearners: ['d'], expectIndex: 0 })).toEqual({
      ok: true,
    });
    cluster.run(10);
    const { membershipIndex } = cluster.core(leader).status();
    expect(cluster.core(leader).changeMembership({ addVoters: ['d'], expectIndex: membershipIndex })).toEqual(
      { ok: true },
    );
    cluster.run(10);
    expect(cluster.core('d').status()).toMatchObject({
      role: 'follower',
      membership: { voters: ['a', 'b', 'c', 'd'] },
    });
  });

  it.each([
    { name: 'one of another membership', what: { remove: ['c'] }, expectIndex: 7, why: 'stale' },
    { name: 'one that leaves no voter', what: { remove: ['a', 'b', 'c'] }, expectIndex: 0, why: 'noVoters' },
    { name: 'a learner that is silent', what: { addVoters: ['l'] }, expectIndex: 0, why: 'learnerBehind' },
  ])('refuses $name and changes nothing', ({ what, expectIndex, why }) => {
    const node = new OneCore({ bootstrap: { ...members(...three), learners: ['l'] } });
    node.lead();
    const { lastIndex } = node.status;
    expect(change(node, what, expectIndex)).toMatchObject({ ok: false, why });
    expect(node.status).toMatchObject({ lastIndex, membershipIndex: 0 });
  });

  it('refuses a second change while one is pending, and any before the term has a commit', () => {
    const node = new OneCore({ options: { preVote: false } });
    node.do((core) => core.campaign());
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(change(node, { remove: ['c'] })).toMatchObject({ ok: false, why: 'noTermCommit' });
    node.ack('b');
    expect(change(node, { remove: ['c'] })).toEqual({ ok: true });
    expect(change(node, { addLearners: ['d'] })).toMatchObject({ ok: false, why: 'changePending' });
    expect(node.status.lastIndex).toBe(2);
  });

  it('leaves a joint membership by whichever leader there is, wherever the old one crashed', () => {
    for (let deliveries = 0; deliveries < 40; deliveries += 1) {
      const cluster = new CoreCluster(2, members(...three));
      const old = cluster.elect();
      cluster.run(3);
      for (const id of ['d', 'e']) cluster.start(id);
      const swap = {
        addVoters: ['d', 'e'],
        remove: three.filter((id) => id !== old).slice(0, 1),
        expectIndex: 0,
      };
      cluster.core(old).changeMembership({ addLearners: ['d', 'e'], expectIndex: 0 });
      cluster.pump(cluster.node(old));
      cluster.run(5);
      const { membershipIndex } = cluster.core(old).status();
      expect(cluster.core(old).changeMembership({ ...swap, expectIndex: membershipIndex })).toEqual({
        ok: true,
      });
      expect(cluster.core(old).status().membership.outgoing).toHaveLength(3);
      cluster.pump(cluster.node(old));
      for (let i = 0; i < deliveries; i += 1) cluster.deliver();
      cluster.crash(old);
      cluster.run(60);
      const leader = cluster.leader() ?? '';
      expect(cluster.core(leader).status().membership.outgoing, `after ${deliveries} messages`).toEqual([]);
      cluster.start(old);
      cluster.run(40);
      expect(cluster.core(old).status().commit).toBe(cluster.core(leader).status().commit);
    }
  });

  it('lets a removed leader step down once its removal is committed, and another lead at once', () => {
    const cluster = new CoreCluster(3, members(...three));
    const old = cluster.elect();
    cluster.run(3);
    cluster.core(old).changeMembership({ remove: [old], expectIndex: 0 });
    cluster.pump(cluster.node(old));
    cluster.settle();
    cluster.run(3);
    expect(cluster.core(old).status().role).toBe('removed');
    expect(three.filter((id) => id !== old)).toContain(cluster.leader());
  });

  it('tells a removed follower, which then does not campaign', () => {
    const cluster = new CoreCluster(4, members(...three));
    const leader = cluster.elect();
    cluster.run(3);
    const [gone = ''] = three.filter((id) => id !== leader);
    cluster.core(leader).changeMembership({ remove: [gone], expectIndex: 0 });
    cluster.pump(cluster.node(leader));
    cluster.run(100);
    expect(cluster.core(gone).status()).toMatchObject({ role: 'removed', term: 1 });
    expect(cluster.core(leader).status().progress?.has(gone)).toBe(false);
  });

  it('elects a voter whose removal is not committed, when nobody else has the whole log', () => {
    const data = new TextEncoder().encode(JSON.stringify(members('b', 'c')));
    const found = {
      hardState: { term: 1, vote: null, commit: 1 },
      entries: [...entriesOf(1), { index: 2, term: 1, kind: 'membership' as const, data }],
    };
    const node = new OneCore({ found, options: { preVote: false } });
    node.tick(node.status.electionTimeout);
    for (const from of ['b', 'c']) node.receive('voteResp', from, 2, { granted: true });
    expect(node.status.role).toBe('leader');
    for (const from of ['b', 'c']) node.ack(from, 3);
    expect(node.status).toMatchObject({ role: 'removed', commit: 3 });
  });
});

describe('snapshots', () => {
  function lagging(seed: number): {
    readonly cluster: CoreCluster;
    readonly leader: NodeId;
    readonly behind: NodeId;
  } {
    const cluster = new CoreCluster(seed, members(...three));
    const leader = cluster.elect();
    cluster.run(3);
    const [behind = ''] = three.filter((id) => id !== leader);
    cluster.crash(behind);
    for (let i = 0; i < 5; i += 1) cluster.propose(leader, `p${i}`);
    cluster.run(3);
    cluster.compact(leader);
    return { cluster, leader, behind };
  }

  it('bring in a follower that lags behind the log', () => {
    const { cluster, leader, behind } = lagging(1);
    cluster.start(behind);
    cluster.run(10);
    cluster.propose(leader, 'last');
    cluster.run(5);
    expect(cluster.core(behind).status()).toMatchObject({
      firstIndex: cluster.core(leader).status().firstIndex,
      applied: cluster.core(leader).status().applied,
    });
  });

  const meta = (index: number): SnapshotMeta => ({
    index,
    term: 2,
    membership: members(...three),
    membershipIndex: 0,
    id: `s${index}`,
    bytes: 1,
    checksum: '',
  });

  it('may come twice in quick succession: the later one is what the disk gets', () => {
    const node = new OneCore({
      found: { hardState: { term: 2, vote: null, commit: 0 }, entries: entriesOf(1, 1, 1) },
    });
    const envelope = { t: 'snapshot', cluster: 'farm', from: 'b', to: 'a', term: 2 } as const;
    for (const index of [2, 6]) node.core.step({ ...envelope, meta: meta(index) });
    const ready = node.core.ready();
    expect(ready).toMatchObject({ snapshot: { index: 6 }, truncateFrom: 7, mustSync: true });
    expect(ready.messages.filter(({ t }) => t === 'appendResp')).toEqual([]);
    node.core.persisted(ready.seq);
    expect(node.status).toMatchObject({ commit: 6, persistedIndex: 6 });
  });

  it('that are older than the commit index change nothing and are acknowledged with it', () => {
    const node = new OneCore({
      found: { hardState: { term: 2, vote: null, commit: 3 }, entries: entriesOf(1, 1, 1) },
    });
    node.receive('snapshot', 'b', 2, { meta: meta(2) });
    expect(node.status).toMatchObject({ firstIndex: 1, lastIndex: 3, commit: 3 });
    expect(node.take('appendResp')).toMatchObject([{ ok: true, index: 3 }]);
  });

  it('are streamed again when one did not arrive, and never to a silent peer', () => {
    const node = new OneCore({ options: { checkQuorum: false } });
    node.lead();
    node.do((core) => core.compacted({ ...meta(1), term: 1 }));
    node.do((core) => core.unreachable('c'));
    node.receive('appendResp', 'c', 1, { ok: false, index: 0, rejectIndex: 1, hintIndex: 0, hintTerm: 0 });
    const streams = (): number => node.readies.flatMap(({ streamSnapshot }) => streamSnapshot).length;
    node.receive('heartbeatResp', 'c', 1, { round: 0 });
    const before = streams();
    expect(before).toBeGreaterThan(0);
    node.do((core) => core.snapshotSent('c', false));
    expect(streams()).toBe(before);
    node.receive('heartbeatResp', 'c', 1, { round: 0 });
    expect(streams()).toBe(before + 1);
  });
});

describe('lost records', () => {
  it('of a known range are fetched again before the node votes or acknowledges', () => {
    const node = new OneCore({
      found: {
        hardState: { term: 2, vote: null, commit: 1 },
        entries: entriesOf(1, 1),
        integrity: { kind: 'damaged', from: 3, until: 5 },
      },
    });
    expect(node.status.role).toBe('recovering');
    expect(node.do((core) => core.campaign()).ok).toBe(false);
    node.receive('vote', 'b', 3, { lastIndex: 9, lastTerm: 2, transfer: false });
    expect(node.take('voteResp')).toMatchObject([{ granted: false }]);
    const entries = entriesOf(1, 1, 1, 1).slice(2);
    node.receive('append', 'b', 3, { prevIndex: 2, prevTerm: 1, entries: entries.slice(0, 1), commit: 1 });
    expect(node.take('appendResp')).toMatchObject([{ ok: false, damaged: true }]);
    node.receive('append', 'b', 3, { prevIndex: 3, prevTerm: 1, entries: entries.slice(1), commit: 1 });
    expect(node.take('appendResp')).toMatchObject([{ ok: true, index: 4 }]);
    expect(node.status.role).toBe('follower');
  });

  it.each([1, Number.MAX_SAFE_INTEGER, Infinity])(
    'of a wiped voter (until %d) come back, and then it votes',
    (until) => {
      const cluster = new CoreCluster(5, members(...three));
      const leader = cluster.elect();
      cluster.propose(leader, 'x');
      cluster.run(3);
      const [id = ''] = three.filter((other) => other !== leader);
      cluster.crash(id);
      cluster.node(id).disk.wipe();
      cluster.start(id, { kind: 'damaged', from: 1, until });
      expect(cluster.core(id).status().role).toBe('recovering');
      cluster.run(20);
      expect(cluster.core(id).status()).toMatchObject({
        role: 'follower',
        term: cluster.core(leader).status().term,
      });
      cluster.crash(leader);
      cluster.run(60);
      expect(cluster.leader()).not.toBeNull();
    },
  );

  /** a is wiped; it may have elected c in term 6, of which b, the leader of term 5, knows nothing. */
  it('of a wiped voter: nothing that it says counts before every other voter has named its term', () => {
    const node = new OneCore({ found: { integrity: { kind: 'damaged', from: 1, until: Infinity } } });
    node.receive('heartbeat', 'b', 5, { commit: 0, round: 3 });
    expect(node.take('heartbeatResp')).toMatchObject([{ round: 0 }]);
    node.tick(2);
    const asked = node.take('readIndex');
    expect(asked.map(({ to }) => to).sort()).toEqual(['b', 'c']);
    const ctx = asked[0]?.ctx ?? '';
    node.receive('readIndexResp', 'b', 5, { ctx, index: 2 });
    node.receive('append', 'b', 5, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 5), commit: 2 });
    expect(node.take('appendResp')).toMatchObject([{ ok: false, damaged: true }]);
    node.receive('readIndexResp', 'c', 6, { ctx, index: null });
    expect(node.status).toMatchObject({ term: 6, role: 'follower', vote: 'a' });
    node.receive('vote', 'b', 6, { lastIndex: 9, lastTerm: 6, transfer: false });
    expect(node.take('voteResp')).toMatchObject([{ granted: false }]);
  });

  it('of a wiped voter: an answer to a question of before the loss is not believed', () => {
    const node = new OneCore({ found: { integrity: { kind: 'damaged', from: 1, until: Infinity } } });
    node.receive('heartbeat', 'b', 5, { commit: 0, round: 3 });
    for (const from of ['b', 'c'])
      node.receive('readIndexResp', from, 5, { ctx: '\u0000recovery/old/1', index: 0 });
    node.receive('append', 'b', 5, { prevIndex: 0, prevTerm: 0, entries: [], commit: 0 });
    expect(node.status.role).toBe('recovering');
  });

  it('make the leader forget what the damaged one acknowledged', () => {
    const node = new OneCore({ voters: ['a', 'b', 'c', 'd', 'e'], options: { preVote: false } });
    node.do((core) => core.campaign());
    for (const from of ['b', 'c']) node.receive('voteResp', from, 1, { granted: true });
    for (const from of ['b', 'c']) node.ack(from);
    node.do((core) => core.propose('p', new Uint8Array(1)));
    node.ack('b');
    node.receive('readIndex', 'b', 1, { ctx: '\u0000recovery/x/1', damaged: true });
    node.ack('c');
    expect(node.status.commit).toBe(1);
    const round = node.take('heartbeat').at(-1)?.round ?? 0;
    for (const from of ['b', 'c']) node.receive('heartbeatResp', from, 1, { round });
    expect(node.take('readIndexResp')).toEqual([]);
    node.receive('heartbeatResp', 'd', 1, { round });
    expect(node.take('readIndexResp')).toMatchObject([{ to: 'b', index: 2 }]);
  });
});
