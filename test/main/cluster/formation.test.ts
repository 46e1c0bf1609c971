/** Founding, joining and going on: what a data directory and the flags together mean. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFarmFile, writeFarmFile, type FarmFile } from '../../../src/main/cluster/farmFile.ts';
import { planFormation } from '../../../src/main/cluster/formation.ts';
import { newSecret, readToken, writeToken, hashSecret } from '../../../src/main/cluster/invitationToken.ts';
import type { FarmNodeConfig } from '../../../src/main/farmNodeTypes.ts';

const NOW_MS = 1_800_000_000_000;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'raft3d-formation-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function config(formation: FarmNodeConfig['formation']): FarmNodeConfig {
  const address = { host: '127.0.0.1', port: 0 };
  return { dataDir, name: 'Front desk', http: address, peer: address, formation, rendererDir: null };
}

function token(changes: { farmId?: string; expiresAtMs?: number } = {}): string {
  return writeToken({
    farmId: 'farm-1',
    invitationId: 'invitation-1',
    secret: 'a-secret-of-enough-characters',
    memberId: 'ab'.repeat(32),
    addresses: ['192.168.1.7:9000'],
    expiresAtMs: NOW_MS + 1,
    ...changes,
  });
}

function existing(changes: Partial<FarmFile> = {}): FarmFile {
  const file: FarmFile = {
    farmId: 'farm-1',
    farmName: 'Shop',
    founder: false,
    logStarted: true,
    logLost: false,
    seeds: [],
    ...changes,
  };
  writeFarmFile(dataDir, file);
  return file;
}

describe('planFormation', () => {
  it('founds a farm named after the PC in a fresh directory', () => {
    const plan = planFormation(config({ kind: 'auto' }), NOW_MS);
    expect(plan).toMatchObject({ kind: 'found', file: { farmName: "Front desk's farm", founder: true } });
    expect(readFarmFile(dataDir)).toEqual(plan.kind === 'found' ? plan.file : null);
  });

  it('founds on after a crash before the log began', () => {
    const file = existing({ founder: true, logStarted: false });
    expect(planFormation(config({ kind: 'auto' }), NOW_MS)).toEqual({ kind: 'found', file });
  });

  it('goes on with the farm of the directory', () => {
    const file = existing();
    expect(planFormation(config({ kind: 'auto' }), NOW_MS)).toEqual({ kind: 'continue', file });
  });

  it('takes the invitation of the farm it is in already as going on', () => {
    const file = existing();
    const plan = planFormation(config({ kind: 'join', invitation: token() }), NOW_MS);
    expect(plan).toEqual({ kind: 'continue', file });
  });

  it.each([
    ['founding another farm', { kind: 'create', farmName: 'Second' } as const, 'belongs to the farm "Shop"'],
    ['joining another farm', { kind: 'join', invitation: token({ farmId: 'other' }) } as const, 'belongs to'],
  ])('refuses %s in it, and changes nothing', (_name, formation, message) => {
    const file = existing();
    expect(() => planFormation(config(formation), NOW_MS)).toThrow(message);
    expect(readFarmFile(dataDir)).toEqual(file);
  });

  it.each([
    ['text that is no invitation', 'hello', 'This is no invitation'],
    ['a cut invitation', token().slice(0, 40), 'cut or mistyped'],
    ['an expired invitation', token({ expiresAtMs: NOW_MS - 1 }), 'expired'],
  ])('refuses %s, and leaves the directory empty', (_name, invitation, message) => {
    expect(() => planFormation(config({ kind: 'join', invitation }), NOW_MS)).toThrow(message);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('names the file when the farm file is damaged', () => {
    existing({ farmName: '' });
    expect(() => planFormation(config({ kind: 'auto' }), NOW_MS)).toThrow('farm.json is damaged');
  });
});

describe('an invitation token', () => {
  it('is read as it was written, also with blanks around it', () => {
    const read = readToken(` ${token()}\n`);
    expect(read).toMatchObject({ ok: true, value: { farmId: 'farm-1', addresses: ['192.168.1.7:9000'] } });
  });

  it('carries a secret that only its hash tells apart', () => {
    const one = newSecret();
    const two = newSecret();
    expect(one.secret).not.toBe(two.secret);
    expect(hashSecret(one.secret)).toBe(one.secretHash);
    expect(one.secretHash).not.toContain(one.secret);
  });
});
