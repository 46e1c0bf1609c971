import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../support/httpClient.ts';
import { fillFarm, seedPrinter } from '../../support/sampleFarm.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
let port: string;
beforeAll(async () => {
  api = await startTestApi();
  fillFarm(api.cluster);
  port = new URL(api.url).port;
});
afterAll(() => api.stop());

const withHost = (host: string) => ask(api.url, '/printers', { headers: { Host: host } });
const postWithOrigin = (origin: string) =>
  ask(api.url, '/printers', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin },
    body: JSON.stringify({ ...seedPrinter, id: 'foreign' }),
  });

describe('the Host of a request', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('may be %s with our port', async (name) => {
    expect((await withHost(`${name}:${port}`)).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    'localhost:1',
    '127.0.0.1.evil.example:PORT',
    '0.0.0.0:PORT',
  ])('may not be %s: a rebound name must not reach the API', async (host) => {
    const answer = await withHost(host.replace('PORT', port));
    expect(answer.status).toBe(421);
    expect(answer.json()).toMatchObject({ code: 'wrong_host' });
    expect(answer.text).not.toContain('Creality');
  });
});

describe('the Origin of a request', () => {
  it.each(['http://127.0.0.1', 'http://localhost'])('may be %s with our port', async (origin) => {
    const answer = await ask(api.url, '/printers', { headers: { Origin: `${origin}:${port}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    'https://evil.example',
    'http://localhost:3000',
    'null',
    'https://127.0.0.1:PORT',
    '127.0.0.1:PORT',
    '',
  ])('may not be "%s", and nothing is changed', async (origin) => {
    const before = api.cluster.state;
    const answer = await postWithOrigin(origin.replace('PORT', port));
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'foreign_origin' });
    expect(api.cluster.state).toBe(before);
  });

  it('of another site does not open the live view', async () => {
    const answer = await ask(api.url, '/api/v1/events', { headers: { Origin: 'https://evil.example' } });
    expect(answer.status).toBe(403);
  });
});

describe('every answer', () => {
  it.each(['/printers', '/', '/nothing', '/healthz'])(
    'of %s forbids sniffing and embedding',
    async (path) => {
      const { headers } = await ask(api.url, path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );
});
