import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  filamentRecordSchema,
  printerRecordSchema,
  printjobRecordSchema,
} from '../../../src/contract/recordSchemas.ts';
import { ask, postJson, type Answer } from '../../support/httpClient.ts';
import { seedFilament, seedJob, seedPrinter } from '../../support/sampleFarm.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

const get = (path: string): Promise<Answer> => ask(api.url, path);
const post = (path: string): Promise<Answer> => ask(api.url, path, { method: 'POST' });

async function fillBySeedCommands(): Promise<readonly Answer[]> {
  return [
    await postJson(api.url, '/printers', seedPrinter),
    await postJson(api.url, '/filaments', seedFilament),
    await postJson(api.url, '/printjobs', seedJob),
  ];
}

describe("the seed's commands", () => {
  it('create records and answer 201 with them and their address', async () => {
    const [printer, filament, job] = await fillBySeedCommands();
    expect([printer?.status, filament?.status, job?.status]).toEqual([201, 201, 201]);
    expect(printer?.json()).toEqual({
      ...seedPrinter,
      name: 'p1',
      created_at: '2026-05-04T09:00:00.000Z',
      version: 1,
    });
    expect(filament?.json()).toMatchObject({
      ...seedFilament,
      reserved_weight_in_grams: 0,
      free_weight_in_grams: 1000,
    });
    expect(job?.json()).toMatchObject({
      ...seedJob,
      sequence: 1,
      attempt: 0,
      started_at: null,
      ended_at: null,
    });
    expect(job?.headers['location']).toBe('/api/v1/printjobs/j1');
    expect(job?.headers['x-raft3d-applied-index']).toBe('3');
  });

  it('read whole collections as objects keyed by id, in the shapes of the contract', async () => {
    await fillBySeedCommands();
    const shapes = [
      ['/printers', 'p1', printerRecordSchema],
      ['/filaments', 'f1', filamentRecordSchema],
      ['/printjobs', 'j1', printjobRecordSchema],
    ] as const;
    for (const [path, id, schema] of shapes) {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      const body = answer.json() as Record<string, unknown>;
      expect(Object.keys(body)).toEqual([id]);
      schema.parse(body[id]);
    }
  });

  it('report a job running and done, which takes its grams from the spool once', async () => {
    await fillBySeedCommands();
    const running = await post('/printjobs/j1/status?status=running');
    const done = await post('/printjobs/j1/status?status=done');
    expect([running.status, done.status]).toEqual([200, 200]);
    expect(done.json()).toMatchObject({ id: 'j1', status: 'done', attempt: 1 });
    const again = await post('/printjobs/j1/status?status=done');
    expect(again.status).toBe(409);
    const spools = (await get('/filaments')).json() as Record<string, unknown>;
    expect(spools['f1']).toMatchObject({ remaining_weight_in_grams: 800, reserved_weight_in_grams: 0 });
  });

  it('answer 200 with the same record, and make no second one, when repeated', async () => {
    const first = await fillBySeedCommands();
    const stateAfterFirst = api.cluster.state;
    const second = await fillBySeedCommands();
    expect(second.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([second[0]?.text, second[2]?.text]).toEqual([first[0]?.text, first[2]?.text]);
    expect(second[1]?.json()).toMatchObject({ id: 'f1', reserved_weight_in_grams: 200 });
    expect(api.cluster.state).toBe(stateAfterFirst);
  });

  it('show an empty farm as empty objects', async () => {
    expect((await get('/printjobs')).json()).toEqual({});
  });
});

describe('the same collections under /api/v1', () => {
  it.each([
    ['/api/v1/printers', seedPrinter],
    ['/api/v1/filaments', seedFilament],
  ])('%s takes and shows records', async (path, body) => {
    expect((await postJson(api.url, path, body)).status).toBe(201);
    expect(Object.keys((await get(path)).json() as object)).toEqual([body.id]);
    expect((await get(`${path}/${body.id}`)).json()).toMatchObject(body);
  });

  it.each(['/api/v1/printjobs', '/api/v1/print_jobs'])('%s takes, shows and starts jobs', async (path) => {
    await postJson(api.url, '/printers', seedPrinter);
    await postJson(api.url, '/filaments', seedFilament);
    expect((await postJson(api.url, path, seedJob)).status).toBe(201);
    expect((await post(`${path}/j1/status?status=running`)).status).toBe(200);
    expect((await get(`${path}/j1`)).json()).toMatchObject({ id: 'j1', status: 'running' });
  });

  it('answers 404 for a record that does not exist', async () => {
    const answer = await get('/api/v1/filaments/nothing');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({
      code: 'record_not_found',
      detail: 'There is no filament "nothing".',
    });
  });

  it('finds a record whose id needs escaping', async () => {
    await postJson(api.url, '/printers', { ...seedPrinter, id: 'Büro 1:a' });
    expect((await get(`/api/v1/printers/${encodeURIComponent('Büro 1:a')}`)).status).toBe(200);
  });
});

describe('optional fields', () => {
  it('name a printer, and default to its id', async () => {
    const named = await postJson(api.url, '/printers', { ...seedPrinter, name: 'Left one' });
    expect(named.json()).toMatchObject({ name: 'Left one' });
  });

  it('take a spool without remaining weight as full, and a job without status as queued', async () => {
    await postJson(api.url, '/printers', seedPrinter);
    const spool = { ...seedFilament, remaining_weight_in_grams: undefined };
    const filament = await postJson(api.url, '/filaments', spool);
    expect(filament.json()).toMatchObject({ remaining_weight_in_grams: 1000 });
    const job = { ...seedJob, status: undefined };
    expect((await postJson(api.url, '/printjobs', job)).json()).toMatchObject({ status: 'queued' });
  });
});

describe('reading', () => {
  it('locally says how old the copy is, and works without a leader', async () => {
    await fillBySeedCommands();
    api.cluster.mode = 'no_leader';
    const answer = await get('/printers?consistency=local');
    expect(answer.status).toBe(200);
    expect(answer.headers['x-raft3d-applied-index']).toBe('3');
    expect(answer.headers['x-raft3d-leader-contact-ms']).toBe('1500');
    expect((await get('/printers')).status).toBe(503);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    await fillBySeedCommands();
    const full = await get('/printers');
    const head = await ask(api.url, '/printers', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
  });

  it('answers OPTIONS with the methods and without CORS', async () => {
    const answer = await ask(api.url, '/printjobs', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers['allow']).toBe('GET, HEAD, POST, OPTIONS');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
