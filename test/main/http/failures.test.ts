import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, postJson } from '../../support/httpClient.ts';
import { fillFarm, seedJob } from '../../support/sampleFarm.ts';
import { createSingleNodeCluster } from '../../support/singleNodeCluster.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  fillFarm(api.cluster);
});
afterEach(() => api.stop());

describe('a change that the cluster cannot take', () => {
  it.each(['no_leader', 'busy'] as const)(
    'is 503 %s with Retry-After, and nothing is changed',
    async (mode) => {
      api.cluster.mode = mode;
      const before = api.cluster.state;
      const answer = await postJson(api.url, '/printjobs', seedJob);
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.json()).toMatchObject({ code: mode });
      expect(api.cluster.state).toBe(before);
    },
  );

  it('is 503 outcome_unknown when leadership was lost, and the same request again finds it done once', async () => {
    api.cluster.mode = 'outcome_unknown';
    const unknown = await postJson(api.url, '/printjobs', seedJob);
    expect(unknown.status).toBe(503);
    expect(unknown.json()).toMatchObject({ code: 'outcome_unknown' });
    api.cluster.mode = 'healthy';
    expect((await postJson(api.url, '/printjobs', seedJob)).status).toBe(200);
    expect(api.cluster.state.jobs.size).toBe(1);
  });
});

describe('a linearizable read without a leader', () => {
  it.each(['/printers', '/printers/p1'])('of %s is 503 no_leader with Retry-After', async (path) => {
    api.cluster.mode = 'no_leader';
    const answer = await ask(api.url, path);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.text).toContain('consistency=local');
  });
});

describe('a mistake of our own', () => {
  it('is answered 500 without its insides, and logged with them', async () => {
    const cluster = createSingleNodeCluster();
    const broken = { ...cluster, read: () => Promise.reject(new Error('secret detail of a disk')) };
    const brokenApi = await startTestApi({ cluster: broken });
    const answer = await ask(brokenApi.url, '/printers');
    await brokenApi.stop();
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal' });
    expect(answer.text).not.toMatch(/secret|at .*:\d+/);
    expect(brokenApi.logLines.join('')).toContain('secret detail of a disk');
  });

  it('does not stop the server from answering the next request', async () => {
    const cluster = createSingleNodeCluster();
    let calls = 0;
    const flaky = {
      ...cluster,
      read: (deadlineMs: number) =>
        calls++ === 0 ? Promise.reject(new Error('once')) : cluster.read(deadlineMs),
    };
    const flakyApi = await startTestApi({ cluster: flaky });
    const statuses = [
      (await ask(flakyApi.url, '/printers')).status,
      (await ask(flakyApi.url, '/printers')).status,
    ];
    await flakyApi.stop();
    expect(statuses).toEqual([500, 200]);
  });
});

describe('an invitation', () => {
  it('that the farm refuses is a problem', async () => {
    const refusing = await startTestApi({
      createInvitation: () =>
        Promise.resolve({ kind: 'refused', reason: { code: 'too_many_invitations', openMax: 100 } }),
    });
    const answer = await ask(refusing.url, '/api/v1/members/invitations', { method: 'POST' });
    await refusing.stop();
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'too_many_invitations' });
  });

  it('without a leader is 503', async () => {
    const waiting = await startTestApi({ createInvitation: () => Promise.resolve({ kind: 'no_leader' }) });
    const answer = await ask(waiting.url, '/api/v1/members/invitations', { method: 'POST' });
    await waiting.stop();
    expect(answer.status).toBe(503);
  });
});
