import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemCode } from '../../../src/contract/problems.ts';
import { ask, type Answer, type Asked } from '../../support/httpClient.ts';
import { fillFarm, seedFilament, seedJob, seedPrinter } from '../../support/sampleFarm.ts';
import { startTestApi, type TestApi } from '../../support/testApi.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  fillFarm(api.cluster, 3);
  api.cluster.apply({ kind: 'setJobStatus', jobId: 'job-1', status: 'canceled', atMs: 1 as never });
});
afterAll(() => api.stop());

/** Sends a bad request; checks what every bad request must do; returns the problem. */
async function refusedAnswer(
  path: string,
  asked: Asked,
  code: ProblemCode,
  ...named: readonly string[]
): Promise<Answer> {
  const before = api.cluster.state;
  const answer = await ask(api.url, path, asked);
  const { status, title } = PROBLEMS[code];
  expect({ status: answer.status, type: answer.headers['content-type'], body: answer.json() }).toMatchObject({
    status,
    type: 'application/problem+json',
    body: { type: `urn:raft3d:problem:${code}`, title, status, code, instance: path.split('?')[0] },
  });
  expect(status).toBeLessThan(500);
  for (const word of named) expect(answer.text).toContain(word);
  expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b/);
  expect(api.cluster.state).toBe(before);
  return answer;
}

async function expectRefused(...asked: Parameters<typeof refusedAnswer>): Promise<void> {
  await refusedAnswer(...asked);
}

const json = (body: unknown, headers: Readonly<Record<string, string>> = {}): Asked => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});
const POST: Asked = { method: 'POST' };
const printer = { ...seedPrinter, id: 'p9' };
const filament = { ...seedFilament, id: 'f9' };
const job = { ...seedJob, id: 'j9' };

describe('a body that is not JSON is refused with where and why', () => {
  it.each([
    ['a missing brace', '{"id":"p9"', 'line 1, column 11'],
    ['a mistake on a later line', '{\n"id" "p9"}', 'line 2, column 6'],
    ['nothing', '', 'is empty'],
    ['white space', ' \n ', 'is empty'],
    ['a name twice', '{"id":"p9","id":"p8","company":"a","model":"b"}', 'appears twice'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'not UTF-8'],
    ['half a surrogate pair', '{"id":"p9","company":"\\ud800","model":"b"}', 'surrogate'],
    ['a form', 'id=p9&company=a', 'line 1, column 1'],
  ])('%s', (_name, body, where) => expectRefused('/printers', json(body), 'malformed_json', where));
});

describe('a body of another kind is refused with what to send', () => {
  it.each([
    ['curl without a header', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['no type at all', {}],
    ['plain text', { 'Content-Type': 'text/plain' }],
    ['another character set', { 'Content-Type': 'application/json; charset=latin1' }],
    ['compressed', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ])('%s', (_name, headers) =>
    expectRefused('/printers', { ...json(printer), headers: { ...headers } }, 'unsupported_media_type'),
  );

  it('names the header to send', () =>
    expectRefused(
      '/printers',
      { ...json(printer), headers: {} },
      'unsupported_media_type',
      'application/json',
    ));

  it('but a charset of UTF-8 in any spelling is fine', async () => {
    const headers = { 'Content-Type': 'Application/JSON; Charset="UTF-8"' };
    const answer = await ask(api.url, '/printers', { ...json({ ...seedPrinter, name: 'p1' }), headers });
    expect(answer.status).toBe(200);
  });
});

describe('wrong printers are refused by field', () => {
  it.each([
    ['an array', [printer], 'The body must be a JSON object'],
    ['null', null, 'The body must be a JSON object'],
    ['a number', 7, 'The body must be a JSON object'],
    ['no id', { company: 'a', model: 'b' }, '"path":"id"'],
    ['an empty id', { ...printer, id: '' }, 'id must not be empty'],
    ['a number as id', { ...printer, id: 9 }, '"path":"id"'],
    ['a null id', { ...printer, id: null }, '"path":"id"'],
    ['a slash in the id', { ...printer, id: 'a/b' }, '"path":"id"'],
    ['a control character in the id', { ...printer, id: 'a\u0000b' }, '"path":"id"'],
    ['the id __proto__', { ...printer, id: '__proto__' }, '"path":"id"'],
    ['an id of 129 characters', { ...printer, id: 'x'.repeat(129) }, '128'],
    ['no company', { id: 'p9', model: 'b' }, 'company is missing'],
    ['a number as company', { ...printer, company: 5 }, 'company must be text'],
    ['an object as model', { ...printer, model: {} }, 'model must be text'],
    ['a model of 257 characters', { ...printer, model: 'm'.repeat(257) }, '256'],
    ['a line break in the model', { ...printer, model: 'a\nb' }, 'line breaks'],
    ['a blank name', { ...printer, name: '  ' }, 'name must not be empty'],
    ['an unknown field', { ...printer, modell: 'x' }, 'perhaps model is meant'],
    [
      'a __proto__ field',
      '{"id":"p9","company":"a","model":"b","__proto__":{}}',
      '__proto__ is not a known field',
    ],
  ])('%s', (_name, body, named) => expectRefused('/printers', json(body), 'invalid_input', named));
});

describe('wrong filaments are refused by field', () => {
  it.each([
    ['an empty id', { ...filament, id: '' }, '"path":"id"'],
    ['an empty type', { ...filament, type: '' }, 'type must not be empty'],
    ['a text as weight', { ...filament, total_weight_in_grams: '1000' }, 'must be a number of grams'],
    ['a negative weight', { ...filament, total_weight_in_grams: -1 }, 'must not be negative'],
    ['a negative rest', { ...filament, remaining_weight_in_grams: -0.5 }, 'must not be negative'],
    ['less than a milligram', { ...filament, total_weight_in_grams: 1e-9 }, 'three decimals'],
    ['more than a tonne', { ...filament, total_weight_in_grams: 1e6 + 1 }, 'at most 1000000'],
    ['a null weight', { ...filament, total_weight_in_grams: null }, 'must be a number of grams'],
    ['no weight', { id: 'f9', type: 'PLA', color: 'Red' }, 'total_weight_in_grams is missing'],
    ['more left than there ever was', { ...filament, remaining_weight_in_grams: 1001 }, 'not be more than'],
    ['a misspelt field', { ...filament, remaining_weight: 5 }, 'perhaps remaining_weight_in_grams'],
  ])('%s', (_name, body, named) => expectRefused('/filaments', json(body), 'invalid_input', named));

  it('a number beyond all numbers', () =>
    expectRefused(
      '/filaments',
      json('{"id":"f9","type":"PLA","color":"Red","total_weight_in_grams":1e400}'),
      'malformed_json',
      'too large',
    ));
});

describe('wrong print jobs are refused', () => {
  it.each([
    ['an empty id', { ...job, id: '' }, '"path":"id"'],
    ['an empty printer id', { ...job, printer_id: '' }, '"path":"printer_id"'],
    ['no filament id', { ...job, filament_id: undefined }, 'filament_id is missing'],
    ['a negative weight', { ...job, print_weight_in_grams: -200 }, 'must not be negative'],
    ['a fraction of a milligram', { ...job, print_weight_in_grams: 0.0001 }, 'three decimals'],
    ['true as weight', { ...job, print_weight_in_grams: true }, 'must be a number of grams'],
    ['a status of its own', { ...job, status: 'done' }, 'status must be \\"queued\\" or absent'],
    ['an unknown status', { ...job, status: 'printing' }, '"path":"status"'],
    ['a path of 4097 characters', { ...job, filepath: 'x'.repeat(4097) }, '4096'],
  ])('for their shape: %s', (_name, body, named) =>
    expectRefused('/printjobs', json(body), 'invalid_input', named),
  );

  it('for an unknown printer, which is named', () =>
    expectRefused(
      '/printjobs',
      json({ ...job, printer_id: 'p7' }),
      'unknown_printer',
      '"path":"printer_id"',
      'p7',
    ));

  it('for an unknown filament, which is named', () =>
    expectRefused(
      '/printjobs',
      json({ ...job, filament_id: 'f7' }),
      'unknown_filament',
      '"path":"filament_id"',
      'f7',
    ));

  it('for more filament than is free, with how much there is', () =>
    expectRefused(
      '/printjobs',
      json({ ...job, print_weight_in_grams: 1000 }),
      'filament_over_committed',
      'needs 1000 g',
      'only 999.998 g',
      '"path":"print_weight_in_grams"',
    ));
});

describe('an id that is taken by other content is refused', () => {
  it.each([
    ['/printers', { ...seedPrinter, model: 'Ender5' }],
    ['/filaments', { ...seedFilament, color: 'Blue' }],
    ['/printjobs', { ...job, id: 'job-0', print_weight_in_grams: 5 }],
  ])('by POST %s', (path, body) => expectRefused(path, json(body), 'duplicate_id', body.id));
});

describe('a wrong report of a status is refused', () => {
  it.each([
    ['done before it ran', 'job-0', 'done', 'is queued and cannot become done'],
    ['running again after it ended', 'job-1', 'running', 'is canceled and cannot become running'],
    ['canceled twice', 'job-1', 'canceled', 'is canceled and cannot become canceled'],
  ])('%s', (_name, id, status, named) =>
    expectRefused(`/printjobs/${id}/status?status=${status}`, POST, 'illegal_transition', named),
  );

  it.each([
    ['no status', '', 'status is missing'],
    ['an unknown word', '?status=finished', 'must be one of queued, running, done, canceled'],
    ['an empty word', '?status=', 'must be one of queued, running, done, canceled'],
    ['another case', '?status=Running', 'must be one of'],
    ['queued', '?status=queued', 'must be one of running, done, canceled'],
    ['two of them', '?status=running&status=done', 'must be given once'],
    ['an unknown parameter', '?status=running&force=1', 'force is not known here'],
    ['a misspelt parameter', '?staus=running', 'perhaps status is meant'],
  ])('%s', (_name, query, named) =>
    expectRefused(`/printjobs/job-0/status${query}`, POST, 'invalid_query', named),
  );

  it.each(['nothing', '%2Fetc', '%00', '..%2f..'])('of a job that does not exist: %s', (id) =>
    expectRefused(`/printjobs/${id}/status?status=running`, POST, 'unknown_job'),
  );
});

describe('an address or method that there is not is refused', () => {
  it.each([
    '/nothing',
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/printers',
    '/Printers',
    '/printjobs/a/b/c',
  ])('GET %s', (path) => expectRefused(path, {}, 'route_not_found', path));

  it.each([
    ['DELETE', '/printers', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/api/v1/printjobs/job-0', 'GET, HEAD, OPTIONS'],
    ['GET', '/printjobs/job-0/status', 'POST, OPTIONS'],
    ['POST', '/api/v1/events', 'GET, HEAD, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
  ])('%s %s', async (method, path, allow) => {
    const answer = await refusedAnswer(path, { method }, 'method_not_allowed', method);
    expect(answer.headers['allow']).toBe(allow);
  });

  it('a broken escape', () => expectRefused('/printers/%E0%A4%A', {}, 'malformed_path'));
});

describe('a wrong query is refused', () => {
  it.each([
    ['/printers?consistency=eventual', 'must be one of linearizable, local'],
    ['/printers?consistancy=local', 'perhaps consistency is meant'],
    ['/printjobs/job-0?limit=1', 'limit is not known here'],
    ['/api/v1/cluster?x=1', 'takes no parameters'],
  ])('GET %s', (path, named) => expectRefused(path, {}, 'invalid_query', named));

  it('of a POST', () => expectRefused('/printers?consistency=local', json(printer), 'invalid_query'));
});

describe('a body that is too large is refused', () => {
  const twoMegabytes = JSON.stringify({ ...printer, model: 'x'.repeat(2 * 1_048_576) });

  it('when its length is told', () =>
    expectRefused('/printers', json(twoMegabytes), 'body_too_large', '1048576'));

  it('when it comes in chunks', () =>
    expectRefused('/printers', json(twoMegabytes, { 'Transfer-Encoding': 'chunked' }), 'body_too_large'));

  it('but not when it is exactly as large as allowed', () => {
    const empty = JSON.stringify({ ...printer, model: '' });
    const body = JSON.stringify({ ...printer, model: 'x'.repeat(1_048_576 - empty.length) });
    return expectRefused('/printers', json(body), 'invalid_input', '256');
  });
});

describe('an invitation of a wrong length is refused', () => {
  it.each([0, -1, 1.5, 169, '24', null])('%s hours', (hours) =>
    expectRefused(
      '/api/v1/members/invitations',
      json({ valid_for_hours: hours }),
      'invalid_input',
      'valid_for_hours',
    ),
  );
});
