/** The pure cores stay pure: lint and compiler find a planted clock, die, timer or wait in each of their folders. */
import { ESLint, Linter } from 'eslint';
import { resolve } from 'node:path';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const FOLDERS = ['src/base', 'src/raft/core', 'src/farm', 'src/printer'];

/** Messages of the syntax rules that hold for a file at `path`, with the types left out. */
async function lint(path: string, code: string): Promise<readonly string[]> {
  const config = (await new ESLint().calculateConfigForFile(path)) as Linter.Config;
  const rule = config.rules?.['no-restricted-syntax'];
  if (rule === undefined) throw new Error(`no syntax rules hold for ${path}`);
  const messages = new Linter().verify(
    code,
    [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        rules: { 'no-restricted-syntax': rule },
      },
    ],
    path,
  );
  return messages.map(({ message }) => message);
}

const IMPURE = [
  ['Date.now()', 'export const t = () => Date.now();'],
  ['new Date()', 'export const t = () => new Date();'],
  ['Date()', 'export const t = () => Date();'],
  ['Math.random()', 'export const r = () => Math.random();'],
  ['an async function', 'export async function f(): Promise<void> {}'],
  ['an async arrow function', 'export const f = async () => 1;'],
  ['a promise', 'export const p = () => Promise.resolve(1);'],
] as const;

describe('lint', () => {
  for (const folder of FOLDERS) {
    it.each(IMPURE)(`finds %s in ${folder}`, async (_what, code) => {
      expect(await lint(`${folder}/planted.ts`, code)).not.toEqual([]);
    });
  }

  it('leaves clocks and promises to the shell', async () => {
    for (const [what, code] of IMPURE) expect(await lint('src/main/planted.ts', code), what).toEqual([]);
  });

  it('lets a core format a time that it was given', async () => {
    expect(
      await lint('src/farm/planted.ts', 'export const t = (ms: number) => new Date(ms).toISOString();'),
    ).toEqual([]);
  });

  it.each(['src/farm', 'src/main', 'src/renderer/client'])(
    'finds barrels and default exports in %s',
    async (folder) => {
      expect(await lint(`${folder}/planted.ts`, `export * from './other.ts';`)).toHaveLength(1);
      expect(await lint(`${folder}/planted.ts`, 'export default 1;')).toHaveLength(1);
    },
  );

  it('takes no comment that switches a rule off', async () => {
    const config = (await new ESLint().calculateConfigForFile('src/main/planted.ts')) as Linter.Config;
    expect(config.linterOptions?.noInlineConfig).toBe(true);
  });
});

/** Errors of the compiler for `code` as a file of a core, under the settings of tsconfig.pure.json. */
function compile(code: string): readonly string[] {
  const { config } = ts.readConfigFile('tsconfig.pure.json', (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const planted = resolve('src/farm/planted.ts');
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (path, languageVersion) =>
    resolve(path) === planted
      ? ts.createSourceFile(path, code, languageVersion)
      : readSource(path, languageVersion);
  const program = ts.createProgram([planted], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the compiler', () => {
  it.each(['setTimeout', 'process', 'Buffer', 'fetch', 'console', 'performance', 'crypto'])(
    'knows no %s in the cores',
    (name) => {
      expect(compile(`export const x = ${name};`).join('\n')).toContain(`Cannot find name '${name}'`);
    },
  );

  it('knows what the language itself has', () => {
    expect(compile('export const x = new Map([[1, [2].at(-1)]]);')).toEqual([]);
  });
});
