/** Starts the built program as a user would, gives it one of the seed's commands, and stops it: nothing may fail. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './child.mjs';

const DEADLINE_MS = 60_000;

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

async function readyAddress(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"event":"ready"')) return JSON.parse(line).http;
  }
  throw new Error('the program ended before it served');
}

async function useNode(http) {
  const health = await fetch(`${http}/healthz`);
  expect(health.status === 200, `/healthz answered ${health.status}`);
  const created = await fetch(`${http}/printers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: 'p1', company: 'Creality', model: 'Ender3' }),
  });
  expect(created.status === 201, `POST /printers answered ${created.status}: ${await created.text()}`);
  const printers = await (await fetch(`${http}/printers`)).json();
  expect(printers.p1?.model === 'Ender3', 'the printer is not in the list');
  const page = await fetch(`${http}/`, { headers: { Accept: 'text/html' } });
  expect(page.status === 200, `/ answered ${page.status}`);
}

async function smoke(dataDir) {
  const program = join(ROOT, 'out', 'main', 'headless.js');
  const args = ['start', '--data-dir', dataDir, '--http', '127.0.0.1:0', '--peer', '127.0.0.1:0'];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  try {
    await useNode(await readyAddress(child));
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    expect(code === 0, `the program ended with ${signal ?? `code ${code}`}`);
  } finally {
    clearTimeout(deadline);
    child.kill('SIGKILL');
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'raft3d-smoke-'));
try {
  await smoke(dataDir);
  process.stdout.write('smoke: the built program starts, serves and stops\n');
} catch (error) {
  process.stderr.write(`smoke: FAILED: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
