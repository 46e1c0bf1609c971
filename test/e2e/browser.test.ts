/** The window in a real browser, one page at each node: what one person does, the others see without loading again. */
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { findChromium, startBrowser } from '../support/browser.ts';
import { postStatus } from '../support/nodeCalls.ts';
import { clusterView, ProcessFarm, type ProcessNode } from '../support/processFarm.ts';

/** A page on a crowded machine. */
const SEEN_WITHIN_MS = 20_000;

let farm: ProcessFarm | null = null;
let browser: Browser | null = null;
/** The page of each node, by the node's name. */
const pages = new Map<string, Page>();
const complaints: string[] = [];

beforeAll(async () => {
  const chromium = findChromium();
  if (chromium === null) return;
  farm = await ProcessFarm.start();
  browser = await startBrowser(chromium);
  for (const node of farm.nodes) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(SEEN_WITHIN_MS);
    page.on('pageerror', (error) => complaints.push(`${node.name}: ${error.message}`));
    await page.goto(node.httpUrl);
    await page.getByText('Connected', { exact: true }).waitFor();
    // A page that was loaded again has lost this.
    await page.evaluate('globalThis.neverLoadedAgain = true');
    pages.set(node.name, page);
  }
});

afterAll(async () => {
  await browser?.close();
  await farm?.dispose();
});

/** The farm, or a loud skip where there is no browser. */
function theFarm(context: TestContext): ProcessFarm {
  if (farm === null) context.skip('no Chromium on this machine (Debian package chromium)');
  return farm;
}

function pageOf(node: ProcessNode | undefined): Page {
  return pages.get(node?.name ?? '')!;
}

async function goTo(page: Page, view: 'Floor' | 'Queue' | 'Filament' | 'Cluster'): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();
  await page.getByRole('heading', { name: view, level: 1 }).waitFor();
}

/** Opens a form, fills it in, sends it, and waits until it has closed after the answer. */
async function submitForm(
  page: Page,
  open: string,
  fields: Readonly<Record<string, string>>,
  submit: string,
): Promise<void> {
  await page.getByRole('button', { name: open }).first().click();
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog.locator('input').and(dialog.getByLabel(label));
    await field.fill(value);
  }
  await dialog.getByRole('button', { name: submit }).click();
  await dialog.waitFor({ state: 'detached' });
}

function row(page: Page, text: string): Locator {
  return page.getByRole('row').filter({ hasText: text });
}

describe('the window', () => {
  it('shows a printer at all nodes that was added by the form at one', async (context) => {
    const { nodes } = theFarm(context);
    await submitForm(
      pageOf(nodes[0]),
      'New printer',
      { Company: 'Prusa', Model: 'MK4', Name: 'Left of the door', Id: 'door' },
      'Add printer',
    );
    for (const node of nodes) {
      await pageOf(node).getByRole('heading', { name: 'Left of the door' }).waitFor();
    }
  });

  it('adds a spool and a job by their forms, and both are seen elsewhere', async (context) => {
    const { nodes } = theFarm(context);
    const [here, there] = [pageOf(nodes[1]), pageOf(nodes[2])];
    await goTo(here, 'Filament');
    await goTo(there, 'Filament');
    await submitForm(here, 'New spool', { Colour: 'Galaxy Black', Id: 'black-1' }, 'Add spool');
    await row(there, 'black-1').waitFor();

    await goTo(here, 'Queue');
    await goTo(there, 'Queue');
    // The only printer and the only spool are chosen already.
    await submitForm(
      here,
      'New job',
      { File: '/prints/cube.gcode', 'Print weight': '200', Id: 'cube-1' },
      'Queue job',
    );
    await row(there, 'cube-1').getByText('Queued', { exact: true }).waitFor();
    await goTo(there, 'Filament');
    await row(there, 'black-1').getByText('800 g').first().waitFor();
  });

  it('says at once in the form what the farm would refuse, and sends nothing', async (context) => {
    const { nodes } = theFarm(context);
    const page = pageOf(nodes[1]);
    await goTo(page, 'Queue');
    await page.getByRole('button', { name: 'New job' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input').and(dialog.getByLabel('File')).fill('/prints/big.gcode');
    await dialog.locator('input').and(dialog.getByLabel('Print weight')).fill('801');
    await dialog.locator('input').and(dialog.getByLabel('Id')).fill('big-1');
    await dialog.getByRole('button', { name: 'Queue job' }).click();
    await dialog.getByText('Only 800 g are free on spool black-1').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await row(page, 'big-1').count()).toBe(0);
  });

  it('changes the status of a job, and every page follows', async (context) => {
    const { nodes } = theFarm(context);
    for (const node of nodes) await goTo(pageOf(node), 'Queue');
    await pageOf(nodes[2]).getByRole('button', { name: 'Start cube.gcode (cube-1)' }).click();
    for (const node of nodes)
      await row(pageOf(node), 'cube-1').getByText('Printing', { exact: true }).waitFor();
    await pageOf(nodes[0]).getByRole('button', { name: 'Mark cube.gcode (cube-1) as done' }).click();
    for (const node of nodes) {
      const page = pageOf(node);
      await page.getByRole('radiogroup', { name: 'Show' }).getByText('Done 1').click();
      await row(page, 'cube-1').getByText('Done', { exact: true }).first().waitFor();
    }
  });

  it('shows the new leader at the nodes that are left when the leader is killed, and that the killed one is away', async (context) => {
    const crowd = theFarm(context);
    const leader = await crowd.leader();
    for (const node of crowd.nodes) {
      await goTo(pageOf(node), 'Cluster');
      await row(pageOf(node), leader.name).getByText('Leads').waitFor();
    }
    await crowd.kill(leader);

    await pageOf(leader).getByText('Connection to this PC’s node lost').waitFor();
    await pageOf(leader).getByText('Not connected', { exact: true }).waitFor();
    const next = await crowd.leader();
    expect(next).not.toBe(leader);
    for (const node of crowd.running) {
      await row(pageOf(node), next.name).getByText('Leads').waitFor();
      const bar = node === next ? 'leads' : `${next.name} leads`;
      await pageOf(node).getByRole('banner').getByText(bar, { exact: true }).waitFor();
    }
  });

  it('recovers by itself in the page of the killed node when that is back, with what it missed', async (context) => {
    const crowd = theFarm(context);
    const away = crowd.nodes.find((node) => !node.program.isAlive())!;
    const { httpUrl } = await crowd.leader();
    const missed = { id: 'missed', company: 'Voron', model: '2.4', name: 'Added meanwhile' };
    expect(await postStatus(httpUrl, '/printers', missed)).toBe(201);
    await crowd.restart(away);

    const page = pageOf(away);
    await page.getByText('Connected', { exact: true }).waitFor();
    const { leader_id: leaderId } = await clusterView(await crowd.leader());
    const leader = (await clusterView(away)).members.find((member) => member.id === leaderId)!;
    await row(page, leader.name).getByText('Leads').waitFor();
    await goTo(page, 'Floor');
    await page.getByRole('heading', { name: 'Added meanwhile' }).waitFor();
  });

  it('did all of this without loading a page again and without an error in any', async (context) => {
    for (const node of theFarm(context).nodes) {
      expect(await pageOf(node).evaluate('globalThis.neverLoadedAgain')).toBe(true);
    }
    expect(complaints).toEqual([]);
  });
});
