import { describe, expect, it } from 'vitest';
import { emptyFarm } from '../../src/farm/state.ts';
import { INVITATIONS_MAX } from '../../src/farm/invitations.ts';
import type { Command } from '../../src/farm/commands.ts';
import {
  accepted,
  admit,
  after,
  announce,
  apply,
  at,
  expectRefused,
  expectRepeated,
  facts,
  farmAfter,
  hashOf,
  invitation,
  recordOf,
  remove,
} from './fixtures.ts';

const founded = farmAfter(announce(facts('n1')));
const invited = after(founded, invitation());

describe('announcing', () => {
  it('lets the founder in while the farm has no member', () => {
    const step = apply(emptyFarm, announce(facts('n1')));
    expect(step.state.members.get('n1')).toEqual({ ...facts('n1'), joinedAtMs: 50, version: 1 });
    expect(step.touched).toEqual([{ collection: 'members', id: 'n1' }]);
  });

  it('lets nobody else in', () => {
    expectRefused(founded, announce(facts('n2')), { code: 'unknown_member', memberId: 'n2' });
  });

  it.each([
    { name: 'left PC' },
    { peerAddress: '10.0.0.7:9000' },
    { httpAddress: 'http://10.0.0.7:8000' },
    { softwareVersion: '0.2.0' },
  ])('renews the record with %o', (news) => {
    const state = after(founded, announce(facts('n1', news), 60));
    expect(state.members.get('n1')).toEqual({ ...facts('n1', news), joinedAtMs: 50, version: 2 });
  });

  it('changes nothing when there is no news', () => {
    const record = recordOf(founded.members, 'n1');
    expectRepeated(founded, announce(facts('n1'), 999), { kind: 'member', record });
  });
});

describe('removing a member', () => {
  const two = after(invited, admit(facts('n2')));

  it('answers with the record as it was', () => {
    const record = recordOf(two.members, 'n2');
    const step = apply(two, remove('n2'));
    expect(step.outcome).toEqual({ ok: true, value: { kind: 'member', record } });
    expect(step.state.members.has('n2')).toBe(false);
    expect(step.touched).toEqual([{ collection: 'members', id: 'n2' }]);
  });

  it('refuses one that is not there', () => {
    expectRefused(two, remove('n9'), { code: 'unknown_member', memberId: 'n9' });
  });

  it('refuses the last one', () => {
    expectRefused(founded, remove('n1'), { code: 'last_member', memberId: 'n1' });
  });

  it('shuts the removed PC out: neither an announcement nor its old invitation lets it in', () => {
    const state = after(two, remove('n2'));
    expectRefused(state, announce(facts('n2')), { code: 'unknown_member', memberId: 'n2' });
    expectRefused(state, admit(facts('n2')), { code: 'invitation_used' });
  });

  it('does not keep a PC from being invited again', () => {
    const again = after(two, remove('n2'), invitation({ id: 'i2', secretHash: hashOf('b'), atMs: at(310) }));
    const state = after(again, admit(facts('n2'), { invitationId: 'i2', secretHash: hashOf('b') }));
    expect(state.members.get('n2')).toMatchObject({ joinedAtMs: 310, version: 1 });
  });
});

describe('an invitation', () => {
  it('lets one PC in and is used up by it', () => {
    const step = apply(invited, admit(facts('n2')));
    expect(step.state.members.get('n2')).toEqual({ ...facts('n2'), joinedAtMs: 200, version: 1 });
    expect(step.state.invitations.get('i1')?.usedBy).toBe('n2');
    expect(step.touched).toEqual([
      { collection: 'members', id: 'n2' },
      { collection: 'invitations', id: 'i1' },
    ]);
    expectRefused(step.state, admit(facts('n3')), { code: 'invitation_used' });
  });

  it('answers the same PC again as the first time, also after it expired', () => {
    const state = after(invited, admit(facts('n2')));
    const record = recordOf(state.members, 'n2');
    const retry = admit(facts('n2', { peerAddress: '10.0.0.9:1' }), { atMs: at(5000) });
    expectRepeated(state, retry, { kind: 'member', record });
  });

  it('only renews the record of a PC that is a member already', () => {
    const state = after(invited, admit(facts('n1', { name: 'new' })));
    expect(state.members.get('n1')).toMatchObject({ name: 'new', joinedAtMs: 50, version: 2 });
  });

  it.each([{ invitationId: 'i9' }, { secretHash: hashOf('b') }])('is unknown with %o', (wrong) => {
    expectRefused(invited, admit(facts('n2'), wrong), { code: 'invitation_unknown' });
  });

  it('ends at its expiry, by farm time', () => {
    expect(accepted(invited, admit(facts('n2'), { atMs: at(999) }))).toMatchObject({ kind: 'member' });
    const refusal = { code: 'invitation_expired', expiredAtMs: at(1000) } as const;
    expectRefused(invited, admit(facts('n2'), { atMs: at(1000) }), refusal);
  });

  it('does not live again for a PC whose clock is behind', () => {
    const later = after(invited, announce(facts('n1', { name: 'late' }), 1000));
    expectRefused(later, admit(facts('n2'), { atMs: at(200) }), {
      code: 'invitation_expired',
      expiredAtMs: at(1000),
    });
  });

  it('is not born expired', () => {
    const refusal = { code: 'invitation_expired', expiredAtMs: at(100) } as const;
    expectRefused(founded, invitation({ expiresAtMs: at(100) }), refusal);
  });

  it('may be created again with the same content only', () => {
    const record = recordOf(invited.invitations, 'i1');
    expectRepeated(invited, invitation({ atMs: at(120) }), { kind: 'invitation', record });
    const refusal = { code: 'duplicate_id', record: 'invitation', id: 'i1' } as const;
    expectRefused(invited, invitation({ secretHash: hashOf('b') }), refusal);
    expectRefused(invited, invitation({ expiresAtMs: at(1001) }), refusal);
  });
});

describe('the invitations together', () => {
  const many = (count: number): readonly Command[] =>
    Array.from({ length: count }, (_, index) => invitation({ id: `i${String(index + 1)}` }));
  const full = after(founded, ...many(INVITATIONS_MAX));

  it('are bounded', () => {
    expectRefused(full, invitation({ id: 'more' }), {
      code: 'too_many_invitations',
      openMax: INVITATIONS_MAX,
    });
  });

  it('make room for a new one when they have expired, and say which went', () => {
    const step = apply(full, invitation({ id: 'more', atMs: at(1000), expiresAtMs: at(2000) }));
    expect([...step.state.invitations.keys()]).toEqual(['more']);
    expect(step.touched).toHaveLength(INVITATIONS_MAX + 1);
    expect(step.touched).toContainEqual({ collection: 'invitations', id: 'i1' });
  });

  it('make room by forgetting the oldest used one, and no open one', () => {
    const used = after(
      full,
      admit(facts('n2'), { invitationId: 'i5' }),
      admit(facts('n3'), { invitationId: 'i3' }),
    );
    const step = apply(used, invitation({ id: 'more' }));
    expect(step.state.invitations.has('i3')).toBe(false);
    expect(step.state.invitations.size).toBe(INVITATIONS_MAX);
    expect(step.touched).toEqual([
      { collection: 'invitations', id: 'i3' },
      { collection: 'invitations', id: 'more' },
    ]);
  });
});
