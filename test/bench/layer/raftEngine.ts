/** The driver as it is, with a state machine that does nothing: all cost is Raft's, storage's and transport's. */
import { randomInt } from 'node:crypto';
import { lanTuning } from '../../../src/main/raftTuning.ts';
import type { Clock, Net } from '../../../src/raft/node/ports.ts';
import { RaftNode } from '../../../src/raft/node/raftNode.ts';
import type { openStorage } from '../../../src/raft/node/storage.ts';
import type { Engine } from './engine.ts';

const DEADLINE_MS = 5_000;

export interface EngineParts extends Awaited<ReturnType<typeof openStorage>> {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly memberIds: readonly string[];
  readonly net: Net;
  readonly clock: Clock;
}

export function startRaftEngine(parts: EngineParts): Engine {
  const node = new RaftNode({
    id: parts.nodeId,
    cluster: parts.clusterId,
    bootstrap: { voters: [...parts.memberIds], learners: [], outgoing: [], learnersNext: [] },
    storage: parts.storage,
    persisted: parts.persisted,
    net: parts.net,
    clock: parts.clock,
    defer: (callback) => void setImmediate(callback),
    u32: () => randomInt(2 ** 32),
    machine: { apply: () => null, snapshot: () => [], restore: () => Promise.resolve() },
    tuning: lanTuning,
    applied: () => undefined,
    turnApplied: () => undefined,
    restored: () => undefined,
    statusChanged: () => undefined,
    fatal: (error) => {
      throw error;
    },
  });
  return {
    isLeading: () => node.status().role === 'leader',
    commit: async (data) => (await node.propose(data, DEADLINE_MS)).kind === 'applied',
    ask: () => node.readBarrier(DEADLINE_MS),
  };
}
