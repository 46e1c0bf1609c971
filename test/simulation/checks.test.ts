/** The simulator's own judges: each must be able to say no. */
import { describe, expect, it } from 'vitest';
import { encodeCommand } from '../../src/farm/commandCodec.ts';
import { FarmMachine } from '../../src/main/cluster/farmMachine.ts';
import type { Entry, Membership, Persisted, Ready, Status } from '../../src/raft/index.ts';
import type { RaftStorage } from '../../src/raft/node/storage.ts';
import { checkLinearizable } from '../support/linearizability.ts';
import { Attempts } from './attempts.ts';
import { Checker, type NodeWatch } from './checker.ts';
import { DurableModel } from './durableModel.ts';
import { Journal } from './journal.ts';
import { spoolModel, type SpoolOperation } from './spoolModel.ts';

const NOTHING: Persisted = {
  hardState: { term: 0, vote: null, commit: 0 },
  snapshot: null,
  entries: [],
  integrity: { kind: 'intact' },
};
const ALL: Membership = { voters: ['1', '2', '3'], learners: [], outgoing: [], learnersNext: [] };
const STATUS: Status = {
  id: '1',
  role: 'leader',
  term: 1,
  vote: '1',
  leader: '1',
  commit: 0,
  applied: 0,
  firstIndex: 1,
  lastIndex: 0,
  persistedIndex: 0,
  membership: ALL,
  membershipIndex: 0,
  transferTo: null,
  electionElapsed: 0,
  electionTimeout: 20,
  progress: null,
};
const READY: Ready = {
  seq: 1,
  snapshot: null,
  truncateFrom: null,
  entries: [],
  hardState: null,
  mustSync: true,
  messages: [],
  messagesAfterPersist: [],
  streamSnapshot: [],
  committed: [],
  reads: [],
  failedReads: [],
  proposals: [],
  status: STATUS,
  trace: [],
};

function entry(index: number, term: number, text = ''): Entry {
  return { index, term, kind: 'noop', data: Buffer.from(text) };
}

async function write(model: DurableModel, ready: Partial<Ready>): Promise<void> {
  // Only `write` is called.
  const storage = { write: () => Promise.resolve() } as unknown as RaftStorage;
  await model.watch(storage).write([{ ...READY, ...ready }]);
}

function leads(term: number): Ready['trace'] {
  return [{ name: 'becomeLeader', role: 'leader', term, vote: null, commit: 0, lastIndex: 0, detail: null }];
}

function cluster(): { journal: Journal; models: DurableModel[]; watches: NodeWatch[] } {
  const journal = new Journal(() => 0, null);
  const checker = new Checker(journal, () => undefined);
  const models = [new DurableModel(), new DurableModel(), new DurableModel()];
  const watches = models.map((durable, i) =>
    checker.nodeStarted({ id: String(i + 1), name: `pc${i + 1}`, durable }, NOTHING, new FarmMachine()),
  );
  return { journal, models, watches };
}

describe('the checker', () => {
  it('sees two leaders of one term, and none in two terms', () => {
    const { journal, watches } = cluster();
    watches[0]!.observes({ ...READY, trace: leads(1) });
    watches[1]!.observes({ ...READY, trace: leads(2) });
    expect(journal.violation).toBeNull();
    watches[2]!.observes({ ...READY, trace: leads(2) });
    expect(journal.violation).toContain('two leaders in term 2');
  });

  it('sees a commit that is not durable on a quorum', async () => {
    const { journal, models, watches } = cluster();
    await write(models[0]!, { entries: [entry(1, 1)] });
    await write(models[1]!, { entries: [entry(1, 1)] });
    watches[0]!.observes({ ...READY, committed: [entry(1, 1)] });
    expect(journal.violation).toBeNull();
    await write(models[0]!, { entries: [entry(2, 1)] });
    watches[0]!.observes({ ...READY, committed: [entry(2, 1)] });
    expect(journal.violation).toContain('not durable on a quorum');
  });

  it('sees another entry at a committed index', async () => {
    const { journal, models, watches } = cluster();
    for (const model of models) await write(model, { entries: [entry(1, 1, 'a')] });
    watches[0]!.observes({ ...READY, committed: [entry(1, 1, 'a')] });
    watches[1]!.observes({ ...READY, committed: [entry(1, 1, 'b')] });
    expect(journal.violation).toContain('another entry was committed at 1');
  });

  it('sees a term, a commit index and an applied index that fall', () => {
    for (const [field, text] of [
      ['term', 'the term fell'],
      ['commit', 'the commit'],
      ['applied', 'the applied'],
    ] as const) {
      const { journal, watches } = cluster();
      watches[0]!.observes({ ...READY, status: { ...STATUS, [field]: 5 } });
      expect(journal.violation).toBeNull();
      watches[0]!.observes({ ...READY, status: { ...STATUS, [field]: 4 } });
      expect(journal.violation).toContain(text);
    }
  });
});

describe('the model of a disk', () => {
  it('misses a durable entry, a vote and a term after a restart', async () => {
    const model = new DurableModel();
    const hardState = { term: 2, vote: 'a', commit: 0 };
    const kept = async (): Promise<void> => write(model, { hardState, entries: [entry(1, 2)] });
    await kept();
    expect(model.checkRecovered({ ...NOTHING, hardState, entries: [entry(1, 2)] }, false)).toBeNull();
    expect(model.checkRecovered({ ...NOTHING, hardState }, false)).toContain('entry 1 of term 2 was durable');
    await kept();
    const noVote = { ...hardState, vote: null };
    expect(model.checkRecovered({ ...NOTHING, hardState: noVote, entries: [entry(1, 2)] }, false)).toContain(
      'the vote',
    );
    await kept();
    expect(model.checkRecovered(NOTHING, false)).toContain('the term went back');
  });

  it('accepts what a write under way has cut', async () => {
    const model = new DurableModel();
    await write(model, { entries: [entry(1, 1), entry(2, 1)] });
    const never = { write: () => new Promise<void>(() => undefined) } as unknown as RaftStorage;
    void model.watch(never).write([{ ...READY, truncateFrom: 2, entries: [entry(2, 2)] }]);
    expect(model.checkRecovered({ ...NOTHING, entries: [entry(1, 1)] }, false)).toBeNull();
  });
});

describe('the attempts', () => {
  function command(attempts: Attempts): {
    atMs: ReturnType<Attempts['begin']>;
    at: (index: number) => Entry;
  } {
    const atMs = attempts.begin();
    const text = encodeCommand({ kind: 'removeMember', memberId: '1'.repeat(64), atMs });
    const data = Buffer.from(text.ok ? text.value : '');
    return { atMs, at: (index) => ({ index, term: 1, kind: 'command', data }) };
  }

  it('are committed once', () => {
    const journal = new Journal(() => 0, null);
    const attempts = new Attempts(journal);
    const { at } = command(attempts);
    attempts.committed(at(1));
    expect(journal.violation).toBeNull();
    attempts.committed(at(2));
    expect(journal.violation).toContain('committed at 1 and at 2');
  });

  it('are never committed after "certainly not"', () => {
    for (const isFirst of [true, false]) {
      const journal = new Journal(() => 0, null);
      const attempts = new Attempts(journal);
      const { atMs, at } = command(attempts);
      if (isFirst) attempts.committed(at(1));
      attempts.answered(atMs, { kind: 'no_leader' });
      if (!isFirst) attempts.committed(at(1));
      expect(journal.violation).toContain('no_leader');
    }
  });
});

describe('the history of a spool', () => {
  const done = (startMs: number, input: SpoolOperation['input'], output: object): SpoolOperation =>
    ({
      key: 's',
      input,
      startMs,
      outcome: { kind: 'returned', output, endMs: startMs + 1 },
    }) as SpoolOperation;
  const add = done(0, { kind: 'add', totalMg: 5 }, { kind: 'created' });

  it('allows the last grams to one of two jobs', () => {
    const a = done(2, { kind: 'create', jobId: 'a', weightMg: 5 }, { kind: 'created' });
    const both = done(4, { kind: 'create', jobId: 'b', weightMg: 5 }, { kind: 'created' });
    const one = done(4, both.input, { kind: 'refused', code: 'filament_over_committed' });
    expect(checkLinearizable(spoolModel, [add, a, one]).kind).toBe('linearizable');
    expect(checkLinearizable(spoolModel, [add, a, both]).kind).toBe('violation');
  });

  it('does not allow a read that misses what was acknowledged before it', () => {
    const read = (remaining: string): SpoolOperation =>
      done(4, { kind: 'read' }, { kind: 'saw', fingerprint: remaining });
    expect(checkLinearizable(spoolModel, [add, read('true 5 0 ')]).kind).toBe('linearizable');
    expect(checkLinearizable(spoolModel, [add, read('false 0 0 ')]).kind).toBe('violation');
  });
});
