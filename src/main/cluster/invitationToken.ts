/**
 * The text that lets one more PC in: which farm, which member to ask and where, and a one-time secret. Whoever holds
 * it may join once, so it is handled like a password. The farm keeps only the secret's hash.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refused, ok, type Result } from '../../base/result.ts';

const PREFIX = 'raft3d-invite-';
/** Far above a token with ten addresses. */
const TOKEN_LENGTH_MAX = 4096;
const SECRET_BYTES = 32;

const shape = z.object({
  v: z.literal(1),
  farm: z.string().min(1).max(128),
  invitation: z.string().min(1).max(128),
  secret: z.string().min(16).max(128),
  member: z.string().regex(/^[0-9a-f]{64}$/),
  /** `host:port`, the most likely first. */
  addresses: z.array(z.string().min(3).max(270)).min(1).max(16),
  expires_at_ms: z.int().min(0),
});

export interface InvitationToken {
  readonly farmId: string;
  readonly invitationId: string;
  readonly secret: string;
  readonly memberId: string;
  readonly addresses: readonly string[];
  readonly expiresAtMs: number;
}

/** A new id and secret; `secretHash` is what the farm may know. */
export function newSecret(): { readonly id: string; readonly secret: string; readonly secretHash: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id: randomUUID(), secret, secretHash: hashSecret(secret) };
}

/** SHA-256 in hex: the secret has 256 random bits, so a slow password hash would add nothing. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

export function writeToken(token: InvitationToken): string {
  const content: z.infer<typeof shape> = {
    v: 1,
    farm: token.farmId,
    invitation: token.invitationId,
    secret: token.secret,
    member: token.memberId,
    addresses: [...token.addresses],
    expires_at_ms: token.expiresAtMs,
  };
  return PREFIX + Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
}

/** The token in `text` (blanks around it are dropped), or a sentence that says what is wrong with it. */
export function readToken(text: string): Result<InvitationToken, string> {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length > TOKEN_LENGTH_MAX) {
    return refused(
      `This is no invitation: one begins with ${PREFIX}. Copy the whole line that "raft3d invite" prints.`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(trimmed.slice(PREFIX.length), 'base64url').toString('utf8'));
  } catch {
    return refused('The invitation is cut or mistyped. Copy the whole line that "raft3d invite" prints.');
  }
  const parsed = shape.safeParse(content);
  if (!parsed.success) {
    return refused('The invitation is damaged or of another version of Raft3D. Ask for a new one.');
  }
  const { farm, invitation, secret, member, addresses, expires_at_ms: expiresAtMs } = parsed.data;
  return ok({ farmId: farm, invitationId: invitation, secret, memberId: member, addresses, expiresAtMs });
}
