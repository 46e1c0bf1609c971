/** What the load generator is told, and what it tells. Both travel as JSON. */

/** The same act in the words of each system. */
export type Operation =
  'raft3d-post' | 'raft3d-get' | 'raft3d-get-local' | 'etcd-put' | 'etcd-range' | 'etcd-range-local';

export interface LoadSpec {
  readonly operation: Operation;
  /** Client n talks to port n modulo their number. */
  readonly ports: readonly number[];
  readonly clientsCount: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Makes the ids of this row unlike those of any other. */
  readonly prefix: string;
}

export interface LoadResult {
  /** Answers with the expected status in the measured time. */
  readonly answersCount: number;
  /** Those and the ones of the warm-up. */
  readonly allAnswersCount: number;
  readonly errorsCount: number;
  /** The first wrong answer, for people. */
  readonly firstError: string | null;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of one core that the generator itself took. */
  readonly generatorCores: number;
}

/** The record that reads ask for; {@link jobBody} made it. */
export const READ_ID = 'bench-read';
/** One printer and one spool; the spool is large enough for every job of a run. */
export const PRINTER_ID = 'bench-printer';
export const FILAMENT_ID = 'bench-spool';

/** The body of one job, and the value that etcd is given for it. */
export function jobBody(id: string): string {
  return JSON.stringify({
    id,
    printer_id: PRINTER_ID,
    filament_id: FILAMENT_ID,
    filepath: '/prints/bench/cube-20mm.gcode',
    print_weight_in_grams: 0.001,
    status: 'queued',
  });
}
