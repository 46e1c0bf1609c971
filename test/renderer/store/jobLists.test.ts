import { describe, expect, it } from 'vitest';
import {
  allowedSteps,
  countJobs,
  jobFitsFilter,
  sortedJobs,
  workByPrinter,
} from '../../../src/renderer/store/jobLists.ts';
import { countFloor, printerState, sortedPrinters } from '../../../src/renderer/store/printerState.ts';
import { job, printer } from '../records.ts';

const jobs = new Map(
  [
    job('late', { sequence: 7 }),
    job('ended-first', { sequence: 1, status: 'done', ended_at: '2026-05-04T10:00:00.000Z' }),
    job('runs', { sequence: 5, status: 'running' }),
    job('early', { sequence: 3, printer_id: 'p2' }),
    job('ended-last', { sequence: 2, status: 'canceled', ended_at: '2026-05-04T11:00:00.000Z' }),
  ].map((each) => [each.id, each]),
);

describe('the order of the queue', () => {
  it('is running, then queued as they came, then ended with the latest first', () => {
    expect(sortedJobs(jobs).map((each) => each.id)).toEqual([
      'runs',
      'early',
      'late',
      'ended-last',
      'ended-first',
    ]);
  });

  it('is not computed again for the same jobs', () => {
    expect(sortedJobs(jobs)).toBe(sortedJobs(jobs));
    expect(sortedJobs(new Map(jobs))).not.toBe(sortedJobs(jobs));
  });
});

describe('the filters of the queue', () => {
  it('count what they show', () => {
    const counts = countJobs(jobs);
    for (const filter of ['open', 'done', 'canceled', 'all'] as const) {
      expect([...jobs.values()].filter((each) => jobFitsFilter(each, filter))).toHaveLength(counts[filter]);
    }
    expect(counts).toEqual({ open: 3, done: 1, canceled: 1, all: 5 });
  });
});

describe('the work of a printer', () => {
  it('is its running and its queued jobs in order, and never an ended one', () => {
    const work = workByPrinter(jobs);
    expect(work.get('p1')?.running.map((each) => each.id)).toEqual(['runs']);
    expect(work.get('p1')?.queued.map((each) => each.id)).toEqual(['late']);
    expect(work.get('p2')?.queued.map((each) => each.id)).toEqual(['early']);
  });

  it('makes it printing, else ready to start, else idle', () => {
    const running = [job('a', { status: 'running' })];
    expect(printerState({ running, queued: [job('b')] })).toBe('printing');
    expect(printerState({ running: [], queued: [job('b')] })).toBe('waiting');
    expect(printerState({ running: [], queued: [] })).toBe('idle');
  });

  it('adds up to the counts of the floor', () => {
    const printers = new Map(['p1', 'p2', 'p3'].map((id) => [id, printer(id)]));
    expect(countFloor(printers, workByPrinter(jobs))).toEqual({ printing: 1, waiting: 1, idle: 1 });
  });
});

describe('the printers of the floor', () => {
  it('stand in the order people count in: p2 before p10', () => {
    const printers = new Map(['p10', 'p2', 'p1'].map((id) => [id, printer(id)]));
    expect(sortedPrinters(printers).map((each) => each.id)).toEqual(['p1', 'p2', 'p10']);
  });
});

describe('the steps of a job', () => {
  it.each([
    ['queued', ['running', 'canceled']],
    ['running', ['done', 'canceled']],
    ['done', []],
    ['canceled', []],
  ] as const)('of a %s job are %j', (status, steps) => {
    expect(allowedSteps(status)).toEqual(steps);
  });
});
