/** The table "who may import whom" bites: each forbidden import is planted in a small tree and must be found. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Configuration {
  readonly forbidden: NonNullable<IFlattenedRuleSet['forbidden']>;
  readonly options: ICruiseOptions;
}
const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Configuration;

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'raft3d-imports-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Names of the rules that the planted tree breaks. */
async function brokenRules(): Promise<readonly string[]> {
  const { output } = await cruise(['src'], {
    ...configuration.options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: configuration.forbidden },
  });
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

/** Names of the rules that `from` breaks by importing `to` (a file of the tree, or a package). */
async function brokenBy(
  from: string,
  to: string,
  statement = 'import { x } from',
): Promise<readonly string[]> {
  const isFile = to.startsWith('src/');
  if (isFile) plant(to, 'export const x = 1; export type X = number;');
  else if (!to.startsWith('node:')) {
    plant(
      `node_modules/${to}/package.json`,
      JSON.stringify({ name: to, version: '1.0.0', main: 'index.js' }),
    );
    plant(`node_modules/${to}/index.js`, 'exports.x = 1;');
  }
  const up = '../'.repeat(from.split('/').length - 1);
  plant(from, `${statement} '${isFile ? `${up}${to}` : to}'; export const y = 1;`);
  plant('package.json', JSON.stringify({ dependencies: isFile ? {} : { [to]: '1.0.0' } }));
  return brokenRules();
}

const CORE = 'src/raft/core/planted.ts';
const NODE = 'src/raft/node/planted.ts';
const FARM = 'src/farm/planted.ts';
const PRINTER = 'src/printer/planted.ts';
const MAIN = 'src/main/http/planted.ts';
const WINDOW = 'src/renderer/planted.tsx';

describe('who may import whom', () => {
  it.each([
    ['src/base/planted.ts', 'src/farm/x.ts', 'base-imports-nothing'],
    ['src/base/planted.ts', 'node:fs', 'base-imports-nothing'],
    [CORE, 'src/raft/node/x.ts', 'raft-core-is-pure'],
    [CORE, 'src/farm/x.ts', 'raft-core-is-pure'],
    [CORE, 'node:fs', 'raft-core-is-pure'],
    [CORE, 'immutable', 'raft-core-is-pure'],
    [NODE, 'src/farm/x.ts', 'raft-node-knows-no-app'],
    [NODE, 'src/main/x.ts', 'raft-node-knows-no-app'],
    [NODE, 'express', 'raft-node-knows-no-app'],
    [FARM, 'node:crypto', 'farm-is-pure'],
    [FARM, 'src/raft/core/x.ts', 'farm-is-pure'],
    [FARM, 'src/printer/x.ts', 'farm-is-pure'],
    [FARM, 'zod', 'farm-is-pure'],
    [PRINTER, 'src/farm/x.ts', 'printer-is-pure'],
    [PRINTER, 'serialport', 'printer-is-pure'],
    ['src/contract/planted.ts', 'src/main/x.ts', 'contract-is-the-wire'],
    ['src/contract/planted.ts', 'src/raft/core/x.ts', 'contract-is-the-wire'],
    ['src/contract/planted.ts', 'src/farm/x.ts', 'contract-takes-types-of-farm'],
    [MAIN, 'src/renderer/x.ts', 'main-knows-no-window'],
    [MAIN, 'electron', 'electron-in-its-folder'],
    [MAIN, 'electron-store', 'electron-in-its-folder'],
    [MAIN, 'src/main/electron/x.ts', 'electron-in-its-folder'],
    [MAIN, 'serialport', 'serialport-in-its-file'],
    [WINDOW, 'src/farm/x.ts', 'renderer-knows-the-contract-only'],
    [WINDOW, 'src/raft/index.ts', 'renderer-knows-the-contract-only'],
    [WINDOW, 'src/main/x.ts', 'renderer-knows-the-contract-only'],
    [WINDOW, 'node:fs', 'renderer-has-no-node'],
  ])('%s may not import %s', async (from, to, rule) => {
    expect(await brokenBy(from, to)).toContain(rule);
  });

  it.each([
    [CORE, 'src/base/x.ts', 'import { x } from'],
    [NODE, 'src/raft/core/x.ts', 'import { x } from'],
    [NODE, 'node:fs', 'import { x } from'],
    [NODE, 'msgpackr', 'import { x } from'],
    [FARM, 'immutable', 'import { x } from'],
    ['src/contract/planted.ts', 'zod', 'import { x } from'],
    ['src/contract/planted.ts', 'src/farm/x.ts', 'import type { X } from'],
    [MAIN, 'src/farm/x.ts', 'import { x } from'],
    [MAIN, 'src/raft/index.ts', 'import { x } from'],
    ['src/main/electron/planted.ts', 'electron', 'import { x } from'],
    ['src/main/bridge/serialLink.ts', 'serialport', 'import { x } from'],
    [WINDOW, 'src/contract/x.ts', 'import { x } from'],
  ])('%s may import %s', async (from, to, statement) => {
    expect(await brokenBy(from, to, statement)).toEqual([]);
  });

  it('has no cycles', async () => {
    plant('src/main/b.ts', `import { a } from './a.ts'; export const b = () => a;`);
    plant('src/main/a.ts', `import { b } from './b.ts'; export const a = () => b;`);
    plant('package.json', '{}');
    expect(await brokenRules()).toContain('no-cycles');
  });

  it('has no import that leads nowhere', async () => {
    plant(MAIN, `import { x } from '../nowhere.ts';`);
    plant('package.json', '{}');
    expect(await brokenRules()).toEqual(['resolvable']);
  });
});
