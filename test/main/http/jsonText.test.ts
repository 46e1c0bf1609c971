import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonText } from '../../../src/main/http/jsonText.ts';

/** The same value with ordinary prototypes, to compare with. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('parseJsonText', () => {
  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\ud'));
        const parsed = parseJsonText(text);
        expect(parsed.ok && plain(parsed.value)).toEqual(plain(value));
      }),
    );
  });

  it('never throws, and refuses whatever JSON.parse refuses', () => {
    const alphabet = fc.constantFrom(...Array.from('{}[]":,.-+eE0123456789 \n\\untrfalsx/'));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 40 }), (text) => {
        const parsed = parseJsonText(text);
        if (parsed.ok) expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"id":"a",\n "x" 3}', 2, 6, 'expected ":" after a name'],
    ['{"id":"a",}', 1, 11, 'expected a name in double quotes'],
    ['{"id":"a"', 1, 10, 'expected "," or "}"'],
    ['{"id":', 1, 7, 'the text ends where a value is expected'],
    ['{"id":"a', 1, 9, 'the text ends inside a string'],
    ['{"id":"a"} x', 1, 12, 'nothing may follow the JSON value'],
    ["{'id':1}", 1, 2, 'expected a name in double quotes'],
    ['[1,\n2,\n03]', 3, 2, 'expected "," or "]"'],
    ['{"id":undefined}', 1, 7, 'expected a value'],
    ['{"id":NaN}', 1, 7, 'expected a value'],
    ['{"id":1e999}', 1, 7, 'the number is too large'],
    ['{"id":"a\u0001"}', 1, 9, 'a control character inside a string must be escaped'],
    ['{"id":"\\x41"}', 1, 7, 'a string has an unknown escape'],
    ['{"id":"\\ud800"}', 1, 7, 'half of a surrogate pair is not text'],
    ['{"id":1,"id":2}', 1, 9, 'the name "id" appears twice'],
    ['{"__proto__":1,"__proto__":2}', 1, 16, 'the name "__proto__" appears twice'],
  ])('says where and why %j is wrong', (text, line, column, message) => {
    expect(parseJsonText(text)).toEqual({ ok: false, reason: { line, column, message } });
  });

  it('refuses nesting that would exhaust the stack', () => {
    const parsed = parseJsonText('['.repeat(100_000));
    expect(parsed.ok ? null : parsed.reason.message).toContain('nested deeper');
  });

  it('treats __proto__ as a name like any other', () => {
    const parsed = parseJsonText('{"__proto__":{"polluted":true}}');
    expect(parsed.ok && Object.keys(parsed.value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads minus zero as zero', () => {
    const parsed = parseJsonText('-0');
    expect(parsed.ok && Object.is(parsed.value, 0)).toBe(true);
  });
});
