/**
 * Events as server-sent text, in pieces of a record each. A long JSON text is spread over `data:` lines: the
 * client's EventSource joins them with line feeds, which JSON takes as white space.
 */
import type { EventName } from '../../contract/events.ts';
import type { ClusterRecord } from '../../contract/records.ts';
import type { CollectionName } from '../../contract/routes.ts';
import type { FarmState } from '../../farm/state.ts';
import { collections, objectPieces, type Collection } from './collections.ts';
import type { PendingChanges } from './pendingChanges.ts';

const NEXT_LINE = '\ndata: ';
const collectionNames: readonly CollectionName[] = ['printers', 'filaments', 'printjobs'];

/** The state that an event shows, and the id that a client resumes with. */
export interface EventView {
  readonly id: string;
  readonly state: FarmState;
  readonly appliedIndex: number;
}

function head(name: EventName, id: string | null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}${NEXT_LINE}`;
}

function* recordsEvent(
  name: EventName,
  view: EventView,
  extra: string,
  entries: (collection: Collection) => Iterable<readonly [string, string]>,
): Generator<string, void, void> {
  yield `${head(name, view.id)}{"applied_index":${view.appliedIndex}${extra}`;
  for (const collectionName of collectionNames) {
    yield `,"${collectionName}":`;
    yield* objectPieces(entries(collections[collectionName]), `,${NEXT_LINE}`);
  }
  yield '}\n\n';
}

/** Everything that `view` holds. */
export function snapshotPieces(view: EventView, cluster: ClusterRecord): Generator<string, void, void> {
  const extra = `,"cluster":${JSON.stringify(cluster)}`;
  return recordsEvent('snapshot', view, extra, (collection) => collection.texts(view.state));
}

/** The changed records as `view` holds them; those that are gone are null. */
export function patchPieces(view: EventView, changes: PendingChanges): Generator<string, void, void> {
  return recordsEvent('patch', view, '', function* (collection) {
    for (const id of changes.idsOf(collection.name)) {
      yield [id, collection.textOf(view.state, id) ?? 'null'];
    }
  });
}

/** No id: it says nothing about what was applied. */
export function clusterText(cluster: ClusterRecord): string {
  return `${head('cluster', null)}${JSON.stringify(cluster)}\n\n`;
}

export const HEARTBEAT_TEXT = ': alive\n\n';
