/** Runs one node on its locked data directory, the same way for the headless program and for the window's. */
import { openDataDirectory } from './dataDirectory.ts';
import type { FarmNode, FarmNodeConfig, Host } from './farmNodeTypes.ts';
import type { Log } from './log.ts';
import { createSettings, type Settings, type SettingsStore } from './settings.ts';

export interface HostedNodeOptions {
  readonly config: FarmNodeConfig;
  readonly kind: Host['kind'];
  readonly log: Log;
  readonly openSettings: (dataDir: string) => SettingsStore;
  readonly startFarmNode: (config: FarmNodeConfig, host: Host) => Promise<FarmNode>;
  /** Reports and ends the process, see {@link Host}. */
  readonly fatal: (error: Error) => void;
}

export interface HostedNode {
  readonly node: FarmNode;
  readonly settings: Settings;
  /** Orderly: the node first, then its settings, its published address and the lock. */
  stop(): Promise<void>;
}

/** The one JSON line on stdout that says where a node is served: programs that start nodes wait for it. */
export function readyLine(node: FarmNode): string {
  return `${JSON.stringify({
    event: 'ready',
    http: node.httpUrl,
    peer: node.peerAddress,
    node_id: node.nodeId,
    farm: node.farmName,
  })}\n`;
}

/** Throws what kept the node from starting (see `startErrors.ts`); the directory is then unlocked again. */
export async function startHostedNode(options: HostedNodeOptions): Promise<HostedNode> {
  const { config, kind, log, fatal } = options;
  const directory = openDataDirectory(config.dataDir);
  try {
    const settings = createSettings(options.openSettings(config.dataDir), log);
    const node = await options.startFarmNode(config, { kind, log, settings, fatal });
    directory.publish(node.httpUrl);
    return {
      node,
      settings,
      async stop() {
        try {
          await node.stop();
        } finally {
          settings.flush();
          directory.release();
        }
      },
    };
  } catch (error) {
    directory.release();
    throw error;
  }
}
