/** Small commands and bodies that tests of the API start from. */
import { milligrams, type WallMs } from '../../src/base/units.ts';
import type { Command } from '../../src/farm/commands.ts';
import type { SingleNodeCluster } from './singleNodeCluster.ts';

const atMs = Date.UTC(2026, 0, 1) as WallMs;

/** The seed's README, word for word. */
export const seedPrinter = { id: 'p1', company: 'Creality', model: 'Ender3' };
export const seedFilament = {
  id: 'f1',
  type: 'PLA',
  color: 'Red',
  total_weight_in_grams: 1000,
  remaining_weight_in_grams: 1000,
};
export const seedJob = {
  id: 'j1',
  printer_id: 'p1',
  filament_id: 'f1',
  filepath: '/prints/cube.gcode',
  print_weight_in_grams: 200,
  status: 'queued',
};

export function jobCommand(id: string, weightMg = 1): Command {
  return {
    kind: 'createJob',
    id,
    printerId: 'p1',
    filamentId: 'f1',
    filepath: '/prints/cube.gcode',
    printWeightMg: milligrams(weightMg),
    atMs,
  };
}

/** One printer `p1`, one spool `f1` of a kilogram, and `jobs` queued jobs `job-0` … of a milligram each. */
export function fillFarm(cluster: SingleNodeCluster, jobs = 0): void {
  cluster.apply({ kind: 'addPrinter', id: 'p1', company: 'Creality', model: 'Ender3', name: 'p1', atMs });
  const weight = milligrams(1_000_000);
  cluster.apply({
    kind: 'addFilament',
    id: 'f1',
    type: 'PLA',
    color: 'Red',
    totalMg: weight,
    remainingMg: weight,
    atMs,
  });
  for (let index = 0; index < jobs; index++) cluster.apply(jobCommand(`job-${index}`));
}
