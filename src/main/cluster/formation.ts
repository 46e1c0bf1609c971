/** How a data directory comes to belong to a farm: it founds one, joins one, or goes on with the one it has. */
import { randomUUID } from 'node:crypto';
import { assertNever } from '../../base/assert.ts';
import type { FarmNodeConfig } from '../farmNodeTypes.ts';
import { OperatingError } from '../operatingError.ts';
import { readFarmFile, writeFarmFile, type FarmFile } from './farmFile.ts';
import { readToken, type InvitationToken } from './invitationToken.ts';

/** What the start has to do with the farm. */
export type Formation =
  | { readonly kind: 'continue'; readonly file: FarmFile }
  /** The file is written; the founding commands come once this node leads. */
  | { readonly kind: 'found'; readonly file: FarmFile }
  /** The file is written after a member said yes. */
  | { readonly kind: 'join'; readonly token: InvitationToken };

/** Reads what the directory says and what was asked for. Throws {@link OperatingError} where they do not fit. */
export function planFormation(config: FarmNodeConfig, nowMs: number): Formation {
  const file = readFarmFile(config.dataDir);
  const { formation } = config;
  switch (formation.kind) {
    case 'auto':
      return file === null ? found(config.dataDir, `${config.name}'s farm`) : goOn(file);
    case 'create':
      if (file !== null) throw belongsAlready(file, `found the farm "${formation.farmName}"`);
      return found(config.dataDir, formation.farmName);
    case 'join':
      return join(file, formation.invitation, nowMs);
    default:
      return assertNever(formation);
  }
}

/** A founder that was stopped before its log began founds on. */
function goOn(file: FarmFile): Formation {
  return { kind: file.founder && !file.logStarted ? 'found' : 'continue', file };
}

function found(dataDir: string, farmName: string): Formation {
  const file = {
    farmId: randomUUID(),
    farmName,
    founder: true,
    logStarted: false,
    logLost: false,
    seeds: [],
  };
  writeFarmFile(dataDir, file);
  return { kind: 'found', file };
}

function join(file: FarmFile | null, invitation: string, nowMs: number): Formation {
  const token = readToken(invitation);
  if (!token.ok) throw new OperatingError('invitation_refused', token.reason);
  if (file !== null) {
    // The same command again, after the PC was restarted: it is in already.
    if (file.farmId === token.value.farmId) return goOn(file);
    throw belongsAlready(file, 'join another farm');
  }
  if (token.value.expiresAtMs < nowMs) {
    const when = new Date(token.value.expiresAtMs).toISOString();
    throw new OperatingError(
      'invitation_refused',
      `The invitation expired at ${when}. Ask a member of the farm for a new one.`,
    );
  }
  return { kind: 'join', token: token.value };
}

function belongsAlready(file: FarmFile, wish: string): OperatingError {
  return new OperatingError(
    'farm_exists_here',
    `This data folder belongs to the farm "${file.farmName}" and cannot ${wish}. Start without that flag to go on ` +
      'with the farm, or name a new folder with --data-dir.',
  );
}
