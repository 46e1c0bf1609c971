/** The replicated collections as JSON text, record by record, so that 100,000 of them never fill one turn. */
import type { Map as PersistentMap } from 'immutable';
import type { CollectionName } from '../../contract/routes.ts';
import type { FarmState } from '../../farm/state.ts';
import { filamentRecord, printerRecord, printjobRecord } from './wire.ts';

export interface Collection {
  readonly name: CollectionName;
  /** One word for people. */
  readonly noun: string;
  /** JSON text of one record, or null when there is none. */
  textOf(state: FarmState, id: string): string | null;
  /** Id and JSON text of each record, made one by one while it is iterated. */
  texts(state: FarmState): Iterable<readonly [id: string, text: string]>;
}

function collectionOf<T>(
  name: CollectionName,
  noun: string,
  records: (state: FarmState) => PersistentMap<string, T>,
  toRecord: (value: T) => object,
): Collection {
  return {
    name,
    noun,
    textOf(state, id) {
      const value = records(state).get(id);
      return value === undefined ? null : JSON.stringify(toRecord(value));
    },
    *texts(state) {
      for (const [id, value] of records(state)) yield [id, JSON.stringify(toRecord(value))];
    },
  };
}

export const collections: Readonly<Record<CollectionName, Collection>> = {
  printers: collectionOf('printers', 'printer', (state) => state.printers, printerRecord),
  filaments: collectionOf('filaments', 'filament', (state) => state.filaments, filamentRecord),
  printjobs: collectionOf('printjobs', 'print job', (state) => state.jobs, printjobRecord),
};

/**
 * A JSON object `{id: record, …}` in pieces, one a record. `separator` stands between the records; it holds a comma
 * and whatever white space the carrier needs.
 */
export function* objectPieces(
  entries: Iterable<readonly [id: string, text: string]>,
  separator: string,
): Generator<string, void, void> {
  yield '{';
  let isFirst = true;
  for (const [id, text] of entries) {
    yield `${isFirst ? '' : separator}${JSON.stringify(id)}:${text}`;
    isFirst = false;
  }
  yield '}';
}
