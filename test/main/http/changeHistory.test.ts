import { describe, expect, it } from 'vitest';
import { ChangeHistory } from '../../../src/main/http/changeHistory.ts';
import {
  HISTORY_BATCHES_MAX,
  HISTORY_RECORDS_MAX,
  PENDING_RECORDS_MAX,
} from '../../../src/main/http/limits.ts';
import { PendingChanges } from '../../../src/main/http/pendingChanges.ts';

function changesOf(...jobIds: readonly string[]): PendingChanges {
  const changes = new PendingChanges();
  for (const id of jobIds) changes.addTouched({ collection: 'jobs', id });
  return changes;
}

const jobsSince = (history: ChangeHistory, index: number): readonly string[] | null => {
  const changes = history.since(index);
  return changes === null ? null : [...changes.idsOf('printjobs')];
};

describe('pending changes', () => {
  it('hold each id once', () => {
    expect(changesOf('a', 'a', 'b').size).toBe(2);
  });

  it('become everything, and hold no ids, beyond their limit', () => {
    const changes = changesOf(...Array.from({ length: PENDING_RECORDS_MAX }, (_, index) => `j${index}`));
    expect(changes.isEverything).toBe(false);
    changes.addTouched({ collection: 'printers', id: 'p' });
    expect({ everything: changes.isEverything, size: changes.size }).toEqual({ everything: true, size: 0 });
    changes.addTouched({ collection: 'printers', id: 'q' });
    expect(changes.size).toBe(0);
  });

  it('leave out what is in no collection of the stream', () => {
    const changes = new PendingChanges();
    changes.addTouched({ collection: 'invitations', id: 'i' });
    changes.addTouched({ collection: 'members', id: 'm' });
    expect(changes.isEmpty).toBe(true);
  });

  it('are everything when merged with everything', () => {
    const all = new PendingChanges();
    all.addTouched({ collection: 'farm', id: 'f' });
    const changes = changesOf('a');
    changes.merge(all);
    expect(changes.isEverything).toBe(true);
  });
});

describe('the history of changes', () => {
  it('gives all changes after an index', () => {
    const history = new ChangeHistory(10);
    history.add(12, changesOf('a', 'b'));
    history.add(15, changesOf('b', 'c'));
    expect(jobsSince(history, 10)).toEqual(['a', 'b', 'c']);
    expect(jobsSince(history, 12)).toEqual(['b', 'c']);
    expect(jobsSince(history, 15)).toEqual([]);
  });

  it('gives null for an index before it began', () => {
    expect(new ChangeHistory(10).since(9)).toBeNull();
  });

  it('forgets the oldest batch beyond its limit of batches, and knows that it did', () => {
    const history = new ChangeHistory(0);
    for (let index = 1; index <= HISTORY_BATCHES_MAX + 1; index++) history.add(index, changesOf(`j${index}`));
    expect(history.since(0)).toBeNull();
    expect(jobsSince(history, 1)).toHaveLength(HISTORY_BATCHES_MAX);
  });

  it('forgets the oldest batches beyond its limit of records', () => {
    const history = new ChangeHistory(0);
    const half = HISTORY_RECORDS_MAX / 2;
    for (let batch = 1; batch <= 3; batch++) {
      history.add(batch, changesOf(...Array.from({ length: half }, (_, index) => `${batch}-${index}`)));
    }
    expect(history.since(0)).toBeNull();
    expect(jobsSince(history, 2)).toHaveLength(half);
  });
});
