import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, postJson } from '../../support/httpClient.ts';
import { fillFarm, seedJob } from '../../support/sampleFarm.ts';
import { createSingleNodeCluster } from '../../support/singleNodeCluster.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

/** Sends raw bytes and reads until the server closes. */
function rawExchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

describe('bytes that are not HTTP', () => {
  it.each([
    ['a broken request line', 'NONSENSE\r\n\r\n', '400 Bad Request', 'malformed_request'],
    ['huge headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431 ', 'headers_too_large'],
    [
      'a length that contradicts itself',
      'POST /printers HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 Bad Request',
      'malformed_request',
    ],
  ])('(%s) are answered with a problem and the connection is closed', async (_name, bytes, status, code) => {
    const answer = await rawExchange(bytes);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain(`"code":"${code}"`);
  });
});

describe('a body that is cut off', () => {
  it('changes nothing', async () => {
    fillFarm(api.cluster);
    const before = api.cluster.state;
    const { port } = new URL(api.url);
    const head = `POST /printers HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n`;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(`${head}{"id":"p9","company":"a","model":"b"}`, () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect((await ask(api.url, '/healthz')).status).toBe(200);
    expect(api.cluster.state).toBe(before);
    expect(api.cluster.proposals).toBe(0);
  });
});

describe('the server', () => {
  it('rejects with the system error when its port is taken', async () => {
    const port = Number(new URL(api.url).port);
    const { startHttpServer } = await import('../../../src/main/http/server.ts');
    const second = startHttpServer({
      cluster: createSingleNodeCluster(),
      listen: { host: '127.0.0.1', port },
      rendererDir: null,
      log: { debug() {}, info() {}, warn() {}, error() {}, child: () => ({}) as never },
      createInvitation: () => Promise.resolve({ kind: 'busy' }),
      farmName: () => '',
      now: () => 0 as never,
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('finishes answers under way when it stops, and takes no new requests', async () => {
    const cluster = createSingleNodeCluster();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const slow = {
      ...cluster,
      propose: async (...args: Parameters<typeof cluster.propose>) => {
        arrived();
        await held;
        return cluster.propose(...args);
      },
    };
    fillFarm(cluster);
    const slowApi = await startTestApi({ cluster: slow });
    const answer = postJson(slowApi.url, '/printjobs', seedJob);
    await asked;
    const stopped = slowApi.stop();
    await expect(ask(slowApi.url, '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    letGo();
    expect((await answer).status).toBe(201);
    await stopped;
  });
});
