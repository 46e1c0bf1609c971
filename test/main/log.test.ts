import { describe, expect, it } from 'vitest';
import { createLog, FIELD_LENGTH_MAX, type LogLevel } from '../../src/main/log.ts';

function logTo(lines: string[], format: 'json' | 'text', level: LogLevel = 'debug') {
  return createLog({
    format,
    level,
    write: (line) => void lines.push(line),
    now: () => new Date('2026-05-04T09:00:00.123Z'),
  });
}

describe('the log', () => {
  it('writes one JSON object a line for machines', () => {
    const lines: string[] = [];
    logTo(lines, 'json').child({ node: 'n1' }).info('leader changed\nnow', { term: 7, leader: undefined });
    expect(lines).toEqual([
      '{"time":"2026-05-04T09:00:00.123Z","level":"info","message":"leader changed\\nnow","node":"n1","term":7}\n',
    ]);
  });

  it('writes words first and facts after them for people', () => {
    const lines: string[] = [];
    logTo(lines, 'text').warn('slow disk', { tookMs: 120, file: 'a b.log' });
    expect(lines).toEqual(['09:00:00.123 WARN  slow disk  tookMs=120  file="a b.log"\n']);
  });

  it('drops what is below its level', () => {
    const lines: string[] = [];
    const log = logTo(lines, 'json', 'warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['c', 'd']);
  });

  it('writes an error with its code, stack and causes, however deep they loop', () => {
    const lines: string[] = [];
    const error: Error & { code?: string } = new Error('outer');
    error.code = 'ENOSPC';
    error.cause = error;
    logTo(lines, 'json').error('failed', { error });
    const written = (JSON.parse(lines[0]!) as { error: Record<string, unknown> }).error;
    expect(written).toMatchObject({ name: 'Error', message: 'outer', code: 'ENOSPC' });
    expect(written['stack']).toContain('log.test.ts');
    expect(written['cause']).toMatchObject({ message: 'outer' });
  });

  it('never throws: loops, large numbers and functions are written in some way', () => {
    const lines: string[] = [];
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    logTo(lines, 'json').info('odd', { loop, big: 1n, long: 'x'.repeat(FIELD_LENGTH_MAX + 1) });
    logTo(lines, 'text').info('odd', { call: () => 1 });
    expect(lines[0]).toContain('not writable as JSON');
    expect(lines[0]).toContain('"big":"1"');
    expect(lines[0]!.length).toBeLessThan(FIELD_LENGTH_MAX + 500);
    expect(lines[1]).toContain('call="function"');
  });
});
