/** What one word says about a printer. A manual printer's state is what its jobs say. */
import type { PrinterRecord } from '../../contract/records.ts';
import { noWork, type PrinterWork } from './jobLists.ts';
import { memoizeLast } from './memoize.ts';

/** `waiting`: nothing runs and a job is queued, so somebody may start it. */
export type PrinterState = 'printing' | 'waiting' | 'idle';

export function printerState(work: PrinterWork): PrinterState {
  if (work.running.length > 0) return 'printing';
  return work.queued.length > 0 ? 'waiting' : 'idle';
}

/** Names as people sort them: p2 before p10. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const sortedPrinters = memoizeLast((printers: ReadonlyMap<string, PrinterRecord>) =>
  [...printers.values()].sort((a, b) => byName.compare(a.name, b.name) || byName.compare(a.id, b.id)),
);

export interface FloorCounts {
  readonly printing: number;
  readonly waiting: number;
  readonly idle: number;
}

export const countFloor = memoizeLast(
  (printers: ReadonlyMap<string, PrinterRecord>, work: ReadonlyMap<string, PrinterWork>): FloorCounts => {
    const counts = { printing: 0, waiting: 0, idle: 0 };
    for (const id of printers.keys()) counts[printerState(work.get(id) ?? noWork)] += 1;
    return counts;
  },
);
