/** Which records changed since a client was last told: ids only, each once, bounded. */
import type { CollectionName } from '../../contract/routes.ts';
import type { Touched } from '../../farm/commands.ts';
import { PENDING_RECORDS_MAX } from './limits.ts';

/** Where a touched record is shown; null = in no collection of the event stream. */
const shownIn: Readonly<Record<Touched['collection'], CollectionName | null>> = {
  printers: 'printers',
  filaments: 'filaments',
  jobs: 'printjobs',
  members: null,
  invitations: null,
  farm: null,
};

export class PendingChanges {
  private readonly ids: Record<CollectionName, Set<string>> = {
    printers: new Set(),
    filaments: new Set(),
    printjobs: new Set(),
  };
  private all = false;

  /** True when single ids no longer say it: only a snapshot does. */
  get isEverything(): boolean {
    return this.all;
  }

  /** How many ids are held, 0 to {@link PENDING_RECORDS_MAX}. */
  get size(): number {
    return this.ids.printers.size + this.ids.filaments.size + this.ids.printjobs.size;
  }

  get isEmpty(): boolean {
    return !this.all && this.size === 0;
  }

  idsOf(collection: CollectionName): ReadonlySet<string> {
    return this.ids[collection];
  }

  /** Notes one record. A change of the farm itself (founded, replaced by a snapshot) is a change of everything. */
  addTouched({ collection, id }: Touched): void {
    const shown = shownIn[collection];
    if (collection === 'farm') this.markEverything();
    else if (shown !== null) this.add(shown, id);
  }

  merge(other: PendingChanges): void {
    if (other.all) this.markEverything();
    for (const collection of ['printers', 'filaments', 'printjobs'] as const) {
      for (const id of other.ids[collection]) this.add(collection, id);
    }
  }

  markEverything(): void {
    this.all = true;
    for (const set of Object.values(this.ids)) set.clear();
  }

  private add(collection: CollectionName, id: string): void {
    if (this.all) return;
    this.ids[collection].add(id);
    if (this.size > PENDING_RECORDS_MAX) this.markEverything();
  }
}
