/**
 * Where the other members are dialled. Addresses are hints (a DHCP lease may change over night), so the freshest
 * source wins: what a live connection showed, then what the member announced, then what this PC or its invitation
 * remembered. Who is a member is decided elsewhere, by id.
 */
import { networkInterfaces } from 'node:os';
import type { FarmState } from '../../farm/state.ts';
import { formatAddress, parseAddress } from '../../raft/node/peerAddress.ts';
import type { HostPort } from '../farmNodeTypes.ts';
import type { Settings } from '../settings.ts';
import type { FarmFile } from './farmFile.ts';

export class AddressBook {
  readonly #learned = new Map<string, string>();
  readonly #settings: Settings;
  readonly #state: () => FarmState;
  #seeds: ReadonlyMap<string, string> = new Map();

  constructor(settings: Settings, state: () => FarmState) {
    this.#settings = settings;
    this.#state = state;
  }

  /** What the farm's file says: members as they were when this PC joined. */
  remember(seeds: FarmFile['seeds']): void {
    this.#seeds = new Map(seeds.map((seed) => [seed.id, seed.peerAddress]));
  }

  addressOf(nodeId: string): string | null {
    const remembered = this.#settings.get().peerAddresses[nodeId];
    return (
      this.#learned.get(nodeId) ??
      this.#state().members.get(nodeId)?.peerAddress ??
      (remembered === undefined ? undefined : formatAddress(remembered)) ??
      this.#seeds.get(nodeId) ??
      null
    );
  }

  /** A member connected from `address` (`host:port`). */
  learned(nodeId: string, address: string): void {
    if (this.#learned.get(nodeId) === address) return;
    this.#learned.set(nodeId, address);
    const parsed = parseAddress(address);
    if (parsed === null) return;
    const { peerAddresses } = this.#settings.get();
    this.#settings.set({ peerAddresses: { ...peerAddresses, [nodeId]: parsed } });
  }

  isSeed(nodeId: string): boolean {
    return this.#seeds.has(nodeId);
  }
}

/** The addresses at which a listener on `listening` can be reached from other PCs, the most likely first. */
export function reachableAddresses(listening: HostPort): readonly string[] {
  const { host, port } = listening;
  if (host !== '0.0.0.0' && host !== '::') return [formatAddress(listening)];
  const ipv4 = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4')
    // Addresses of the LAN first; loopback only helps a second node on this very PC.
    .sort((a, b) => Number(a.internal) - Number(b.internal));
  const hosts = ipv4.length > 0 ? ipv4.map((address) => address.address) : ['127.0.0.1'];
  return hosts.slice(0, 8).map((each) => formatAddress({ host: each, port }));
}
