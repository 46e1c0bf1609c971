import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRAMS_MAX, gramsToMilligrams } from '../../src/base/units.ts';
import { FILEPATH_CHARS_MAX, TEXT_CHARS_MAX, WEIGHT_MAX_GRAMS } from '../../src/contract/limits.ts';
import { PROBLEMS } from '../../src/contract/problems.ts';
import { addFilamentSchema, addPrinterSchema, createPrintjobSchema } from '../../src/contract/requests.ts';
import { jobStatusPath, recordPath } from '../../src/contract/routes.ts';
import { commandComplaint } from '../../src/farm/commandShapes.ts';
import { isId } from '../../src/farm/ids.ts';
import { FILEPATH_LENGTH_MAX, TEXT_LENGTH_MAX } from '../../src/farm/values.ts';

describe('the limits of the wire', () => {
  it('are those of the farm', () => {
    expect(TEXT_CHARS_MAX).toBe(TEXT_LENGTH_MAX);
    expect(FILEPATH_CHARS_MAX).toBe(FILEPATH_LENGTH_MAX);
    expect(WEIGHT_MAX_GRAMS).toBe(GRAMS_MAX);
  });
});

describe('the table of problems', () => {
  it('holds only client and server errors, each with a title of its own', () => {
    const rows = Object.values(PROBLEMS);
    expect(rows.filter(({ status }) => status < 400 || status > 599)).toEqual([]);
    expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  });
});

describe('the addresses', () => {
  it('escape ids, so that any id is one part of a path', () => {
    expect(recordPath('printers', 'Büro 1')).toBe('/api/v1/printers/B%C3%BCro%201');
    expect(jobStatusPath('a:b', 'done')).toBe('/api/v1/printjobs/a%3Ab/status?status=done');
  });
});

describe('a weight', () => {
  const parse = (grams: unknown) => createPrintjobSchema.shape.print_weight_in_grams.safeParse(grams).success;

  it.each([0, 1, 0.001, 12.345, 0.1, 200.123, 999999.999, WEIGHT_MAX_GRAMS])('may be %s g', (grams) => {
    expect(parse(grams)).toBe(true);
  });

  it.each([-1, -0.001, 1e-9, 0.0005, 1.2345, 1_000_000.001, 1e300, NaN, Infinity, '200', null, [1], true])(
    'may not be %s',
    (grams) => {
      expect(parse(grams)).toBe(false);
    },
  );

  it('keeps every whole number of milligrams exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: WEIGHT_MAX_GRAMS * 1000 }), (mg) => {
        expect(parse(mg / 1000)).toBe(true);
        expect(gramsToMilligrams(mg / 1000)).toBe(mg);
      }),
    );
  });
});

describe('what the contract accepts', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('p1', 'PLA', ''));
  const grams = fc.oneof(
    fc.double(),
    fc.integer({ min: 0, max: 10 ** 9 }).map((mg) => mg / 1000),
  );
  /** The JSON reader refuses half surrogates before any schema sees them. */
  const isWholeText = (value: string) => !/\p{Surrogate}/u.test(value);

  it('of a printer, the farm accepts too', () => {
    fc.assert(
      fc.property(text, text, text, (id, company, model) => {
        fc.pre(isId(id) && isWholeText(company + model));
        const parsed = addPrinterSchema.safeParse({ id, company, model });
        fc.pre(parsed.success);
        expect(commandComplaint({ kind: 'addPrinter', id, company, model, name: id, atMs: 1 })).toBeNull();
      }),
    );
  });

  it('of a filament, the farm accepts too', () => {
    fc.assert(
      fc.property(text, text, grams, grams, (type, color, total, remaining) => {
        fc.pre(isWholeText(type) && isWholeText(color));
        const body = {
          id: 'f1',
          type,
          color,
          total_weight_in_grams: total,
          remaining_weight_in_grams: remaining,
        };
        fc.pre(addFilamentSchema.safeParse(body).success);
        const weights = { totalMg: gramsToMilligrams(total), remainingMg: gramsToMilligrams(remaining) };
        // Minus zero is made zero by the JSON reader.
        fc.pre(!Object.is(total, -0) && !Object.is(remaining, -0));
        expect(
          commandComplaint({ kind: 'addFilament', id: 'f1', type, color, ...weights, atMs: 1 }),
        ).toBeNull();
      }),
    );
  });
});
