/** Who may speak to this node: the farm's members, and nobody else. */
import type { FarmState } from '../../farm/state.ts';
import type { Membership } from '../../raft/index.ts';
import type { AddressBook } from './addressBook.ts';

/**
 * The farm's list decides; Raft's membership is asked too, because each may be a step ahead of the other here. A PC
 * that has just joined knows nobody yet but those its invitation named. `membership` is null while Raft starts.
 */
export function isLetIn(
  id: string,
  farm: FarmState,
  membership: Membership | null,
  book: Pick<AddressBook, 'isSeed'>,
): boolean {
  if (farm.members.has(id)) return true;
  if (membership !== null) {
    const { voters, outgoing, learners, learnersNext } = membership;
    if ([voters, outgoing, learners, learnersNext].some((ids) => ids.includes(id))) return true;
  }
  return farm.members.size === 0 && book.isSeed(id);
}
