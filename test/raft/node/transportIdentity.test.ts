import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../src/raft/node/certificate.ts';
import {
  CERTIFICATE_FILE,
  createIdentity,
  KEY_FILE,
  loadOrCreateIdentity,
} from '../../../src/raft/node/identity.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'identity-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const contents = async (): Promise<Record<string, string>> => {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const),
    ),
  );
};

describe('a certificate', () => {
  it('is signed by its own key, valid from 2000 to 2200, and its key hash is the node id', () => {
    const { certPem, nodeId } = createIdentity();
    const certificate = new X509Certificate(certPem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      'Jan  1 00:00:00 2000 GMT',
      'Jan  1 00:00:00 2200 GMT',
    ]);
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    expect(createHash('sha256').update(spki).digest('hex')).toBe(nodeId);
  });

  it('differs at each issue but stands for the same node', () => {
    const { certPem, keyPem } = createIdentity();
    const again = selfSignedCertificate(keyPem);
    expect(again).not.toBe(certPem);
    expect(new X509Certificate(again).publicKey.equals(new X509Certificate(certPem).publicKey)).toBe(true);
  });
});

describe('the identity of a node', () => {
  it('is made at the first start and the same ever after', async () => {
    const first = await loadOrCreateIdentity(directory);
    expect(first.nodeId).toMatch(/^[0-9a-f]{64}$/);
    expect(await loadOrCreateIdentity(directory)).toEqual(first);
    expect(await readdir(directory)).toEqual([CERTIFICATE_FILE, KEY_FILE]);
  });

  it.skipIf(process.platform === 'win32')('keeps its key readable by its owner alone', async () => {
    await loadOrCreateIdentity(directory);
    expect((await stat(join(directory, KEY_FILE))).mode & 0o777).toBe(0o600);
  });

  it('survives a crash between key and certificate as the same node', async () => {
    const first = await loadOrCreateIdentity(directory);
    await rm(join(directory, CERTIFICATE_FILE));
    const second = await loadOrCreateIdentity(directory);
    expect(second.nodeId).toBe(first.nodeId);
    expect(await loadOrCreateIdentity(directory)).toEqual(second);
  });

  it.each([
    ['an empty key file', KEY_FILE, ''],
    ['a key file cut short', KEY_FILE, '-----BEGIN PRIVATE KEY-----\nMIGH'],
    [
      'a key of another kind',
      KEY_FILE,
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['the key of another node', KEY_FILE, createIdentity().keyPem],
    ['a certificate cut short', CERTIFICATE_FILE, '-----BEGIN CERTIFICATE-----\nMIIB'],
  ])('is refused with %s, naming the file, and nothing changed', async (_what, name, text) => {
    await loadOrCreateIdentity(directory);
    await writeFile(join(directory, name), text);
    const before = await contents();
    await expect(loadOrCreateIdentity(directory)).rejects.toMatchObject({
      code: 'identity_damaged',
      message: expect.stringContaining(directory) as string,
    });
    expect(await contents()).toEqual(before);
  });

  it('is never replaced when the key is gone', async () => {
    await loadOrCreateIdentity(directory);
    await rm(join(directory, KEY_FILE));
    const before = await contents();
    await expect(loadOrCreateIdentity(directory)).rejects.toMatchObject({ code: 'identity_key_missing' });
    expect(await contents()).toEqual(before);
  });
});
