/** What the transport asks of the node that owns it, and what it reports. */
import type { NodeId } from '../core/types.ts';
import type { PeerAddress } from './peerAddress.ts';
import type { Identity } from './identity.ts';
import type { Net } from './ports.ts';

/** `raft-control`: messages. `raft-bulk`: snapshots, so that they never delay a heartbeat. */
export type LinkPurpose = 'raft-control' | 'raft-bulk';

/** Why a connection is not wanted; told to the other side before it is closed. */
export interface Refusal {
  readonly code:
    | 'bad_hello'
    | 'version_unsupported'
    | 'wrong_farm'
    | 'identity_mismatch'
    | 'not_a_member'
    | 'unexpected_purpose'
    | 'too_busy'
    | 'internal_error'
    /** A code of a newer version; `detail` says it in words. */
    | 'other';
  readonly detail: string;
}

/** What a new PC shows to be let in; the invitation comes from a member. */
export interface JoinCredentials {
  readonly invitationId: string;
  readonly secret: string;
  /** What people call the PC. */
  readonly name: string;
  /** Where the new node's own transport listens. */
  readonly peerPort: number;
  /** `host:port` of its HTTP side, for people and links. */
  readonly httpAddress: string;
  readonly softwareVersion: string;
}

/** {@link JoinCredentials} as a member receives them. */
export interface JoinRequest extends JoinCredentials {
  /** Proven by the TLS handshake. */
  readonly nodeId: NodeId;
  /** `host:port`: the host as seen on the socket, the port as said. */
  readonly peerAddress: string;
}

export type JoinAnswer =
  | {
      readonly ok: true;
      readonly farmId: string;
      readonly farmName: string;
      readonly members: readonly { readonly id: NodeId; readonly peerAddress: string }[];
    }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export interface TransportOptions {
  readonly identity: Identity;
  /** The farm's id: peers of another are refused. */
  readonly cluster: string;
  /** Port 0 = any free one. */
  readonly listen: PeerAddress;
  readonly softwareVersion: string;
  /** Is this peer let in (a member of the farm)? Asked at every connection; the pinned key was proven already. */
  isMember(nodeId: NodeId): boolean;
  /** `host:port` to dial it, or null when unknown. Asked at every attempt, so that changes are picked up. */
  addressOf(nodeId: NodeId): string | null;
  /** A member dialled us: the host as seen on the socket, the port from its hello. */
  learnedAddress(nodeId: NodeId, address: string): void;
  /** A stranger shows an invitation. The caller bounds the time; a rejection is answered as `internal_error`. */
  join(request: JoinRequest): Promise<JoinAnswer>;
  /** Facts for log and metrics. Must not throw. */
  report(event: TransportEvent): void;
}

export type TransportEvent =
  | {
      readonly kind: 'connected';
      readonly peer: NodeId;
      readonly purpose: LinkPurpose;
      readonly direction: 'dialled' | 'accepted';
      readonly address: string;
    }
  | {
      readonly kind: 'disconnected';
      readonly peer: NodeId;
      readonly purpose: LinkPurpose;
      readonly reason: string;
    }
  /** A hello was refused. `by: 'peer'`: it refused ours. `peer` is null when no key was shown. */
  | {
      readonly kind: 'refused';
      readonly by: 'us' | 'peer';
      readonly peer: NodeId | null;
      readonly address: string;
      readonly refusal: Refusal;
    }
  | {
      readonly kind: 'dial_failed';
      readonly peer: NodeId;
      readonly purpose: LinkPurpose;
      readonly address: string;
      readonly detail: string;
    }
  /** Bytes that are no protocol of ours: the connection was closed. */
  | {
      readonly kind: 'garbage';
      readonly peer: NodeId | null;
      readonly address: string;
      readonly detail: string;
    }
  /** A connection came while too many others had not said who they are; it was closed at once. */
  | { readonly kind: 'too_many_half_open'; readonly address: string }
  /** Something from a newer version was skipped; once per connection and name. */
  | { readonly kind: 'skipped'; readonly peer: NodeId; readonly what: string }
  /** Messages were dropped instead of growing the queue; once per episode. */
  | { readonly kind: 'overflow'; readonly peer: NodeId; readonly queuedBytes: number }
  /** A message of ours is larger than any frame and can never be sent. */
  | { readonly kind: 'oversized'; readonly peer: NodeId; readonly bytes: number }
  | {
      readonly kind: 'snapshot';
      readonly peer: NodeId;
      readonly direction: 'sent' | 'received';
      readonly snapshotId: string;
      readonly outcome: 'done' | 'failed' | 'broken';
      readonly detail: string;
    };

/** A running transport: the {@link Net} port over TLS. */
export interface TlsTransport extends Net {
  /** Where it listens. */
  readonly address: PeerAddress;
  /** Closes every connection to the peer and forgets its queue: it was removed from the farm. */
  dropPeer(nodeId: NodeId): void;
  /** Closes everything. Messages still queued are lost, as any message may be. */
  stop(): Promise<void>;
}
