/** The first two commands of a farm: its name, and the PC that founded it. */
import type { WallMs } from '../../base/units.ts';
import type { MemberFacts } from '../../farm/commands.ts';
import { OperatingError } from '../operatingError.ts';
import type { FarmFile } from './farmFile.ts';
import type { Cluster } from './port.ts';

/** A farm of one elects itself at once; only a disk that hangs takes this long. */
const FOUNDING_DEADLINE_MS = 20_000;

/** Safe to be repeated after a crash: both commands of the same content again change nothing. */
export async function foundFarm(
  cluster: Cluster,
  file: FarmFile,
  self: MemberFacts,
  atMs: WallMs,
): Promise<void> {
  const commands = [
    { kind: 'foundFarm', id: file.farmId, name: file.farmName, atMs },
    { kind: 'announceMember', member: self, atMs },
  ] as const;
  for (const command of commands) {
    const result = await cluster.propose(command, FOUNDING_DEADLINE_MS);
    if (result.kind === 'applied' && (result.outcome.ok || result.outcome.reason.code === 'farm_exists'))
      continue;
    const why = result.kind === 'applied' ? 'the farm refused it' : result.kind;
    throw new OperatingError(
      'founding_failed',
      `The farm "${file.farmName}" could not be founded: ${why}. Start again.`,
    );
  }
}
