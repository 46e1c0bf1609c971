import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../../src/renderer/client/answer.ts';
import { parseProblem, problemOfField } from '../../../src/renderer/client/problem.ts';
import { type FetchLike, parseRetryAfterMs, sendOnce } from '../../../src/renderer/client/request.ts';

function answering(status: number, body: unknown, headers: Record<string, string> = {}): FetchLike {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return () => Promise.resolve(new Response(text, { status, headers }));
}

const get = { method: 'GET', path: '/x' } as const;

describe('an API answer', () => {
  it('of 201 is a new record, of 200 one that was there', async () => {
    expect(await sendOnce(answering(201, { id: 'p1' }), get)).toEqual({
      kind: 'ok',
      value: { id: 'p1' },
      created: true,
    });
    expect(await sendOnce(answering(200, { id: 'p1' }), get)).toMatchObject({ kind: 'ok', created: false });
  });

  it('of 4xx with a problem is a refusal that names the field', async () => {
    const body = {
      code: 'invalid_input',
      title: 'Wrong fields',
      detail: 'id must not be empty.',
      errors: [{ path: 'id', message: 'must not be empty' }],
    };
    const answer = await sendOnce(answering(400, body), get);
    expect(answer).toMatchObject({ kind: 'refused', problem: { status: 400, code: 'invalid_input' } });
    if (answer.kind !== 'refused') throw new Error('unreachable');
    expect(problemOfField(answer.problem, 'id')).toBe('must not be empty');
    expect(problemOfField(answer.problem, 'name')).toBeNull();
    expect(describeFailure(answer)).toBe('id must not be empty.');
  });

  it.each([
    [503, 'no_leader', 'noLeader'],
    [503, 'outcome_unknown', 'outcomeUnknown'],
    [503, 'busy', 'busy'],
    [429, 'too_many_requests', 'busy'],
  ])('of %i %s is %s, with the wait that the server asks for', async (status, code, kind) => {
    const answer = await sendOnce(answering(status, { code }, { 'retry-after': '2' }), get);
    expect(answer).toEqual({ kind, retryAfterMs: 2000 });
  });

  it('of 500 keeps the sentence but is no refusal', async () => {
    const answer = await sendOnce(answering(500, { code: 'internal', detail: 'A mistake.' }), get);
    expect(answer).toEqual({ kind: 'unreadable', status: 500, detail: 'A mistake.' });
  });

  it.each([
    [502, '<html>Bad gateway</html>'],
    [400, '[]'],
    [404, '{"message":"no code"}'],
    [200, 'not json'],
  ])('of %i with the body %s is unreadable', async (status, body) => {
    expect(await sendOnce(answering(status, body), get)).toMatchObject({ kind: 'unreadable', status });
  });

  it('that never comes is "unreachable", not an exception', async () => {
    expect(await sendOnce(() => Promise.reject(new TypeError('refused')), get)).toEqual({
      kind: 'unreachable',
    });
  });

  it('that breaks off in its body is "unreachable"', async () => {
    const broken = new Response(
      new ReadableStream({
        start(controller) {
          controller.error(new TypeError('cut'));
        },
      }),
      { status: 201 },
    );
    expect(await sendOnce(() => Promise.resolve(broken), get)).toEqual({ kind: 'unreachable' });
  });

  it('sends a body as JSON with its type, and none without one', async () => {
    const sent: RequestInit[] = [];
    const recording: FetchLike = (_url, init) => {
      sent.push(init);
      return Promise.resolve(new Response('{}'));
    };
    await sendOnce(recording, { method: 'POST', path: '/x', body: { id: 'p1' } });
    await sendOnce(recording, get);
    expect(sent[0]).toMatchObject({ method: 'POST', body: '{"id":"p1"}' });
    expect(sent[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(sent[1]).not.toHaveProperty('body');
  });
});

describe('a problem document', () => {
  it('is read whatever its parts are', () => {
    const problem = parseProblem(400, {
      code: 'invalid_input',
      title: 7,
      errors: [null, 'x', { path: 3, message: 'm' }, { path: ['a', 0], message: 'm' }, { path: 'b' }],
    });
    expect(problem).toEqual({
      status: 400,
      code: 'invalid_input',
      title: 'invalid_input',
      detail: 'invalid_input',
      errors: [{ path: 'a.0', message: 'm' }],
    });
  });

  it.each([null, 3, 'text', [], {}, { code: 5 }])('is not %j', (body) => {
    expect(parseProblem(400, body)).toBeNull();
  });
});

describe('Retry-After', () => {
  it.each([
    ['1', 1000],
    [' 5 ', 5000],
    ['99999', 30_000],
    [null, null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-1', null],
  ])('%j is %j ms', (header, ms) => {
    expect(parseRetryAfterMs(header)).toBe(ms);
  });
});
