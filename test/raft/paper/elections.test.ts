/** The sentences of the Raft paper on terms and elections (§5.1, §5.2, §5.4.1) that say what must happen. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/raft/index.ts';
import { OneCore, entriesOf } from '../support/oneCore.ts';

const withoutPreVote = { options: { preVote: false } };
const bodies: Readonly<Record<string, object>> = {
  append: { prevIndex: 0, prevTerm: 0, entries: [], commit: 0 },
  heartbeat: { commit: 0, round: 0 },
  voteResp: { granted: true },
  appendResp: { ok: true, index: 0, rejectIndex: 0, hintIndex: 0, hintTerm: 0 },
};

function stepAny(node: OneCore, t: string, term: number): void {
  node.do((core) =>
    core.step({ t, cluster: 'farm', from: 'b', to: 'a', term, ...bodies[t] } as unknown as Message),
  );
}

describe('§5.1 terms', () => {
  it.each(Object.keys(bodies))('updates its term to a greater one in %s and becomes a follower', (t) => {
    for (const role of ['follower', 'candidate', 'leader']) {
      const node = new OneCore(withoutPreVote);
      if (role === 'candidate') node.do((core) => core.campaign());
      if (role === 'leader') node.lead();
      expect(node.status.role).toBe(role);
      stepAny(node, t, 7);
      expect(node.status).toMatchObject({ role: 'follower', term: 7, vote: null });
    }
  });

  it.each(['append', 'heartbeat'])('rejects an %s of a stale term and tells the newer one', (t) => {
    const node = new OneCore({ found: { hardState: { term: 5, vote: null, commit: 0 } } });
    stepAny(node, t, 4);
    expect(node.take('appendResp')).toMatchObject([{ term: 5, ok: false }]);
    expect(node.status).toMatchObject({ term: 5, leader: null });
  });

  it('ignores a vote of an older term', () => {
    const node = new OneCore(withoutPreVote);
    node.do((core) => core.campaign());
    node.tick(20);
    expect(node.status).toMatchObject({ role: 'candidate', term: 2 });
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(node.status.role).toBe('candidate');
  });
});

describe('§5.2 leader election', () => {
  it('begins as a follower', () => expect(new OneCore().status.role).toBe('follower'));

  it('stays a follower while a leader sends heartbeats', () => {
    const node = new OneCore();
    for (let i = 0; i < 20; i += 1) {
      node.tick(9);
      node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    }
    expect(node.status).toMatchObject({ role: 'follower', leader: 'b', term: 1 });
  });

  it('increments its term, votes for itself and asks all others when the timeout passes', () => {
    const node = new OneCore(withoutPreVote);
    node.tick(node.status.electionTimeout);
    expect(node.status).toMatchObject({ role: 'candidate', term: 1, vote: 'a' });
    expect(node.take('vote').map(({ to, term }) => [to, term])).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('draws the election timeout anew from [electionTicks, 2 electionTicks)', () => {
    const seen = new Set<number>();
    const node = new OneCore(withoutPreVote);
    for (let i = 0; i < 60; i += 1) {
      seen.add(node.status.electionTimeout);
      node.tick(node.status.electionTimeout);
    }
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...seen)).toBeLessThan(20);
    expect(seen.size).toBeGreaterThan(5);
  });

  it.each([
    { voters: ['a'], votes: [], role: 'leader' },
    { voters: ['a', 'b', 'c'], votes: ['b'], role: 'leader' },
    { voters: ['a', 'b', 'c'], votes: [], role: 'candidate' },
    { voters: ['a', 'b', 'c', 'd', 'e'], votes: ['b', 'c'], role: 'leader' },
    { voters: ['a', 'b', 'c', 'd', 'e'], votes: ['b', 'b', 'b'], role: 'candidate' },
    { voters: ['a', 'b', 'c'], votes: ['x', 'y'], role: 'candidate' },
    { voters: ['a', 'b', 'c', 'd'], votes: ['b'], role: 'candidate' },
  ])('is $role of $voters with the votes of $votes', ({ voters, votes, role }) => {
    const node = new OneCore({ ...withoutPreVote, voters });
    node.do((core) => core.campaign());
    for (const from of votes) node.receive('voteResp', from, 1, { granted: true });
    expect(node.status.role).toBe(role);
  });

  it('does not win by learners', () => {
    const bootstrap = { voters: ['a', 'b', 'c'], learners: ['d', 'e'], outgoing: [], learnersNext: [] };
    const node = new OneCore({ ...withoutPreVote, bootstrap });
    node.do((core) => core.campaign());
    for (const from of ['d', 'e']) node.receive('voteResp', from, 1, { granted: true });
    expect(node.status.role).toBe('candidate');
  });

  it('does not count its own vote before it is durable', () => {
    const node = new OneCore(withoutPreVote);
    node.syncs = false;
    node.do((core) => core.campaign());
    expect(node.take('vote')).toEqual([]);
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(node.status.role).toBe('candidate');
    node.sync();
    node.settle();
    expect(node.status.role).toBe('leader');
  });

  it('does not count its own vote when only an earlier write is durable', () => {
    const node = new OneCore(withoutPreVote);
    node.syncs = false;
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    const earlier = node.readies.at(-1)?.seq ?? 0;
    node.do((core) => core.campaign());
    node.do((core) => core.persisted(earlier));
    node.receive('voteResp', 'b', 2, { granted: true });
    expect(node.status).toMatchObject({ role: 'candidate', term: 2 });
    node.sync();
    expect(node.status.role).toBe('leader');
  });

  it('gives one vote a term, first come first served, and repeats it to the same candidate only', () => {
    const node = new OneCore();
    const body = { lastIndex: 0, lastTerm: 0, transfer: false };
    for (const from of ['b', 'c', 'b']) node.receive('vote', from, 1, body);
    expect(node.take('voteResp').map(({ to, granted }) => [to, granted])).toEqual([
      ['b', true],
      ['c', false],
      ['b', true],
    ]);
  });

  it('remembers its vote over a restart', () => {
    const node = new OneCore({ found: { hardState: { term: 1, vote: 'b', commit: 0 } } });
    node.receive('vote', 'c', 1, { lastIndex: 9, lastTerm: 1, transfer: false });
    expect(node.take('voteResp')).toMatchObject([{ granted: false }]);
    expect(node.status.vote).toBe('b');
  });

  it('lets a vote leave only when term and vote are durable', () => {
    const node = new OneCore();
    node.syncs = false;
    node.receive('vote', 'b', 3, { lastIndex: 0, lastTerm: 0, transfer: false });
    expect(node.take('voteResp')).toEqual([]);
    expect(node.readies.at(-1)).toMatchObject({ mustSync: true, hardState: { term: 3, vote: 'b' } });
    node.sync();
    expect(node.take('voteResp')).toMatchObject([{ to: 'b', granted: true, term: 3 }]);
  });

  it('sends heartbeats to all as soon as it has won', () => {
    const node = new OneCore(withoutPreVote);
    node.do((core) => core.campaign());
    node.sent = [];
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(node.take('append').map(({ to }) => to)).toEqual(['b', 'c']);
  });

  it('gives way as a candidate to the leader of its term', () => {
    const node = new OneCore(withoutPreVote);
    node.do((core) => core.campaign());
    stepAny(node, 'append', 1);
    expect(node.status).toMatchObject({ role: 'follower', leader: 'b', term: 1, vote: 'a' });
  });

  it('starts a new election in a greater term when the votes were split', () => {
    const node = new OneCore(withoutPreVote);
    node.tick(node.status.electionTimeout);
    node.tick(node.status.electionTimeout);
    expect(node.status).toMatchObject({ role: 'candidate', term: 2, vote: 'a' });
  });
});

describe('§5.4.1 election restriction', () => {
  it.each([
    { log: [1, 1], lastIndex: 2, lastTerm: 1, granted: true },
    { log: [1, 1], lastIndex: 3, lastTerm: 1, granted: true },
    { log: [1, 1], lastIndex: 1, lastTerm: 1, granted: false },
    { log: [1, 1], lastIndex: 1, lastTerm: 2, granted: true },
    { log: [1, 2], lastIndex: 9, lastTerm: 1, granted: false },
    { log: [], lastIndex: 0, lastTerm: 0, granted: true },
  ])(
    'with log $log gives a vote to $lastIndex/$lastTerm: $granted',
    ({ log, lastIndex, lastTerm, granted }) => {
      for (const t of ['vote', 'preVote'] as const) {
        const node = new OneCore({
          found: { hardState: { term: 2, vote: null, commit: 0 }, entries: entriesOf(...log) },
        });
        node.receive(t, 'b', 3, { lastIndex, lastTerm, transfer: false });
        expect(node.take(t === 'vote' ? 'voteResp' : 'preVoteResp')).toMatchObject([{ granted }]);
      }
    },
  );
});

describe('§5.6 timing; thesis §9.6 pre-vote and §4.2.3 stickiness', () => {
  it('changes neither term nor vote while it only asks around', () => {
    const node = new OneCore();
    node.tick(node.status.electionTimeout);
    expect(node.status).toMatchObject({ role: 'preCandidate', term: 0, vote: null });
    expect(node.take('preVote').map(({ to, term }) => [to, term])).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('promises nothing by a pre-vote: two candidates get one each', () => {
    const node = new OneCore();
    const body = { lastIndex: 0, lastTerm: 0, transfer: false };
    for (const from of ['b', 'c']) node.receive('preVote', from, 1, body);
    expect(node.take('preVoteResp').map(({ granted }) => granted)).toEqual([true, true]);
    expect(node.status).toMatchObject({ term: 0, vote: null });
  });

  it.each(['vote', 'preVote'] as const)('does not let a %s disturb it while it hears from a leader', (t) => {
    const node = new OneCore();
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    node.tick(9);
    node.receive(t, 'c', 2, { lastIndex: 9, lastTerm: 1, transfer: false });
    expect(node.status).toMatchObject({ term: 1, leader: 'b' });
    expect(node.sent.filter((m) => 'granted' in m && m.granted)).toEqual([]);
    node.tick(1);
    node.receive(t, 'c', 2, { lastIndex: 9, lastTerm: 1, transfer: false });
    expect(node.sent.filter((m) => 'granted' in m && m.granted)).toHaveLength(1);
  });

  it('obeys a vote request of a transfer at once', () => {
    const node = new OneCore();
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    node.receive('vote', 'c', 2, { lastIndex: 9, lastTerm: 1, transfer: true });
    expect(node.take('voteResp')).toMatchObject([{ granted: true, term: 2 }]);
  });

  it('counts each pre-vote once, and only those of this round', () => {
    const node = new OneCore({ voters: ['a', 'b', 'c', 'd', 'e'] });
    node.tick(node.status.electionTimeout);
    for (const from of ['b', 'b', 'b']) node.receive('preVoteResp', from, 1, { granted: true });
    node.receive('preVoteResp', 'c', 9, { granted: true });
    expect(node.status).toMatchObject({ role: 'preCandidate', term: 0 });
    node.receive('preVoteResp', 'c', 1, { granted: true });
    expect(node.status).toMatchObject({ role: 'candidate', term: 1 });
  });
});
