/** By hand: `npm run swarm -- FIRST COUNT [STEPS]`; prints failing seeds. */
import { runSeed } from './swarm.ts';

const DEFAULT_STEPS = 1_500;

const [first = 1, count = 100, steps = DEFAULT_STEPS] = process.argv.slice(2).map(Number);
const startMs = performance.now();
let events = 0;
let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  try {
    events += runSeed(seed, steps).events;
  } catch (error) {
    failed += 1;
    const { message, stack = '' } = error as Error;
    const at = /core\/(\w+\.ts:\d+)/.exec(stack)?.[1] ?? '';
    process.stdout.write(`seed ${seed}: ${message} ${at}\n`);
  }
}
const seconds = (performance.now() - startMs) / 1000;
process.stdout.write(
  `${count} seeds, ${failed} failed, ${events} events, ${Math.round(events / seconds)} events/s\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
