import { createServer, type Server, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/raft/node/identity.ts';
import { requestJoin } from '../../../src/raft/node/joinClient.ts';
import { createSystemClock } from '../../../src/raft/node/systemClock.ts';
import { FARM, TestFarm, type TestNode } from './transportFarm.ts';

let farm: TestFarm;
beforeEach(() => {
  farm = new TestFarm();
});
afterEach(async () => {
  await farm.stopAll();
});

const CREDENTIALS = {
  invitationId: 'inv-1',
  secret: 'a secret of one use',
  name: 'PC 7',
  peerPort: 9000,
  httpAddress: '127.0.0.1:8000',
  softwareVersion: '0.1.0',
};
const REQUEST = { ...CREDENTIALS, cluster: FARM };
const OPTIONS = { timeoutMs: 3000, clock: createSystemClock() };
const addressOf = (node: TestNode): string => `127.0.0.1:${node.transport.address.port}`;

describe('joining by invitation', () => {
  it('brings the question to the member and its answer back', async () => {
    const member = await farm.start();
    const joiner = createIdentity();
    const members = [{ id: member.identity.nodeId, peerAddress: addressOf(member) }];
    farm.joinAnswer = () => Promise.resolve({ ok: true, farmId: FARM, farmName: 'The shed', members });
    const answer = await requestJoin(addressOf(member), member.identity.nodeId, joiner, REQUEST, OPTIONS);
    expect(answer).toEqual({ ok: true, farmId: FARM, farmName: 'The shed', members });
    expect(member.joins).toEqual([{ ...CREDENTIALS, nodeId: joiner.nodeId, peerAddress: '127.0.0.1:9000' }]);
    expect(member.learned).toEqual([]);
  });

  it('gives back a refusal of the member', async () => {
    const member = await farm.start();
    const answer = await requestJoin(
      addressOf(member),
      member.identity.nodeId,
      createIdentity(),
      REQUEST,
      OPTIONS,
    );
    expect(answer).toEqual({ ok: false, code: 'invitation_unknown', detail: 'no such invitation' });
  });

  it('gives back a failure of the member without its details', async () => {
    const member = await farm.start();
    farm.joinAnswer = () => Promise.reject(new Error('ENOSPC at /secret/path'));
    const answer = await requestJoin(
      addressOf(member),
      member.identity.nodeId,
      createIdentity(),
      REQUEST,
      OPTIONS,
    );
    expect(answer).toEqual({ ok: false, code: 'internal_error', detail: 'the member failed' });
  });

  it('is refused by a member of another farm before it looks at the invitation', async () => {
    const member = await farm.start({ cluster: 'farm-2' });
    const answer = await requestJoin(
      addressOf(member),
      member.identity.nodeId,
      createIdentity(),
      REQUEST,
      OPTIONS,
    );
    expect(answer).toMatchObject({ ok: false, code: 'wrong_farm' });
    expect(member.joins).toEqual([]);
  });

  it('shows nothing at all to a node with another key than the invitation names', async () => {
    const impostor = createIdentity();
    const heard: Buffer[] = [];
    const server: Server = createServer(
      { key: impostor.keyPem, cert: impostor.certPem, requestCert: true, rejectUnauthorized: false },
      (socket: TLSSocket) => {
        socket.on('data', (chunk: Buffer) => heard.push(chunk));
        socket.on('error', () => undefined);
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const closed = once(server, 'secureConnection').then(([socket]) => once(socket as TLSSocket, 'close'));
    const address = `127.0.0.1:${(server.address() as { readonly port: number }).port}`;
    const answer = await requestJoin(address, createIdentity().nodeId, createIdentity(), REQUEST, OPTIONS);
    await closed;
    server.close();
    expect(answer).toMatchObject({ ok: false, code: 'identity_mismatch' });
    const text = Buffer.concat(heard).toString();
    expect(text).toContain('identity_mismatch');
    expect(text).not.toContain(CREDENTIALS.secret);
    expect(text).not.toContain(CREDENTIALS.invitationId);
  });

  it('says what went wrong when there is nobody, no such address, or no answer', async () => {
    const member = await farm.start();
    const ask = (address: string): ReturnType<typeof requestJoin> =>
      requestJoin(address, member.identity.nodeId, createIdentity(), REQUEST, {
        ...OPTIONS,
        timeoutMs: 300,
      });
    expect(await ask('nowhere')).toMatchObject({ ok: false, code: 'bad_address' });
    farm.joinAnswer = () => new Promise(() => undefined);
    expect(await ask(addressOf(member))).toMatchObject({ ok: false, code: 'no_answer' });
    await member.transport.stop();
    expect(await ask(addressOf(member))).toMatchObject({ ok: false, code: 'unreachable' });
  });

  it('is put to the member by few at a time', async () => {
    const member = await farm.start();
    farm.joinAnswer = () => new Promise(() => undefined);
    const asked = Array.from({ length: 9 }, () =>
      requestJoin(addressOf(member), member.identity.nodeId, createIdentity(), REQUEST, {
        ...OPTIONS,
        timeoutMs: 1500,
      }),
    );
    const codes = (await Promise.all(asked)).map((answer) => (answer.ok ? 'ok' : answer.code));
    expect(codes.filter((code) => code === 'too_busy')).toHaveLength(1);
    expect(member.joins).toHaveLength(8);
  });
});
