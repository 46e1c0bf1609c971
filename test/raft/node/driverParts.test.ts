/** The parts of the driver, each for the one rule that it holds. */
import { describe, expect, it } from 'vitest';
import type { Entry, Ready, SnapshotMeta } from '../../../src/raft/index.ts';
import { ApplyOrder } from '../../../src/raft/node/applyOrder.ts';
import { PendingProposals, type ProposalAnswer } from '../../../src/raft/node/pendingProposals.ts';
import { PendingReads } from '../../../src/raft/node/pendingReads.ts';
import { startTicker } from '../../../src/raft/node/ticker.ts';
import { Waiters } from '../../../src/raft/node/waiters.ts';
import { Writer } from '../../../src/raft/node/writer.ts';
import { createManualClock } from '../../support/manualClock.ts';

function entry(index: number, term = 1): Entry {
  return { index, term, kind: 'command', data: new Uint8Array() };
}

function snapshotAt(index: number): SnapshotMeta {
  const membership = { voters: ['a'], learners: [], outgoing: [], learnersNext: [] };
  return { index, term: 1, membership, membershipIndex: 0, id: `s${index}`, bytes: 0, checksum: '' };
}

function readyOf(seq: number, changes: Partial<Ready> = {}): Ready {
  return {
    seq,
    snapshot: null,
    truncateFrom: null,
    entries: [entry(seq)],
    hardState: null,
    mustSync: true,
    messages: [],
    messagesAfterPersist: [],
    streamSnapshot: [],
    committed: [],
    reads: [],
    failedReads: [],
    proposals: [],
    status: null,
    trace: [],
    ...changes,
  };
}

describe('the ticker', () => {
  function run(): { clock: ReturnType<typeof createManualClock>; log: string[]; stop: () => void } {
    const clock = createManualClock();
    const log: string[] = [];
    const stop = startTicker(clock, {
      tickMs: 10,
      sleepGapMs: 300,
      tick: () => log.push('tick'),
      resumed: () => log.push('resumed'),
    });
    return { clock, log, stop };
  }

  it('ticks once for each interval', () => {
    const { clock, log } = run();
    clock.advance(50);
    expect(log).toEqual(['tick', 'tick', 'tick', 'tick', 'tick']);
  });

  it('makes up at most two ticks after a busy turn', () => {
    const { clock, log } = run();
    clock.jump(100);
    expect(log).toEqual(['tick', 'tick']);
  });

  it('says that the machine slept before it ticks on', () => {
    const { clock, log } = run();
    clock.jump(301);
    expect(log[0]).toBe('resumed');
  });

  it('is silent once it was stopped', () => {
    const { clock, log, stop } = run();
    stop();
    clock.advance(100);
    expect(log).toEqual([]);
  });
});

describe('the writer', () => {
  it('writes all that gathered during one write with the next one', async () => {
    const writes: number[][] = [];
    const durable: number[] = [];
    const release: (() => void)[] = [];
    const writer = new Writer(
      {
        write: (batches) => {
          writes.push((batches as readonly Ready[]).map((ready) => ready.seq));
          return new Promise((resolve) => release.push(resolve));
        },
      },
      {
        durable: (readies) => durable.push(...readies.map((ready) => ready.seq)),
        failed: (error) => {
          throw error;
        },
      },
    );
    for (const seq of [1, 2, 3]) writer.push(readyOf(seq));
    expect(writes).toEqual([[1]]);
    release[0]?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(durable).toEqual([1]);
    expect(writes).toEqual([[1], [2, 3]]);
    release[1]?.();
    await writer.idle();
    expect(durable).toEqual([1, 2, 3]);
  });

  it('waits for the write before a Ready that writes nothing', async () => {
    const durable: number[] = [];
    const writer = new Writer(
      { write: () => Promise.resolve() },
      { durable: (readies) => durable.push(...readies.map((ready) => ready.seq)), failed: () => undefined },
    );
    writer.push(readyOf(1));
    writer.push(readyOf(2, { entries: [], mustSync: false }));
    expect(durable).toEqual([]);
    await writer.idle();
    expect(durable).toEqual([1, 2]);
  });

  it('writes nothing more after a failure', async () => {
    const failures: string[] = [];
    let writes = 0;
    const writer = new Writer(
      {
        write: () => {
          writes += 1;
          return Promise.reject(new Error('EIO'));
        },
      },
      { durable: () => failures.push('durable'), failed: (error) => failures.push(error.message) },
    );
    writer.push(readyOf(1));
    writer.push(readyOf(2));
    await writer.idle();
    writer.push(readyOf(3));
    await writer.idle();
    expect({ writes, failures }).toEqual({ writes: 1, failures: ['EIO'] });
  });
});

describe('the order of applying', () => {
  function record(): { order: ApplyOrder; log: string[] } {
    const log: string[] = [];
    const order = new ApplyOrder({
      push: (entries) => log.push(...entries.map((each) => `entry ${each.index}`)),
      restore: (meta) => log.push(`restore ${meta.index}`),
    });
    return { order, log };
  }

  it('holds entries back until the snapshot before them is durable and restored', () => {
    const { order, log } = record();
    order.taken({ seq: 1, snapshot: snapshotAt(10) });
    order.committed([entry(11)]);
    expect(log).toEqual([]);
    order.durable(1);
    order.committed([entry(12)]);
    expect(log).toEqual(['restore 10', 'entry 11', 'entry 12']);
  });

  it('restores only the newer of two snapshots in quick succession', () => {
    const { order, log } = record();
    order.taken({ seq: 1, snapshot: snapshotAt(10) });
    order.committed([entry(11)]);
    order.taken({ seq: 2, snapshot: snapshotAt(20) });
    order.committed([entry(21)]);
    order.durable(1);
    order.durable(2);
    expect(log).toEqual(['restore 20', 'entry 21']);
  });
});

describe('pending proposals', () => {
  function one(): { pending: PendingProposals; answers: ProposalAnswer[] } {
    const pending = new PendingProposals();
    const answers: ProposalAnswer[] = [];
    pending.add('p', (answer) => answers.push(answer));
    return { pending, answers };
  }

  it('are answered with the result when their entry is applied', () => {
    const { pending, answers } = one();
    pending.fate('p', { k: 'appended', index: 5, term: 1 }, 4);
    pending.applied(entry(5), 'made');
    expect(answers).toEqual([{ kind: 'applied', index: 5, result: 'made' }]);
  });

  it('never took effect when an entry of another term stands at their index', () => {
    const { pending, answers } = one();
    pending.fate('p', { k: 'appended', index: 5, term: 1 }, 4);
    pending.applied(entry(5, 2), 'of somebody else');
    expect(answers).toEqual([{ kind: 'refused', why: 'overwritten' }]);
  });

  it('are unknown when their place was told after it was applied', () => {
    const { pending, answers } = one();
    pending.fate('p', { k: 'appended', index: 5, term: 1 }, 5);
    expect(answers).toEqual([{ kind: 'unknown' }]);
  });

  it('are unknown when a snapshot took the place of their entry', () => {
    const { pending, answers } = one();
    pending.fate('p', { k: 'appended', index: 5, term: 1 }, 4);
    pending.replacedUpTo(4);
    expect(answers).toEqual([]);
    pending.replacedUpTo(5);
    expect(answers).toEqual([{ kind: 'unknown' }]);
  });

  it('are not answered twice', () => {
    const { pending, answers } = one();
    pending.fate('p', { k: 'refused', why: 'busy', leader: null }, 0);
    pending.fate('p', { k: 'unknown' }, 0);
    pending.abandonAll();
    expect(answers).toEqual([{ kind: 'refused', why: 'busy' }]);
  });
});

describe('pending reads', () => {
  it('share one confirmation and are served once it is applied', () => {
    const reads = new PendingReads();
    const answers: string[] = [];
    for (const name of ['a', 'b']) reads.add((answer) => answers.push(`${name} ${answer.kind}`));
    reads.ask('ctx');
    reads.add((answer) => answers.push(`late ${answer.kind}`));
    reads.confirmed('ctx', 7, 6);
    expect(answers).toEqual([]);
    reads.applied(7);
    expect(answers).toEqual(['a ready', 'b ready']);
    expect(reads.hasNew).toBe(true);
  });
});

describe('waiters', () => {
  it('try again when a leader is known, and not after their end', async () => {
    const clock = createManualClock();
    const waiters = new Waiters(clock);
    const woken = waiters.leaderOrPause(() => false, 1_000);
    waiters.leaderKnown();
    expect(await woken).toBe(true);
    const late = waiters.leaderOrPause(() => false, 1_000);
    clock.advance(1_000);
    expect(await late).toBe(false);
    expect(await waiters.leaderOrPause(() => false, 1_000)).toBe(false);
  });

  it('pause before they ask a leader again that refused', async () => {
    const clock = createManualClock();
    const again = new Waiters(clock).leaderOrPause(() => true, 1_000);
    clock.advance(20);
    expect(await again).toBe(true);
  });
});
