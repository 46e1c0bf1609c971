/** What a practice cluster on one PC consists of: which folders, ports and arguments. Decides; starts nothing. */
import { join } from 'node:path';

/** More nodes on one PC show nothing new and need more memory than a practice is worth. */
export const NODES_MAX = 9;

export interface ClusterPlan {
  /** Folder of all nodes. */
  readonly dataDir: string;
  readonly nodes: readonly NodePlan[];
}

export interface NodePlan {
  /** `node1`, also the name of its folder. */
  readonly name: string;
  readonly dataDir: string;
  readonly httpPort: number;
  readonly peerPort: number;
}

/** How a node comes to its farm at this start. */
export type Formation =
  | { readonly kind: 'create'; readonly farmName: string }
  | { readonly kind: 'join'; readonly token: string }
  /** It belongs to a farm already, or founds one if the first start was cut short. */
  | { readonly kind: 'goOn' };

/** The nodes 1 to `count` with ports counted up from the bases. */
export function planCluster(dataDir: string, count: number, httpBase: number, peerBase: number): ClusterPlan {
  const nodes = Array.from({ length: count }, (_, index) => {
    const name = `node${index + 1}`;
    return { name, dataDir: join(dataDir, name), httpPort: httpBase + index, peerPort: peerBase + index };
  });
  return { dataDir, nodes };
}

/** Says what is wrong with the numbers, or null. */
export function planMistake(count: number, httpBase: number, peerBase: number): string | null {
  if (!Number.isInteger(count) || count < 1 || count > NODES_MAX)
    return `--nodes is a whole number from 1 to ${NODES_MAX}.`;
  for (const [flag, base] of [
    ['--http-base', httpBase],
    ['--peer-base', peerBase],
  ] as const) {
    if (!Number.isInteger(base) || base < 1 || base + count - 1 > 65_535) {
      return `${flag} is a port from 1 to ${65_536 - count}.`;
    }
  }
  if (Math.abs(httpBase - peerBase) < count)
    return '--http-base and --peer-base are too close: their ports overlap.';
  return null;
}

/** Arguments of `raft3d` for one node. Peer ports are loopback: a practice cluster does not open the PC to the LAN. */
export function startArguments(node: NodePlan, formation: Formation): readonly string[] {
  const common = [
    'start',
    '--data-dir',
    node.dataDir,
    '--name',
    node.name,
    '--http',
    `127.0.0.1:${node.httpPort}`,
    '--peer',
    `127.0.0.1:${node.peerPort}`,
    '--log-format',
    'text',
  ];
  switch (formation.kind) {
    case 'create':
      return [...common, `--create-farm=${formation.farmName}`];
    case 'join':
      return [...common, `--join=${formation.token}`];
    case 'goOn':
      return common;
  }
}
