import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clusterRecordSchema,
  invitationRecordSchema,
  memberRecordSchema,
} from '../../../src/contract/recordSchemas.ts';
import type { Member } from '../../../src/farm/state.ts';
import { ask, postJson } from '../../support/httpClient.ts';
import { SELF_ID } from '../../support/singleNodeCluster.ts';
import { startTestApi, TEST_NOW_MS, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

const OTHER_ID = 'b'.repeat(64);
const LEARNER_ID = 'c'.repeat(64);

/** Makes a PC known to the farm, however it came in. */
function addMember(id: string, name: string): void {
  const { state } = api.cluster;
  const member: Member = {
    id,
    name,
    peerAddress: '10.0.0.2:9000',
    httpAddress: 'http://127.0.0.1:8000',
    softwareVersion: '0.1.0',
    joinedAtMs: TEST_NOW_MS,
    version: 1,
  };
  api.cluster.install({ ...state, members: state.members.set(id, member) });
}

describe('GET /api/v1/cluster', () => {
  it('shows who leads, who votes and who was heard when', async () => {
    addMember(SELF_ID, 'One');
    addMember(OTHER_ID, 'Two');
    addMember(LEARNER_ID, 'Three');
    api.cluster.setStatus({
      role: 'follower',
      leaderId: OTHER_ID,
      voters: [SELF_ID, OTHER_ID],
      learners: [LEARNER_ID],
      lastHeardMs: new Map([[OTHER_ID, 120]]),
    });
    const record = clusterRecordSchema.parse((await ask(api.url, '/api/v1/cluster')).json());
    expect(record).toMatchObject({
      node_id: SELF_ID,
      role: 'follower',
      leader_id: OTHER_ID,
      applied_index: 300,
    });
    expect(record.members.map(({ name, role, last_heard_ms }) => [name, role, last_heard_ms])).toEqual([
      ['One', 'voter', 0],
      ['Three', 'learner', null],
      ['Two', 'leader', 120],
    ]);
  });

  it('answers without a leader and without a farm', async () => {
    api.cluster.mode = 'no_leader';
    const answer = await ask(api.url, '/api/v1/cluster');
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      farm_id: null,
      farm_name: 'Test farm',
      leader_id: null,
      ready: false,
    });
  });

  it('shows the name of the farm once it is founded', async () => {
    api.cluster.apply({ kind: 'foundFarm', id: 'farm-1', name: 'Print shop', atMs: 1 as never });
    expect((await ask(api.url, '/api/v1/cluster')).json()).toMatchObject({
      farm_id: 'farm-1',
      farm_name: 'Print shop',
    });
  });
});

describe('GET /api/v1/members', () => {
  it('shows the PCs keyed by id', async () => {
    addMember(OTHER_ID, 'Two');
    const members = (await ask(api.url, '/api/v1/members')).json() as Record<string, unknown>;
    expect(Object.keys(members).sort()).toEqual([SELF_ID, OTHER_ID]);
    memberRecordSchema.parse(members[OTHER_ID]);
  });
});

describe('POST /api/v1/members/invitations', () => {
  it('gives a token that is good for a day', async () => {
    const answer = await ask(api.url, '/api/v1/members/invitations', { method: 'POST' });
    expect(answer.status).toBe(201);
    const record = invitationRecordSchema.parse(answer.json());
    expect(record).toEqual({ token: 'raft3d-test-token', expires_at: '2026-05-05T09:00:00.000Z' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('takes other hours', async () => {
    const answer = await postJson(api.url, '/api/v1/members/invitations', { valid_for_hours: 1 });
    expect(answer.json()).toMatchObject({ expires_at: '2026-05-04T10:00:00.000Z' });
  });
});

describe('health', () => {
  it('is serving even without a leader, and ready only with one', async () => {
    expect((await ask(api.url, '/readyz')).status).toBe(200);
    api.cluster.mode = 'no_leader';
    expect((await ask(api.url, '/healthz')).status).toBe(200);
    const answer = await ask(api.url, '/readyz');
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'not_ready' });
    expect(answer.text).toContain('knows no leader');
  });

  it('is not ready while this node catches up', async () => {
    api.cluster.setStatus({ ready: false, role: 'learner' });
    expect((await ask(api.url, '/readyz')).text).toContain('still catching up');
  });

  it('has numbers that Prometheus reads', async () => {
    await ask(api.url, '/nothing');
    const answer = await ask(api.url, '/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('raft3d_http_requests_total{method="GET",status="404"} 1\n');
    expect(answer.text).toContain('raft3d_role{role="leader"} 1\n');
    const sample = /^[a-z_0-9]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$/;
    const odd = answer.text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line));
    expect(odd).toEqual([]);
  });
});
