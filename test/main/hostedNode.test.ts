import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRunningNode, isInUse } from '../../src/main/dataDirectory.ts';
import type { FarmNode } from '../../src/main/farmNodeTypes.ts';
import { startHostedNode, type HostedNodeOptions } from '../../src/main/hostedNode.ts';
import { createLog } from '../../src/main/log.ts';
import { OperatingError } from '../../src/main/operatingError.ts';
import { openSettingsFile } from '../../src/main/settingsFile.ts';
import { explainStartError } from '../../src/main/startErrors.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'raft3d-hosted-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const NODE: FarmNode = {
  httpUrl: 'http://127.0.0.1:8000',
  peerAddress: '127.0.0.1:9000',
  nodeId: 'n1',
  farmName: 'Farm',
  stop: () => Promise.resolve(),
};

function options(startFarmNode: HostedNodeOptions['startFarmNode']): HostedNodeOptions {
  return {
    config: {
      dataDir,
      name: 'pc',
      http: { host: '127.0.0.1', port: 0 },
      peer: { host: '127.0.0.1', port: 0 },
      formation: { kind: 'auto' },
      rendererDir: null,
    },
    kind: 'headless',
    log: createLog({ format: 'json', level: 'error', write: () => undefined, now: () => new Date(0) }),
    openSettings: openSettingsFile,
    startFarmNode,
    fatal: () => undefined,
  };
}

describe('a hosted node', () => {
  it('holds its folder and can be found while it runs, and leaves both when it stops', async () => {
    const hosted = await startHostedNode(options(() => Promise.resolve(NODE)));
    expect(isInUse(dataDir)).toBe(true);
    expect(findRunningNode(dataDir).httpUrl).toBe(NODE.httpUrl);
    await hosted.stop();
    expect(isInUse(dataDir)).toBe(false);
    expect(() => findRunningNode(dataDir)).toThrow('No node runs');
  });

  it('unlocks its folder when the node cannot start, and passes the reason on', async () => {
    await expect(startHostedNode(options(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    expect(isInUse(dataDir)).toBe(false);
  });

  it('unlocks its folder when the node cannot stop orderly, and passes the reason on', async () => {
    const hosted = await startHostedNode(
      options(() => Promise.resolve({ ...NODE, stop: () => Promise.reject(new Error('stuck')) })),
    );
    await expect(hosted.stop()).rejects.toThrow('stuck');
    expect(isInUse(dataDir)).toBe(false);
  });

  it('is not started at all on a folder in use', async () => {
    const hosted = await startHostedNode(options(() => Promise.resolve(NODE)));
    const before = readdirSync(dataDir);
    let started = false;
    const second = startHostedNode(
      options(() => {
        started = true;
        return Promise.resolve(NODE);
      }),
    );
    await expect(second).rejects.toMatchObject({ code: 'data_dir_in_use' });
    expect(started).toBe(false);
    expect(readdirSync(dataDir)).toEqual(before);
    await hosted.stop();
  });
});

describe('the sentence for a failed start', () => {
  it.each([
    [
      Object.assign(new Error('x'), { code: 'EADDRINUSE', address: '127.0.0.1', port: 8000 }),
      '127.0.0.1:8000 is in use',
    ],
    [
      Object.assign(new Error('x'), { code: 'EADDRNOTAVAIL', port: 8000 }),
      'Port 8000 is not an address of this PC',
    ],
    [Object.assign(new Error('listen EACCES'), { code: 'EACCES' }), 'Choose a port above 1023'],
    [Object.assign(new Error('write'), { code: 'ENOSPC' }), 'The disk is full'],
    [new OperatingError('data_dir_in_use', 'In use by process 1.'), 'In use by process 1.'],
    [new Error('odd'), 'The node could not start: odd'],
    ['text', 'The node could not start: text'],
  ])('of %s says what to do', (error, expected) => {
    expect(explainStartError(error)).toContain(expected);
  });
});
