/**
 * This node's lasting identity: one private key in a file, one certificate beside it. A damaged or half-lost identity
 * is an error that names the file; a new one is made only in a directory that never had one, because to the farm a
 * new key is a stranger.
 */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeIdOfKey, selfSignedCertificate } from './certificate.ts';

export interface Identity {
  /** Hex SHA-256 (64 digits) of the certificate's SubjectPublicKeyInfo. */
  readonly nodeId: string;
  readonly keyPem: string;
  readonly certPem: string;
}

/** What is wrong with the files; the message names the file and says what to do. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: 'identity_damaged' | 'identity_key_missing';

  constructor(code: IdentityError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

export const KEY_FILE = 'identity.key.pem';
export const CERTIFICATE_FILE = 'identity.cert.pem';

/** A new identity in memory only. */
export function createIdentity(): Identity {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { nodeId: nodeIdOfKey(keyPem), keyPem, certPem: selfSignedCertificate(keyPem) };
}

/**
 * Reads the identity kept in `directory`, or makes one there when neither file exists. The key is durable before the
 * certificate is written, so a crash between the two leaves a key whose certificate is made again (the same node).
 * Rejects with {@link IdentityError}, or with the operating system's error when a file cannot be read or written.
 */
export async function loadOrCreateIdentity(directory: string): Promise<Identity> {
  await mkdir(directory, { recursive: true });
  const keyPath = join(directory, KEY_FILE);
  const certificatePath = join(directory, CERTIFICATE_FILE);
  const keyPem = await readIfThere(keyPath);
  const certPem = await readIfThere(certificatePath);
  if (keyPem === null) {
    if (certPem !== null) {
      throw new IdentityError(
        'identity_key_missing',
        `${keyPath} is missing although ${certificatePath} is there: restore the key from a backup, or remove both ` +
          'files to join the farm as a new node',
      );
    }
    const identity = createIdentity();
    await writeDurably(directory, KEY_FILE, identity.keyPem);
    await writeDurably(directory, CERTIFICATE_FILE, identity.certPem);
    return identity;
  }
  const nodeId = readKey(keyPath, keyPem);
  await keepPrivate(keyPath);
  if (certPem === null) {
    const made = selfSignedCertificate(keyPem);
    await writeDurably(directory, CERTIFICATE_FILE, made);
    return { nodeId, keyPem, certPem: made };
  }
  checkCertificate(certificatePath, certPem, keyPem);
  return { nodeId, keyPem, certPem };
}

function readKey(path: string, keyPem: string): string {
  try {
    const key = createPrivateKey(keyPem);
    if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
      return nodeIdOfKey(keyPem);
    }
  } catch (cause) {
    throw damaged(path, 'is not a readable private key', cause);
  }
  throw damaged(path, 'is not an ECDSA P-256 key');
}

function checkCertificate(path: string, certPem: string, keyPem: string): void {
  let matches: boolean;
  try {
    matches = new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem));
  } catch (cause) {
    throw damaged(path, 'is not a readable certificate (remove it and it is made again)', cause);
  }
  if (!matches) throw damaged(path, `belongs to another key than ${KEY_FILE} beside it`);
}

function damaged(path: string, what: string, cause?: unknown): IdentityError {
  return new IdentityError('identity_damaged', `${path} ${what}; restore it from a backup`, cause);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A restored backup may have lost the file's mode. Windows keeps the directory's own access list. */
async function keepPrivate(path: string): Promise<void> {
  if (process.platform !== 'win32') await chmod(path, 0o600);
}

/** Temporary file, sync, rename, sync of the directory: after a crash the file is whole or absent. */
async function writeDurably(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `${name}.tmp`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await keepPrivate(temporary);
  await rename(temporary, join(directory, name));
  // Windows has no call that syncs a directory.
  if (process.platform === 'win32') return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
