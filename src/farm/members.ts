/** Rules of the members: the PCs of the farm. How one gets in with an invitation is in `invitations.ts`. */
import type { WallMs } from '../base/units.ts';
import type { CommandOf, MemberFacts } from './commands.ts';
import type { FarmState, Member } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/**
 * Updates what a member says about itself; the first member of all enters by it.
 * Refusal: `unknown_member` when the farm has members and this PC is none of them (never invited, or removed).
 */
export function announceMember(state: FarmState, command: CommandOf<'announceMember'>, nowMs: WallMs): Step {
  const { member: facts } = command;
  const existing = state.members.get(facts.id);
  if (existing === undefined && state.members.size > 0) {
    return refuse(state, { code: 'unknown_member', memberId: facts.id });
  }
  if (existing !== undefined && hasFacts(existing, facts)) {
    return repeated(state, { kind: 'member', record: existing });
  }
  const record = memberWith(existing, facts, nowMs);
  return changed({ ...state, members: state.members.set(record.id, record) }, { kind: 'member', record }, [
    { collection: 'members', id: record.id },
  ]);
}

/**
 * Takes a PC out of the farm; the answer holds the record as it was.
 * Refusals: `unknown_member`; `last_member`, because into a farm without members anybody could announce himself.
 */
export function removeMember(state: FarmState, command: CommandOf<'removeMember'>): Step {
  const { memberId } = command;
  const record = state.members.get(memberId);
  if (record === undefined) return refuse(state, { code: 'unknown_member', memberId });
  if (state.members.size === 1) return refuse(state, { code: 'last_member', memberId });
  return changed({ ...state, members: state.members.delete(memberId) }, { kind: 'member', record }, [
    { collection: 'members', id: memberId },
  ]);
}

/** The record of a PC after it told `facts`: a new one, or the next version of `existing`. */
export function memberWith(existing: Member | undefined, facts: MemberFacts, nowMs: WallMs): Member {
  const { id, name, peerAddress, httpAddress, softwareVersion } = facts;
  const joinedAtMs = existing?.joinedAtMs ?? nowMs;
  const version = (existing?.version ?? 0) + 1;
  return { id, name, peerAddress, httpAddress, softwareVersion, joinedAtMs, version };
}

function hasFacts(member: Member, facts: MemberFacts): boolean {
  return (
    member.name === facts.name &&
    member.peerAddress === facts.peerAddress &&
    member.httpAddress === facts.httpAddress &&
    member.softwareVersion === facts.softwareVersion
  );
}
