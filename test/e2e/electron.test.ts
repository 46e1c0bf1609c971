/** The desktop app as a person meets it: on a real Electron and a display, with its own node inside. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import {
  PREPARE_TIMEOUT_MS,
  prepareTestRuntime,
  quitDesktop,
  startDesktop,
  startSecondInstance,
  type Desktop,
  type DesktopOptions,
} from '../support/electronApp.ts';
import { startDisplay, type TestDisplay } from '../support/electronDisplay.ts';

let display: TestDisplay | null = null;
let options: DesktopOptions | null = null;
let reason = '';
const folders: string[] = [];

beforeAll(async () => {
  const runtime = await prepareTestRuntime();
  if ('reason' in runtime) {
    reason = runtime.reason;
    return;
  }
  try {
    display = await startDisplay();
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
    return;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'raft3d-desktop-'));
  folders.push(dataDir);
  options = { runtime, display: display.name, dataDir };
}, PREPARE_TIMEOUT_MS);

afterAll(async () => {
  await display?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function freshOptions(context: TestContext): DesktopOptions {
  if (options === null) context.skip(`no Electron to test with: ${reason}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'raft3d-desktop-'));
  folders.push(dataDir);
  return { ...options, dataDir };
}

/** Runs `use` with a started app, which is gone afterwards whatever happens. */
async function withDesktop(of: DesktopOptions, use: (desktop: Desktop) => Promise<void>): Promise<void> {
  const desktop = await startDesktop(of);
  try {
    await use(desktop);
  } finally {
    desktop.process.kill('SIGKILL');
  }
}

function isVisible(desktop: Desktop): Promise<boolean> {
  return desktop.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some((window) => window.isVisible()),
  );
}

async function addPrinter(httpUrl: string, id: string): Promise<number> {
  const response = await fetch(`${httpUrl}/printers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, company: 'Prusa', model: 'MK4' }),
  });
  return response.status;
}

describe('the desktop app', () => {
  it('shows the page of its own node, and what a script posts to the API appears in it', async (context) => {
    await withDesktop(freshOptions(context), async (desktop) => {
      expect(await isVisible(desktop)).toBe(true);
      await expect.poll(() => addPrinter(desktop.httpUrl, 'window-test-1'), { timeout: 20_000 }).toBe(201);
      await desktop.page.getByText('window-test-1').first().waitFor({ timeout: 20_000 });
    });
  });

  it('gives the page neither Node nor a way out to other addresses', async (context) => {
    await withDesktop(freshOptions(context), async ({ app, page, httpUrl }) => {
      expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe(
        'undefined',
      );
      await app.evaluate(({ BrowserWindow }) => {
        Object.assign(globalThis, {
          leaving: new Promise<boolean>((resolve) => {
            // After our own listener: what it decided can be seen.
            BrowserWindow.getAllWindows()[0]?.webContents.once('will-navigate', (event) => {
              resolve(event.defaultPrevented);
            });
          }),
        });
      });
      expect(await page.evaluate('window.open("https://example.invalid/") === null')).toBe(true);
      await page.evaluate('void (location.href = "https://example.invalid/")');
      const prevented = await app.evaluate(
        () => (globalThis as unknown as { leaving: Promise<boolean> }).leaving,
      );
      expect(prevented).toBe(true);
      expect(new URL(page.url()).origin).toBe(httpUrl);
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });
  });

  it('hides its window on close, keeps the node, and shows the window when started a second time', async (context) => {
    const of = freshOptions(context);
    await withDesktop(of, async (desktop) => {
      await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await expect.poll(() => isVisible(desktop)).toBe(false);
      expect((await fetch(`${desktop.httpUrl}/healthz`)).status).toBe(200);
      expect(await startSecondInstance(of)).toBe(0);
      await expect.poll(() => isVisible(desktop), { timeout: 10_000 }).toBe(true);
    });
  });

  it('quits orderly: code 0, the address no longer served, the data folder unlocked', async (context) => {
    const of = freshOptions(context);
    await withDesktop(of, async (desktop) => {
      expect(await quitDesktop(desktop)).toBe(0);
      await expect(fetch(`${desktop.httpUrl}/healthz`)).rejects.toThrow();
      expect(readdirSync(of.dataDir).filter((name) => name.startsWith('lock-'))).toEqual([]);
      expect(existsSync(join(of.dataDir, 'node.json'))).toBe(false);
    });
  });
});
