/** Who leads when links, disks and clocks fail; how leadership is handed over. */
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/raft/index.ts';
import { CoreCluster, members } from '../support/coreCluster.ts';
import { OneCore } from '../support/oneCore.ts';

const three = ['a', 'b', 'c'];
const others = (ids: readonly NodeId[], id: NodeId): readonly NodeId[] => ids.filter((other) => other !== id);

function cutBoth(cluster: CoreCluster, a: NodeId, b: NodeId): void {
  cluster.cut.add(`${a}>${b}`).add(`${b}>${a}`);
}

describe('a broken link to the leader', () => {
  function killAndTell(seed: number, options: Parameters<CoreCluster['start']>[2] = {}): number {
    const cluster = new CoreCluster(seed, members(...three), options);
    const old = cluster.elect();
    cluster.run(5);
    cluster.crash(old);
    for (const id of others(three, old)) {
      cluster.core(id).unreachable(old);
      cluster.pump(cluster.node(id));
    }
    for (let ticks = 1; ticks <= 60; ticks += 1) {
      cluster.run(1);
      const leader = cluster.leader();
      if (leader !== null && leader !== old) return ticks;
    }
    throw new Error('nobody was elected');
  }

  it('makes the others elect a new one within half an election timeout, without a split vote', () => {
    for (let seed = 1; seed <= 20; seed += 1) expect(killAndTell(seed)).toBeLessThanOrEqual(5);
  });

  it('changes no patience without pre-vote, nor where a lease counts on it', () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      expect(killAndTell(seed, { preVote: false })).toBeGreaterThan(5);
      expect(killAndTell(seed, { leaseReads: { maxDriftTicks: 1 } })).toBeGreaterThan(5);
    }
  });

  it('disturbs nobody while the others hear the leader', () => {
    const cluster = new CoreCluster(4, members(...three));
    const leader = cluster.elect();
    const { term } = cluster.core(leader).status();
    const [away = ''] = others(three, leader);
    for (let i = 0; i < 20; i += 1) {
      cluster.core(away).unreachable(leader);
      cluster.pump(cluster.node(away));
      cluster.run(3);
    }
    expect(cluster.core(leader).status()).toMatchObject({ role: 'leader', term });
    expect(cluster.core(away).status()).toMatchObject({ role: 'follower', leader, term });
  });
});

describe('links', () => {
  it('a leader that hears nobody steps down, and the others elect one', () => {
    const cluster = new CoreCluster(1, members(...three));
    const old = cluster.elect();
    for (const id of others(three, old)) cluster.cut.add(`${id}>${old}`);
    cluster.run(60);
    expect(cluster.core(old).status().role).not.toBe('leader');
    expect(others(three, old)).toContain(cluster.leader());
  });

  it('a leader that nobody hears is replaced and follows the new one', () => {
    const cluster = new CoreCluster(2, members(...three));
    const old = cluster.elect();
    for (const id of others(three, old)) cluster.cut.add(`${old}>${id}`);
    cluster.run(60);
    const leader = cluster.leader();
    expect(leader).not.toBe(old);
    expect(cluster.core(old).status()).toMatchObject({ role: 'follower', leader });
  });

  it('a leader connected to one of two followers goes on, undisturbed by the third', () => {
    const cluster = new CoreCluster(3, members(...three));
    const leader = cluster.elect();
    const { term } = cluster.core(leader).status();
    const [away = ''] = others(three, leader);
    cutBoth(cluster, leader, away);
    cluster.run(100);
    expect(cluster.leader()).toBe(leader);
    expect(cluster.core(leader).status().term).toBe(term);
    expect(cluster.propose(leader, 'x')).toEqual({ ok: true });
    cluster.run(3);
    expect(cluster.applied(leader)).toEqual(['x']);
  });

  it('five nodes in a chain have a leader that commits', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (let seed = 1; seed <= 10; seed += 1) {
      const cluster = new CoreCluster(seed, members(...ids));
      ids.forEach((a, i) => ids.slice(i + 2).forEach((b) => cutBoth(cluster, a, b)));
      cluster.run(150);
      const leader = cluster.leader() ?? '';
      expect(['b', 'c', 'd']).toContain(leader);
      cluster.propose(leader, 'x');
      cluster.run(10);
      expect(cluster.applied(leader)).toEqual(['x']);
    }
  });

  it('a node that was away comes back without an election', () => {
    const cluster = new CoreCluster(4, members(...three));
    const leader = cluster.elect();
    const { term } = cluster.core(leader).status();
    const [away = ''] = others(three, leader);
    for (const id of others(three, away)) cutBoth(cluster, away, id);
    cluster.run(200);
    cluster.cut.clear();
    cluster.run(30);
    expect(cluster.core(away).status()).toMatchObject({ role: 'follower', leader, term });
    expect(cluster.leader()).toBe(leader);
  });
});

describe('disks and clocks', () => {
  it('a leader whose disk stalls gives up leadership, another leads, and it does not come back', () => {
    const cluster = new CoreCluster(5, members(...three));
    const old = cluster.elect();
    cluster.run(3);
    const node = cluster.node(old);
    const sync = cluster.sync.bind(cluster);
    cluster.sync = (id, count) => (id === old ? undefined : sync(id, count));
    cluster.propose(old, 'stuck');
    cluster.run(60);
    expect(node.core?.status().role).toBe('follower');
    expect(others(three, old)).toContain(cluster.leader());
    expect(node.writes.length).toBeGreaterThan(0);
  });

  it('a candidate whose disk stalls asks nobody and does not lead', () => {
    const node = new OneCore();
    node.syncs = false;
    node.tick(node.status.electionTimeout);
    node.receive('preVoteResp', 'b', 1, { granted: true });
    node.tick(200);
    expect(node.take('vote')).toEqual([]);
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(node.status.role).not.toBe('leader');
  });

  it('does not campaign at once after a sleep', () => {
    const node = new OneCore();
    node.tick(node.status.electionTimeout - 1);
    node.do((core) => core.resumed());
    node.tick(9);
    expect(node.status).toMatchObject({ role: 'follower', term: 0 });
  });

  it('never campaigns with priority 0, unless told to', () => {
    const node = new OneCore({ options: { priority: 0 } });
    node.tick(500);
    expect(node.status).toMatchObject({ role: 'follower', term: 0 });
    expect(node.do((core) => core.campaign())).toEqual({ ok: true });
    expect(node.status.role).toBe('preCandidate');
  });
});

describe('leadership transfer', () => {
  it('brings the target up to date first, then it leads without a failed proposal', () => {
    const cluster = new CoreCluster(6, members(...three));
    const old = cluster.elect();
    const [target = ''] = others(three, old);
    cluster.cut.add(`${old}>${target}`);
    cluster.propose(old, 'x');
    cluster.settle();
    cluster.cut.clear();
    expect(cluster.core(old).transfer(target)).toEqual({ ok: true });
    cluster.pump(cluster.node(old));
    expect(cluster.propose(old, 'y')).toMatchObject({ ok: false, why: 'transferring' });
    cluster.run(9);
    expect(cluster.leader()).toBe(target);
    expect(cluster.applied(target)).toEqual(['x']);
  });

  it('is taken back after an election timeout, and proposals are taken again', () => {
    const node = new OneCore({ options: { checkQuorum: false } });
    node.lead();
    node.do((core) => core.transfer('b'));
    expect(node.status.transferTo).toBe('b');
    node.tick(10);
    expect(node.status.transferTo).toBeNull();
    expect(node.do((core) => core.propose('p', new Uint8Array(1)))).toEqual({ ok: true });
  });

  it('asks again when timeoutNow was lost', () => {
    const node = new OneCore();
    node.lead();
    node.do((core) => core.transfer('b'));
    expect(node.take('timeoutNow')).toHaveLength(1);
    node.receive('heartbeatResp', 'b', 1, { round: 0 });
    expect(node.take('timeoutNow')).toHaveLength(1);
  });

  it.each([
    { to: 'x', why: 'noVoters' },
    { to: 'l', why: 'learnerBehind' },
  ])('refuses $to with $why and changes nothing', ({ to, why }) => {
    const node = new OneCore({ bootstrap: { ...members('a', 'b', 'c'), learners: ['l'] } });
    node.lead();
    expect(node.do((core) => core.transfer(to))).toMatchObject({ ok: false, why });
    expect(node.status.transferTo).toBeNull();
  });

  it('is obeyed only when the leader itself says so', () => {
    const node = new OneCore();
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    node.receive('timeoutNow', 'c', 1, {});
    expect(node.status).toMatchObject({ role: 'follower', term: 1 });
    node.receive('timeoutNow', 'b', 1, {});
    expect(node.status).toMatchObject({ role: 'candidate', term: 2 });
    expect(node.take('vote').every(({ transfer }) => transfer)).toBe(true);
  });
});

describe('single node', () => {
  it('leads, commits and reads alone', () => {
    const node = new OneCore({ voters: ['a'] });
    node.tick(node.status.electionTimeout);
    expect(node.status).toMatchObject({ role: 'leader', term: 1, commit: 1 });
    node.do((core) => core.propose('p', new Uint8Array(1)));
    node.do((core) => core.readIndex('r'));
    expect(node.status.commit).toBe(2);
    expect(node.readies.flatMap(({ reads }) => reads)).toEqual([{ ctx: 'r', index: 2 }]);
  });
});

describe('lease reads', () => {
  const lease = { options: { leaseReads: { maxDriftTicks: 2 } } };
  const reads = (node: OneCore): number => node.readies.flatMap((ready) => ready.reads).length;

  function leased(): OneCore {
    const node = new OneCore(lease);
    node.lead();
    node.tick(2);
    node.receive('heartbeatResp', 'b', 1, { round: node.take('heartbeat').at(-1)?.round ?? 0 });
    return node;
  }

  it('are answered at once while the lease holds, and not after it', () => {
    const node = leased();
    node.do((core) => core.readIndex('r1'));
    expect(reads(node)).toBe(1);
    node.tick(8);
    node.do((core) => core.readIndex('r2'));
    expect(reads(node)).toBe(1);
  });

  it.each([
    ['after the machine slept', (node: OneCore) => node.do((core) => core.resumed())],
    ['while a transfer is under way', (node: OneCore) => node.do((core) => core.transfer('b'))],
    [
      'after a transfer was taken back: timeoutNow may still arrive',
      (node: OneCore) => {
        node.do((core) => core.transfer('b'));
        node.tick(10);
        node.receive('heartbeatResp', 'b', 1, { round: node.take('heartbeat').at(-1)?.round ?? 0 });
        expect(node.status).toMatchObject({ role: 'leader', transferTo: null });
      },
    ],
  ] as const)('are not answered without a round %s', (_when, happen) => {
    const node = leased();
    happen(node);
    node.do((core) => core.readIndex('r'));
    expect(reads(node)).toBe(0);
  });

  it('count from when the round was sent, not from the answer', () => {
    const node = new OneCore(lease);
    node.lead();
    node.tick(2);
    const round = node.take('heartbeat').at(-1)?.round ?? 0;
    node.tick(7);
    node.receive('heartbeatResp', 'b', 1, { round });
    node.tick(1);
    node.do((core) => core.readIndex('r'));
    expect(node.status.role).toBe('leader');
    expect(reads(node)).toBe(0);
  });

  it('bind the voter: no vote for an election timeout after it heard the leader, whatever else it learns', () => {
    const node = new OneCore(lease);
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 1 });
    expect(node.do((core) => core.campaign())).toMatchObject({ ok: false, why: 'busy' });
    node.receive('heartbeatResp', 'c', 5, { round: 0 });
    const body = { lastIndex: 0, lastTerm: 0, transfer: false };
    node.receive('vote', 'c', 6, body);
    expect(node.take('voteResp')).toEqual([]);
    node.tick(10);
    node.sent = [];
    node.receive('vote', 'c', 6, body);
    expect(node.take('voteResp')).toMatchObject([{ granted: true }]);
  });

  it('bind the voter over a restart', () => {
    const node = new OneCore({ ...lease, found: { hardState: { term: 1, vote: null, commit: 0 } } });
    node.receive('vote', 'c', 2, { lastIndex: 0, lastTerm: 0, transfer: false });
    expect(node.take('voteResp')).toEqual([]);
  });
});
