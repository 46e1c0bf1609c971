/** Real nodes in one process, over loopback and the real file system: forming a farm, replicating, restarting. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFarmNode } from '../../src/main/farmNode.ts';
import type { FarmNode, FarmNodeConfig, Host } from '../../src/main/farmNodeTypes.ts';
import { createLog } from '../../src/main/log.ts';
import { createSettings } from '../../src/main/settings.ts';

let root: string;
const running = new Set<FarmNode>();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'raft3d-node-'));
});

afterEach(async () => {
  await Promise.all([...running].map((node) => node.stop()));
  running.clear();
  rmSync(root, { recursive: true, force: true });
});

function testHost(): Host {
  const log = createLog({
    format: 'text',
    level: 'error',
    write: (line) => void process.stderr.write(line),
    now: () => new Date(),
  });
  return {
    kind: 'headless',
    log,
    settings: createSettings({ read: () => ({}), write: () => undefined }, log),
    fatal: (error) => {
      throw error;
    },
  };
}

/** `peerPort` 0 takes any free one; a restart names the old one, where the other nodes look for it. */
async function start(name: string, formation: FarmNodeConfig['formation'], peerPort = 0): Promise<FarmNode> {
  const node = await startFarmNode(
    {
      dataDir: join(root, name),
      name,
      http: { host: '127.0.0.1', port: 0 },
      peer: { host: '127.0.0.1', port: peerPort },
      formation,
      rendererDir: null,
    },
    testHost(),
  );
  running.add(node);
  return node;
}

function portOf(node: FarmNode): number {
  return Number(node.peerAddress.split(':').at(-1));
}

async function stop(node: FarmNode): Promise<void> {
  running.delete(node);
  await node.stop();
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function call(node: FarmNode, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(node.httpUrl + path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown> };
}

async function invitation(node: FarmNode): Promise<string> {
  const { body } = await call(node, 'POST', '/api/v1/members/invitations', {});
  return String(body['token']);
}

/** Asks until `check` holds; a bounded number of times. */
async function eventually<T>(ask: () => Promise<T>, check: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i += 1) {
    const value = await ask();
    if (check(value) || i === 200) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function farmOfThree(): Promise<readonly FarmNode[]> {
  const first = await start('one', { kind: 'create', farmName: 'Shop' });
  const second = await start('two', { kind: 'join', invitation: await invitation(first) });
  const third = await start('three', { kind: 'join', invitation: await invitation(second) });
  const nodes = [first, second, third];
  for (const node of nodes) {
    const { body } = await eventually(
      () => call(node, 'GET', '/api/v1/cluster'),
      ({ body: cluster }) => (cluster['voters'] as string[]).length === 3 && cluster['leader_id'] !== null,
    );
    expect(body['voters']).toHaveLength(3);
  }
  return nodes;
}

describe('a farm of real nodes', () => {
  it('is formed by invitations, and what one node accepted every node shows', async () => {
    const [one, two, three] = (await farmOfThree()) as [FarmNode, FarmNode, FarmNode];
    const made = await call(two, 'POST', '/printers', { id: 'p1', company: 'Creality', model: 'Ender3' });
    expect(made.status).toBe(201);
    for (const node of [one, two, three]) {
      const { body } = await call(node, 'GET', '/printers');
      expect(Object.keys(body)).toEqual(['p1']);
    }
  });

  it('brings a PC whose log was lost back to a full voter', async () => {
    const [one, two, three] = (await farmOfThree()) as [FarmNode, FarmNode, FarmNode];
    await stop(three);
    await call(one, 'POST', '/printers', { id: 'p1', company: 'Creality', model: 'Ender3' });
    rmSync(join(root, 'three', 'raft'), { recursive: true });
    const again = await start('three', { kind: 'auto' }, portOf(three));
    const { body } = await eventually(
      () => call(again, 'GET', '/api/v1/cluster'),
      ({ body: cluster }) => cluster['role'] === 'follower',
    );
    expect(body['role']).toBe('follower');
    // It counts again: with one of the others gone, it is needed for every commit and every vote.
    await stop(two);
    const made = await eventually(
      () => call(again, 'POST', '/printers', { id: 'p2', company: 'Prusa', model: 'MK4' }),
      ({ status }) => status < 300,
    );
    expect(made.status).toBeLessThan(300);
    const printers = await call(again, 'GET', '/printers');
    expect(Object.keys(printers.body)).toEqual(['p1', 'p2']);
  });

  it('keeps everything over a restart of all nodes', async () => {
    const nodes = await farmOfThree();
    const first = nodes[0] as FarmNode;
    await call(first, 'POST', '/printers', { id: 'p1', company: 'Creality', model: 'Ender3' });
    for (const node of nodes) await stop(node);
    const again = await Promise.all(
      ['one', 'two', 'three'].map((name, i) => start(name, { kind: 'auto' }, portOf(nodes[i] as FarmNode))),
    );
    const { body } = await eventually(
      () => call(again[1] as FarmNode, 'GET', '/printers'),
      ({ status }) => status === 200,
    );
    expect(Object.keys(body)).toEqual(['p1']);
  });
});
