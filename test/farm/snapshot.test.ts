import { describe, expect, it } from 'vitest';
import { digestFarm, digestSteps } from '../../src/farm/digest.ts';
import { createRestorer } from '../../src/farm/restorer.ts';
import { restoreSnapshot, SNAPSHOT_SLICE_LENGTH, snapshotSlices } from '../../src/farm/snapshot.ts';
import { endLine, SNAPSHOT_LINE_LENGTH_MAX } from '../../src/farm/snapshotFormat.ts';
import { emptyFarm, type FarmState } from '../../src/farm/state.ts';
import { createTextHash } from '../../src/farm/textHash.ts';
import type { LineKind } from '../../src/farm/canonicalLines.ts';
import {
  admit,
  after,
  announce,
  apply,
  facts,
  farmAfter,
  filament,
  found,
  invitation,
  job,
  mg,
  printer,
  remove,
  report,
} from './fixtures.ts';

const farm = farmAfter(
  found({ name: 'Ünï "quoted"\u200b 🖨' }),
  announce(facts('n1')),
  invitation(),
  invitation({ id: 'i2' }),
  admit(facts('n2')),
  printer(),
  printer({ id: 'a p' }),
  filament({ remainingMg: mg(999_999) }),
  filament({ id: 'f0' }),
  job(),
  job({ id: 'j0', printWeightMg: mg(0) }),
  job({ id: 'j2', filamentId: 'f0' }),
  report('running'),
  report('done'),
  report('running', { jobId: 'j0' }),
);

const textOf = (state: FarmState): string => [...snapshotSlices(state)].join('');
const linesOf = (state: FarmState): readonly string[] => textOf(state).slice(0, -1).split('\n');
const lines = linesOf(farm);

/** Closes altered lines with the right counts and checksum, as a careful forger or a bug of ours would. */
function resealed(body: readonly string[]): readonly string[] {
  const hash = createTextHash();
  const counts = new Map<LineKind, number>();
  for (const line of body) {
    hash.add(line);
    const kind = (JSON.parse(line) as { kind?: LineKind }).kind;
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...body, endLine(counts, hash.value())];
}

function alteredLine(search: string, replacement: string): readonly string[] {
  const body = lines.slice(0, -1);
  const index = body.findIndex((line) => line.includes(search));
  if (index === -1) throw new Error(`no line holds ${search}`);
  return resealed(body.map((line, at) => (at === index ? line.replace(search, replacement) : line)));
}

describe('a snapshot', () => {
  it.each([
    ['an empty farm', emptyFarm],
    ['a farm with some of everything', farm],
    ['a farm that lost a member', after(farm, remove('n1'))],
  ])('of %s comes back equal, and gives the same bytes again', (_name, state) => {
    const restored = restoreSnapshot(linesOf(state));
    if (!restored.ok) throw new Error(restored.reason.detail);
    expect(restored.value).toEqual(state);
    expect(textOf(restored.value)).toBe(textOf(state));
    expect(digestFarm(restored.value)).toBe(digestFarm(state));
  });

  it('has one JSON object a line, with the kinds in a fixed order', () => {
    const kinds = lines.map((line) => (JSON.parse(line) as { kind?: string }).kind ?? 'header');
    expect(kinds).toEqual(
      ['header', 'farm', 'printer', 'printer', 'filament', 'ledger', 'ledger', 'filament'].concat([
        'job',
        'job',
        'job',
        'member',
        'member',
        'invitation',
        'invitation',
        'end',
      ]),
    );
  });

  it('keeps the order of creation, so that a restored replica goes on as the others', () => {
    const restored = restoreSnapshot(lines);
    if (!restored.ok) throw new Error(restored.reason.detail);
    expect([...restored.value.printers.keys()]).toEqual(['p1', 'a p']);
    const more = [
      printer({ id: 'p3' }),
      job({ id: 'j3', filamentId: 'f0' }),
      report('canceled', { jobId: 'j2' }),
    ];
    expect(textOf(after(restored.value, ...more))).toBe(textOf(after(farm, ...more)));
  });

  it('comes in slices of whole lines that are not much longer than a slice', () => {
    const jobs = Array.from({ length: 500 }, (_, index) =>
      job({ id: `job-${String(index)}`, printWeightMg: mg(1) }),
    );
    const slices = [...snapshotSlices(jobs.reduce((state, each) => after(state, each), farm))];
    expect(slices.length).toBeGreaterThan(3);
    for (const slice of slices) {
      expect(slice.endsWith('\n')).toBe(true);
      expect(slice.length).toBeLessThan(SNAPSHOT_SLICE_LENGTH + 1024);
    }
  });

  it('is of the moment it was begun, whatever the farm does meanwhile', () => {
    const slices = snapshotSlices(farm);
    after(farm, printer({ id: 'p9' }), remove('n2'));
    expect([...slices].join('')).toBe(textOf(farm));
  });
});

describe('restoring refuses', () => {
  it('a text that was cut after any line', () => {
    for (let count = 0; count < lines.length; count++) {
      expect(restoreSnapshot(lines.slice(0, count))).toMatchObject({
        ok: false,
        reason: { code: 'snapshot_truncated', line: count },
      });
    }
  });

  it('a text that was cut in the middle of a line', () => {
    const restorer = createRestorer();
    expect(restorer.write(textOf(farm).slice(0, -20))).toEqual({ ok: true, value: null });
    expect(restorer.finish()).toMatchObject({ ok: false, reason: { code: 'snapshot_truncated' } });
  });

  it('any single line that is missing, doubled or swapped with the next', () => {
    for (let index = 0; index < lines.length - 1; index++) {
      const [line = '', next = ''] = lines.slice(index, index + 2);
      const before = lines.slice(0, index);
      for (const wrong of [
        [...before, ...lines.slice(index + 1)],
        [...before, line, ...lines.slice(index)],
        [...before, next, line, ...lines.slice(index + 2)],
      ]) {
        expect(restoreSnapshot(wrong).ok).toBe(false);
      }
    }
  });

  it('any single changed character', () => {
    const text = textOf(farm);
    for (let index = 0; index < text.length - 1; index++) {
      const other = text[index] === '1' ? '2' : '1';
      const restorer = createRestorer();
      restorer.write(text.slice(0, index) + other + text.slice(index + 1));
      expect(restorer.finish().ok).toBe(false);
    }
  });

  it('anything after the last line', () => {
    expect(restoreSnapshot([...lines, '{"kind":"farm"}'])).toMatchObject({
      ok: false,
      reason: { code: 'snapshot_corrupt', line: lines.length + 1 },
    });
  });

  it.each([
    ['snapshot_foreign', 'PK\u0003\u0004'],
    ['snapshot_foreign', '{"format":"other","version":1}'],
    ['snapshot_newer', '{"format":"raft3d-farm","version":2}'],
    ['snapshot_corrupt', '{"format":"raft3d-farm"}'],
  ])('with %s the first line %j', (code, header) => {
    const wrong = restoreSnapshot([header, ...lines.slice(1)]);
    expect(wrong).toMatchObject({ ok: false, reason: { code, line: 1 } });
  });

  it('a farm of a newer protocol', () => {
    expect(restoreSnapshot(alteredLine('"protocolVersion":1', '"protocolVersion":2'))).toMatchObject({
      ok: false,
      reason: { code: 'snapshot_newer', line: 2 },
    });
  });

  it.each([
    ['"status":"queued"', '"status":"failed"', /must be one of/],
    ['"remainingMg":1000000', '"remainingMg":-1', /"remainingMg" must be from 0/],
    ['"company":"Creality",', '', /"company" must be a text/],
    ['"company":"Creality"', '"company":"Creality","beds":2', /unknown field "beds"/],
    ['{"kind":"printer"', '{"kind":"robot"', /the line is no record/],
    ['"id":"a p"', '"id":"p1"', /a second record/],
    ['"id":"f0"', '"id":"f1"', /a second filament/],
    ['"id":"j2"', '"id":"j1"', /a second record/],
    ['"id":"n2"', '"id":"n1"', /a second record/],
    ['"printerId":"p1"', '"printerId":"p7"', /its printer/],
    ['"filamentId":"f1"', '"filamentId":"f7"', /its filament/],
    ['"sequence":2', '"sequence":1', /order of their creation/],
    ['"nextJobSequence":4', '"nextJobSequence":3', /used sequence number/],
    ['"reservedMg":200000', '"reservedMg":200001', /reserved for no job/],
    ['"reservedMg":200000', '"reservedMg":199999', /does not have as much reserved/],
    ['"reservedMg":200000', '"reservedMg":1000001', /more is reserved than remains/],
    ['"deltaMg":-200000', '"deltaMg":-199999', /does not add up/],
    ['"jobId":"j1","attempt":1', '"jobId":null,"attempt":null', /use is by an attempt/],
  ])('records that cannot be, though counts and checksum fit: %s as %s', (search, replacement, detail) => {
    expect(restoreSnapshot(alteredLine(search, replacement))).toMatchObject({
      ok: false,
      reason: { code: 'snapshot_corrupt', detail: expect.stringMatching(detail) as string },
    });
  });

  it('a line without end', () => {
    const restorer = createRestorer();
    const refusal = restorer.write('x'.repeat(SNAPSHOT_LINE_LENGTH_MAX + 1));
    expect(refusal).toMatchObject({ ok: false, reason: { code: 'snapshot_corrupt', line: 1 } });
    expect(restorer.push('more')).toEqual(refusal);
    expect(restorer.finish()).toEqual(refusal);
  });
});

describe('the restorer', () => {
  it.each([1, 7, 100, 100_000])('takes the text in pieces of %i characters', (length) => {
    const text = textOf(farm);
    const restorer = createRestorer();
    for (let at = 0; at < text.length; at += length) {
      expect(restorer.write(text.slice(at, at + length))).toEqual({ ok: true, value: null });
    }
    const restored = restorer.finish();
    expect(restored.ok && textOf(restored.value)).toBe(text);
  });
});

describe('the digest', () => {
  it('does not see how a state came to be, only what it is', () => {
    const short = farmAfter(printer(), filament());
    const retried = after(short, printer(), filament());
    const refused = apply(retried, printer({ model: 'other' })).state;
    const restored = restoreSnapshot(linesOf(short));
    expect(digestFarm(refused)).toBe(digestFarm(short));
    expect(restored.ok && digestFarm(restored.value)).toBe(digestFarm(short));
    const one = farmAfter(printer(), filament());
    expect(digestFarm(one)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('differs when anything differs', () => {
    const states = [
      emptyFarm,
      farmAfter(printer()),
      farmAfter(printer({ name: 'p2' })),
      farmAfter(printer({ id: 'p2' })),
      farmAfter(printer(), printer({ id: 'p2' })),
      farmAfter(printer({ id: 'p2' }), printer()),
      farm,
      after(farm, report('done', { jobId: 'j0' })),
    ];
    expect(new Set(states.map(digestFarm)).size).toBe(states.length);
  });

  it('can be had in steps', () => {
    const printers = Array.from({ length: 300 }, (_, index) => printer({ id: `p${String(index)}` }));
    const state = farmAfter(...printers);
    const steps = digestSteps(state);
    let count = 0;
    let step = steps.next();
    while (step.done !== true) {
      count++;
      step = steps.next();
    }
    expect(count).toBe(2);
    expect(step.value).toBe(digestFarm(state));
  });
});
