/**
 * `npm run bench`: what this program does on this machine, beside what the disk, a ceiling program and etcd do on the
 * same machine in the same run. Nothing is asserted. docs/benchmarks.md tells how to read it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePrograms } from './harness/bundle.ts';
import { summarizeProfiles, type ProfileSummary } from './harness/cpuProfile.ts';
import { parseFlags, USAGE, type BenchFlags, type SectionName } from './harness/flags.ts';
import { describeMachine } from './harness/machine.ts';
import { renderProfile, renderReport, type BenchReport } from './harness/report.ts';
import { folderMaker, type BenchContext } from './sections/context.ts';
import { measureDisk } from './sections/disk.ts';
import { measureFailover } from './sections/failover.ts';
import { measureHttp } from './sections/http.ts';
import { measureLayer } from './sections/layer.ts';
import { measureWatched } from './sections/watch.ts';
import { etcdVersion } from './systems/etcdSystem.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

interface Measured {
  readonly report: BenchReport;
  readonly profile: ProfileSummary | null;
}

async function measure(flags: BenchFlags): Promise<Measured> {
  const machine = describeMachine();
  const version = flags.etcd ? etcdVersion() : null;
  if (version === null)
    say('NOTE: there is no etcd on the PATH (or --no-etcd): nothing stands beside the figures.');
  const dataDir = mkdtempSync(join(flags.dataParent, 'raft3d-bench-'));
  process.on('exit', () => {
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { dir, programs } = await bundlePrograms(String(process.pid));
  process.on('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
  const context: BenchContext = {
    flags,
    programs: { ...programs, headless: flags.programPath ?? programs.headless },
    etcdVersion: version,
    say,
    newDir: folderMaker(dataDir),
  };
  const section = async <T>(
    name: SectionName,
    run: (context: BenchContext) => Promise<T>,
  ): Promise<T | null> => (flags.sections.has(name) ? run(context) : null);
  const report: BenchReport = {
    machine,
    etcdVersion: version,
    note:
      `Nodes, load generator and bench share all ${machine.coresCount} cores. ` +
      `${flags.secondsPerRow} s a row, ${flags.roundsCount} interleaved rounds, medians.`,
    disk: await section('disk', measureDisk),
    http: await section('http', measureHttp),
    failover: await section('failover', measureFailover),
    layer: await section('layer', measureLayer),
    watch: await section('watch', measureWatched),
  };
  // Read before the bundles and their source maps go.
  return { report, profile: flags.profileDir === null ? null : summarizeProfiles(flags.profileDir) };
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const parsed = parseFlags(args);
  if (!parsed.ok) {
    process.stderr.write(`bench: ${parsed.why}\n\n${USAGE}`);
    return 2;
  }
  const { report, profile } = await measure(parsed.flags);
  const tables = renderReport(report) + (profile === null ? '' : renderProfile(profile));
  if (parsed.flags.json) {
    process.stderr.write(tables);
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else process.stdout.write(tables);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
