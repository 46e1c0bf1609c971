import { describe, expect, it } from 'vitest';
import {
  emptyMirror,
  isStale,
  linkLost,
  linkOpening,
  type Mirror,
  takeCluster,
  takePatch,
  takeSnapshot,
} from '../../../src/renderer/store/mirror.ts';
import { cluster, filament, job, printer, snapshot } from '../records.ts';

const noChange = { printers: {}, filaments: {}, printjobs: {} };
const loaded: Mirror = takeSnapshot(emptyMirror, snapshot({ printjobs: { j1: job('j1') } }), 1000);

describe('the mirror', () => {
  it('holds everything of a snapshot and is live from then on', () => {
    expect(loaded.loaded).toBe(true);
    expect(loaded.link).toEqual({ kind: 'live' });
    expect(loaded.heardAtMs).toBe(1000);
    expect([...loaded.printers.keys()]).toEqual(['p1']);
    expect(loaded.jobs.get('j1')?.status).toBe('queued');
    expect(loaded.cluster?.farm_name).toBe('Workshop');
  });

  it('forgets with a second snapshot what is not in it any more', () => {
    const next = takeSnapshot(loaded, snapshot({ applied_index: 20, printers: {}, printjobs: {} }), 2000);
    expect(next.printers.size).toBe(0);
    expect(next.jobs.size).toBe(0);
    expect(next.appliedIndex).toBe(20);
  });

  it('takes even a snapshot of a lower index, because it replaces everything', () => {
    const next = takeSnapshot(loaded, snapshot({ applied_index: 2 }), 2000);
    expect(next.appliedIndex).toBe(2);
  });

  it('changes, adds and removes by a patch, and leaves the map before as it was', () => {
    const next = takePatch(
      loaded,
      {
        applied_index: 10,
        printers: { p2: printer('p2') },
        filaments: {},
        printjobs: { j1: null, j2: job('j2', { status: 'running' }) },
      },
      2000,
    );
    expect([...next.printers.keys()]).toEqual(['p1', 'p2']);
    expect([...next.jobs.keys()]).toEqual(['j2']);
    expect([...loaded.jobs.keys()]).toEqual(['j1']);
    expect([...loaded.printers.keys()]).toEqual(['p1']);
  });

  it('keeps the very same map for a collection that a patch does not touch', () => {
    const next = takePatch(
      loaded,
      { ...noChange, applied_index: 10, filaments: { f1: filament('f1', { version: 2 }) } },
      2000,
    );
    expect(next.printers).toBe(loaded.printers);
    expect(next.jobs).toBe(loaded.jobs);
    expect(next.filaments).not.toBe(loaded.filaments);
  });

  it('changes no record by a patch that is older than what it holds', () => {
    const next = takePatch(loaded, { ...noChange, applied_index: 8, printjobs: { j1: null } }, 2000);
    expect(next.jobs).toBe(loaded.jobs);
    expect(next.appliedIndex).toBe(loaded.appliedIndex);
  });

  it('changes no record by a patch before the first snapshot', () => {
    const next = takePatch(
      emptyMirror,
      { ...noChange, applied_index: 5, printjobs: { j1: job('j1') } },
      2000,
    );
    expect(next.jobs.size).toBe(0);
    expect(next.loaded).toBe(false);
  });

  it('takes news of the cluster without touching records', () => {
    const next = takeCluster(loaded, cluster({ leader_id: null }), 3000);
    expect(next.cluster?.leader_id).toBeNull();
    expect(next.heardAtMs).toBe(3000);
    expect(next.jobs).toBe(loaded.jobs);
  });

  it('keeps its records and the time of the last word when the link breaks, and calls itself stale', () => {
    const lost = linkLost(loaded, 5000, 800);
    expect(lost.link).toEqual({ kind: 'lost', retryAtMs: 5800 });
    expect(lost.heardAtMs).toBe(1000);
    expect(lost.jobs).toBe(loaded.jobs);
    expect(isStale(loaded)).toBe(false);
    expect(isStale(lost)).toBe(true);
  });

  it('stays stale while a new link is opened, until its snapshot is there', () => {
    const opening = linkOpening(linkLost(loaded, 5000, 800));
    expect(opening.link).toEqual({ kind: 'lost', retryAtMs: null });
    expect(isStale(takeSnapshot(opening, snapshot(), 6000))).toBe(false);
  });

  it('is connecting, not lost, while the first link of all is opened', () => {
    expect(linkOpening(emptyMirror).link).toEqual({ kind: 'connecting' });
  });
});
