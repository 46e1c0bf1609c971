/** Forming a farm and looking at it by the command line: what works, and the sentence for each thing that does not. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterRecord } from '../../src/contract/records.ts';
import { readToken, writeToken } from '../../src/main/cluster/invitationToken.ts';
import { ms, report } from '../support/figures.ts';
import { findFreePorts } from '../support/freePorts.ts';
import { createCaller, postStatus } from '../support/nodeCalls.ts';
import { clusterView, nodeArguments, ProcessFarm, type ProcessNode } from '../support/processFarm.ts';
import { outputLine, runProgram, startProgram } from '../support/program.ts';
import { untilTrue } from '../support/until.ts';

/** What is promised for the gap in writes when the leader is asked to stop. */
const HAND_OVER_WANTED_MS = 300;
const HOUR_MS = 3_600_000;

let farm: ProcessFarm;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raft3d-join-'));
  farm = await ProcessFarm.start();
});
afterAll(async () => {
  await farm.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function newPlace(
  name: string,
): Promise<Pick<ProcessNode, 'name' | 'dataDir' | 'httpPort' | 'peerPort'>> {
  const [httpPort = 0, peerPort = 0] = await findFreePorts(2);
  return { name, dataDir: join(folder, name), httpPort, peerPort };
}

async function invite(node: ProcessNode): Promise<string> {
  const { code, stdout } = await runProgram(['invite', '--data-dir', node.dataDir]);
  expect(code).toBe(0);
  return stdout.split('\n').at(-1)!;
}

/** Runs `start` with a token that must not be honoured; gives the sentence on stderr. */
async function refusedJoin(token: string): Promise<string> {
  const before = await clusterView(farm.nodes[0]!);
  const place = await newPlace(`refused-${randomUUID()}`);
  const { code, stderr, stdout } = await runProgram([...nodeArguments(place), '--join', token]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  const after = await clusterView(farm.nodes[0]!);
  expect(after.members.map(({ id }) => id)).toEqual(before.members.map(({ id }) => id));
  return stderr;
}

describe('an invitation', () => {
  let used: string;

  it('made at any node lets one PC in, which then serves the same farm', async () => {
    used = await invite(farm.nodes[1]!);
    const place = await newPlace('node4');
    const program = startProgram([...nodeArguments(place), '--join', used]);
    const [line] = await outputLine(program, /.*"event":"ready".*/);
    const ready = JSON.parse(line) as {
      readonly http: string;
      readonly node_id: string;
      readonly farm: string;
    };
    expect(ready).toMatchObject({ farm: 'Test farm', http: `http://127.0.0.1:${place.httpPort}` });
    expect(
      await postStatus(farm.nodes[0]!.httpUrl, '/printers', { id: 'p1', company: 'a', model: 'b' }),
    ).toBe(201);
    await untilTrue('the new PC shows the printer', async () => {
      const printers = await fetch(`${ready.http}/printers`).then((answer) => answer.text());
      return printers.includes('"p1"');
    });
    const { members } = await clusterView(farm.nodes[2]!);
    expect(members.find(({ id }) => id === ready.node_id)).toMatchObject({ name: 'node4' });

    program.signal('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    // The same command again, as a service manager gives it after a reboot: it is in already.
    const again = startProgram([...nodeArguments(place), '--join', used]);
    await outputLine(again, /"event":"ready"/);
    again.signal('SIGTERM');
    expect(await again.ended).toEqual({ code: 0, signal: null });
  });

  it('that was used is refused to another PC, at every node', async () => {
    expect(await refusedJoin(used)).toContain('was used by another PC');
  });

  it('that is cut, mistyped, of another kind or empty is refused with what to copy', async () => {
    const good = await invite(farm.nodes[0]!);
    const [cut, mistyped, other] = await Promise.all(
      [good.slice(0, -20), `x${good}`, 'hello'].map(refusedJoin),
    );
    expect(cut).toContain('The invitation is');
    expect(mistyped).toContain('This is no invitation');
    expect(other).toContain('raft3d invite');
  });

  it('with another secret, or of a farm that does not know it, is refused', async () => {
    const good = readToken(await invite(farm.nodes[0]!));
    if (!good.ok) throw new Error(good.reason);
    const guessed = writeToken({ ...good.value, secret: 'guess'.repeat(8) });
    const invented = writeToken({ ...good.value, invitationId: 'invented' });
    const sentences = await Promise.all([guessed, invented].map(refusedJoin));
    for (const sentence of sentences) expect(sentence).toContain('does not know this invitation');
  });

  it('that has expired is refused with when it did', async () => {
    const good = readToken(await invite(farm.nodes[0]!));
    if (!good.ok) throw new Error(good.reason);
    const expired = writeToken({ ...good.value, expiresAtMs: Date.now() - HOUR_MS });
    expect(await refusedJoin(expired)).toContain('expired at 20');
  });

  it('whose member cannot be reached is refused with what was tried', async () => {
    const good = readToken(await invite(farm.nodes[0]!));
    if (!good.ok) throw new Error(good.reason);
    const [deaf = 0] = await findFreePorts(1);
    const unreachable = writeToken({ ...good.value, addresses: [`127.0.0.1:${deaf}`] });
    expect(await refusedJoin(unreachable)).toContain(`127.0.0.1:${deaf}`);
  });
});

describe('a data folder', () => {
  it('that runs already is refused to a second process, and the first goes on', async () => {
    const node = farm.nodes[0]!;
    const place = { ...(await newPlace('second')), dataDir: node.dataDir };
    const { code, stderr } = await runProgram(nodeArguments(place));
    expect(code).toBe(1);
    expect(stderr).toContain(`is in use by process ${node.program.pid}`);
    expect((await clusterView(node)).ready).toBe(true);
  });

  it('that holds other things is refused and left as it is', async () => {
    const place = await newPlace('photos');
    mkdirSync(place.dataDir);
    writeFileSync(join(place.dataDir, 'holiday.jpg'), 'not ours');
    const { code, stderr } = await runProgram(nodeArguments(place));
    expect(code).toBe(1);
    expect(stderr).toContain('already holds other files');
    expect(readdirSync(place.dataDir)).toEqual(['holiday.jpg']);
  });

  it('of a farm cannot found or join another one', async () => {
    const token = await invite(farm.nodes[0]!);
    const place = await newPlace('lonely');
    const program = startProgram([...nodeArguments(place), '--create-farm', 'Lonely farm']);
    await outputLine(program, /"event":"ready"/);
    program.signal('SIGTERM');
    await program.ended;
    for (const wish of [
      ['--join', token],
      ['--create-farm', 'Second farm'],
    ]) {
      const { code, stderr } = await runProgram([...nodeArguments(place), ...wish]);
      expect(code).toBe(1);
      expect(stderr).toContain('belongs to the farm "Lonely farm"');
    }
  });

  it('on which no node runs is said to be so by every command that asks a node', async () => {
    const runs = ['status', 'members', 'invite'].map((command) =>
      runProgram([command, '--data-dir', join(folder, 'nowhere')]),
    );
    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('raft3d start');
    }
  });

  it('in use keeps its port from nobody: a taken port is a sentence, not a stack', async () => {
    const taken = { ...(await newPlace('taken')), httpPort: farm.nodes[0]!.httpPort };
    const { code, stderr } = await runProgram(nodeArguments(taken));
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${taken.httpPort} is in use by another program`);
  });
});

describe('the command line shows', () => {
  it('the cluster by `status`, for people and as JSON', async () => {
    const leader = await farm.leader();
    const { code, stdout } = await runProgram(['status', '--data-dir', farm.nodes[0]!.dataDir]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^farm +Test farm$/m);
    expect(stdout).toMatch(new RegExp(`^leader +${leader.name}$`, 'm'));
    expect(stdout).toMatch(/^voters +3$/m);
    const json = await runProgram(['status', '--json', '--data-dir', farm.nodes[0]!.dataDir]);
    expect((JSON.parse(json.stdout) as ClusterRecord).farm_name).toBe('Test farm');
  });

  it('every PC by `members`, one line each', async () => {
    const { code, stdout } = await runProgram(['members', '--data-dir', farm.nodes[2]!.dataDir]);
    expect(code).toBe(0);
    const names = stdout.split('\n').map((line) => line.split(/ +/)[0]);
    expect(names.filter((name) => name !== '')).toEqual(['NAME', 'node1', 'node2', 'node3', 'node4']);
    expect(stdout).toContain('this PC');
  });

  it('the log by `inspect`, while the node runs', async () => {
    const { code, stdout } = await runProgram(['inspect', farm.nodes[1]!.dataDir]);
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => JSON.parse(line) as { readonly kind: string });
    const kinds = new Set(lines.map(({ kind }) => kind));
    for (const kind of ['hardState', 'segment', 'mark', 'entry']) expect(kinds).toContain(kind);
    expect(kinds).not.toContain('damage');
    expect(stdout).toContain('"addPrinter"');
  });
});

describe('asking the leader to stop', () => {
  it('ends with code 0 after another node leads, and writes at the others go on', async () => {
    const leader = await farm.leader();
    const others = farm.nodes.filter((node) => node !== leader);
    const writtenAtMs: number[] = [];
    const statuses = new Set<number | string>();
    let stopping = false;
    const writer = async (node: ProcessNode, name: string): Promise<void> => {
      const caller = createCaller();
      for (let number = 0; !stopping; number += 1) {
        const body = { id: `${name}-${number}`, company: 'a', model: 'b' };
        const result = await caller.call(node.httpUrl, '/printers', { body });
        statuses.add(result.kind === 'answer' ? result.status : result.kind);
        if (result.kind === 'answer' && result.status === 201) writtenAtMs.push(performance.now());
      }
      caller.close();
    };
    const writers = others.map((node) => writer(node, `w-${node.name}`));
    await untilTrue('writes are under way', () => writtenAtMs.length > 50);
    const askedAtMs = performance.now();
    leader.program.signal('SIGTERM');
    const end = await leader.program.ended;
    const endedAtMs = performance.now();
    const views = await Promise.all(others.map((node) => clusterView(node)));
    await untilTrue('writes after the end', () => (writtenAtMs.at(-1) ?? 0) > endedAtMs + 300);
    stopping = true;
    await Promise.all(writers);

    const gaps = writtenAtMs.slice(1).map((atMs, index) => ({ atMs, gapMs: atMs - writtenAtMs[index]! }));
    const gapMs = Math.max(...gaps.filter(({ atMs }) => atMs > askedAtMs).map((each) => each.gapMs));
    const usualMs = Math.max(...gaps.filter(({ atMs }) => atMs <= askedAtMs).map((each) => each.gapMs));
    report(
      'longest gap in writes when the leader is asked to stop',
      `${ms(gapMs)} (${gapMs < HAND_OVER_WANTED_MS ? 'as promised' : 'ABOVE WHAT IS PROMISED'}), before ${ms(usualMs)}; ` +
        `the process took ${ms(endedAtMs - askedAtMs)} to end; answers ${[...statuses].join(', ')}`,
    );
    expect(end).toEqual({ code: 0, signal: null });
    // Handed over, not lost: the next leader leads when the process ends, without any timeout.
    expect(views.filter((view) => view.role === 'leader')).toHaveLength(1);
  });
});
