/** Opens this PC's log and starts the Raft node and the farm on it. */
import { randomInt } from 'node:crypto';
import type { Membership } from '../../raft/index.ts';
import type { Identity } from '../../raft/node/identity.ts';
import { createNodeDisk } from '../../raft/node/nodeDisk.ts';
import type { Clock, Net } from '../../raft/node/ports.ts';
import { RaftNode } from '../../raft/node/raftNode.ts';
import { openStorage, type RaftStorage } from '../../raft/node/storage.ts';
import { raftDirectory } from '../dataDirectory.ts';
import type { Host } from '../farmNodeTypes.ts';
import { lanTuning } from '../raftTuning.ts';
import { FarmCluster } from './farmCluster.ts';
import type { FarmFile } from './farmFile.ts';
import type { Applied, FarmMachine } from './farmMachine.ts';
import { LostLog } from './lostLog.ts';

export interface RaftParts {
  readonly dataDir: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly net: Net;
  readonly farmFile: FarmFile;
  /** Empty; restored from the newest snapshot here. */
  readonly machine: FarmMachine;
  /** The node has just joined or founded: an empty log is right. */
  readonly isFresh: boolean;
}

export interface StartedRaft {
  readonly storage: RaftStorage;
  readonly node: RaftNode;
  readonly cluster: FarmCluster;
}

/** Rejects when the directory is damaged beyond what the other PCs can mend, or is another node's. */
export async function startRaft(parts: RaftParts): Promise<StartedRaft> {
  const { dataDir, host, clock, identity, net, farmFile, machine } = parts;
  const lostLog = new LostLog(dataDir, farmFile, host.log);
  lostLog.clearUnfinished();
  const disk = await createNodeDisk(raftDirectory(dataDir));
  const { storage, persisted: found } = await openStorage(disk, {
    cluster: farmFile.farmId,
    nodeId: identity.nodeId,
  });
  const persisted = lostLog.judge(found, parts.isFresh);
  if (persisted.snapshot !== null) await machine.restore(storage.openSnapshot(persisted.snapshot, 0));
  // The node speaks to the cluster, the cluster asks the node: one of them is there first.
  const late: { cluster: FarmCluster | null } = { cluster: null };
  const node = new RaftNode({
    id: identity.nodeId,
    cluster: farmFile.farmId,
    ...(farmFile.founder ? { bootstrap: votersOf(identity.nodeId) } : {}),
    storage,
    persisted,
    net,
    clock,
    machine,
    tuning: lanTuning,
    defer: (callback) => void setImmediate(callback),
    u32: () => randomInt(2 ** 32),
    applied: (_entry, result) => late.cluster?.entryApplied(result as Applied),
    turnApplied: (index) => late.cluster?.turnApplied(index),
    restored: () => late.cluster?.restored(),
    statusChanged: (status) => {
      if (status.role !== 'recovering') lostLog.recovered();
      late.cluster?.statusChanged(status);
    },
    fatal: (error) => {
      host.fatal(error);
    },
  });
  const cluster = new FarmCluster(node, machine, net);
  late.cluster = cluster;
  return { storage, node, cluster };
}

/** The founder is the farm's first and only voter (ADR 6). */
function votersOf(founder: string): Membership {
  return { voters: [founder], learners: [], outgoing: [], learnersNext: [] };
}
