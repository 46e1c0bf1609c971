/** The leader's plan for Raft's membership: a table of farms and what is changed next. */
import { describe, expect, it } from 'vitest';
import type { WallMs } from '../../../src/base/units.ts';
import { emptyFarm, type FarmState } from '../../../src/farm/state.ts';
import { planMembership } from '../../../src/main/cluster/voters.ts';
import type { Membership, Progress, Status } from '../../../src/raft/index.ts';

function farmOf(...ids: readonly string[]): FarmState {
  const members = ids.reduce(
    (map, id, i) =>
      map.set(id, {
        id,
        name: id,
        peerAddress: `${id}:9000`,
        httpAddress: 'http://127.0.0.1:8000',
        softwareVersion: '1.0.0',
        joinedAtMs: i as WallMs,
        version: 1,
      }),
    emptyFarm.members,
  );
  return { ...emptyFarm, members };
}

const caughtUp: Progress = { match: 100, next: 101, mode: 'replicate', inflight: 0, recentActive: true };

function statusOf(
  membership: Partial<Membership>,
  progress: Readonly<Record<string, Progress>> = {},
): Status {
  return {
    id: 'a',
    role: 'leader',
    term: 1,
    vote: 'a',
    leader: 'a',
    commit: 100,
    applied: 100,
    firstIndex: 1,
    lastIndex: 100,
    persistedIndex: 100,
    membership: { voters: ['a'], learners: [], outgoing: [], learnersNext: [], ...membership },
    membershipIndex: 7,
    transferTo: null,
    electionElapsed: 0,
    electionTimeout: 10,
    progress: new Map(Object.entries(progress)),
  };
}

describe('planMembership', () => {
  it('does nothing when both lists agree', () => {
    expect(planMembership(statusOf({}), farmOf('a'))).toBeNull();
  });

  it('takes a new PC in as a learner', () => {
    expect(planMembership(statusOf({}), farmOf('a', 'b'))).toEqual({ addLearners: ['b'], expectIndex: 7 });
  });

  it('makes a learner that caught up a voter', () => {
    const status = statusOf({ learners: ['b'] }, { b: caughtUp });
    expect(planMembership(status, farmOf('a', 'b'))).toEqual({ addVoters: ['b'], expectIndex: 7 });
  });

  it.each([
    ['is a snapshot behind', { ...caughtUp, mode: 'snapshot' as const }],
    ['lacks too many entries', { ...caughtUp, match: 0, mode: 'replicate' as const }],
    ['was not heard lately', { ...caughtUp, recentActive: false }],
  ])('waits with a learner that %s', (_name, progress) => {
    const farm = farmOf('a', 'b');
    const status = { ...statusOf({ learners: ['b'] }, { b: progress }), commit: 101 };
    expect(planMembership(status, farm)).toBeNull();
  });

  it('takes a removed PC out before anything else', () => {
    const status = statusOf({ voters: ['a', 'b'] });
    expect(planMembership(status, farmOf('a', 'c'))).toEqual({ remove: ['b'], expectIndex: 7 });
  });

  it('makes another PC a voter before the only voter is taken out', () => {
    const alone = statusOf({ voters: ['a'], learners: ['b'] }, { b: caughtUp });
    expect(planMembership(alone, farmOf('b'))).toEqual({ addVoters: ['b'], expectIndex: 7 });
    const both = statusOf({ voters: ['a', 'b'] }, { b: caughtUp });
    expect(planMembership(both, farmOf('b'))).toEqual({ remove: ['a'], expectIndex: 7 });
  });

  it.each([
    ['is off', { ...caughtUp, recentActive: false }],
    ['lost its records', { ...caughtUp, match: 0, mode: 'probe' as const }],
  ])('keeps a removed voter while one of the two others %s', (_name, progress) => {
    const status = { ...statusOf({ voters: ['a', 'b', 'c'] }, { b: progress, c: caughtUp }), commit: 101 };
    expect(planMembership(status, farmOf('a', 'b'))).toBeNull();
    const whole = statusOf({ voters: ['a', 'b', 'c'] }, { b: caughtUp });
    expect(planMembership(whole, farmOf('a', 'b'))).toEqual({ remove: ['c'], expectIndex: 7 });
  });

  it('removes nobody while the farm has no list of members yet', () => {
    expect(planMembership(statusOf({}), emptyFarm)).toBeNull();
  });

  it('keeps three voters with four PCs, and takes up to five from five PCs on', () => {
    const learning = { learners: ['d'], voters: ['a', 'b', 'c'] };
    expect(planMembership(statusOf(learning, { d: caughtUp }), farmOf('a', 'b', 'c', 'd'))).toBeNull();
    const five = statusOf({ ...learning, learners: ['d', 'e'] }, { d: caughtUp, e: caughtUp });
    expect(planMembership(five, farmOf('a', 'b', 'c', 'd', 'e'))).toEqual({
      addVoters: ['d'],
      expectIndex: 7,
    });
  });

  it('waits while the membership is joint', () => {
    expect(planMembership(statusOf({ outgoing: ['a'] }), farmOf('a', 'b'))).toBeNull();
  });
});
