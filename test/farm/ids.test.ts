import { describe, expect, it } from 'vitest';
import { ID_LENGTH_MAX, idComplaint, isId } from '../../src/farm/ids.ts';

describe('an id', () => {
  it.each([
    'p1',
    'f1',
    'j1',
    '7',
    '6f1c0001-92ab-4c1e-8d00-0123456789ab',
    'urn:uuid:6f1c0001',
    'cube_v2.gcode',
    '.hidden',
    'Ender 3 links',
    'Größe-2',
    'принтер 4',
    '打印机',
    '🖨',
    'constructor',
    'toString',
    'x'.repeat(ID_LENGTH_MAX),
  ])('may be %j', (id) => {
    expect(idComplaint(id)).toBeNull();
    expect(isId(id)).toBe(true);
  });

  it.each([
    ['', /empty/],
    ['x'.repeat(ID_LENGTH_MAX + 1), /at most 128/],
    ['a/b', /"\/"/],
    ['a\\b', /"\\"/],
    ['a?b', /"\?"/],
    ['a%2f', /"%"/],
    ['<b>', /"<"/],
    ['a\nb', /U\+000A/],
    ['a\u0000', /U\+0000/],
    ['a\u007f', /U\+007F/],
    ['a\u0085b', /U\+0085/],
    ['a\u00a0b', /U\+00A0/],
    ['p1\u200b', /U\+200B/],
    ['p\u202e1', /U\+202E/],
    ['\ufeffp1', /U\+FEFF/],
    ['a\u3000b', /U\+3000/],
    ['\ud800', /U\+D800/],
    ['\udc00x', /U\+DC00/],
    ['\u{e0041}', /U\+E0041/],
    ['\uffff', /U\+FFFF/],
    [' p1', /begin/],
    ['p1 ', /end/],
    ['p  1', /two in a row/],
    [' ', /begin/],
    ['.', /dots/],
    ['..', /dots/],
    ['__proto__', /__proto__/],
    [7, /text/],
    [null, /text/],
    [undefined, /text/],
    [['p1'], /text/],
    [{}, /text/],
  ])('may not be %j, and the complaint says why', (id, complaint) => {
    expect(idComplaint(id)).toMatch(complaint);
    expect(isId(id)).toBe(false);
  });
});
