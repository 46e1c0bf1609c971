/** What a node is started with and what it gives back: shared by the two hosts, headless and Electron. */
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

export interface HostPort {
  readonly host: string;
  /** 0 = any free port; the `ready` line says which. */
  readonly port: number;
}

/** All that a node needs to know before it starts; made by `config.ts` from flags and environment. */
export interface FarmNodeConfig {
  /** Absolute. Holds everything of this node: identity, log, snapshots, settings. */
  readonly dataDir: string;
  /** What people call this PC. */
  readonly name: string;
  /** Loopback only, until API keys exist. */
  readonly http: HostPort;
  readonly peer: HostPort;
  /**
   * What to do when the data directory belongs to no farm yet. A directory that already belongs to a farm goes on
   * with it: `create` is then refused, `join` too unless the token is of that very farm.
   */
  readonly formation:
    /** Found a farm of one, named after this PC: what a first `npm start` does. */
    | { readonly kind: 'auto' }
    | { readonly kind: 'create'; readonly farmName: string }
    | { readonly kind: 'join'; readonly invitation: string };
  /** Folder of the built window (`index.html` in it), or null when this build has none. */
  readonly rendererDir: string | null;
}

/** The program around the node. */
export interface Host {
  readonly kind: 'headless' | 'electron';
  readonly log: Log;
  readonly settings: Settings;
  /** A bug or a failed disk: the node cannot go on. The host reports it and ends the process with code 1. */
  fatal(error: Error): void;
}

/** A running node. */
export interface FarmNode {
  /** `http://127.0.0.1:8000` */
  readonly httpUrl: string;
  /** `host:port` of the peer listener. */
  readonly peerAddress: string;
  readonly nodeId: string;
  readonly farmName: string;
  /** Orderly: hands leadership over, finishes what was accepted, closes files. Bounded to 5 s. */
  stop(): Promise<void>;
}
