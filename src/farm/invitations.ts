/**
 * Rules of the invitations: one secret lets one PC in, once, until it expires. Only its hash is ever in the log.
 * Expiry is measured with farm time, the greatest time stamped on any applied command.
 */
import type { WallMs } from '../base/units.ts';
import type { CommandOf } from './commands.ts';
import { memberWith } from './members.ts';
import type { FarmState, Invitation } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/** Invitations kept: far more PCs than a farm admits in a day, few enough to look through all of them. */
export const INVITATIONS_MAX = 64;

/**
 * Opens an invitation. Expired ones are dropped on this occasion, and the oldest used one when there is no room.
 * Refusals: `invitation_expired` (born expired, for example by a PC whose clock is far behind), `duplicate_id` (other
 * content), `too_many_invitations` ({@link INVITATIONS_MAX} are open).
 */
export function createInvitation(
  state: FarmState,
  command: CommandOf<'createInvitation'>,
  nowMs: WallMs,
): Step {
  const { id, secretHash, expiresAtMs } = command;
  const existing = state.invitations.get(id);
  if (existing !== undefined) {
    return existing.secretHash === secretHash && existing.expiresAtMs === expiresAtMs
      ? repeated(state, { kind: 'invitation', record: existing })
      : refuse(state, { code: 'duplicate_id', record: 'invitation', id });
  }
  if (expiresAtMs <= nowMs) return refuse(state, { code: 'invitation_expired', expiredAtMs: expiresAtMs });
  const dropped = invitationsToDrop(state, nowMs);
  if (state.invitations.size - dropped.length >= INVITATIONS_MAX) {
    return refuse(state, { code: 'too_many_invitations', openMax: INVITATIONS_MAX });
  }
  const record: Invitation = { id, secretHash, createdAtMs: nowMs, expiresAtMs, usedBy: null };
  return changed(
    { ...state, invitations: state.invitations.deleteAll(dropped).set(id, record) },
    { kind: 'invitation', record },
    [...dropped, id].map((each) => ({ collection: 'invitations', id: each }) as const),
  );
}

/**
 * Lets a PC in that shows an open invitation, and uses the invitation up. The same PC asking again is answered as the
 * first time, also after the expiry; once it was removed it needs another invitation. A PC that is a member already
 * only gets its record renewed. Refusals: `invitation_unknown` (also for a wrong secret: ids are not to be probed),
 * `invitation_used`, `invitation_expired`.
 */
export function admitMember(state: FarmState, command: CommandOf<'admitMember'>, nowMs: WallMs): Step {
  const { invitationId, secretHash, member: facts } = command;
  const invitation = state.invitations.get(invitationId);
  if (invitation === undefined || invitation.secretHash !== secretHash) {
    return refuse(state, { code: 'invitation_unknown' });
  }
  const existing = state.members.get(facts.id);
  if (invitation.usedBy !== null) {
    return invitation.usedBy === facts.id && existing !== undefined
      ? repeated(state, { kind: 'member', record: existing })
      : refuse(state, { code: 'invitation_used' });
  }
  if (invitation.expiresAtMs <= nowMs) {
    return refuse(state, { code: 'invitation_expired', expiredAtMs: invitation.expiresAtMs });
  }
  const record = memberWith(existing, facts, nowMs);
  return changed(
    {
      ...state,
      members: state.members.set(record.id, record),
      invitations: state.invitations.set(invitationId, { ...invitation, usedBy: record.id }),
    },
    { kind: 'member', record },
    [
      { collection: 'members', id: record.id },
      { collection: 'invitations', id: invitationId },
    ],
  );
}

/** The ids to drop before one more is kept, oldest first: the expired ones, else the oldest used one if room is short. */
function invitationsToDrop(state: FarmState, nowMs: WallMs): readonly string[] {
  const expired: string[] = [];
  let oldestUsed: string | null = null;
  for (const [id, invitation] of state.invitations) {
    if (invitation.expiresAtMs <= nowMs) expired.push(id);
    else if (invitation.usedBy !== null) oldestUsed ??= id;
  }
  const isFull = state.invitations.size - expired.length >= INVITATIONS_MAX;
  return isFull && oldestUsed !== null ? [...expired, oldestUsed] : expired;
}
