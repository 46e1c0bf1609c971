import { describe, expect, it } from 'vitest';
import type { ApiFailure } from '../../../src/renderer/client/answer.ts';
import { checkGrams, parseGrams } from '../../../src/renderer/views/forms/checks.ts';
import {
  checkFilament,
  type FilamentDraft,
  withTotal,
} from '../../../src/renderer/views/forms/filamentDraft.ts';
import {
  checkJob,
  describeFree,
  type JobDraft,
  jobLabels,
} from '../../../src/renderer/views/forms/jobDraft.ts';
import { checkPrinter, type PrinterDraft } from '../../../src/renderer/views/forms/printerDraft.ts';
import { placeServerErrors } from '../../../src/renderer/views/forms/serverErrors.ts';
import { filament, job, printer } from '../records.ts';

const none = new Set<string>();

describe('a typed weight', () => {
  it.each([
    ['', null],
    ['12', 12],
    ['12.', 12],
    ['.5', 0.5],
    ['-1', null],
    ['1e3', null],
    ['abc', null],
    [7.25, 7.25],
    [Number.NaN, null],
  ])('%j is %j', (input, grams) => {
    expect(parseGrams(input)).toBe(grams);
  });

  it.each(['', 'abc', -1, 0, 1_000_001, 0.0001])('of %j g is objected to', (input) => {
    expect(checkGrams(input, false)).toEqual(expect.any(String));
  });

  it.each([0.001, 200, 1_000_000])('of %d g is taken', (input) => {
    expect(checkGrams(input, false)).toBeNull();
  });

  it('of 0 g is taken for what is left on a spool', () => {
    expect(checkGrams(0, true)).toBeNull();
  });
});

describe('a printer draft', () => {
  const draft: PrinterDraft = { id: ' p2 ', company: ' Prusa', model: 'MK4S ', name: '  ' };

  it('becomes a request without spaces around and without an empty name', () => {
    expect(checkPrinter(draft, none)).toEqual({
      ok: true,
      request: { id: 'p2', company: 'Prusa', model: 'MK4S' },
    });
    expect(checkPrinter({ ...draft, name: 'Anna' }, none)).toMatchObject({ request: { name: 'Anna' } });
  });

  it('names exactly the fields that are wrong', () => {
    const checked = checkPrinter({ id: '', company: ' ', model: 'x'.repeat(257), name: '' }, none);
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual(['id', 'company', 'model']);
  });

  it('may not take an id that is in use', () => {
    const checked = checkPrinter(draft, new Set(['p2']));
    expect(checked.ok ? {} : checked.errors).toEqual({ id: 'p2 is taken. Choose another id.' });
  });
});

describe('a spool draft', () => {
  const draft: FilamentDraft = {
    id: 'f1',
    type: 'PLA',
    color: 'Red',
    total_weight_in_grams: 1000,
    remaining_weight_in_grams: 1000,
  };

  it('may not have more left than it weighs when full', () => {
    expect(checkFilament(draft, none).ok).toBe(true);
    const checked = checkFilament({ ...draft, remaining_weight_in_grams: 1000.001 }, none);
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual(['remaining_weight_in_grams']);
  });

  it('stays full when the full weight is changed, until what is left was typed', () => {
    expect(withTotal(draft, 750)).toEqual({ total_weight_in_grams: 750, remaining_weight_in_grams: 750 });
    expect(withTotal({ ...draft, remaining_weight_in_grams: 400 }, 750)).toEqual({
      total_weight_in_grams: 750,
    });
  });
});

describe('a job draft', () => {
  const farm = {
    jobs: new Map([['j1', job('j1')]]),
    printers: new Map([['p1', printer('p1')]]),
    filaments: new Map([['f1', filament('f1')]]),
  };
  const draft: JobDraft = {
    id: 'j2',
    printer_id: 'p1',
    filament_id: 'f1',
    filepath: '/prints/cube.gcode',
    print_weight_in_grams: 500,
  };

  it('may take all free grams of its spool and not a milligram more', () => {
    expect(checkJob(draft, farm)).toEqual({ ok: true, request: draft });
    const checked = checkJob({ ...draft, print_weight_in_grams: 500.001 }, farm);
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual(['print_weight_in_grams']);
  });

  it('names every field of an empty form', () => {
    const empty = { id: '', printer_id: null, filament_id: null, filepath: '', print_weight_in_grams: '' };
    const checked = checkJob(empty, farm);
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual(Object.keys(empty));
  });

  it('may not name a printer or spool that is gone meanwhile', () => {
    const checked = checkJob(draft, { ...farm, printers: new Map(), filaments: new Map() });
    expect(checked.ok ? [] : Object.keys(checked.errors)).toEqual(['printer_id', 'filament_id']);
  });

  it('tells what is free now and after it', () => {
    expect(describeFree(draft, undefined)).toBeNull();
    expect(describeFree({ ...draft, print_weight_in_grams: '' }, farm.filaments.get('f1'))).toBe(
      '500 g free on this spool',
    );
    expect(describeFree({ ...draft, print_weight_in_grams: 120 }, farm.filaments.get('f1'))).toBe(
      '500 g free, 380 g after this job',
    );
  });
});

describe('a refusal by the server', () => {
  const refused = (code: string, errors: { path: string; message: string }[]): ApiFailure => ({
    kind: 'refused',
    problem: { status: 400, code, title: 'Title', detail: 'The whole sentence.', errors },
  });

  it('stands at the field whose path it names', () => {
    const failure = refused('invalid_input', [{ path: 'filepath', message: 'must not be empty' }]);
    expect(placeServerErrors(failure, jobLabels)).toEqual({
      fields: { filepath: 'File must not be empty.' },
      top: null,
    });
  });

  it.each([
    ['duplicate_id', 'id'],
    ['unknown_printer', 'printer_id'],
    ['unknown_filament', 'filament_id'],
    ['filament_over_committed', 'print_weight_in_grams'],
  ])('%s stands at %s', (code, field) => {
    expect(placeServerErrors(refused(code, []), jobLabels)).toEqual({
      fields: { [field]: 'The whole sentence.' },
      top: null,
    });
  });

  it('stands on top when the form has no such field', () => {
    const failure = refused('invalid_input', [{ path: 'secret', message: 'is unknown' }]);
    expect(placeServerErrors(failure, jobLabels)).toEqual({ fields: {}, top: 'The whole sentence.' });
    expect(placeServerErrors(refused('body_too_large', []), jobLabels).top).toBe('The whole sentence.');
  });

  it('says when nobody knows the outcome that sending again is safe', () => {
    expect(placeServerErrors({ kind: 'unreachable' }, jobLabels).top).toContain(
      'never makes a second record',
    );
  });
});
