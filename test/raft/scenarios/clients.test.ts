/** Reads and proposals from any node: forwarded, duplicated, fenced, and never without an answer. */
import { describe, expect, it } from 'vitest';
import { CoreCluster, members } from '../support/coreCluster.ts';
import { OneCore } from '../support/oneCore.ts';

const data = new Uint8Array(1);

describe('reads', () => {
  it.each(['leader', 'follower', 'learner'])(
    'are answered at a %s with what was committed before',
    (where) => {
      const cluster = new CoreCluster(1, { ...members('a', 'b', 'c'), learners: ['l'] });
      cluster.start('l');
      const leader = cluster.elect();
      cluster.run(5);
      cluster.propose(leader, 'x');
      cluster.run(2);
      const follower = leader === 'a' ? 'b' : 'a';
      const id = where === 'leader' ? leader : where === 'learner' ? 'l' : follower;
      const { commit } = cluster.core(leader).status();
      expect(cluster.core(id).readIndex('r')).toEqual({ ok: true });
      cluster.pump(cluster.node(id));
      cluster.settle();
      expect(cluster.node(id).reads).toEqual([{ ctx: 'r', index: commit }]);
    },
  );

  it('fail at once where no leader is known', () => {
    const node = new OneCore();
    expect(node.do((core) => core.readIndex('r'))).toEqual({ ok: false, why: 'notLeader', leader: null });
    expect(node.readies.flatMap(({ failedReads }) => failedReads)).toEqual([]);
  });

  it('fail when leadership is lost, once', () => {
    const node = new OneCore();
    node.lead();
    node.do((core) => core.readIndex('r'));
    for (const term of [5, 6]) node.receive('heartbeat', 'b', term, { commit: 0, round: 0 });
    expect(node.readies.flatMap(({ failedReads }) => failedReads)).toEqual(['r']);
  });

  it('fail after two election timeouts at a leader that hears nobody, also without check-quorum', () => {
    const node = new OneCore({ options: { checkQuorum: false } });
    node.lead();
    node.do((core) => core.readIndex('r'));
    node.tick(20);
    expect(node.status.role).toBe('leader');
    expect(node.readies.flatMap(({ failedReads }) => failedReads)).toEqual(['r']);
  });

  it('are answered once, whatever is duplicated or late', () => {
    const node = new OneCore();
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    node.do((core) => core.readIndex('r'));
    for (const index of [null, 4, 5]) node.receive('readIndexResp', 'b', 1, { ctx: 'r', index });
    expect(node.readies.flatMap(({ failedReads }) => failedReads)).toEqual(['r']);
    expect(node.readies.flatMap(({ reads }) => reads)).toEqual([]);
  });
});

describe('forwarded proposals', () => {
  const ask = (node: OneCore, id: string, seenTerm: number): unknown => {
    node.sent = [];
    node.receive('propose', 'c', seenTerm, { id, kind: 'command', data, seenTerm });
    return node.take('proposeResp')[0];
  };

  it('are appended once, whatever is duplicated', () => {
    const node = new OneCore();
    const term = node.lead();
    for (let i = 0; i < 3; i += 1)
      expect(ask(node, 'p', term)).toMatchObject({ id: 'p', at: { index: 2, term } });
    expect(node.status.lastIndex).toBe(2);
  });

  it('are refused when they were sent to an earlier leadership, and change nothing', () => {
    const node = new OneCore({ found: { hardState: { term: 3, vote: null, commit: 0 } } });
    node.lead();
    node.receive('heartbeat', 'c', 9, { commit: 0, round: 0 });
    node.tick(10);
    node.lead();
    expect(ask(node, 'p', 5)).toMatchObject({ at: null, why: 'stale' });
    expect(node.status.lastIndex).toBe(2);
  });

  it('stay refused, or a late copy would make the refusal untrue', () => {
    const node = new OneCore({ options: { maxUncommittedBytes: 1 } });
    const term = node.lead();
    node.do((core) => core.propose('own', data));
    expect(ask(node, 'p', term)).toMatchObject({ at: null, why: 'busy' });
    node.ack('b');
    expect(ask(node, 'p', term)).toMatchObject({ at: null, why: 'busy' });
    expect(ask(node, 'q', term)).toMatchObject({ at: { term } });
  });

  it('are not refused by a former leader that appended them', () => {
    const node = new OneCore();
    const term = node.lead();
    ask(node, 'p', term);
    node.tick(30);
    expect(node.status.role).not.toBe('leader');
    expect(ask(node, 'p', term)).toMatchObject({ at: { index: 2, term } });
    expect(ask(node, 'q', term)).toMatchObject({ at: null, why: 'notLeader' });
  });

  it('are of unknown fate for a leader that has restarted since', () => {
    const asked = new OneCore({ found: { hardState: { term: 1, vote: 'a', commit: 0 } } });
    expect(ask(asked, 'p', 1)).toMatchObject({ at: null, why: 'unknown' });
    const asking = new OneCore();
    asking.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    asking.do((core) => core.propose('p', data));
    asking.receive('proposeResp', 'b', 1, { id: 'p', at: null, why: 'unknown' });
    expect(asking.readies.flatMap(({ proposals }) => proposals)).toEqual([
      { id: 'p', fate: { k: 'unknown' } },
    ]);
  });

  function forwardedToB(): OneCore {
    const node = new OneCore();
    node.receive('heartbeat', 'b', 1, { commit: 0, round: 0 });
    expect(node.do((core) => core.propose('p', data))).toEqual({ ok: true });
    return node;
  }
  const fatesOf = (node: OneCore): unknown => node.readies.flatMap(({ proposals }) => proposals);
  const unknown = [{ id: 'p', fate: { k: 'unknown' } }];

  it.each([
    ['the link to the leader broke', (node: OneCore) => node.do((core) => core.unreachable('b'))],
    ['the leader was silent for two election timeouts', (node: OneCore) => node.tick(20)],
  ])('get one fate: unknown when %s, and a late answer changes nothing', (_name, lose) => {
    const node = forwardedToB();
    lose(node);
    node.receive('proposeResp', 'b', 1, { id: 'p', at: { index: 1, term: 1 } });
    expect(fatesOf(node)).toEqual(unknown);
  });

  it('get the fate that a leader gave them before it handed over', () => {
    const node = forwardedToB();
    node.receive('heartbeat', 'c', 2, { commit: 0, round: 0 });
    node.receive('proposeResp', 'b', 1, { id: 'p', at: { index: 1, term: 1 } });
    node.tick(20);
    expect(fatesOf(node)).toEqual([{ id: 'p', fate: { k: 'appended', index: 1, term: 1 } }]);
  });

  it('get a fate also at a node that became the leader meanwhile', () => {
    const node = forwardedToB();
    node.lead();
    node.tick(20);
    expect(fatesOf(node)).toEqual(unknown);
  });
});
