/**
 * The first frame in each direction: who speaks, which farm, which protocol versions, what for. JSON, because it is
 * the one frame that every version there will ever be must be able to read. The rules that let a peer in are here;
 * the TLS side proved its key before any of this was read.
 */
import { ok, refused, type Result } from '../../base/result.ts';
import type { NodeId } from '../core/types.ts';
import type { JoinAnswer, JoinCredentials, LinkPurpose, Refusal } from './transportTypes.ts';

/** Versions that this build speaks. Raise the maximum with each change of frames or messages that old ones misread. */
export const PROTOCOL = { min: 1, max: 1 } as const;

export interface Hello {
  /** Greatest and least protocol version; the connection uses the greatest that both know. */
  readonly min: number;
  readonly max: number;
  readonly cluster: string;
  readonly nodeId: NodeId;
  readonly purpose: LinkPurpose | 'join';
  readonly softwareVersion: string;
  /** Where the speaker itself can be dialled. */
  readonly peerPort: number;
  /** Drawn at each start of a process: a new value means that older connections of this peer are dead. */
  readonly incarnation: string;
  /** With purpose `join` only. */
  readonly join: Pick<JoinCredentials, 'invitationId' | 'secret' | 'name' | 'httpAddress'> | null;
}

const REFUSAL_CODES: ReadonlySet<string> = new Set<Refusal['code']>([
  'bad_hello',
  'version_unsupported',
  'wrong_farm',
  'identity_mismatch',
  'not_a_member',
  'unexpected_purpose',
  'too_busy',
  'internal_error',
]);

const PURPOSES: ReadonlySet<unknown> = new Set<Hello['purpose']>(['raft-control', 'raft-bulk', 'join']);
/** Longer texts cannot be ours; a hello frame has 4 KiB in all. */
const TEXT_CHARS_MAX = 1024;
const DETAIL_CHARS_MAX = 300;
/** A farm has at most some hundreds of PCs. */
const MEMBERS_MAX = 1024;

/** What the other side of a connection must be. */
export interface Expected {
  readonly cluster: string;
  /** From the peer's certificate. */
  readonly provenId: NodeId;
  readonly purposes: readonly Hello['purpose'][];
}

/** The rules, in the order in which they may be told to a stranger. Gives the hello itself when it is good. */
export function checkHello(hello: Hello | null, expected: Expected): Result<Hello, Refusal> {
  if (hello === null) return refused({ code: 'bad_hello', detail: 'the first frame is no hello' });
  if (hello.max < PROTOCOL.min || hello.min > PROTOCOL.max) {
    const detail = `you speak protocol ${hello.min} to ${hello.max}, this node ${PROTOCOL.min} to ${PROTOCOL.max}`;
    return refused({ code: 'version_unsupported', detail });
  }
  if (hello.nodeId !== expected.provenId) {
    return refused({ code: 'identity_mismatch', detail: 'the node id is not that of the key shown' });
  }
  if (hello.cluster !== expected.cluster) {
    return refused({ code: 'wrong_farm', detail: 'this node belongs to another farm' });
  }
  if (!expected.purposes.includes(hello.purpose)) {
    return refused({ code: 'unexpected_purpose', detail: `not ready for ${hello.purpose}` });
  }
  return ok(hello);
}

export function encodeJson(value: Hello | Refusal | JoinAnswer): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Null when the body is no hello of any version. Unknown members are skipped. Never throws. */
export function parseHello(body: Uint8Array): Hello | null {
  const json = parseRecord(body);
  if (json === null) return null;
  const { min, max, cluster, nodeId, purpose, softwareVersion, peerPort, incarnation, join } = json;
  if (!isVersion(min) || !isVersion(max) || min > max || !isPort(peerPort) || !isPurpose(purpose))
    return null;
  if (!isText(cluster) || !isText(nodeId) || !isText(softwareVersion) || !isText(incarnation)) return null;
  const credentials = purpose === 'join' ? parseCredentials(join) : null;
  if (purpose === 'join' && credentials === null) return null;
  return { min, max, cluster, nodeId, purpose, softwareVersion, peerPort, incarnation, join: credentials };
}

/** A refusal frame; one that cannot be read is still a refusal. Never throws. */
export function parseRefusal(body: Uint8Array): Refusal {
  const json = parseRecord(body);
  const code = json?.['code'];
  const detail = json?.['detail'];
  const words = typeof detail === 'string' ? detail.slice(0, DETAIL_CHARS_MAX) : 'no reason given';
  if (typeof code === 'string' && REFUSAL_CODES.has(code))
    return { code: code as Refusal['code'], detail: words };
  return { code: 'other', detail: typeof code === 'string' ? `${code.slice(0, 64)}: ${words}` : words };
}

/** A member's answer to a joining node, or null when it makes no sense. Never throws. */
export function parseJoinAnswer(body: Uint8Array): JoinAnswer | null {
  const json = parseRecord(body);
  if (json === null) return null;
  if (json['ok'] === false) {
    const { code, detail } = json;
    return isText(code) && isText(detail) ? { ok: false, code, detail } : null;
  }
  const { farmId, farmName, members } = json;
  if (json['ok'] !== true || !isText(farmId) || !isText(farmName)) return null;
  if (!Array.isArray(members) || members.length > MEMBERS_MAX) return null;
  const list: { readonly id: string; readonly peerAddress: string }[] = [];
  for (const member of members as readonly unknown[]) {
    if (!isRecord(member) || !isText(member['id']) || !isText(member['peerAddress'])) return null;
    list.push({ id: member['id'], peerAddress: member['peerAddress'] });
  }
  return { ok: true, farmId, farmName, members: list };
}

function parseCredentials(join: unknown): Hello['join'] {
  if (!isRecord(join)) return null;
  const { invitationId, secret, name, httpAddress } = join;
  const whole = isText(invitationId) && isText(secret) && isText(name) && isText(httpAddress);
  return whole ? { invitationId, secret, name, httpAddress } : null;
}

function parseRecord(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isRecord(json) ? json : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_CHARS_MAX;
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** 0 = does not listen. */
function isPort(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}

function isPurpose(value: unknown): value is Hello['purpose'] {
  return PURPOSES.has(value);
}
