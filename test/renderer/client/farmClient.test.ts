import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/renderer/client/backoff.ts';
import { createFarmClient, type FarmClient } from '../../../src/renderer/client/farmClient.ts';
import { TRIES_MAX } from '../../../src/renderer/client/retry.ts';
import { job, printer } from '../records.ts';

interface Script {
  readonly status: number;
  readonly body: unknown;
}

/** A node that gives the scripted answers in order (the last one for ever), and what it was asked. */
function scripted(...script: readonly Script[]) {
  const asked: { method: string; path: string; body: string | null }[] = [];
  const waits: number[] = [];
  let next = 0;
  const client: FarmClient = createFarmClient(
    (path, init) => {
      asked.push({ method: init.method ?? '', path, body: typeof init.body === 'string' ? init.body : null });
      const answer = script[Math.min(next++, script.length - 1)];
      if (answer === undefined) return Promise.reject(new TypeError('nobody there'));
      return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
    },
    {
      wait(waitMs) {
        waits.push(waitMs);
        return Promise.resolve();
      },
      chance: () => 0.5,
    },
  );
  return { client, asked, waits };
}

const noLeader = { status: 503, body: { code: 'no_leader' } };
const unknown = { status: 503, body: { code: 'outcome_unknown' } };
const created = { status: 201, body: printer('p1') };
const illegal = { status: 409, body: { code: 'illegal_transition', detail: 'It is running already.' } };
const request = { id: 'p1', company: 'Prusa', model: 'MK4S' };

describe('a creation', () => {
  it('is sent again with the same id and content while nobody leads', async () => {
    const { client, asked, waits } = scripted(noLeader, noLeader, created);
    expect(await client.createPrinter(request)).toMatchObject({ kind: 'ok', created: true });
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map((each) => each.body))).toEqual(new Set([JSON.stringify(request)]));
    expect(waits).toHaveLength(2);
  });

  it('is given up after a bounded number of tries', async () => {
    const { client, asked } = scripted(noLeader);
    expect(await client.createPrinter(request)).toMatchObject({ kind: 'noLeader' });
    expect(asked).toHaveLength(TRIES_MAX);
  });

  it('counts as new when an unknown earlier try turns out to have made it', async () => {
    const { client } = scripted(unknown, { status: 200, body: printer('p1') });
    expect(await client.createPrinter(request)).toMatchObject({ kind: 'ok', created: true });
  });

  it('says that the record was there when the first answer is 200', async () => {
    const { client } = scripted({ status: 200, body: printer('p1') });
    expect(await client.createPrinter(request)).toMatchObject({ kind: 'ok', created: false });
  });

  it('is not repeated after a refusal', async () => {
    const { client, asked } = scripted({ status: 409, body: { code: 'duplicate_id', detail: 'Taken.' } });
    expect(await client.createPrinter(request)).toMatchObject({ kind: 'refused' });
    expect(asked).toHaveLength(1);
  });

  it('is not repeated by itself when the node does not answer', async () => {
    const { client, asked } = scripted();
    expect(await client.createPrinter(request)).toEqual({ kind: 'unreachable' });
    expect(asked).toHaveLength(1);
  });
});

describe('a step of a job', () => {
  it('names the job and the status in the address, whatever the id is made of', async () => {
    const { client, asked } = scripted({ status: 200, body: job('a b/ü', { status: 'running' }) });
    await client.setJobStatus('a b/ü', 'running');
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/printjobs/a%20b%2F%C3%BC/status?status=running',
    });
  });

  it('counts as made when an unknown try made it and its repetition is refused for that', async () => {
    const running = { status: 200, body: job('j1', { status: 'running' }) };
    const { client, asked } = scripted(unknown, illegal, running);
    expect(await client.setJobStatus('j1', 'running')).toMatchObject({ kind: 'ok' });
    expect(asked[2]).toMatchObject({ method: 'GET', path: '/api/v1/printjobs/j1' });
  });

  it('stays refused when after an unknown try the job has another status', async () => {
    const canceled = { status: 200, body: job('j1', { status: 'canceled' }) };
    const { client } = scripted(unknown, illegal, canceled);
    expect(await client.setJobStatus('j1', 'running')).toMatchObject({ kind: 'refused' });
  });

  it('stays refused without another look when every try was answered', async () => {
    const { client, asked } = scripted(noLeader, illegal);
    expect(await client.setJobStatus('j1', 'running')).toMatchObject({ kind: 'refused' });
    expect(asked).toHaveLength(2);
  });
});

describe('an invitation', () => {
  it('is asked for once, because each one is a new secret', async () => {
    const { client, asked } = scripted(unknown);
    expect(await client.createInvitation()).toMatchObject({ kind: 'outcomeUnknown' });
    expect(asked).toEqual([{ method: 'POST', path: '/api/v1/members/invitations', body: '{}' }]);
  });
});

describe('back-off', () => {
  const limits = { firstMs: 100, greatestMs: 1000 };

  it('doubles up to its limit', () => {
    expect([1, 2, 3, 4, 5, 500].map((tries) => backoffMs(tries, 1, limits))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });

  it('is never less than half, so that a chance of 0 does not hammer the node', () => {
    expect(backoffMs(1, 0, limits)).toBe(50);
    expect(backoffMs(9, 0, limits)).toBe(500);
  });
});
