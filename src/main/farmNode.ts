/** The composition root: the only `new` of long-lived things. Starts a node in order, stops it in the reverse one. */
import { randomInt } from 'node:crypto';
import { createRandom } from '../base/random.ts';
import type { WallMs } from '../base/units.ts';
import type { Persisted } from '../raft/index.ts';
import { loadOrCreateIdentity, type Identity } from '../raft/node/identity.ts';
import { createNodeDisk } from '../raft/node/nodeDisk.ts';
import type { Clock } from '../raft/node/ports.ts';
import { RaftNode } from '../raft/node/raftNode.ts';
import { openStorage, type RaftStorage } from '../raft/node/storage.ts';
import { createSystemClock } from '../raft/node/systemClock.ts';
import { startTlsTransport } from '../raft/node/tlsTransport.ts';
import type { TlsTransport } from '../raft/node/transportTypes.ts';
import { AddressBook, reachableAddresses } from './cluster/addressBook.ts';
import { admit, invite, joinFarm } from './cluster/admission.ts';
import { Duties } from './cluster/duties.ts';
import { FarmCluster } from './cluster/farmCluster.ts';
import { writeFarmFile, type FarmFile } from './cluster/farmFile.ts';
import { FarmMachine, type Applied } from './cluster/farmMachine.ts';
import { planFormation } from './cluster/formation.ts';
import { foundFarm } from './cluster/founding.ts';
import { handOverLeadership } from './cluster/handOver.ts';
import { transportReporter } from './cluster/transportLog.ts';
import { raftDirectory } from './dataDirectory.ts';
import type { FarmNode, FarmNodeConfig, Host } from './farmNodeTypes.ts';
import { startHttpServer } from './http/server.ts';
import { lanTuning } from './raftTuning.ts';
import { VERSION } from './version.ts';

/** Things to close, the last opened first; each is bounded by itself. */
class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/**
 * Starts this PC's node. Rejects with an operating error when it cannot (port taken, folder damaged, invitation
 * refused, …); everything that was opened is closed again then.
 */
export async function startFarmNode(config: FarmNodeConfig, host: Host): Promise<FarmNode> {
  const closers = new Closers();
  try {
    return await start(config, host, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function start(config: FarmNodeConfig, host: Host, closers: Closers): Promise<FarmNode> {
  const { log } = host;
  const clock = createSystemClock();
  const identity = await loadOrCreateIdentity(config.dataDir);
  const formation = planFormation(config, Date.now());
  const farmId = formation.kind === 'join' ? formation.token.farmId : formation.file.farmId;
  const machine = new FarmMachine();

  // The transport asks for members and addresses at each connection, so it may be there before they are known.
  let file: FarmFile | null = formation.kind === 'join' ? null : formation.file;
  let book: AddressBook | null = null;
  let cluster: FarmCluster | null = null;
  let raftMembers: () => readonly string[] = () => [];
  const transport = await startTlsTransport(
    {
      identity,
      cluster: farmId,
      listen: config.peer,
      softwareVersion: VERSION,
      isMember: (id) =>
        machine.state.members.has(id) ||
        raftMembers().includes(id) ||
        (machine.state.members.size === 0 && book?.isSeed(id) === true),
      addressOf: (id) => book?.addressOf(id) ?? null,
      learnedAddress: (id, address) => book?.learned(id, address),
      join: (request) =>
        cluster === null
          ? Promise.resolve({
              ok: false,
              code: 'starting',
              detail: 'That PC is just starting. Try again in a moment.',
            })
          : admit(cluster, request, Date.now() as WallMs),
      report: transportReporter(log),
    },
    clock,
    createRandom(randomInt(2 ** 32)),
  );
  closers.add(() => transport.stop());

  const self = {
    name: config.name,
    peerPort: transport.address.port,
    httpAddress: `http://${config.http.host}:${String(config.http.port)}`,
    softwareVersion: VERSION,
  };
  if (formation.kind === 'join') {
    file = await joinFarm(formation.token, identity, self, clock);
    writeFarmFile(config.dataDir, file);
  }
  const farmFile = file as FarmFile;
  book = new AddressBook(host.settings, farmFile.seeds, () => machine.state);

  const raft = await startRaft({
    config,
    host,
    clock,
    identity,
    transport,
    farmFile,
    machine,
    joined: formation.kind === 'join',
  });
  closers.add(() => raft.storage.close());
  closers.add(() => raft.node.stop());
  const { node } = raft;
  raftMembers = () => {
    const { voters, learners, outgoing } = node.status().membership;
    return [...voters, ...learners, ...outgoing];
  };
  const farmCluster = raft.cluster;
  cluster = farmCluster;

  const addresses = reachableAddresses(transport.address);
  const http = await startHttpServer({
    cluster: farmCluster,
    listen: config.http,
    rendererDir: config.rendererDir,
    log,
    createInvitation: (validForMs) =>
      invite(
        farmCluster,
        { nodeId: identity.nodeId, addresses },
        { nowMs: Date.now() as WallMs, validForMs },
      ),
    farmName: () => machine.state.farm?.name ?? farmFile.farmName,
    now: () => Date.now() as WallMs,
  });
  const facts = {
    id: identity.nodeId,
    name: config.name,
    peerAddress: addresses[0] ?? '',
    httpAddress: http.url,
    softwareVersion: VERSION,
  };
  if (formation.kind === 'found') await foundFarm(farmCluster, farmFile, facts, Date.now() as WallMs);
  if (!farmFile.logStarted) writeFarmFile(config.dataDir, { ...farmFile, logStarted: true });
  const duties = new Duties({
    node,
    cluster: farmCluster,
    self: facts,
    log,
    now: () => Date.now() as WallMs,
  });
  // The reverse order of a start: no new requests, then leadership goes to another PC, then the node stops.
  closers.add(() => handOverLeadership(node));
  closers.add(() => {
    duties.stop();
  });
  closers.add(() => http.stop());
  log.info('the node serves', { node: identity.nodeId, farm: farmFile.farmName, http: http.url });
  return {
    httpUrl: http.url,
    peerAddress: `${transport.address.host}:${String(transport.address.port)}`,
    nodeId: identity.nodeId,
    farmName: farmFile.farmName,
    stop: () => closers.closeAll(),
  };
}

interface RaftParts {
  readonly config: FarmNodeConfig;
  readonly host: Host;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly transport: TlsTransport;
  readonly farmFile: FarmFile;
  readonly machine: FarmMachine;
  /** Just now: an empty log is right. */
  readonly joined: boolean;
}

interface StartedRaft {
  readonly storage: RaftStorage;
  readonly node: RaftNode;
  readonly cluster: FarmCluster;
}

async function startRaft(parts: RaftParts): Promise<StartedRaft> {
  const { config, host, clock, identity, transport, farmFile, machine } = parts;
  const disk = await createNodeDisk(raftDirectory(config.dataDir));
  const opened = await openStorage(disk, { cluster: farmFile.farmId, nodeId: identity.nodeId });
  const { storage } = opened;
  const persisted = parts.joined ? opened.persisted : withLostLog(opened.persisted, farmFile);
  if (persisted.integrity.kind === 'damaged') {
    host.log.warn('records of the log are lost; they are fetched from the other PCs', {
      ...persisted.integrity,
    });
  }
  if (persisted.snapshot !== null) await machine.restore(storage.openSnapshot(persisted.snapshot, 0));
  const late: { cluster: FarmCluster | null } = { cluster: null };
  const node = new RaftNode({
    id: identity.nodeId,
    cluster: farmFile.farmId,
    ...(farmFile.founder ? { bootstrap: foundingMembership(identity.nodeId) } : {}),
    storage,
    persisted,
    net: transport,
    clock,
    defer: (callback) => void setImmediate(callback),
    u32: () => randomInt(2 ** 32),
    machine,
    tuning: lanTuning,
    applied: (_entry, result) => late.cluster?.entryApplied(result as Applied),
    turnApplied: (index) => late.cluster?.turnApplied(index),
    statusChanged: (status) => late.cluster?.statusChanged(status),
    fatal: (error) => {
      host.fatal(error);
    },
  });
  const cluster = new FarmCluster(node, machine, transport);
  late.cluster = cluster;
  return { storage, node, cluster };
}

function foundingMembership(nodeId: string): {
  voters: string[];
  learners: never[];
  outgoing: never[];
  learnersNext: never[];
} {
  return { voters: [nodeId], learners: [], outgoing: [], learnersNext: [] };
}

/** A log that had begun and is empty now was lost with its votes: the contract of `Persisted` says so. */
function withLostLog(found: Persisted, file: FarmFile): Persisted {
  const empty = found.entries.length === 0 && found.snapshot === null && found.hardState.term === 0;
  if (!file.logStarted || !empty || found.integrity.kind === 'damaged') return found;
  return { ...found, integrity: { kind: 'damaged', from: 1, until: Number.MAX_SAFE_INTEGER } };
}
