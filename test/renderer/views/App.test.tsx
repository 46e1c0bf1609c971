import { MantineProvider } from '@mantine/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotEvent } from '../../../src/contract/events.ts';
import type { ApiAnswer } from '../../../src/renderer/client/answer.ts';
import { FarmClientProvider } from '../../../src/renderer/client/clientContext.ts';
import type { FarmClient } from '../../../src/renderer/client/farmClient.ts';
import { useDialogs } from '../../../src/renderer/store/dialogs.ts';
import { farmStore } from '../../../src/renderer/store/farmStore.ts';
import { emptyMirror, linkLost, takeSnapshot } from '../../../src/renderer/store/mirror.ts';
import { useNotices } from '../../../src/renderer/store/notices.ts';
import { theme, variablesResolver } from '../../../src/renderer/theme.ts';
import { App } from '../../../src/renderer/views/App.tsx';
import { cluster, filament, job, printer, snapshot } from '../records.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const nobody = (): Promise<ApiAnswer<never>> => Promise.resolve({ kind: 'unreachable' });
const silentClient: FarmClient = {
  createPrinter: nobody,
  createFilament: nobody,
  createPrintjob: nobody,
  setJobStatus: nobody,
  createInvitation: nobody,
};

let root: Root | null = null;

async function show(hash: string, client: Partial<FarmClient> = {}, onRetry: () => void = () => undefined) {
  location.hash = hash;
  const host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  await act(async () => {
    root?.render(
      <MantineProvider theme={theme} cssVariablesResolver={variablesResolver} env="test">
        <FarmClientProvider value={{ ...silentClient, ...client }}>
          <App onRetry={onRetry} />
        </FarmClientProvider>
      </MantineProvider>,
    );
    await Promise.resolve();
  });
}

async function hear(event: SnapshotEvent): Promise<void> {
  await act(async () => {
    farmStore.setState((mirror) => takeSnapshot(mirror, event, Date.now()));
    await Promise.resolve();
  });
}

function button(label: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    (each) => each.getAttribute('aria-label') === label || each.textContent === label,
  );
  if (found === undefined) throw new Error(`no button "${label}" in: ${document.body.textContent}`);
  return found;
}

async function click(label: string): Promise<void> {
  await act(async () => {
    button(label).click();
    await Promise.resolve();
  });
}

async function press(key: string, target: EventTarget = document.body): Promise<void> {
  await act(async () => {
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await Promise.resolve();
  });
}

function fieldOf(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll('label')].find((each) => each.textContent === label);
  const input = found === undefined ? null : document.getElementById(found.htmlFor);
  if (!(input instanceof HTMLInputElement)) throw new Error(`no field "${label}"`);
  return input;
}

const page = (): string => document.body.textContent;

beforeEach(() => {
  farmStore.setState(emptyMirror, true);
  useDialogs.getState().close();
  useNotices.setState({ notices: [] });
});

afterEach(async () => {
  await act(async () => {
    root?.unmount();
    await Promise.resolve();
  });
  document.body.replaceChildren();
});

describe('the window before it knows anything', () => {
  it('shows that it is loading, and neither an empty farm nor a banner', async () => {
    await show('#/floor');
    expect(page()).toContain('Loading');
    expect(page()).not.toContain('No printers yet');
    expect(page()).not.toContain('No leader');
  });
});

describe('an empty farm', () => {
  it('says on each view what to do next', async () => {
    await show('#/floor');
    await hear(snapshot({ printers: {}, filaments: {} }));
    expect(page()).toContain('No printers yet');
    await act(async () => {
      location.hash = '#/queue';
      window.dispatchEvent(new Event('hashchange'));
      await Promise.resolve();
    });
    expect(page()).toContain('Add a printer first');
  });
});

describe('the floor', () => {
  it('shows a printer with its running job and the steps that are allowed', async () => {
    await show('#/floor');
    await hear(
      snapshot({
        printers: { p1: printer('p1', { name: 'Anna' }) },
        printjobs: { j1: job('j1', { status: 'running', started_at: '2026-05-04T09:00:00.000Z' }) },
      }),
    );
    expect(page()).toContain('Anna');
    expect(page()).toContain('cube.gcode');
    expect(button('Mark cube.gcode (j1) as done').disabled).toBe(false);
    expect(() => button('Start cube.gcode (j1)')).toThrow();
  });
});

describe('the cancel of a running print', () => {
  it('asks first, and one click alone sends nothing', async () => {
    const sent: string[] = [];
    await show('#/queue', {
      setJobStatus(id, status) {
        sent.push(`${id} ${status}`);
        return Promise.resolve({ kind: 'ok', created: false, value: job(id, { status }) });
      },
    });
    await hear(snapshot({ printjobs: { j1: job('j1', { status: 'running' }) } }));
    await click('Cancel cube.gcode (j1)');
    expect(sent).toEqual([]);
    expect(page()).toContain('Cancel a running print?');
    await click('Keep printing');
    expect(sent).toEqual([]);
    await click('Cancel cube.gcode (j1)');
    await click('Cancel the print');
    expect(sent).toEqual(['j1 canceled']);
  });

  it('of a job that only waits is sent at once', async () => {
    const sent: string[] = [];
    await show('#/queue', {
      setJobStatus(id, status) {
        sent.push(`${id} ${status}`);
        return Promise.resolve({ kind: 'ok', created: false, value: job(id, { status }) });
      },
    });
    await hear(snapshot({ printjobs: { j1: job('j1') } }));
    await click('Cancel cube.gcode (j1)');
    expect(sent).toEqual(['j1 canceled']);
    expect(page()).toContain('cube.gcode canceled. 200 g of spool f1 are free again.');
  });
});

describe('a refused step', () => {
  it('is told in the words of the server', async () => {
    const problem = {
      status: 409,
      code: 'illegal_transition',
      title: 't',
      detail: 'It is done.',
      errors: [],
    };
    await show('#/queue', { setJobStatus: () => Promise.resolve({ kind: 'refused', problem }) });
    await hear(snapshot({ printjobs: { j1: job('j1') } }));
    await click('Start cube.gcode (j1)');
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('cube.gcode (j1): It is done.');
  });
});

describe('the banners', () => {
  it('say that old data is shown when the link is lost, and try again on a click', async () => {
    let retries = 0;
    await show('#/floor', {}, () => {
      retries += 1;
    });
    await hear(snapshot());
    expect(page()).not.toContain('showing data of');
    await act(async () => {
      farmStore.setState((mirror) => linkLost(mirror, Date.now(), 9000));
      await Promise.resolve();
    });
    expect(page()).toContain('Connection to this PC’s node lost, showing data of');
    expect(page()).toContain('p1');
    expect(document.querySelector('main')?.hasAttribute('data-stale')).toBe(true);
    await click('Try now');
    expect(retries).toBe(1);
  });

  it('say what still works when nobody leads', async () => {
    await show('#/floor');
    await hear(snapshot({ cluster: cluster({ role: 'candidate', leader_id: null }) }));
    expect(page()).toContain('No leader: changes wait, everything can still be read.');
  });
});

describe('the form for a printer', () => {
  it('opens by keys, suggests a free id, and shows a refused field at that field', async () => {
    const problem = {
      status: 400,
      code: 'invalid_input',
      title: 't',
      detail: 'd',
      errors: [{ path: 'model', message: 'must be at most 256 characters' }],
    };
    const sent: unknown[] = [];
    await show('#/floor', {
      createPrinter(request) {
        sent.push(request);
        return Promise.resolve({ kind: 'refused', problem });
      },
    });
    await hear(snapshot());
    await press('n');
    await press('p');
    expect(fieldOf('Id').value).toBe('p2');
    await click('Add printer');
    expect(sent).toEqual([{ id: 'p2', company: 'Prusa', model: 'MK4S' }]);
    expect(page()).toContain('Model must be at most 256 characters.');
    expect(fieldOf('Model').getAttribute('aria-invalid')).toBe('true');
    expect(useDialogs.getState().dialog.kind).toBe('printer');
  });
});

describe('the form for a job', () => {
  it('sends nothing while a field is missing', async () => {
    let sent = 0;
    await show('#/queue', {
      createPrintjob() {
        sent += 1;
        return nobody();
      },
    });
    await hear(snapshot({ filaments: { f1: filament('f1'), f2: filament('f2') } }));
    await press('n');
    await press('j');
    await click('Queue job');
    expect(sent).toBe(0);
    expect(page()).toContain('Choose a spool.');
    expect(page()).not.toContain('Choose a printer.');
  });
});

describe('shortcut keys', () => {
  it('are letters like any others in a field', async () => {
    await show('#/queue');
    await hear(snapshot({ printjobs: { j1: job('j1') } }));
    const search = document.querySelector('input[type="search"]');
    if (search === null) throw new Error('no search field');
    await press('?', search);
    expect(useDialogs.getState().dialog.kind).toBe('none');
    await press('?');
    expect(page()).toContain('Keyboard shortcuts');
  });
});

describe('a PC is added', () => {
  it('by a token and the command that uses it', async () => {
    await show('#/cluster', {
      createInvitation: () =>
        Promise.resolve({
          kind: 'ok',
          created: true,
          value: { token: 'tok-1', expires_at: '2026-05-05T09:00:00.000Z' },
        }),
    });
    await hear(snapshot());
    await click('Make an invitation');
    expect(page()).toContain('raft3d start --join tok-1');
  });
});
