import { describe, expect, it } from 'vitest';
import { decideResilience } from '../../../src/renderer/store/resilience.ts';
import { describeResilience } from '../../../src/renderer/views/resilienceText.ts';
import { cluster, member } from '../records.ts';

const self = member('a', { is_self: true, last_heard_ms: 0 });
const silent = { last_heard_ms: 60_000 };

function ofVoters(voters: readonly string[], silentIds: readonly string[]) {
  const members = voters.map((id) => (id === 'a' ? self : member(id, silentIds.includes(id) ? silent : {})));
  return cluster({ voters, members });
}

describe('what the farm survives', () => {
  it.each([
    { voters: ['a'], silentIds: [], kind: 'alone', title: 'This farm is one PC' },
    { voters: ['a', 'b'], silentIds: [], kind: 'pair', title: 'No PC may fail' },
    { voters: ['a', 'b'], silentIds: ['b'], kind: 'lost', title: 'Changes are stopped' },
    { voters: ['a', 'b', 'c'], silentIds: [], kind: 'whole', title: '1 PC may fail' },
    { voters: ['a', 'b', 'c'], silentIds: ['c'], kind: 'degraded', title: 'No further PC may fail' },
    { voters: ['a', 'b', 'c'], silentIds: ['b', 'c'], kind: 'lost', title: 'Changes are stopped' },
    { voters: ['a', 'b', 'c', 'd', 'e'], silentIds: [], kind: 'whole', title: '2 PCs may fail' },
    { voters: ['a', 'b', 'c', 'd', 'e'], silentIds: ['e'], kind: 'degraded', title: '1 more PC may fail' },
    {
      voters: ['a', 'b', 'c', 'd', 'e'],
      silentIds: ['d', 'e'],
      kind: 'degraded',
      title: 'No further PC may fail',
    },
  ])('with $voters deciding and $silentIds silent is "$title"', ({ voters, silentIds, kind, title }) => {
    const resilience = decideResilience(ofVoters(voters, silentIds));
    expect(resilience.kind).toBe(kind);
    expect(describeResilience(resilience).title).toBe(title);
  });

  it('names the PCs to bring back', () => {
    const resilience = decideResilience(ofVoters(['a', 'b', 'c'], ['c']));
    expect(describeResilience(resilience).detail).toContain('pc-c');
  });

  it('does not call other followers silent at a follower that knows a leader, nor says that all answer', () => {
    const atFollower = cluster({
      role: 'follower',
      leader_id: 'b',
      members: [self, member('b'), member('c', { last_heard_ms: null })],
    });
    expect(decideResilience(atFollower)).toEqual({
      kind: 'whole',
      voters: 3,
      majority: 2,
      mayFail: 1,
      allHeard: false,
    });
  });

  it('counts a voter as silent that was never heard of while nobody leads', () => {
    const leaderless = cluster({
      role: 'candidate',
      leader_id: null,
      members: [self, member('b', { last_heard_ms: null }), member('c', silent)],
    });
    expect(decideResilience(leaderless).kind).toBe('lost');
  });
});
