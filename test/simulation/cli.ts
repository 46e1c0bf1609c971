/** `npm run simulate -- --seeds N [--from S]` runs many seeds, `--seed S` one with its trace. */
import { parseArgs } from 'node:util';
import { simulate, type SimulationResult } from './simulate.ts';

const USAGE = `npm run simulate -- [flags]
  --seeds N   run N seeds (100), print the failing ones first
  --from S    the first of them (random)
  --fail-fast end at the first that fails
  --seed S    run one seed twice, with its trace
  --quiet     with --seed: no trace
`;

/** A long run says on stderr how far it is. */
const SEEDS_PER_SIGN_OF_LIFE = 100;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function summary(result: SimulationResult): string {
  const { seed, events, virtualMs, committedEntries, acknowledged, operations, hash } = result;
  return (
    `seed ${seed}: ${result.violation ?? 'all rules held'} (${events} events, ${(virtualMs / 1000).toFixed(1)} virtual s, ` +
    `${committedEntries} entries, ${acknowledged} acknowledged, ${operations} judged, hash ${hash})`
  );
}

async function runOne(seed: number, quiet: boolean): Promise<number> {
  const result = await simulate(seed, quiet ? {} : { print: say });
  say(summary(result));
  const again = await simulate(seed);
  if (again.hash !== result.hash) say(`NOT DETERMINISTIC: the second run has hash ${again.hash}`);
  return result.violation === null && again.hash === result.hash ? 0 : 1;
}

async function runMany(first: number, count: number, failFast: boolean): Promise<number> {
  const failed: SimulationResult[] = [];
  const totals = { events: 0, undecided: 0, virtualMs: 0, acknowledged: 0 };
  const startMs = performance.now();
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await simulate(seed);
    const done = seed - first + 1;
    if (done % SEEDS_PER_SIGN_OF_LIFE === 0)
      process.stderr.write(`${done} seeds done, ${failed.length} failed\n`);
    totals.events += result.events;
    totals.undecided += result.undecided;
    totals.virtualMs += result.virtualMs;
    totals.acknowledged += result.acknowledged;
    if (result.violation === null) continue;
    failed.push(result);
    say(summary(result));
    if (failFast) break;
  }
  const seconds = (performance.now() - startMs) / 1000;
  say(
    `${count} seeds from ${first}: ${failed.length} failed, ${totals.undecided} undecided histories, ` +
      `${totals.acknowledged} acknowledged writes, ${Math.round(totals.events / seconds)} events/s, ` +
      `${(totals.virtualMs / 1000 / seconds).toFixed(1)} virtual seconds a second`,
  );
  for (const { seed } of failed) say(`replay: npm run simulate -- --seed ${seed}`);
  return failed.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '100' },
      from: { type: 'string' },
      'fail-fast': { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  if (values.seed !== undefined) return runOne(Number(values.seed), values.quiet);
  const first = values.from === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.from);
  return runMany(first, Number(values.seeds), values['fail-fast']);
}

process.exitCode = await main();
