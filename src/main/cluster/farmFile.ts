/** Which farm this data directory belongs to: written once, before the first log entry. */
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../jsonFile.ts';
import { OperatingError } from '../operatingError.ts';

const FILE = 'farm.json';

const shape = z.object({
  format: z.literal(1),
  farm_id: z.string().min(1),
  farm_name: z.string().min(1),
  /** This node founded the farm: it alone starts as a voter of its own. */
  founder: z.boolean(),
  /** The log holds something: if it is found empty later, it was lost (docs/raft.md, recovery). */
  log_started: z.boolean(),
  /** The log was lost and is not whole again (`lostLog.ts`). */
  log_lost: z.boolean(),
  /** Members as known when this node joined: where to dial before the farm's own list has arrived. */
  seeds: z.array(z.object({ id: z.string(), peer_address: z.string() })),
});

export interface FarmFile {
  readonly farmId: string;
  readonly farmName: string;
  readonly founder: boolean;
  readonly logStarted: boolean;
  readonly logLost: boolean;
  readonly seeds: readonly { readonly id: string; readonly peerAddress: string }[];
}

/** Null in a directory that belongs to no farm yet. Throws {@link OperatingError} `file_corrupt`. */
export function readFarmFile(dataDir: string): FarmFile | null {
  const content = readJsonFile(join(dataDir, FILE));
  if (content === undefined) return null;
  const parsed = shape.safeParse(content);
  if (!parsed.success) {
    throw new OperatingError(
      'file_corrupt',
      `${join(dataDir, FILE)} is damaged. Restore it from a backup of this folder.`,
    );
  }
  const { farm_id: farmId, farm_name: farmName, founder, seeds } = parsed.data;
  return {
    farmId,
    farmName,
    founder,
    logStarted: parsed.data.log_started,
    logLost: parsed.data.log_lost,
    seeds: seeds.map((seed) => ({ id: seed.id, peerAddress: seed.peer_address })),
  };
}

/** Durable when it returns. */
export function writeFarmFile(dataDir: string, file: FarmFile): void {
  const content: z.infer<typeof shape> = {
    format: 1,
    farm_id: file.farmId,
    farm_name: file.farmName,
    founder: file.founder,
    log_started: file.logStarted,
    log_lost: file.logLost,
    seeds: file.seeds.map((seed) => ({ id: seed.id, peer_address: seed.peerAddress })),
  };
  writeJsonFile(join(dataDir, FILE), content);
}
