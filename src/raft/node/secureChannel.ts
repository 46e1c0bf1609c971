/**
 * TLS as this farm uses it: version 1.3 only, both sides show a self-signed certificate, and what counts is the hash
 * of the public key whose possession the handshake has proven. No authority, no names, no dates.
 */
import { createHash } from 'node:crypto';
import {
  connect,
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from 'node:tls';
import type { NodeId } from '../core/types.ts';
import type { Identity } from './identity.ts';
import type { PeerAddress } from './peerAddress.ts';

/** Made once per process: parsing key and certificate for each connection would cost more than the handshake. */
export function secureContextOf(identity: Identity): SecureContext {
  return createSecureContext({
    key: identity.keyPem,
    cert: identity.certPem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
  });
}

/**
 * The node id that the other side has proven, or null when it showed no usable certificate. TLS 1.3 makes each side
 * sign the handshake with its certificate's key (RFC 8446 §4.4.3), also when nobody vouches for the certificate.
 */
export function provenNodeId(socket: TLSSocket): NodeId | null {
  try {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return null;
    const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(publicKey).digest('hex');
  } catch {
    // A certificate with a key of a kind that this runtime does not know is no identity of ours.
    return null;
  }
}

/** Starts a TLS connection. The caller checks {@link provenNodeId} at `secureConnect`, before anything is sent. */
export function connectSecurely(address: PeerAddress, secureContext: SecureContext): TLSSocket {
  return connect({
    host: address.host,
    port: address.port,
    secureContext,
    minVersion: 'TLSv1.3',
    // Not "unchecked": the check is the pinned key hash, which Node's own verification knows nothing of.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
}

/** The accepting side. It does not listen by itself: connections are handed to it after they were counted. */
export function secureServer(identity: Identity, handshakeTimeoutMs: number): Server {
  return createServer({
    key: identity.keyPem,
    cert: identity.certPem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
  });
}
