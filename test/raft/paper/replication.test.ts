/** The sentences of the Raft paper on logs, commitment, membership, snapshots and clients (§5.3 to §8). */
import { describe, expect, it } from 'vitest';
import type { SnapshotMeta } from '../../../src/raft/index.ts';
import { members } from '../support/coreCluster.ts';
import { OneCore, entriesOf, entry } from '../support/oneCore.ts';

function follower(log: readonly number[], term = 9): OneCore {
  return new OneCore({ found: { hardState: { term, vote: null, commit: 0 }, entries: entriesOf(...log) } });
}

function logOf(node: OneCore): readonly number[] {
  const log: number[] = [];
  for (const { truncateFrom, entries } of node.readies) {
    if (truncateFrom !== null) log.length = truncateFrom - 1;
    for (const { index, term } of entries) log[index - 1] = term;
  }
  return log;
}

describe('§5.3 log replication', () => {
  it('appends a command of a client and sends it to all in parallel, before it is durable here', () => {
    const node = new OneCore();
    node.lead();
    node.ack('c');
    node.syncs = false;
    node.sent = [];
    node.do((core) => core.propose('p', new Uint8Array([1])));
    expect(node.take('append').map(({ to, entries }) => [to, entries.length])).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('commits when a majority has it durable, its own disk included, and not before', () => {
    const node = new OneCore();
    node.lead();
    node.syncs = false;
    node.do((core) => core.propose('p', new Uint8Array([1])));
    node.ack('b');
    expect(node.status).toMatchObject({ commit: 1, lastIndex: 2 });
    node.sync();
    expect(node.status.commit).toBe(2);
  });

  it('does not count one voter twice, nor learners, nor strangers', () => {
    const bootstrap = { ...members('a', 'b', 'c', 'd', 'e'), learners: ['l', 'm'] };
    const node = new OneCore({ bootstrap, options: { preVote: false } });
    node.do((core) => core.campaign());
    for (const from of ['b', 'c']) node.receive('voteResp', from, 1, { granted: true });
    for (const from of ['b', 'b', 'b', 'l', 'm', 'x']) node.ack(from);
    expect(node.status.commit).toBe(0);
    node.ack('c');
    expect(node.status.commit).toBe(1);
  });

  it('tells the commit index with the next appends, so that followers apply in log order', () => {
    const node = follower([], 1);
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 1, 1), commit: 2 });
    expect(node.readies.flatMap(({ committed }) => committed.map(({ index }) => index))).toEqual([1, 2]);
    node.receive('append', 'b', 1, { prevIndex: 3, prevTerm: 1, entries: [], commit: 3 });
    expect(node.status).toMatchObject({ commit: 3, applied: 3 });
  });

  it('refuses an append whose previous entry it does not have, and changes nothing', () => {
    const node = follower([1, 1]);
    node.receive('append', 'b', 9, { prevIndex: 3, prevTerm: 1, entries: [entry(4, 9)], commit: 4 });
    node.receive('append', 'b', 9, { prevIndex: 2, prevTerm: 2, entries: [entry(3, 9)], commit: 3 });
    expect(node.take('appendResp').map(({ ok }) => ok)).toEqual([false, false]);
    expect(node.status).toMatchObject({ lastIndex: 2, commit: 0 });
  });

  /** Figure 7: followers of a leader of term 8 whose log is 1 1 1 4 4 5 5 6 6 6, with its new entry. */
  const leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8];
  it.each([
    { name: 'a', log: [1, 1, 1, 4, 4, 5, 5, 6, 6] },
    { name: 'b', log: [1, 1, 1, 4] },
    { name: 'c', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6] },
    { name: 'd', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7] },
    { name: 'e', log: [1, 1, 1, 4, 4, 4, 4] },
    { name: 'f', log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3] },
  ])('forces follower ($name) of figure 7 to duplicate the leader', ({ log }) => {
    const node = follower(log, 7);
    const entries = entriesOf(...leader);
    let prev = leader.length - 1;
    for (; prev >= 0; prev -= 1) {
      const prevTerm = leader[prev - 1] ?? 0;
      node.receive('append', 'l', 8, { prevIndex: prev, prevTerm, entries: entries.slice(prev), commit: 0 });
      if (node.take('appendResp').at(-1)?.ok === true) break;
    }
    expect(node.status.lastIndex).toBe(leader.length);
    const kept = log.slice(0, prev);
    expect([...kept, ...logOf(node).slice(kept.length)]).toEqual(leader);
  });

  it('keeps entries that follow when a delayed append brings what is there already', () => {
    const node = follower([], 1);
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 1, 1), commit: 0 });
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1), commit: 0 });
    expect(node.status.lastIndex).toBe(3);
    expect(node.readies.every(({ truncateFrom }) => truncateFrom === null)).toBe(true);
  });

  it('acknowledges only what is durable', () => {
    const node = follower([], 1);
    node.syncs = false;
    node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 1), commit: 0 });
    expect(node.take('appendResp')).toEqual([]);
    node.sync();
    expect(node.take('appendResp')).toMatchObject([{ ok: true, index: 2 }]);
  });

  it('believes a commit index only as far as its log is known to agree', () => {
    const node = follower([1, 1, 1], 1);
    node.receive('append', 'b', 2, { prevIndex: 1, prevTerm: 1, entries: [], commit: 3 });
    expect(node.status.commit).toBe(1);
    node.receive('heartbeat', 'b', 2, { commit: 3, round: 0 });
    expect(node.status.commit).toBe(1);
  });

  it('never overwrites or deletes entries in its own log as a leader', () => {
    const node = new OneCore();
    const term = node.lead();
    node.receive('append', 'b', term, {
      prevIndex: 0,
      prevTerm: 0,
      entries: [entry(1, term, 'lie')],
      commit: 1,
    });
    expect(node.status).toMatchObject({ role: 'leader', lastIndex: 1 });
    expect(node.readies.every(({ truncateFrom }) => truncateFrom === null)).toBe(true);
  });

  it('sends again to a silent follower for as long as it takes', () => {
    const node = new OneCore({ options: { checkQuorum: false } });
    node.lead();
    for (let i = 0; i < 5; i += 1) {
      node.tick(2);
      node.sent = [];
      node.receive('heartbeatResp', 'c', 1, { round: 0 });
      expect(node.take('append').filter(({ to }) => to === 'c')).toHaveLength(1);
    }
  });
});

describe('§5.4.2 committing entries of previous terms', () => {
  it('never commits an entry of an older term by counting replicas, only by one of its own term (figure 8)', () => {
    const node = new OneCore({
      voters: ['a', 'b', 'c', 'd', 'e'],
      options: { preVote: false },
      found: { hardState: { term: 3, vote: null, commit: 1 }, entries: entriesOf(1, 2) },
    });
    node.do((core) => core.campaign());
    for (const from of ['b', 'c']) node.receive('voteResp', from, 4, { granted: true });
    for (const from of ['b', 'c', 'd', 'e']) node.ack(from, 2);
    expect(node.status).toMatchObject({ role: 'leader', commit: 1, lastIndex: 3 });
    for (const from of ['b', 'c']) node.ack(from, 3);
    expect(node.status.commit).toBe(3);
  });
});

describe('§5.5 crashes', () => {
  it('answers a repeated append like the first one', () => {
    const node = follower([], 1);
    for (let i = 0; i < 2; i += 1) {
      node.receive('append', 'b', 1, { prevIndex: 0, prevTerm: 0, entries: entriesOf(1, 1), commit: 0 });
    }
    expect(node.take('appendResp').map(({ ok, index }) => [ok, index])).toEqual([
      [true, 2],
      [true, 2],
    ]);
    expect(node.status.lastIndex).toBe(2);
  });
});

describe('§6 membership changes', () => {
  const joint = { voters: ['a', 'd', 'e'], learners: [], outgoing: ['a', 'b', 'c'], learnersNext: [] };

  it('needs a majority of both configurations to elect', () => {
    const node = new OneCore({ bootstrap: joint, options: { preVote: false } });
    node.do((core) => core.campaign());
    node.receive('voteResp', 'd', 1, { granted: true });
    expect(node.status.role).toBe('candidate');
    node.receive('voteResp', 'b', 1, { granted: true });
    expect(node.status.role).toBe('leader');
  });

  it('needs a majority of both configurations to commit, then leaves the joint one by itself', () => {
    const node = new OneCore({ bootstrap: joint, options: { preVote: false } });
    node.do((core) => core.campaign());
    for (const from of ['d', 'b']) node.receive('voteResp', from, 1, { granted: true });
    for (const from of ['d', 'e']) node.ack(from, 1);
    expect(node.status.commit).toBe(0);
    node.ack('b', 1);
    expect(node.status.commit).toBe(1);
    expect(node.status.membership).toEqual({
      voters: ['a', 'd', 'e'],
      learners: [],
      outgoing: [],
      learnersNext: [],
    });
  });

  it('uses a new configuration as soon as it is in its log', () => {
    const node = new OneCore();
    const term = node.lead();
    expect(node.do((core) => core.changeMembership({ remove: ['c'], expectIndex: 0 }))).toEqual({ ok: true });
    expect(node.status).toMatchObject({
      commit: 1,
      membership: { voters: ['a', 'b'] },
      membershipIndex: 2,
      term,
    });
  });

  it('takes a configuration back when its entry is overwritten', () => {
    const data = new TextEncoder().encode(JSON.stringify(members('a', 'b')));
    const node = new OneCore({
      found: {
        hardState: { term: 1, vote: null, commit: 0 },
        entries: [entry(1, 1), { index: 2, term: 1, kind: 'membership', data }],
      },
    });
    expect(node.status.membership.voters).toEqual(['a', 'b']);
    node.receive('append', 'c', 2, { prevIndex: 1, prevTerm: 1, entries: [entry(2, 2)], commit: 0 });
    expect(node.status.membership.voters).toEqual(['a', 'b', 'c']);
  });
});

describe('§7 snapshots', () => {
  const meta = (index: number, term: number): SnapshotMeta => ({
    index,
    term,
    membership: members('a', 'b', 'c'),
    membershipIndex: 0,
    id: 's',
    bytes: 1,
    checksum: '',
  });

  it('discards the whole log when the snapshot has what the log has not', () => {
    const node = follower([1, 1, 1], 2);
    node.receive('snapshot', 'b', 2, { meta: meta(5, 2) });
    expect(node.status).toMatchObject({ firstIndex: 6, lastIndex: 5, commit: 5, applied: 5 });
  });

  it('keeps the entries after the snapshot when its last entry is in the log with the same term', () => {
    const node = follower([1, 1, 1], 2);
    node.receive('snapshot', 'b', 2, { meta: meta(2, 1) });
    expect(node.status).toMatchObject({ lastIndex: 3, commit: 2 });
    expect(node.readies.every(({ truncateFrom }) => truncateFrom === null)).toBe(true);
  });

  it('refuses a snapshot of an older term', () => {
    const node = follower([1], 5);
    node.receive('snapshot', 'b', 4, { meta: meta(5, 2) });
    expect(node.status).toMatchObject({ lastIndex: 1, commit: 0 });
    expect(node.take('appendResp')).toMatchObject([{ ok: false, term: 5 }]);
  });
});

describe('§8 clients', () => {
  it('begins its term with an empty entry', () => {
    const node = new OneCore();
    node.lead();
    const first = node.readies.flatMap(({ entries }) => entries)[0];
    expect(first).toMatchObject({ index: 1, term: 1, kind: 'noop' });
  });

  it('answers a read only after it has heard from a majority that it still leads', () => {
    const node = new OneCore({ voters: ['a', 'b', 'c', 'd', 'e'], options: { preVote: false } });
    node.do((core) => core.campaign());
    for (const from of ['b', 'c']) node.receive('voteResp', from, 1, { granted: true });
    for (const from of ['b', 'c']) node.ack(from);
    node.do((core) => core.readIndex('r'));
    const reads = (): number => node.readies.flatMap((ready) => ready.reads).length;
    const round = node.take('heartbeat')[0]?.round ?? 0;
    node.receive('heartbeatResp', 'b', 1, { round: round - 1 });
    for (let i = 0; i < 3; i += 1) node.receive('heartbeatResp', 'b', 1, { round });
    node.receive('heartbeatResp', 'x', 1, { round });
    expect(reads()).toBe(0);
    node.receive('heartbeatResp', 'c', 1, { round });
    expect(reads()).toBe(1);
  });

  it('answers no read before it has committed an entry of its own term', () => {
    const node = new OneCore({ options: { preVote: false } });
    node.do((core) => core.campaign());
    node.receive('voteResp', 'b', 1, { granted: true });
    node.do((core) => core.readIndex('r'));
    node.receive('heartbeatResp', 'b', 1, { round: 0 });
    expect(node.readies.flatMap((ready) => ready.reads)).toEqual([]);
    node.ack('b');
    const round = node.take('heartbeat').at(-1)?.round ?? 0;
    node.receive('heartbeatResp', 'b', 1, { round });
    expect(node.readies.flatMap((ready) => ready.reads)).toEqual([{ ctx: 'r', index: 1 }]);
  });
});
