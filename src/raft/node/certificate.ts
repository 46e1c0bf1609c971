/**
 * Makes a self-signed X.509 certificate for a key: the few DER structures of RFC 5280 that TLS asks for. Trust never
 * comes from the certificate itself but from the hash of its public key, so it carries no names and no extensions.
 */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

/** Tags of X.690, those used here. */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758 §3.2). */
const OID_ECDSA_SHA256 = Buffer.from('2a8648ce3d040302', 'hex');
/** id-at-commonName, 2.5.4.3. */
const OID_COMMON_NAME = Buffer.from('550403', 'hex');
/** The same for every node: a name would only tempt somebody to trust it. */
const COMMON_NAME = 'raft3d';
/**
 * Wide enough that a PC whose clock is off by years still presents a valid certificate. Years up to 2049 must be
 * UTCTime, later ones GeneralizedTime (RFC 5280 §4.1.2.5).
 */
const NOT_BEFORE = '000101000000Z';
const NOT_AFTER = '22000101000000Z';
/** Below the 20 bytes that RFC 5280 §4.1.2.2 allows. */
const SERIAL_BYTES = 16;

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length, ...length]), content]);
}

function serialNumber(): Buffer {
  const serial = randomBytes(SERIAL_BYTES);
  // Positive and without a leading zero byte, as DER wants its integers.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** SubjectPublicKeyInfo of a private key in PEM. Throws when it is no key. */
function publicKeyDer(privateKeyPem: string): Buffer {
  return createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'der' });
}

/** The id of the node that holds this private key: hex SHA-256 of its SubjectPublicKeyInfo. Throws on no key. */
export function nodeIdOfKey(privateKeyPem: string): string {
  return createHash('sha256').update(publicKeyDer(privateKeyPem)).digest('hex');
}

/**
 * A fresh certificate in PEM for an ECDSA P-256 private key in PKCS #8 PEM, valid from 2000 to 2200, with a random
 * serial number. Two certificates of one key stand for the same node. Throws when the key cannot sign.
 */
export function selfSignedCertificate(privateKeyPem: string): string {
  const algorithm = der(TAG.sequence, der(TAG.oid, OID_ECDSA_SHA256));
  const name = der(
    TAG.sequence,
    der(
      TAG.set,
      der(TAG.sequence, der(TAG.oid, OID_COMMON_NAME), der(TAG.utf8String, Buffer.from(COMMON_NAME))),
    ),
  );
  const toBeSigned = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    der(
      TAG.sequence,
      der(TAG.utcTime, Buffer.from(NOT_BEFORE)),
      der(TAG.generalizedTime, Buffer.from(NOT_AFTER)),
    ),
    name,
    publicKeyDer(privateKeyPem),
  );
  const signature = sign('sha256', toBeSigned, privateKeyPem);
  const certificate = der(
    TAG.sequence,
    toBeSigned,
    algorithm,
    der(TAG.bitString, Buffer.from([0]), signature),
  );
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
