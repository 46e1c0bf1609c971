import { describe, expect, it } from 'vitest';
import type { JobStatus } from '../../src/farm/state.ts';
import {
  accepted,
  after,
  apply,
  at,
  expectRefused,
  expectRepeated,
  farmAfter,
  filament,
  job,
  mg,
  printer,
  recordOf,
  report,
} from './fixtures.ts';

const ready = farmAfter(printer(), filament());

describe('creating a job', () => {
  it('queues it with the next number and touches the job and its spool', () => {
    const step = apply(ready, job());
    expect(recordOf(step.state.jobs, 'j1')).toEqual({
      id: 'j1',
      printerId: 'p1',
      filamentId: 'f1',
      filepath: '/prints/cube.gcode',
      printWeightMg: 200_000,
      status: 'queued',
      sequence: 1,
      attempt: 0,
      createdAtMs: 30,
      startedAtMs: null,
      endedAtMs: null,
      version: 1,
    });
    expect(step.touched).toEqual([
      { collection: 'jobs', id: 'j1' },
      { collection: 'filaments', id: 'f1' },
    ]);
    expect(accepted(step.state, job({ id: 'j2' }))).toMatchObject({ record: { sequence: 2 } });
  });

  it('needs a printer that exists', () => {
    expectRefused(ready, job({ printerId: 'p9' }), { code: 'unknown_printer', printerId: 'p9' });
  });

  it('needs a spool that exists', () => {
    expectRefused(ready, job({ filamentId: 'f9' }), { code: 'unknown_filament', filamentId: 'f9' });
  });

  it('counts what other queued and running jobs were promised', () => {
    const promised = after(
      ready,
      job({ id: 'a', printWeightMg: mg(500_000) }),
      report('running', { jobId: 'a' }),
    );
    const twice = after(promised, job({ id: 'b', printWeightMg: mg(300_000) }));
    expectRefused(twice, job({ printWeightMg: mg(200_001) }), {
      code: 'filament_over_committed',
      filamentId: 'f1',
      freeMg: mg(200_000),
      wantedMg: mg(200_001),
    });
    const released = after(twice, report('canceled', { jobId: 'b' }));
    expect(accepted(released, job({ printWeightMg: mg(200_001) }))).toMatchObject({ created: true });
  });

  it.each([[[]], [[report('running')]], [[report('running'), report('done')]], [[report('canceled')]]])(
    'is a retry when the same content comes again, also after %o',
    (reports) => {
      const state = after(ready, job(), ...reports);
      const record = recordOf(state.jobs, 'j1');
      expectRepeated(state, job({ atMs: at(9999) }), { kind: 'job', record, created: false });
    },
  );

  it('is a retry even when its spool has no room for a second such job', () => {
    const state = after(ready, job({ printWeightMg: mg(1_000_000) }));
    expect(accepted(state, job({ printWeightMg: mg(1_000_000) }))).toMatchObject({ created: false });
  });

  it.each([
    { printerId: 'p2' },
    { filamentId: 'f2' },
    { filepath: '/prints/other.gcode' },
    { printWeightMg: mg(200_001) },
  ])('refuses a known id with %o', (other) => {
    const state = after(ready, printer({ id: 'p2' }), filament({ id: 'f2' }), job());
    expectRefused(state, job(other), { code: 'duplicate_id', record: 'job', id: 'j1' });
  });
});

describe('the life of a job', () => {
  const states: Readonly<Record<JobStatus, ReturnType<typeof after>>> = {
    queued: after(ready, job()),
    running: after(ready, job(), report('running')),
    done: after(ready, job(), report('running'), report('done')),
    canceled: after(ready, job(), report('canceled')),
  };

  it.each([
    ['queued', 'running'],
    ['queued', 'canceled'],
    ['running', 'done'],
    ['running', 'canceled'],
  ] as const)('goes from %s to %s', (from, to) => {
    expect(recordOf(states[from].jobs, 'j1').status).toBe(from);
    const step = apply(states[from], report(to));
    expect(recordOf(step.state.jobs, 'j1').status).toBe(to);
    expect(step.touched).toContainEqual({ collection: 'jobs', id: 'j1' });
  });

  it.each([
    ['queued', 'done'],
    ['running', 'running'],
    ['done', 'running'],
    ['done', 'done'],
    ['done', 'canceled'],
    ['canceled', 'running'],
    ['canceled', 'done'],
    ['canceled', 'canceled'],
  ] as const)('does not go from %s to %s', (from, to) => {
    expectRefused(states[from], report(to), { code: 'illegal_transition', jobId: 'j1', from, to });
  });

  it('counts the attempt and keeps the times of start and end', () => {
    const state = after(ready, job(), report('running', { atMs: at(50) }), report('done', { atMs: at(60) }));
    expect(recordOf(state.jobs, 'j1')).toMatchObject({
      attempt: 1,
      startedAtMs: 50,
      endedAtMs: 60,
      version: 3,
    });
  });

  it('touches no spool when it starts, because no grams move', () => {
    const step = apply(states.queued, report('running'));
    expect(step.touched).toEqual([{ collection: 'jobs', id: 'j1' }]);
    expect(step.state.filaments).toBe(states.queued.filaments);
  });

  it('is not reported for a job that nobody created', () => {
    expectRefused(ready, report('running', { jobId: 'j9' }), { code: 'unknown_job', jobId: 'j9' });
  });
});
