/** A real browser without a screen, for tests that use the window as a person does: by roles, labels and words. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';

/** Where Debian and its relatives put it; `RAFT3D_TEST_CHROMIUM` names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** No sandbox, because a test machine often is root; nothing that asks the network for more than the page. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium on this machine, or null. */
export function findChromium(): string | null {
  const named = process.env['RAFT3D_TEST_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...PLACES].find((path) => existsSync(path)) ?? null;
}

export async function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
}
