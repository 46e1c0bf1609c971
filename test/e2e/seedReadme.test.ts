/** Every command of the seed's README, as it is written there, against `raft3d cluster` on its ports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilamentRecord } from '../../src/contract/records.ts';
import { killPrograms, startProgram, type RunningProgram } from '../support/program.ts';
import { clusterView } from '../support/processFarm.ts';
import { createShell, type CurlAnswer, type Shell } from '../support/shell.ts';
import { until, untilTrue } from '../support/until.ts';

const NODES = [8000, 8001, 8002].map((port) => ({ port, httpUrl: `http://127.0.0.1:${port}` }));
const COLLECTIONS = ['printers', 'filaments', 'printjobs'] as const;

const ADD_PRINTER = String.raw`curl -X POST http://localhost:8000/printers -H "Content-Type: application/json" -d "{\"id\":\"p1\",\"company\":\"Creality\",\"model\":\"Ender3\"}"`;
const ADD_FILAMENT = String.raw`curl -X POST http://localhost:8000/filaments -H "Content-Type: application/json" -d "{\"id\":\"f1\",\"type\":\"PLA\",\"color\":\"Red\",\"total_weight_in_grams\":1000,\"remaining_weight_in_grams\":1000}"`;
const ADD_JOB = String.raw`curl -X POST http://localhost:8000/printjobs -H "Content-Type: application/json" -d "{\"id\":\"j1\",\"printer_id\":\"p1\",\"filament_id\":\"f1\",\"filepath\":\"/prints/cube.gcode\",\"print_weight_in_grams\":200,\"status\":\"queued\"}"`;
const RUN_JOB = String.raw`curl -X POST "http://localhost:8000/printjobs/j1/status?status=running"`;

/** What the commands above must have made: the seed's fields, whatever else a record carries. */
const PRINTERS = { p1: { id: 'p1', company: 'Creality', model: 'Ender3' } };
const FILAMENTS = {
  f1: { id: 'f1', type: 'PLA', color: 'Red', total_weight_in_grams: 1000, remaining_weight_in_grams: 1000 },
};
const JOB = {
  id: 'j1',
  printer_id: 'p1',
  filament_id: 'f1',
  filepath: '/prints/cube.gcode',
  print_weight_in_grams: 200,
};

let folder: string;
let cluster: RunningProgram;
let shell: Shell;
let isStarted = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raft3d-readme-'));
  shell = createShell(folder);
  for (const { httpUrl } of NODES) {
    // Whoever sits on the seed's ports would answer in our place.
    await expect(fetch(httpUrl), `${httpUrl} is in use by something else`).rejects.toThrow();
  }
  cluster = startProgram(['cluster', '--fresh', '--data-dir', join(folder, 'cluster')]);
  isStarted = true;
  await untilTrue('three voters that follow one leader', async () => {
    if (!cluster.isAlive()) throw new Error(cluster.stdout.join('\n'));
    const views = await Promise.all(NODES.map((node) => clusterView(node)));
    return views.every((view) => view.ready && view.voters.length === 3);
  });
});

afterAll(async () => {
  if (isStarted) {
    // The nodes are children of the cluster: it stops them, within its own deadline.
    cluster.signal('SIGTERM');
    await untilTrue('the cluster has stopped', () => !cluster.isAlive(), 15_000).catch(() => undefined);
  }
  killPrograms();
  rmSync(folder, { recursive: true, force: true });
});

/** The leader as the cluster tells its user on the terminal: port and process. */
async function printedLeader(): Promise<{ readonly port: number; readonly pid: number }> {
  return until('the cluster prints who leads', async () => {
    const leaderId = (await clusterView(NODES[0]!).catch(() => clusterView(NODES[1]!))).leader_id;
    const line = cluster.stdout.filter((each) => each.includes(' leads at ')).at(-1);
    const match = /leads at http:\/\/127\.0\.0\.1:(\d+) \(process (\d+)\)/.exec(line ?? '');
    if (match === null) return null;
    const [port, pid] = [Number(match[1]), Number(match[2])];
    const said = await clusterView({ httpUrl: `http://127.0.0.1:${port}` });
    return said.node_id === leaderId ? { port, pid } : null;
  });
}

function get(port: number, collection: string): Promise<CurlAnswer> {
  return shell.curl(`curl http://localhost:${port}/${collection}`);
}

async function spoolAt(port: number): Promise<FilamentRecord> {
  const all = JSON.parse((await get(port, 'filaments')).text) as Record<string, FilamentRecord>;
  return all['f1']!;
}

function addJobAt(port: number, id: string): string {
  return ADD_JOB.replace('8000', String(port)).replace('j1', id);
}

/** One story: each part goes on where the part before it ended, as the README's reader does. */
describe("the seed's README", { concurrent: false }, () => {
  it('creates a printer, a filament and a job, and reads them back', async () => {
    for (const command of [ADD_PRINTER, ADD_FILAMENT, ADD_JOB]) {
      expect(await shell.curl(command)).toMatchObject({ status: 201 });
    }
    const printers = await shell.curl(`curl -X GET "http://localhost:8000/printers"`);
    const filaments = await shell.curl(`curl -X GET "http://localhost:8000/filaments"`);
    const jobs = await shell.curl(`curl -X GET "http://localhost:8000/printjobs"`);
    expect([printers, filaments, jobs].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.parse(printers.text)).toMatchObject(PRINTERS);
    expect(JSON.parse(filaments.text)).toMatchObject(FILAMENTS);
    expect(JSON.parse(jobs.text)).toMatchObject({ j1: { ...JOB, status: 'queued' } });
  });

  it('sets the job running', async () => {
    expect(await shell.curl(RUN_JOB)).toMatchObject({ status: 200 });
  });

  it('shows the same at the two other nodes', async () => {
    const expected = [PRINTERS, FILAMENTS, { j1: { ...JOB, status: 'running' } }];
    for (const port of [8001, 8002]) {
      for (const [index, collection] of COLLECTIONS.entries()) {
        const { status, text } = await get(port, collection);
        expect(status).toBe(200);
        expect(JSON.parse(text)).toMatchObject(expected[index]!);
        expect(text).toBe((await get(8000, collection)).text);
      }
    }
  });

  it('takes every kind of write at every node, whoever leads', async () => {
    for (const { port } of NODES) {
      const at = (command: string): string => command.replace('8000', String(port));
      expect(await shell.curl(at(ADD_PRINTER).replace('p1', `p${port}`))).toMatchObject({ status: 201 });
      expect(await shell.curl(at(ADD_FILAMENT).replace('f1', `f${port}`))).toMatchObject({ status: 201 });
      const job = addJobAt(port, `j${port}`).replace('f1', `f${port}`);
      expect(await shell.curl(job)).toMatchObject({ status: 201 });
      expect(await shell.curl(at(RUN_JOB).replace('j1', `j${port}`))).toMatchObject({ status: 200 });
    }
  });

  it('elects another leader when the process of the leader is killed, with the data as it was', async () => {
    const leader = await printedLeader();
    const before = await Promise.all(COLLECTIONS.map((collection) => get(leader.port, collection)));
    await shell.run(`kill -9 ${leader.pid}`);

    const rest = NODES.map(({ port }) => port).filter((port) => port !== leader.port);
    for (const [index, port] of rest.entries()) {
      const command = addJobAt(port, `retry${index}`).replace('f1', 'f8000');
      await untilTrue(`a job is taken at ${port}`, async () => (await shell.curl(command)).status === 201);
    }
    expect((await get(leader.port, 'printers')).status).toBe(0);
    for (const port of rest) {
      expect((await get(port, 'printers')).text).toBe(before[0]!.text);
      const jobs = await get(port, 'printjobs');
      expect(JSON.parse(jobs.text)).toMatchObject({
        ...(JSON.parse(before[2]!.text) as object),
        retry0: { status: 'queued' },
        retry1: { status: 'queued' },
      });
      expect(jobs.text).toBe((await get(rest[0]!, 'printjobs')).text);
    }
  });

  it('takes a finished job off the spool once, however often and wherever it is reported', async () => {
    const rest = (
      await Promise.all(
        NODES.map(async ({ port }) => ((await get(port, 'printers')).status === 200 ? port : null)),
      )
    ).filter((port) => port !== null);
    expect(rest).toHaveLength(2);
    const report = (port: number): string =>
      RUN_JOB.replace('8000', String(port)).replace('status=running', 'status=done');
    const answers = await Promise.all([...rest, ...rest].map((port) => shell.curl(report(port))));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    for (const port of rest) {
      expect(await spoolAt(port)).toMatchObject({
        total_weight_in_grams: 1000,
        remaining_weight_in_grams: 800,
        reserved_weight_in_grams: 0,
      });
    }
  });

  it('stops all nodes in order on Ctrl-C', async () => {
    cluster.signal('SIGINT');
    expect(await cluster.ended).toEqual({ code: 0, signal: null });
    for (const { port } of NODES) expect((await get(port, 'printers')).status).toBe(0);
  });
});
