import { describe, expect, it } from 'vitest';
import { commandHelp, type CliContext, type Command } from '../../../src/main/cli/command.ts';
import { clusterCommand } from '../../../src/main/cli/cluster.ts';
import { environmentName, HELP_FLAG, type FlagSpec } from '../../../src/main/cli/flags.ts';
import { inspectCommand } from '../../../src/main/cli/inspect.ts';
import { inviteCommand } from '../../../src/main/cli/invite.ts';
import { membersCommand } from '../../../src/main/cli/members.ts';
import { nearestName } from '../../../src/main/nearestName.ts';
import { runProgram } from '../../../src/main/cli/program.ts';
import { startCommandOver } from '../../../src/main/cli/start.ts';
import { statusCommand } from '../../../src/main/cli/status.ts';
import { formatTable } from '../../../src/main/cli/table.ts';
import { OperatingError } from '../../../src/main/operatingError.ts';

const REAL_COMMANDS: readonly Command[] = [
  startCommandOver(() => Promise.reject(new Error('not started in this test'))),
  clusterCommand,
  inviteCommand,
  membersCommand,
  statusCommand,
  inspectCommand,
];

function context(out: string[], err: string[]): CliContext {
  return {
    around: {
      env: {},
      platform: 'linux',
      homeDir: '/nonexistent',
      hostname: 'pc',
      currentDir: '/nonexistent',
      rendererDir: null,
    },
    programPath: '/nonexistent/raft3d.js',
    print: (text) => void out.push(text),
    printError: (text) => void err.push(text),
  };
}

async function run(argv: readonly string[], commands = REAL_COMMANDS) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(argv, commands, context(out, err));
  return { code, out: out.join(''), err: err.join('') };
}

function command(over: Partial<Command>): Command {
  return {
    name: 'probe',
    summary: 'a command of this test',
    operands: '',
    flags: [HELP_FLAG],
    details: '',
    run: () => Promise.resolve(0),
    ...over,
  };
}

describe('raft3d', () => {
  it('prints its help and fails as wrong usage when no command is given', async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, '']);
    for (const { name } of REAL_COMMANDS) expect(err).toContain(`  ${name}`);
  });

  it('prints its help and its version on request', async () => {
    expect((await run(['--help'])).code).toBe(0);
    expect((await run(['--help'])).out).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage.');
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each(REAL_COMMANDS.map(({ name }) => name))(
    'explains %s with --help, also beside wrong flags',
    async (name) => {
      const { code, out } = await run([name, '--no-such-flag', '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: raft3d ${name}`);
      expect((await run(['help', name])).out).toBe(out);
    },
  );

  it('names the nearest command for a mistyped one', async () => {
    const { code, err } = await run(['statsu']);
    expect(code).toBe(2);
    expect(err).toContain('there is no command "statsu". Did you mean "status"?');
  });

  it.each(REAL_COMMANDS.map(({ name }) => name))(
    'refuses an unknown flag of %s with code 2',
    async (name) => {
      const { code, err } = await run([name, '--helo']);
      expect(code).toBe(2);
      expect(err).toContain('There is no flag --helo. Did you mean --help?');
    },
  );

  it('reports an operating error in its own words with code 1', async () => {
    const failing = command({
      run: () => Promise.reject(new OperatingError('node_not_running', 'Nobody is there.')),
    });
    expect(await run(['probe'], [failing])).toEqual({
      code: 1,
      out: '',
      err: 'raft3d probe: Nobody is there.\n',
    });
  });

  it('does not swallow a bug', async () => {
    const broken = command({ run: () => Promise.reject(new TypeError('a bug')) });
    await expect(run(['probe'], [broken])).rejects.toThrow('a bug');
  });

  it.each([
    [['invite', '--hours', '0'], '--hours is a whole number'],
    [['invite', '--hours', '1.5'], '--hours is a whole number'],
    [['invite', 'x'], 'it takes flags only.'],
    [['members', 'x'], 'it takes flags only.'],
    [['status', 'x'], 'it takes flags only.'],
    [['inspect', 'a', 'b'], 'it takes one folder.'],
    [['cluster', '--nodes', '0'], '--nodes is a whole number from 1 to 9.'],
    [['cluster', '--nodes', 'many'], '--nodes is a whole number from 1 to 9.'],
    [['cluster', '--http-base', '65535'], '--http-base is a port from 1 to 65533.'],
    [['cluster', '--http-base', '9001'], 'their ports overlap.'],
    [['start', '--http', '0.0.0.0:1'], 'API keys are not there yet'],
  ])('refuses %j as wrong usage', async (argv, sentence) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });

  it.each([['invite'], ['members'], ['status'], ['inspect']])(
    'says that no node runs when %s asks for one',
    async (name) => {
      const { code, err } = await run([name, '--data-dir', '/nonexistent']);
      expect(code).toBe(1);
      expect(err).toContain('/nonexistent is not a data folder of Raft3D');
    },
  );
});

describe('flags', () => {
  it('show the variable that stands for them in the help', () => {
    const flag: FlagSpec = { name: 'data-dir', value: 'DIR', help: 'A folder.', fromEnvironment: true };
    expect(environmentName('data-dir')).toBe('RAFT3D_DATA_DIR');
    expect(commandHelp(command({ flags: [flag] }))).toContain(
      '--data-dir DIR  A folder.\n                  (RAFT3D_DATA_DIR)',
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['jion', ['join', 'json'], 'join'],
    ['data_dir', ['data-dir', 'name'], 'data-dir'],
    ['name', ['name'], 'name'],
    ['xyz', ['hours', 'join'], null],
    ['', ['join'], null],
    ['a'.repeat(100_000), ['join'], null],
  ])('of %.12s among %j is %j', (typed, known, expected) => {
    expect(nearestName(typed, known)).toBe(expected);
  });
});

describe('a table', () => {
  it('gives each column the width of its widest cell', () => {
    expect(
      formatTable(
        ['A', 'B'],
        [
          ['long', 'x'],
          ['y', 'z'],
        ],
      ),
    ).toBe('A     B\nlong  x\ny     z\n');
  });
});
