/** Invitations over a real farm state: who is let in, and by whose clock an invitation ends. */
import { describe, expect, it } from 'vitest';
import type { WallMs } from '../../../src/base/units.ts';
import { admit, invite } from '../../../src/main/cluster/admission.ts';
import { readToken } from '../../../src/main/cluster/invitationToken.ts';
import type { JoinRequest } from '../../../src/raft/node/transportTypes.ts';
import { createSingleNodeCluster } from '../../support/singleNodeCluster.ts';

const NOW_MS = 1_800_000_000_000 as WallMs;
const HOUR_MS = 3_600_000;
const self = { nodeId: 'ab'.repeat(32), addresses: ['192.168.1.7:9000'] };

function requestWith(secret: string, invitationId: string): JoinRequest {
  return {
    nodeId: 'cd'.repeat(32),
    peerAddress: '192.168.1.8:9000',
    invitationId,
    secret,
    name: 'Second',
    peerPort: 9000,
    httpAddress: 'http://127.0.0.1:8000',
    softwareVersion: '1.0.0',
  };
}

async function foundedFarm(): Promise<ReturnType<typeof createSingleNodeCluster>> {
  const cluster = createSingleNodeCluster();
  await cluster.propose({ kind: 'foundFarm', id: 'farm-1', name: 'Shop', atMs: NOW_MS }, 1_000);
  return cluster;
}

async function invitation(cluster: ReturnType<typeof createSingleNodeCluster>): Promise<JoinRequest> {
  const made = await invite(cluster, self, { nowMs: NOW_MS, validForMs: HOUR_MS });
  const token = made.kind === 'created' ? readToken(made.token) : null;
  if (token?.ok !== true) throw new Error('no invitation');
  return requestWith(token.value.secret, token.value.invitationId);
}

describe('an invitation', () => {
  it('lets one PC in, and no other one after it', async () => {
    const cluster = await foundedFarm();
    const request = await invitation(cluster);
    expect(await admit(cluster, request, NOW_MS)).toMatchObject({ ok: true });
    const before = cluster.readLocal().state;
    const other = { ...request, nodeId: 'ef'.repeat(32) };
    expect(await admit(cluster, other, NOW_MS)).toMatchObject({ ok: false, code: 'invitation_used' });
    expect(cluster.readLocal().state).toBe(before);
  });

  it('lets nobody in with another secret', async () => {
    const cluster = await foundedFarm();
    const request = { ...(await invitation(cluster)), secret: 'a guess of the same length, more or less' };
    const before = cluster.readLocal().state;
    expect(await admit(cluster, request, NOW_MS)).toMatchObject({ ok: false, code: 'invitation_unknown' });
    expect(cluster.readLocal().state).toBe(before);
  });

  it('is good for its time also where some clock was far ahead once', async () => {
    const cluster = await foundedFarm();
    const aheadMs = (NOW_MS + 1_000 * HOUR_MS) as WallMs;
    await cluster.propose(
      { kind: 'addPrinter', id: 'p1', company: 'a', model: 'b', name: 'p1', atMs: aheadMs },
      1_000,
    );
    expect(await admit(cluster, await invitation(cluster), NOW_MS)).toMatchObject({ ok: true });
  });

  it('waits while the member is just starting', async () => {
    const cluster = await foundedFarm();
    expect(await admit(null, await invitation(cluster), NOW_MS)).toMatchObject({
      ok: false,
      code: 'starting',
    });
  });
});
