import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetCluster, formedNodes, rememberFormed } from '../../../src/main/cli/clusterFolder.ts';
import { planCluster, startArguments } from '../../../src/main/cli/clusterPlan.ts';
import { parseReadyLine, startNodeProcess } from '../../../src/main/cli/nodeProcess.ts';
import { readStartConfig } from '../../../src/main/config.ts';
import { openDataDirectory } from '../../../src/main/dataDirectory.ts';
import { readyLine } from '../../../src/main/hostedNode.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'raft3d-cluster-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the plan of a practice cluster', () => {
  it("has the seed's ports for three nodes", () => {
    const { nodes } = planCluster('/d', 3, 8000, 9000);
    expect(nodes.map(({ name, httpPort, peerPort }) => [name, httpPort, peerPort])).toEqual([
      ['node1', 8000, 9000],
      ['node2', 8001, 9001],
      ['node3', 8002, 9002],
    ]);
  });

  it.each([
    [
      { kind: 'create', farmName: '-odd name' },
      { kind: 'create', farmName: '-odd name' },
    ],
    [
      { kind: 'join', token: '-token' },
      { kind: 'join', invitation: '-token' },
    ],
    [{ kind: 'goOn' }, { kind: 'auto' }],
  ] as const)('starts a node with arguments that mean %j to it', (formation, expected) => {
    const node = planCluster('/d', 1, 8000, 9000).nodes[0]!;
    const [name, ...argv] = startArguments(node, formation);
    expect(name).toBe('start');
    const config = readStartConfig(argv, {
      env: {},
      platform: 'linux',
      homeDir: '/',
      hostname: 'pc',
      currentDir: '/',
      rendererDir: null,
    });
    expect(config.ok && config.value.node).toEqual({
      dataDir: '/d/node1',
      name: 'node1',
      http: { host: '127.0.0.1', port: 8000 },
      peer: { host: '127.0.0.1', port: 9000 },
      formation: expected,
      rendererDir: null,
    });
  });
});

describe('the folder of a practice cluster', () => {
  it('remembers which nodes belong to the farm', () => {
    expect(formedNodes(folder).size).toBe(0);
    rememberFormed(folder, 'node1');
    rememberFormed(folder, 'node2');
    rememberFormed(folder, 'node1');
    expect([...formedNodes(folder)]).toEqual(['node1', 'node2']);
  });

  it('forgets the nodes and keeps everything else', () => {
    openDataDirectory(join(folder, 'node1')).release();
    openDataDirectory(join(folder, 'node12')).release();
    rememberFormed(folder, 'node1');
    writeFileSync(join(folder, 'notes.txt'), '');
    mkdirSync(join(folder, 'nodes'));
    forgetCluster(folder);
    expect(readdirSync(folder)).toEqual(['nodes', 'notes.txt']);
  });

  it('deletes nothing when one folder is not ours', () => {
    openDataDirectory(join(folder, 'node1')).release();
    mkdirSync(join(folder, 'node2'));
    expect(() => forgetCluster(folder)).toThrow('nothing was deleted');
    expect(existsSync(join(folder, 'node1', 'raft3d.json'))).toBe(true);
  });

  it('deletes nothing while a node runs', () => {
    openDataDirectory(join(folder, 'node1')).release();
    const running = openDataDirectory(join(folder, 'node2'));
    expect(() => forgetCluster(folder)).toThrow('in use');
    expect(readdirSync(folder)).toEqual(['node1', 'node2']);
    running.release();
  });

  it('has nothing to forget when it does not exist', () => {
    forgetCluster(join(folder, 'none'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a node as a child process', () => {
  const READY =
    '{"event":"ready","http":"http://127.0.0.1:1","peer":"127.0.0.1:2","node_id":"n1","farm":"f"}';

  function start(code: string, lines: string[]) {
    const programPath = join(folder, 'child.cjs');
    writeFileSync(programPath, code);
    return startNodeProcess({
      name: 'node1',
      programPath,
      args: ['start'],
      env: process.env,
      onLine: (line) => void lines.push(line),
    });
  }

  it('is ready with its ready line, passes on other lines, and stops when asked', async () => {
    const lines: string[] = [];
    const child = start(
      `console.log('before'); console.log('${READY}'); console.error('log');
       process.on('message', (message) => { if (message === 'stop') { console.log('bye'); process.disconnect(); } });`,
      lines,
    );
    expect(await child.ready).toEqual({ httpUrl: 'http://127.0.0.1:1', nodeId: 'n1' });
    expect(await child.stop()).toEqual({ code: 0, signal: null });
    await expect.poll(() => [...lines].sort()).toEqual(['before', 'bye', 'log']);
  });

  it('is never ready when it ends first, and says how it ended', async () => {
    const child = start('process.exit(3)', []);
    expect(await child.ready).toBeNull();
    expect(await child.ended).toEqual({ code: 3, signal: null });
    expect(await child.stop()).toEqual({ code: 3, signal: null });
  });

  it('understands the very line that a node prints, and no other', () => {
    const line = readyLine({
      httpUrl: 'http://127.0.0.1:8000',
      peerAddress: '127.0.0.1:9000',
      nodeId: 'abc',
      farmName: 'Farm',
      stop: () => Promise.resolve(),
    });
    expect(line).toBe(
      '{"event":"ready","http":"http://127.0.0.1:8000","peer":"127.0.0.1:9000","node_id":"abc","farm":"Farm"}\n',
    );
    expect(parseReadyLine(line.trim())).toEqual({ httpUrl: 'http://127.0.0.1:8000', nodeId: 'abc' });
    for (const other of ['', 'ready', '{"event":"ready"', '{"event":"ready","http":1,"node_id":"a"}']) {
      expect(parseReadyLine(other), other).toBeNull();
    }
  });
});
