/** The Raft engine's sizes and times for a farm on a LAN; docs/raft.md says how they were found. */
import type { RaftTuning } from '../raft/node/raftNode.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

export const lanTuning: RaftTuning = {
  tickMs: 15,
  core: {
    /** 300 ms: a LAN answers in under 5 ms, a busy PC may stop for 100. */
    electionTicks: 20,
    /** 60 ms: four heartbeats may be lost before anybody doubts the leader. */
    heartbeatTicks: 4,
    preVote: true,
    checkQuorum: true,
    /** A monotonic clock stops while a PC sleeps: reads are confirmed by a round, not by a clock. */
    leaseReads: false,
    /** A message of this size takes 10 ms on 100 Mbit/s: it must not hold up the next heartbeat for long. */
    maxAppendBytes: 128 * KIB,
    maxInflight: 64,
    maxInflightBytes: 4 * MIB,
    /** What may wait for a quorum before new work is refused as busy: about 20,000 jobs. */
    maxUncommittedBytes: 16 * MIB,
    maxApplyBytes: MIB,
  },
};
