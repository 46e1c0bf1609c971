/**
 * The ceiling: the same commit pattern with no Raft in it. The first member takes commands, sends them over the
 * project's transport while its own segment log writes them with group commit, and answers when two of three have
 * synced. There are no terms, elections, checks or recovery: no protocol over these pieces can be faster.
 */
import type { Entry, Message } from '../../../src/raft/core/types.ts';
import type { Engine } from './engine.ts';
import type { EngineParts } from './raftEngine.ts';

const TERM = 1;

interface Waiting {
  readonly index: number;
  readonly done: (ok: boolean) => void;
}

export function startCeilingEngine(parts: EngineParts): Engine {
  const { nodeId, clusterId, memberIds, net, storage } = parts;
  const [leaderId = ''] = memberIds;
  const others = memberIds.filter((id) => id !== nodeId);
  const envelope = { cluster: clusterId, from: nodeId, term: TERM };
  const durable = new Map(memberIds.map((id) => [id, 0]));
  const waiting: Waiting[] = [];
  const asking = new Map<number, (ok: boolean) => void>();
  let collected: Entry[] = [];
  let toWrite: Entry[] = [];
  let isWriting = false;
  let lastIndex = 0;
  let commit = 0;
  let round = 0;

  const advance = (): void => {
    commit = [...durable.values()].sort((a, b) => a - b)[1] ?? 0;
    let answered = 0;
    while ((waiting[answered]?.index ?? Infinity) <= commit) answered += 1;
    for (const { done } of waiting.splice(0, answered)) done(true);
  };

  const heard = (id: string, index: number): void => {
    durable.set(id, index);
    advance();
  };

  const write = async (): Promise<void> => {
    isWriting = true;
    while (toWrite.length > 0) {
      const entries = toWrite;
      toWrite = [];
      await storage.write([{ snapshot: null, truncateFrom: null, entries, hardState: null, mustSync: true }]);
      const index = entries.at(-1)?.index ?? 0;
      if (nodeId === leaderId) heard(nodeId, index);
      else net.send(acknowledgement(index));
    }
    isWriting = false;
  };

  const acknowledgement = (index: number): Message => {
    const rest = { ok: true, index, rejectIndex: 0, hintIndex: 0, hintTerm: 0 };
    return { ...envelope, t: 'appendResp', to: leaderId, ...rest };
  };

  const beat = (to: string): void => {
    net.send({ ...envelope, t: 'heartbeat', to, commit, round });
  };

  const append = (entries: readonly Entry[]): void => {
    toWrite.push(...entries);
    if (!isWriting) void write();
  };

  const flush = (): void => {
    const entries = collected;
    collected = [];
    const prevIndex = (entries[0]?.index ?? 1) - 1;
    for (const to of others)
      net.send({ ...envelope, t: 'append', to, prevIndex, prevTerm: TERM, entries, commit });
    append(entries);
  };

  net.listen({
    message(message) {
      if (message.t === 'append') append(message.entries);
      else if (message.t === 'appendResp') heard(message.from, message.index);
      else if (message.t === 'heartbeat') {
        net.send({ ...envelope, t: 'heartbeatResp', to: message.from, round: message.round });
      } else if (message.t === 'heartbeatResp') {
        asking.get(message.round)?.(true);
        asking.delete(message.round);
      }
    },
    snapshot: () => Promise.reject(new Error('the ceiling has no snapshots')),
    unreachable: () => undefined,
  });

  return {
    isLeading() {
      if (nodeId !== leaderId) return false;
      const unconnected = others.filter((id) => !net.link(id).connected);
      // The first message to a peer is what makes the transport dial.
      unconnected.forEach(beat);
      return unconnected.length === 0;
    },
    commit: (data) =>
      new Promise((done) => {
        if (collected.length === 0) setImmediate(flush);
        lastIndex += 1;
        collected.push({ index: lastIndex, term: TERM, kind: 'command', data });
        waiting.push({ index: lastIndex, done });
      }),
    ask: () =>
      new Promise((done) => {
        round += 1;
        asking.set(round, done);
        beat(others[0] ?? '');
      }),
  };
}
