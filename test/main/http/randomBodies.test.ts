import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { milligrams } from '../../../src/base/units.ts';
import { ask } from '../../support/httpClient.ts';
import { fillFarm, seedFilament, seedJob, seedPrinter } from '../../support/sampleFarm.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  fillFarm(api.cluster, 2);
});
afterAll(() => api.stop());

const paths = ['/printers', '/filaments', '/printjobs', '/api/v1/members/invitations'] as const;
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'p1', 'f1', 'queued', -1, 0, 1e-9, 1e308, '__proto__', '../..', null),
);
/** Bodies near the real ones: some fields replaced by anything. */
const nearlyRight = fc
  .tuple(fc.constantFrom<object>(seedPrinter, seedFilament, seedJob), fc.nat(5), odd)
  .map(([body, at, value]) => {
    const names = Object.keys(body);
    return { ...body, [names[at % names.length] ?? 'id']: value };
  });
const body = fc.oneof(
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  nearlyRight.chain((value) => {
    const text = JSON.stringify(value);
    return fc.nat(text.length).map((end) => text.slice(0, end));
  }),
);

describe('whatever is sent', () => {
  it('is answered with less than 500, and grams are never lost or invented', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
        const headers = { 'Content-Type': 'application/json' };
        const answer = await ask(api.url, path, { method: 'POST', headers, body: text });
        expect(answer.status).toBeLessThan(500);
        const isProblem = answer.headers['content-type'] === 'application/problem+json';
        expect(isProblem).toBe(answer.status >= 400);
        const spool = api.cluster.state.filaments.get('f1');
        const active = api.cluster.state.jobs.filter((job) => job.filamentId === 'f1').valueSeq();
        expect(spool?.reservedMg).toBe(milligrams(active.reduce((sum, job) => sum + job.printWeightMg, 0)));
      }),
      { numRuns: 300 },
    );
    expect(api.logLines).toEqual([]);
  });
});
