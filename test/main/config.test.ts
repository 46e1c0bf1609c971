import { describe, expect, it } from 'vitest';
import { isLoopback, parseHostPort, readStartConfig, type Surroundings } from '../../src/main/config.ts';

const PC: Surroundings = {
  env: {},
  platform: 'linux',
  homeDir: '/home/ada',
  hostname: 'bench-pc',
  currentDir: '/shop',
  rendererDir: null,
};

function read(argv: readonly string[], around: Partial<Surroundings> = {}) {
  return readStartConfig(argv, { ...PC, ...around });
}

function mistake(argv: readonly string[], around: Partial<Surroundings> = {}): string {
  const result = read(argv, around);
  return result.ok ? 'accepted' : result.reason.message;
}

describe('the configuration of a start', () => {
  it("has the seed's ports, the computer's name and the usual data folder when nothing is said", () => {
    expect(read([])).toEqual({
      ok: true,
      value: {
        node: {
          dataDir: '/home/ada/.local/share/raft3d',
          name: 'bench-pc',
          http: { host: '127.0.0.1', port: 8000 },
          peer: { host: '0.0.0.0', port: 9000 },
          formation: { kind: 'auto' },
          rendererDir: null,
        },
        logLevel: 'info',
        logFormat: 'auto',
      },
    });
  });

  it.each([
    ['linux', { XDG_DATA_HOME: '/data' }, '/home/ada', '/data/raft3d'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada', '/home/ada/.local/share/raft3d'],
    ['darwin', {}, '/Users/ada', '/Users/ada/Library/Application Support/Raft3D'],
    [
      'win32',
      { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
      'C:\\Users\\ada',
      'C:\\Users\\ada\\AppData\\Local\\Raft3D',
    ],
    ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\Raft3D'],
  ] as const)('keeps its data on %s with %j in the usual place', (platform, env, homeDir, expected) => {
    const result = read([], { platform, env, homeDir });
    expect(result.ok && result.value.node.dataDir).toBe(expected);
  });

  it('makes a relative data folder absolute', () => {
    const result = read(['--data-dir', 'node1']);
    expect(result.ok && result.value.node.dataDir).toBe('/shop/node1');
  });

  it('takes every flag from its variable, and the flag before the variable', () => {
    const env = { RAFT3D_NAME: 'from env', RAFT3D_HTTP: '127.0.0.1:8001', RAFT3D_JOIN: ' token ' };
    const result = read(['--name', 'from flag'], { env });
    expect(result.ok && result.value.node).toMatchObject({
      name: 'from flag',
      http: { host: '127.0.0.1', port: 8001 },
      formation: { kind: 'join', invitation: 'token' },
    });
  });

  it('founds a farm of the given name', () => {
    const result = read(['--create-farm', 'Back room']);
    expect(result.ok && result.value.node.formation).toEqual({ kind: 'create', farmName: 'Back room' });
  });

  it('cuts a long computer name rather than refusing to start', () => {
    const result = read([], { hostname: 'x'.repeat(200) });
    expect(result.ok && result.value.node.name).toHaveLength(64);
  });

  it.each([
    [['--data-dri', 'x'], 'There is no flag --data-dri. Did you mean --data-dir?'],
    [['-d', 'x'], 'There is no flag -d.'],
    [['--zzzzzzzzzz'], 'There is no flag --zzzzzzzzzz.'],
    [['--data-dir'], '--data-dir needs a value: --data-dir DIR'],
    [['--data-dir', '--name', 'x'], '--data-dir needs a value: --data-dir DIR'],
    [['--name', 'a', '--name', 'b'], '--name is given twice.'],
    [['--help=yes'], '--help is a switch and takes no value.'],
    [['stray'], '"stray" is not expected: start takes flags only.'],
    [['--http', '8000'], '--http is "8000"; it has the form HOST:PORT, for example 127.0.0.1:8000.'],
    [
      ['--peer', 'host:99999'],
      '--peer is "host:99999"; it has the form HOST:PORT, for example 0.0.0.0:9000.',
    ],
    [
      ['--create-farm', 'a', '--join', 'b'],
      'A node either founds a farm (--create-farm) or joins one (--join), not both.',
    ],
    [['--name', ' '], '--name has 1 to 64 characters, none of them a control character.'],
    [['--name', 'a\nb'], '--name has 1 to 64 characters, none of them a control character.'],
    [
      ['--create-farm', 'x'.repeat(65)],
      '--create-farm has 1 to 64 characters, none of them a control character.',
    ],
    [['--log-level', 'loud'], '--log-level is "loud"; it may be debug, info, warn, error.'],
  ])('refuses %j and says what to do', (argv, expected) => {
    expect(mistake(argv)).toBe(expected);
  });

  it.each(['0.0.0.0:8000', '192.168.1.5:8000', '[::]:8000', 'example.org:80', '128.0.0.1:80'])(
    'refuses to serve the API beyond this PC at %s',
    (address) => {
      expect(mistake(['--http', address])).toContain('API keys are not there yet');
    },
  );

  it.each([
    ['localhost:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:8000', { host: '::1', port: 8000 }],
    ['127.8.0.1:8000', { host: '127.8.0.1', port: 8000 }],
  ])('serves the API on this PC at %s', (address, expected) => {
    const result = read(['--http', address]);
    expect(result.ok && result.value.node.http).toEqual(expected);
  });

  it('reads addresses with a port from 0 to 65535 only', () => {
    expect(parseHostPort('a.b:65535')).toEqual({ host: 'a.b', port: 65535 });
    for (const text of ['a:65536', 'a:', ':80', 'a b:80', '::1:80', 'a:8o', `${'a'.repeat(254)}:80`]) {
      expect(parseHostPort(text), text).toBeNull();
    }
  });

  it('does not take a name that begins like loopback for loopback', () => {
    expect(isLoopback('127.0.0.1.example.org')).toBe(false);
  });
});
