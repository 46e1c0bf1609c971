/** Starts the built desktop app on the test runtime of Electron (scripts/electronTestRuntime.mjs) and drives it. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright';

/** What the tests of the desktop app run on, or why they cannot. */
export type TestRuntime = { readonly binary: string; readonly main: string } | { readonly reason: string };

/** Fetching 110 MB and building twice, on a slow machine. */
export const PREPARE_TIMEOUT_MS = 15 * 60_000;

/** Prepares runtime and app; `reason` when that is impossible here. */
export async function prepareTestRuntime(): Promise<TestRuntime> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/electronTestRuntime.mjs'], {
    timeout: PREPARE_TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as TestRuntime;
}

export interface DesktopOptions {
  readonly runtime: Extract<TestRuntime, { binary: string }>;
  readonly display: string;
  readonly dataDir: string;
}

function appArguments(options: DesktopOptions): string[] {
  return [
    // Root has no sandbox, and a test machine often is root; everyone else keeps it.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    options.runtime.main,
    '--data-dir',
    options.dataDir,
    '--http',
    '127.0.0.1:0',
    '--peer',
    '127.0.0.1:0',
  ];
}

function appEnvironment(options: DesktopOptions): Record<string, string> {
  const env: Record<string, string> = { DISPLAY: options.display, RAFT3D_NO_DIALOGS: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !(name in env)) env[name] = value;
  }
  return env;
}

export interface Desktop {
  readonly app: ElectronApplication;
  /** Kept, because the driver forgets it when the app ends. */
  readonly process: ChildProcess;
  readonly page: Page;
  /** Address of the app's own node. */
  readonly httpUrl: string;
}

/** Starts the app and waits for its window's page. */
export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const app = await _electron.launch({
    executablePath: options.runtime.binary,
    args: appArguments(options),
    env: appEnvironment(options),
    timeout: 60_000,
  });
  const page = await app.firstWindow();
  await page.waitForLoadState('domcontentloaded');
  return { app, process: app.process(), page, httpUrl: new URL(page.url()).origin };
}

/** Starts the program once more on the same data folder and gives its exit code. */
export function startSecondInstance(options: DesktopOptions): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.runtime.binary, appArguments(options), {
      env: appEnvironment(options),
      stdio: 'ignore',
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

/** Quits as a person does by the menu; the exit code of the process. */
export async function quitDesktop(desktop: Desktop): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => {
    desktop.process.once('exit', (code) => resolve(code));
  });
  // The answer to this call may be lost with the process.
  await desktop.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
  return ended;
}
