/** Everything that clients and strangers must not be able to do, at each of three real nodes: nothing may change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/contract/problems.ts';
import { createRandom } from '../../src/base/random.ts';
import { encodeFrame, FRAME } from '../../src/raft/node/frames.ts';
import { ask, type Asked } from '../support/httpClient.ts';
import { postStatus } from '../support/nodeCalls.ts';
import { ProcessFarm, type FarmDump } from '../support/processFarm.ts';
import { sendAsStranger, sendRaw } from '../support/rawSocket.ts';

const PRINTER = { id: 'p1', company: 'Creality', model: 'Ender3' };
const SPOOL = { id: 'f1', type: 'PLA', color: 'Red', total_weight_in_grams: 1000 };
const JOB = {
  id: 'j1',
  printer_id: 'p1',
  filament_id: 'f1',
  filepath: '/a.gcode',
  print_weight_in_grams: 200,
};
const MEBIBYTE = 1_048_576;

let farm: ProcessFarm;
let before: FarmDump;
let pids: readonly number[];

beforeAll(async () => {
  farm = await ProcessFarm.start();
  const { httpUrl } = await farm.leader();
  const made = [
    await postStatus(httpUrl, '/printers', PRINTER),
    await postStatus(httpUrl, '/filaments', SPOOL),
    await postStatus(httpUrl, '/printjobs', JOB),
    await postStatus(httpUrl, '/printjobs', { ...JOB, id: 'j2' }),
    await postStatus(httpUrl, '/printjobs/j2/status?status=canceled'),
  ];
  expect(made).toEqual([201, 201, 201, 201, 200]);
  before = (await farm.dumps())[0]!;
  pids = farm.nodes.map((node) => node.program.pid);
});
afterAll(() => farm.dispose());

/** The three processes are the ones of the beginning and hold what they held then. */
async function expectNothingChanged(): Promise<void> {
  expect(farm.running.map((node) => node.program.pid)).toEqual(pids);
  expect(await farm.dumps()).toEqual([before, before, before]);
}

function json(body: unknown): Asked {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text };
}
const POST: Asked = { method: 'POST' };
const GET: Asked = {};

const CASES: readonly [what: string, path: string, asked: Asked, status: number, named: string][] = [
  ['malformed JSON', '/printers', json('{"id":"p9",'), 400, 'line 1'],
  ['no body at all', '/printjobs', POST, 400, 'empty'],
  ['bytes that are no text', '/printers', json(Buffer.from([0x7b, 0xff, 0x00, 0x7d])), 400, 'UTF-8'],
  ['an array', '/printers', json([PRINTER]), 400, 'object'],
  ['null', '/filaments', json(null), 400, 'object'],
  ['a form', '/printers', { ...POST, body: 'id=p9', headers: {} }, 415, 'Content-Type'],
  ['JSON nested a thousand deep', '/printers', json('['.repeat(1000) + ']'.repeat(1000)), 400, 'deep'],
  ['an empty printer id', '/printers', json({ ...PRINTER, id: '' }), 400, 'id'],
  ['an empty spool id', '/filaments', json({ ...SPOOL, id: '' }), 400, 'id'],
  ['an empty job id', '/printjobs', json({ ...JOB, id: '' }), 400, 'id'],
  ['no id', '/printers', json({ company: 'a', model: 'b' }), 400, 'id'],
  ['a number as id', '/printers', json({ ...PRINTER, id: 7 }), 400, 'id'],
  ['the id __proto__', '/printjobs', json({ ...JOB, id: '__proto__' }), 400, 'id'],
  [
    'a text as weight',
    '/filaments',
    json({ ...SPOOL, id: 'f9', total_weight_in_grams: '9' }),
    400,
    'total_weight',
  ],
  [
    'a negative spool',
    '/filaments',
    json({ ...SPOOL, id: 'f9', total_weight_in_grams: -1 }),
    400,
    'negative',
  ],
  ['a negative job', '/printjobs', json({ ...JOB, id: 'j9', print_weight_in_grams: -200 }), 400, 'negative'],
  [
    'a billionth of a gram',
    '/printjobs',
    json({ ...JOB, id: 'j9', print_weight_in_grams: 1e-9 }),
    400,
    'decimals',
  ],
  [
    'more left than ever was',
    '/filaments',
    json({ ...SPOOL, id: 'f9', remaining_weight_in_grams: 1001 }),
    400,
    'remaining',
  ],
  ['an unknown field', '/printers', json({ ...PRINTER, id: 'p9', modell: 'x' }), 400, 'modell'],
  ['a status of its own', '/printjobs', json({ ...JOB, id: 'j9', status: 'done' }), 400, 'status'],
  ['an unknown printer', '/printjobs', json({ ...JOB, id: 'j9', printer_id: 'p7' }), 422, 'p7'],
  ['an unknown filament', '/printjobs', json({ ...JOB, id: 'j9', filament_id: 'f7' }), 422, 'f7'],
  [
    'an over-committed filament',
    '/printjobs',
    json({ ...JOB, id: 'j9', print_weight_in_grams: 801 }),
    422,
    '800 g',
  ],
  ['a printer id with other content', '/printers', json({ ...PRINTER, model: 'Ender5' }), 409, 'p1'],
  ['a spool id with other content', '/filaments', json({ ...SPOOL, color: 'Blue' }), 409, 'f1'],
  ['a job id with other content', '/printjobs', json({ ...JOB, print_weight_in_grams: 5 }), 409, 'j1'],
  ['done before it ran', '/printjobs/j1/status?status=done', POST, 409, 'queued'],
  ['running after it was canceled', '/printjobs/j2/status?status=running', POST, 409, 'canceled'],
  ['an unknown status', '/printjobs/j1/status?status=finished', POST, 400, 'status'],
  ['no status', '/printjobs/j1/status', POST, 400, 'status'],
  ['the status of no job', '/printjobs/none/status?status=running', POST, 404, 'none'],
  ['a body of two megabytes', '/printers', json(Buffer.alloc(2 * MEBIBYTE, 0x20)), 413, String(MEBIBYTE)],
  ['an unknown route', '/nothing', GET, 404, '/nothing'],
  ['a wrong method', '/printers', { method: 'DELETE' }, 405, 'DELETE'],
  ['a broken escape in the path', '/printjobs/%E0%A4%A', GET, 400, 'path'],
  [
    'the page of another site',
    '/printers',
    { ...json({ ...PRINTER, id: 'p9' }), headers: { Origin: 'http://evil.example' } },
    403,
    'evil.example',
  ],
  ['another host name', '/printers', { headers: { Host: 'evil.example' } }, 421, 'evil.example'],
];

describe('a bad request at every node is a problem in words that changes nothing:', () => {
  it.each(CASES)('%s', async (_what, path, asked, status, named) => {
    for (const node of farm.nodes) {
      const answer = await ask(node.httpUrl, path, asked);
      const problem = answer.json() as Problem;
      expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({
        status,
        type: 'application/problem+json',
      });
      expect(problem).toMatchObject({ status, instance: path.split('?')[0] });
      expect(`${problem.detail} ${JSON.stringify(problem.errors ?? [])}`).toContain(named);
      expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b|\.js\b/);
    }
    await expectNothingChanged();
  });
});

const random = createRandom(4_711);
const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => random.below(256)));

const HTTP_GARBAGE: readonly [what: string, bytes: Buffer][] = [
  ['random bytes', noise(4096)],
  ['a TLS greeting', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
  ['a request line without end', Buffer.from(`GET /${'a'.repeat(100_000)}`)],
  ['a header of 100 kB', Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(100_000)}\r\n\r\n`)],
  [
    'two lengths for one body',
    Buffer.from('POST /printers HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n{}{'),
  ],
  ['a length that is none', Buffer.from('POST /printers HTTP/1.1\r\nContent-Length: -1\r\n\r\n')],
];

describe('garbage on the HTTP port of every node is answered with 400 or 431 and a closed connection:', () => {
  it.each(HTTP_GARBAGE)('%s', async (_what, bytes) => {
    const answers = await Promise.all(farm.nodes.map((node) => sendRaw(node.httpPort, bytes)));
    for (const { received, end } of answers) {
      expect(received).toMatch(/^HTTP\/1\.1 4(00|31) /);
      expect(received).not.toMatch(/\bat .*:\d+:\d+|node_modules/);
      expect(end).toBe('closed');
    }
    await expectNothingChanged();
  });

  it('and a body that stops halfway changes nothing', async () => {
    const head = `POST /printers HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n`;
    await Promise.all(
      farm.nodes.map(({ httpPort }) =>
        sendRaw(httpPort, Buffer.from(`${head.replace('PORT', String(httpPort))}{"id":"p9"`)),
      ),
    );
    await expectNothingChanged();
  });
});

const CLIENT_HELLO_START = Buffer.from('16030100c8010000c40303', 'hex');
const hugeLength = Buffer.from([0xff, 0xff, 0xff, 0xff, FRAME.hello]);

describe('strangers on the peer port of every node change nothing and learn nothing:', () => {
  it.each<[what: string, send: (port: number) => Promise<{ readonly received: string }>]>([
    ['random bytes', (port) => sendRaw(port, noise(4096))],
    ['an HTTP request', (port) => sendRaw(port, Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))],
    ['half a TLS greeting', (port) => sendRaw(port, CLIENT_HELLO_START)],
    ['a frame that claims four gigabytes', (port) => sendAsStranger(port, hugeLength)],
    ['noise inside TLS', (port) => sendAsStranger(port, noise(8192))],
    ['a hello that is no JSON', (port) => sendAsStranger(port, encodeFrame(FRAME.hello, noise(200)))],
    [
      'a Raft message before any hello',
      (port) => sendAsStranger(port, encodeFrame(FRAME.message, noise(200))),
    ],
  ])('%s', async (_what, send) => {
    const answers = await Promise.all(farm.nodes.map((node) => send(node.peerPort)));
    for (const { received } of answers) expect(received).not.toContain('Test farm');
    await expectNothingChanged();
  });
});

describe('after all of that', () => {
  it('every node still takes a good write, and its log blames nobody but the strangers', async () => {
    for (const [index, node] of farm.nodes.entries()) {
      expect(await postStatus(node.httpUrl, '/printers', { ...PRINTER, id: `late${index}` })).toBe(201);
      expect(node.program.stderr.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    }
    for (const dump of await farm.dumps()) {
      expect(Object.keys(dump.printers).sort()).toEqual(['late0', 'late1', 'late2', 'p1']);
    }
  });
});
