import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { COMMAND_LENGTH_MAX, decodeCommand, encodeCommand } from '../../src/farm/commandCodec.ts';
import type { Command } from '../../src/farm/commands.ts';
import {
  admit,
  announce,
  at,
  facts,
  filament,
  found,
  invitation,
  job,
  mg,
  printer,
  remove,
  report,
} from './fixtures.ts';

const all: readonly Command[] = [
  found({ name: 'Ünï "quoted" 🖨' }),
  printer(),
  filament(),
  job({ filepath: '\\"'.repeat(2048) }),
  report('done'),
  invitation(),
  admit(facts('n2')),
  announce(facts('n1')),
  remove('n1'),
];

function textOf(command: Command): string {
  const encoded = encodeCommand(command);
  if (!encoded.ok) throw new Error(encoded.reason.detail);
  return encoded.value;
}

/** The text of a printer's command with some fields replaced. */
const altered = (fields: object): string => JSON.stringify({ v: 1, ...printer(), ...fields });

describe('the text of a command', () => {
  it.each(all)('comes back as the same command: $kind', (command) => {
    expect(decodeCommand(textOf(command))).toEqual({ ok: true, value: command });
  });

  it('is written in one order, whatever order the fields had', () => {
    const { id, ...others } = facts('n2');
    const shuffled = { member: { ...others, id }, atMs: at(50), kind: 'announceMember' } as const;
    expect(textOf(shuffled)).toBe(textOf(announce(facts('n2'))));
  });

  it('is what logs hold already, to the letter', () => {
    expect(textOf(printer())).toBe(
      '{"v":1,"kind":"addPrinter","atMs":10,"id":"p1","company":"Creality","model":"Ender3","name":"p1"}',
    );
    expect(textOf(report('done'))).toBe(
      '{"v":1,"kind":"setJobStatus","atMs":40,"jobId":"j1","status":"done"}',
    );
  });

  it('is not made of values that the farm would refuse', () => {
    expect(encodeCommand(job({ printWeightMg: mg(Number.NaN) }))).toEqual({
      ok: false,
      reason: { code: 'invalid_command', detail: '"printWeightMg" must be a whole number' },
    });
  });
});

describe('decoding', () => {
  it.each([
    ['kind "cleanBed"', altered({ kind: 'cleanBed' })],
    ['kind "constructor"', altered({ kind: 'constructor' })],
    ['no kind', altered({ kind: 7 })],
    ['format version 2', altered({ v: 2 })],
    ['field "bedSizeMm"', altered({ bedSizeMm: 220 })],
    ['field "__proto__"', altered({}).replace('"company"', '"__proto__":{},"company"')],
    [
      'field "voter" of the member',
      JSON.stringify({ v: 1, ...announce({ ...facts('n1'), ...{ voter: true } }) }),
    ],
  ])('knows that it does not know a newer %s', (detail, text) => {
    expect(decodeCommand(text)).toEqual({ ok: false, reason: { code: 'unknown_command', detail } });
  });

  it.each([
    ['', 'not a JSON object'],
    ['{', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['"addPrinter"', 'not a JSON object'],
    ['[['.repeat(30_000), 'not a JSON object'],
    ['{}', 'no format version'],
    [altered({ v: '1' }), 'no format version'],
    [altered({ v: 0 }), 'no format version'],
    [altered({ name: 'x'.repeat(COMMAND_LENGTH_MAX) }), 'longer than 65536 characters'],
  ])('tells what is no command of any version', (text, detail) => {
    expect(decodeCommand(text)).toEqual({ ok: false, reason: { code: 'malformed_command', detail } });
  });

  it.each([
    [{ id: '' }, '"id" must not be empty'],
    [{ name: undefined }, '"name" must be a text'],
    [{ atMs: null }, '"atMs" must be a whole number'],
    [{ company: 5 }, '"company" must be a text'],
  ])('refuses the values %o of a known command as the farm would', (fields, detail) => {
    expect(decodeCommand(altered(fields))).toEqual({
      ok: false,
      reason: { code: 'invalid_command', detail },
    });
  });

  it('keeps the words of a stranger short', () => {
    const decoded = decodeCommand(altered({ kind: 'x'.repeat(50_000) }));
    expect(decoded).toMatchObject({ ok: false, reason: { code: 'unknown_command' } });
    expect(JSON.stringify(decoded).length).toBeLessThan(200);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((fields) => altered(fields)),
        ),
        (text) => {
          expect(typeof decodeCommand(text).ok).toBe('boolean');
        },
      ),
    );
  });
});
