import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../support/httpClient.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raft3d-window-'));
  const rendererDir = join(folder, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>window</title>');
  writeFileSync(join(rendererDir, '.hidden'), 'hidden');
  writeFileSync(join(rendererDir, 'assets', 'index-Ab3_dE9f.js'), 'export {};');
  api = await startTestApi({ rendererDir });
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

const page = (path: string) => ask(api.url, path, { headers: { Accept: 'text/html,*/*;q=0.8' } });

describe('the window', () => {
  it('is at the root, with a strict content security policy, and is asked for each time', async () => {
    const answer = await page('/');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<title>window</title>');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers['content-security-policy']).not.toContain('unsafe-eval');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('has assets that are kept for ever', async () => {
    const answer = await ask(api.url, '/assets/index-Ab3_dE9f.js');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('javascript');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('is where other page addresses lead a browser', async () => {
    const answer = await page('/queue');
    expect({ status: answer.status, location: answer.headers['location'] }).toEqual({
      status: 302,
      location: '/',
    });
  });

  it.each(['/api/v1/nothing', '/printers/a/b', '/api'])('is not the answer to %s', async (path) => {
    const answer = await page(path);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it('is not the answer to a script that asks for an unknown address', async () => {
    expect((await ask(api.url, '/queue', { headers: { Accept: '*/*' } })).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5c..%5csecret.txt',
    '/.hidden',
  ])('does not give away %s', async (path) => {
    const answer = await ask(api.url, path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/outside|"hidden"/);
  });

  it('that this build does not have is replaced by a line of text', async () => {
    const bare = await startTestApi();
    const answer = await ask(bare.url, '/');
    await bare.stop();
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Test farm');
  });
});
