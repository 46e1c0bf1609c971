/** The composition root: starts the parts of a node in order, and stops them in the reverse one. */
import { randomInt } from 'node:crypto';
import { createRandom } from '../base/random.ts';
import type { WallMs } from '../base/units.ts';
import { loadOrCreateIdentity, type Identity } from '../raft/node/identity.ts';
import type { Clock } from '../raft/node/ports.ts';
import { createSystemClock } from '../raft/node/systemClock.ts';
import { startTlsTransport } from '../raft/node/tlsTransport.ts';
import type { TlsTransport } from '../raft/node/transportTypes.ts';
import { AddressBook, reachableAddresses } from './cluster/addressBook.ts';
import { admit, invite, joinFarm } from './cluster/admission.ts';
import { Duties } from './cluster/duties.ts';
import { writeFarmFile, type FarmFile } from './cluster/farmFile.ts';
import { FarmMachine } from './cluster/farmMachine.ts';
import { planFormation, type Formation } from './cluster/formation.ts';
import { foundFarm } from './cluster/founding.ts';
import { handOverLeadership } from './cluster/handOver.ts';
import { isLetIn } from './cluster/isLetIn.ts';
import { startRaft, type StartedRaft } from './cluster/startRaft.ts';
import { transportReporter } from './cluster/transportLog.ts';
import { Closers } from './closers.ts';
import type { FarmNode, FarmNodeConfig, Host } from './farmNodeTypes.ts';
import { startHttpServer, type HttpServer } from './http/server.ts';
import { VERSION } from './version.ts';

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
  const clock = createSystemClock();
  const identity = await loadOrCreateIdentity(config.dataDir);
  const formation = planFormation(config, Date.now());
  const parts: Parts = { config, host, clock, identity, machine: new FarmMachine(), raft: null };
  const book = new AddressBook(host.settings, () => parts.machine.state);

  const transport = await startTransport(parts, farmIdOf(formation), book);
  closers.add(() => transport.stop());
  const farmFile = await settleFarm(parts, formation, transport);
  book.remember(farmFile.seeds);

  const raft = await startRaft({
    dataDir: config.dataDir,
    host,
    clock,
    identity,
    net: transport,
    farmFile,
    machine: parts.machine,
    isFresh: formation.kind !== 'continue',
  });
  parts.raft = raft;
  closers.add(() => raft.storage.close());
  closers.add(() => raft.node.stop());

  const addresses = reachableAddresses(transport.address);
  const http = await serve(parts, raft, farmFile, addresses);
  closers.add(() => handOverLeadership(raft.node));
  closers.add(() => http.stop());

  const self = {
    id: identity.nodeId,
    name: config.name,
    peerAddress: addresses[0] ?? '',
    httpAddress: http.url,
    softwareVersion: VERSION,
  };
  if (formation.kind === 'found') {
    await foundFarm(raft.cluster, farmFile, self, wallNow());
    writeFarmFile(config.dataDir, { ...farmFile, logStarted: true });
  }
  const duties = new Duties({ node: raft.node, cluster: raft.cluster, self, log: host.log, now: wallNow });
  closers.add(() => {
    duties.stop();
  });
  host.log.info('the node serves', { node: identity.nodeId, farm: farmFile.farmName, http: http.url });
  return {
    httpUrl: http.url,
    peerAddress: `${transport.address.host}:${String(transport.address.port)}`,
    nodeId: identity.nodeId,
    farmName: farmFile.farmName,
    stop: () => closers.closeAll(),
  };
}

/** What the steps of a start share. */
interface Parts {
  readonly config: FarmNodeConfig;
  readonly host: Host;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly machine: FarmMachine;
  /** The transport listens before there is a Raft node: it asks for it at each connection. */
  raft: StartedRaft | null;
}

function wallNow(): WallMs {
  return Date.now() as WallMs;
}

function farmIdOf(formation: Formation): string {
  return formation.kind === 'join' ? formation.token.farmId : formation.file.farmId;
}

function startTransport(parts: Parts, farmId: string, book: AddressBook): Promise<TlsTransport> {
  const { config, host, clock, identity, machine } = parts;
  return startTlsTransport(
    {
      identity,
      cluster: farmId,
      listen: config.peer,
      softwareVersion: VERSION,
      isMember: (id) => isLetIn(id, machine.state, parts.raft?.node.status().membership ?? null, book),
      addressOf: (id) => book.addressOf(id),
      learnedAddress: (id, address) => {
        book.learned(id, address);
      },
      join: (request) => admit(parts.raft?.cluster ?? null, request, wallNow()),
      report: transportReporter(host.log),
    },
    clock,
    createRandom(randomInt(2 ** 32)),
  );
}

/** The farm that this directory belongs to from now on; a newcomer asks to be let in. */
async function settleFarm(parts: Parts, formation: Formation, transport: TlsTransport): Promise<FarmFile> {
  if (formation.kind !== 'join') return formation.file;
  const { config, identity, clock } = parts;
  const self = {
    name: config.name,
    peerPort: transport.address.port,
    httpAddress: `http://${config.http.host}:${String(config.http.port)}`,
    softwareVersion: VERSION,
  };
  const file = await joinFarm(formation.token, identity, self, clock);
  writeFarmFile(config.dataDir, file);
  return file;
}

function serve(
  parts: Parts,
  raft: StartedRaft,
  farmFile: FarmFile,
  addresses: readonly string[],
): Promise<HttpServer> {
  const { config, host, identity, machine } = parts;
  const inviter = { nodeId: identity.nodeId, addresses };
  return startHttpServer({
    cluster: raft.cluster,
    listen: config.http,
    rendererDir: config.rendererDir,
    log: host.log,
    createInvitation: (validForMs) => invite(raft.cluster, inviter, { nowMs: wallNow(), validForMs }),
    farmName: () => machine.state.farm?.name ?? farmFile.farmName,
    now: wallNow,
  });
}
