import { describe, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What may answer differently on the engines of two members, and so fork the replicas. */
const engineDependent: Readonly<Record<string, RegExp>> = {
  'a Unicode property': /\\p\{/i,
  'normal forms': /\.normalize\(/,
  'a locale': /locale|\bIntl\b/i,
  'letter case': /\.toLowerCase\(|(?<!toString\(16\))\.toUpperCase\(/,
  'a floating-point function': /\bMath\.(?!max\b|min\b|imul\b)/,
  'a plain persistent collection, whose order is of this process':
    /import \{[^}]*\b(Map|Set)\b[^}]*\} from 'immutable'/,
};

const folder = fileURLToPath(new URL('../../src/farm/', import.meta.url));
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const findings = (code: string): readonly string[] =>
  Object.entries(engineDependent).flatMap(([name, pattern]) =>
    pattern.test(withoutComments(code)) ? [name] : [],
  );

describe('the farm', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

  it('is looked at as a whole', () => {
    expect(files).toEqual(expect.arrayContaining(['apply.ts', 'ids.ts', 'state.ts']));
  });

  it.each(files)('asks the engine for nothing that another engine may answer differently: %s', (name) => {
    expect(findings(readFileSync(folder + name, 'utf8'))).toEqual([]);
  });

  it.each([
    ['/\\p{L}/u', 'a Unicode property'],
    ["id.normalize('NFC')", 'normal forms'],
    ['a.localeCompare(b)', 'a locale'],
    ['id.toLowerCase()', 'letter case'],
    ['Math.sin(x)', 'a floating-point function'],
    [
      "import { List, Map } from 'immutable';",
      'a plain persistent collection, whose order is of this process',
    ],
  ])('would be caught with %s', (code, name) => {
    expect(findings(code)).toEqual([name]);
  });
});
