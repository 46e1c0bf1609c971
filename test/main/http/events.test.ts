import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CLUSTER_EVENT_PERIOD_MS,
  PATCH_PERIOD_MS,
  type SnapshotEvent,
} from '../../../src/contract/events.ts';
import { clusterRecordSchema, printjobRecordSchema } from '../../../src/contract/recordSchemas.ts';
import {
  EVENT_CLIENTS_MAX,
  HEARTBEAT_PERIOD_MS,
  PENDING_RECORDS_MAX,
} from '../../../src/main/http/limits.ts';
import { openEvents, type EventClient } from '../../support/eventClient.ts';
import { ask } from '../../support/httpClient.ts';
import { fillFarm, jobCommand } from '../../support/sampleFarm.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
let clients: EventClient[];
beforeEach(async () => {
  api = await startTestApi();
  fillFarm(api.cluster, 1);
  api.timers.fire(PATCH_PERIOD_MS);
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await api.stop();
});

async function open(lastEventId?: string): Promise<EventClient> {
  const client = await openEvents(api.url, lastEventId);
  clients.push(client);
  return client;
}

describe('a new event stream', () => {
  it('begins with a snapshot of everything in the shapes of the contract', async () => {
    const client = await open();
    expect(client.contentType).toBe('text/event-stream; charset=utf-8');
    const event = await client.next();
    const data = event.data as SnapshotEvent;
    expect(event.name).toBe('snapshot');
    expect(data.applied_index).toBe(3);
    expect([Object.keys(data.printers), Object.keys(data.filaments)]).toEqual([['p1'], ['f1']]);
    printjobRecordSchema.parse(data.printjobs['job-0']);
    clusterRecordSchema.parse(data.cluster);
  });

  it('is not opened for HEAD', async () => {
    const answer = await ask(api.url, '/api/v1/events', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  });

  it('is refused when too many are open, and has room again when one closed', async () => {
    for (let count = 0; count < EVENT_CLIENTS_MAX; count++) await (await open()).next();
    const refused = await ask(api.url, '/api/v1/events');
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'too_many_streams' });
    clients[0]?.close();
    await expect
      .poll(async () => (await ask(api.url, '/metrics')).text)
      .toContain(`raft3d_event_clients ${EVENT_CLIENTS_MAX - 1}\n`);
    expect((await (await open()).next()).name).toBe('snapshot');
  });
});

describe('changes', () => {
  it('of one period come as one patch with only the touched records', async () => {
    const client = await open();
    await client.next();
    api.cluster.apply(jobCommand('job-1'));
    api.cluster.apply(jobCommand('job-2'));
    expect(api.timers.fire(PATCH_PERIOD_MS)).toBe(1);
    const { name, data } = await client.next();
    expect(name).toBe('patch');
    expect(data).toMatchObject({ applied_index: 5, printers: {}, filaments: { f1: { version: 4 } } });
    expect(Object.keys((data as SnapshotEvent).printjobs)).toEqual(['job-1', 'job-2']);
  });

  it('show a record as it is when the patch is written, once', async () => {
    const client = await open();
    await client.next();
    api.cluster.apply({ kind: 'setJobStatus', jobId: 'job-0', status: 'running', atMs: 1 as never });
    api.cluster.apply({ kind: 'setJobStatus', jobId: 'job-0', status: 'done', atMs: 2 as never });
    api.timers.fire(PATCH_PERIOD_MS);
    const { data } = await client.next();
    expect((data as SnapshotEvent).printjobs).toMatchObject({ 'job-0': { status: 'done', version: 3 } });
  });

  it('reach every client', async () => {
    const [one, two] = [await open(), await open()];
    await one.next();
    await two.next();
    api.cluster.apply(jobCommand('job-1'));
    api.timers.fire(PATCH_PERIOD_MS);
    expect((await one.next()).data).toEqual((await two.next()).data);
  });

  it('of the whole farm, as when a snapshot was installed, come as a fresh snapshot', async () => {
    const client = await open();
    await client.next();
    api.cluster.install({ ...api.cluster.state, jobs: api.cluster.state.jobs.delete('job-0') });
    api.timers.fire(PATCH_PERIOD_MS);
    const { name, data } = await client.next();
    expect(name).toBe('snapshot');
    expect(data).toMatchObject({ applied_index: 103, printjobs: {} });
  });

  it('of more records than may wait come as a fresh snapshot', async () => {
    const client = await open();
    await client.next();
    for (let index = 1; index <= PENDING_RECORDS_MAX; index++) api.cluster.apply(jobCommand(`job-${index}`));
    api.timers.fire(PATCH_PERIOD_MS);
    const { name, data } = await client.next();
    expect(name).toBe('snapshot');
    expect(Object.keys((data as SnapshotEvent).printjobs)).toHaveLength(PENDING_RECORDS_MAX + 1);
  });
});

describe('the cluster', () => {
  it('is told when its status changes', async () => {
    const client = await open();
    await client.next();
    api.cluster.mode = 'no_leader';
    api.timers.fire(PATCH_PERIOD_MS);
    const { name, id, data } = await client.next();
    expect({ name, id }).toEqual({ name: 'cluster', id: null });
    expect(data).toMatchObject({ leader_id: null, role: 'candidate', ready: false });
  });

  it('is told when its members change', async () => {
    const client = await open();
    await client.next();
    const member = {
      id: 'b'.repeat(64),
      name: 'PC two',
      peerAddress: '10.0.0.2:9000',
      httpAddress: 'http://127.0.0.1:8000',
      softwareVersion: '0.1.0',
    };
    api.cluster.apply({ kind: 'announceMember', member, atMs: 1 as never });
    api.timers.fire(PATCH_PERIOD_MS);
    const { name, data } = await client.next();
    expect(name).toBe('cluster');
    expect(data).toMatchObject({
      members: [
        { name: 'PC two', role: 'joining', last_heard_ms: null, is_self: false },
        { name: 'aaaaaaaa', role: 'leader', is_self: true },
      ],
    });
  });

  it('is told every period without any change', async () => {
    const client = await open();
    await client.next();
    api.timers.fire(CLUSTER_EVENT_PERIOD_MS);
    expect((await client.next()).name).toBe('cluster');
  });

  it('stream is kept alive by a comment', async () => {
    const client = await open();
    await client.next();
    api.timers.fire(HEARTBEAT_PERIOD_MS);
    expect(await client.nextComment()).toBe('alive');
  });
});

describe('a client that comes back', () => {
  async function lastIdOfAClient(): Promise<string> {
    const client = await open();
    const { id } = await client.next();
    client.close();
    return id ?? '';
  }

  it('gets only what it missed', async () => {
    const lastId = await lastIdOfAClient();
    api.cluster.apply(jobCommand('job-1'));
    api.timers.fire(PATCH_PERIOD_MS);
    api.cluster.apply(jobCommand('job-2'));
    const { name, data } = await (await open(lastId)).next();
    expect(name).toBe('patch');
    expect(Object.keys((data as SnapshotEvent).printjobs).sort()).toEqual(['job-1', 'job-2']);
  });

  it('is told by an empty patch that it missed nothing', async () => {
    const { name, data } = await (await open(await lastIdOfAClient())).next();
    expect(name).toBe('patch');
    expect(data).toEqual({ applied_index: 3, printers: {}, filaments: {}, printjobs: {} });
  });

  it.each(['3', 'nonsense', 'aaaaaaaaaaaa-3', '', '-1'])(
    'with an id that is not of this run ("%s") gets a snapshot',
    async (id) => {
      expect((await (await open(id)).next()).name).toBe('snapshot');
    },
  );

  it('with an index from the future gets a snapshot', async () => {
    const lastId = (await lastIdOfAClient()).replace(/-3$/, '-999');
    expect((await (await open(lastId)).next()).name).toBe('snapshot');
  });
});

describe('stopping the server', () => {
  it('ends the streams', async () => {
    const client = await open();
    await client.next();
    await api.stop();
    await client.ended;
  });
});
