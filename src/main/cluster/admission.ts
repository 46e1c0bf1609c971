/** Letting one more PC in: the member's side makes and honours invitations, the new PC's side uses one. */
import type { WallMs } from '../../base/units.ts';
import type { Refusal } from '../../farm/commands.ts';
import type { Clock } from '../../raft/node/ports.ts';
import type { Identity } from '../../raft/node/identity.ts';
import { requestJoin } from '../../raft/node/joinClient.ts';
import type { JoinAnswer, JoinCredentials, JoinRequest } from '../../raft/node/transportTypes.ts';
import { OperatingError } from '../operatingError.ts';
import type { FarmFile } from './farmFile.ts';
import { hashSecret, newSecret, writeToken, type InvitationToken } from './invitationToken.ts';
import type { Cluster, InvitationResult } from './port.ts';

const PROPOSE_DEADLINE_MS = 5_000;
/** The member answers after its own deadline at the latest. */
const JOIN_TIMEOUT_MS = 10_000;

/** Makes a token that lets one PC in within `validForMs`. `addresses`: where this member is reached. */
export async function invite(
  cluster: Cluster,
  self: { readonly nodeId: string; readonly addresses: readonly string[] },
  times: { readonly nowMs: WallMs; readonly validForMs: number },
): Promise<InvitationResult> {
  const { id, secret, secretHash } = newSecret();
  // Farm time, by which it expires, may be ahead of this clock: some PC's clock was once.
  const { farmTimeMs } = cluster.readLocal().state;
  const expiresAtMs = (Math.max(times.nowMs, farmTimeMs) + times.validForMs) as WallMs;
  const result = await cluster.propose(
    { kind: 'createInvitation', id, secretHash, expiresAtMs, atMs: times.nowMs },
    PROPOSE_DEADLINE_MS,
  );
  if (result.kind !== 'applied') return { kind: result.kind };
  if (!result.outcome.ok) return { kind: 'refused', reason: result.outcome.reason };
  const farmId = cluster.readLocal().state.farm?.id ?? '';
  const token = writeToken({
    farmId,
    invitationId: id,
    secret,
    memberId: self.nodeId,
    addresses: self.addresses,
    expiresAtMs,
  });
  return { kind: 'created', token, expiresAtMs };
}

/** The member's answer to a PC that shows an invitation; `cluster` is null while this node starts itself. Nothing about the farm is told before it was honoured. */
export async function admit(
  cluster: Cluster | null,
  request: JoinRequest,
  nowMs: WallMs,
): Promise<JoinAnswer> {
  if (cluster === null) return no('starting', 'That PC is just starting. Try again in a moment.');
  const { nodeId: id, name, peerAddress, httpAddress, softwareVersion } = request;
  const result = await cluster.propose(
    {
      kind: 'admitMember',
      invitationId: request.invitationId,
      secretHash: hashSecret(request.secret),
      member: { id, name, peerAddress, httpAddress, softwareVersion },
      atMs: nowMs,
    },
    PROPOSE_DEADLINE_MS,
  );
  if (result.kind !== 'applied') {
    return no(
      result.kind,
      'The farm cannot take changes right now. Try again in a moment; the invitation stays good.',
    );
  }
  if (!result.outcome.ok) return no(result.outcome.reason.code, explain(result.outcome.reason));
  const { farm, members } = cluster.readLocal().state;
  return {
    ok: true,
    farmId: farm?.id ?? '',
    farmName: farm?.name ?? '',
    members: [...members.values()]
      .filter((member) => member.id !== id)
      .map((member) => ({ id: member.id, peerAddress: member.peerAddress })),
  };
}

function no(code: string, detail: string): JoinAnswer {
  return { ok: false, code, detail };
}

function explain(reason: Refusal): string {
  switch (reason.code) {
    case 'invitation_unknown':
      return 'The farm does not know this invitation (any more). Ask for a new one.';
    case 'invitation_used':
      return 'The invitation was used by another PC. Each lets in one; ask for a new one.';
    case 'invitation_expired':
      return 'The invitation has expired. Ask for a new one.';
    default:
      return `The farm refused: ${reason.code}.`;
  }
}

/**
 * Uses an invitation: asks its member, at each of its addresses in turn. Throws {@link OperatingError}
 * `invitation_refused` with the farm's reason, or with all that was tried.
 */
export async function joinFarm(
  token: InvitationToken,
  identity: Identity,
  self: Omit<JoinCredentials, 'invitationId' | 'secret'>,
  clock: Clock,
): Promise<FarmFile> {
  const tried: string[] = [];
  for (const address of token.addresses) {
    const answer = await requestJoin(
      address,
      token.memberId,
      identity,
      { ...self, cluster: token.farmId, invitationId: token.invitationId, secret: token.secret },
      { timeoutMs: JOIN_TIMEOUT_MS, clock },
    );
    if (answer.ok) return joined(token, address, answer);
    tried.push(`${address}: ${answer.detail}`);
    if (!isWorthAnotherAddress(answer.code)) break;
  }
  throw new OperatingError('invitation_refused', `This PC could not join the farm. ${tried.join('; ')}`);
}

function isWorthAnotherAddress(code: string): boolean {
  return code === 'unreachable' || code === 'bad_address' || code === 'identity_mismatch';
}

function joined(
  token: InvitationToken,
  address: string,
  answer: Extract<JoinAnswer, { ok: true }>,
): FarmFile {
  // The address that just worked is better than what the member says of itself.
  const others = answer.members.filter((member) => member.id !== token.memberId);
  return {
    farmId: answer.farmId,
    farmName: answer.farmName,
    founder: false,
    logStarted: true,
    logLost: false,
    seeds: [{ id: token.memberId, peerAddress: address }, ...others],
  };
}
