/** What the person asked the bench for. Unknown flags are an error: a typo must not measure something else. */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const SECTIONS = ['disk', 'http', 'failover', 'layer', 'watch'] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface BenchFlags {
  /** JSON on stdout, the tables on stderr. */
  readonly json: boolean;
  readonly sections: ReadonlySet<SectionName>;
  /** Measured time of one row of one round; a warm-up of a quarter of it comes before. */
  readonly secondsPerRow: number;
  readonly roundsCount: number;
  readonly killsCount: number;
  /** A built `headless.js` to measure; null = the sources as they are, bundled as the build does. */
  readonly programPath: string | null;
  /** Folder for CPU profiles of the nodes, or null. */
  readonly profileDir: string | null;
  /** The data directories are made in here: its disk is what is measured. */
  readonly dataParent: string;
  readonly etcd: boolean;
}

/** A row of one minute shows no more than one of ten seconds; the whole must end. */
const SECONDS_MAX = 60;
const ROUNDS_MAX = 50;
const KILLS_MAX = 200;

export const USAGE = `npm run bench -- [flags]
  --json             JSON on stdout, tables on stderr
  --only A,B         sections: ${SECTIONS.join(', ')} (all)
  --seconds N        measured seconds a row and round (3)
  --rounds N         interleaved rounds, of which medians are taken (3)
  --kills N          fail-overs of each system (10)
  --program FILE     a built headless.js instead of the sources
  --profile DIR      write CPU profiles of the nodes there, and list where the leader's time goes
  --data-dir DIR     the disk to measure (the system's folder for temporary files)
  --no-etcd          leave etcd out
`;

export type FlagsResult =
  { readonly ok: true; readonly flags: BenchFlags } | { readonly ok: false; readonly why: string };

function isSection(name: string): name is SectionName {
  return (SECTIONS as readonly string[]).includes(name);
}

/** Reads the command line; says in a sentence what is wrong with it. */
export function parseFlags(args: readonly string[]): FlagsResult {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: SECTIONS.join(',') },
        seconds: { type: 'string', default: '3' },
        rounds: { type: 'string', default: '3' },
        kills: { type: 'string', default: '10' },
        program: { type: 'string' },
        profile: { type: 'string' },
        'data-dir': { type: 'string', default: tmpdir() },
        'no-etcd': { type: 'boolean', default: false },
      },
    });
    const names = values.only.split(',');
    const unknown = names.find((name) => !isSection(name));
    if (unknown !== undefined) return { ok: false, why: `--only knows no section "${unknown}"` };
    return {
      ok: true,
      flags: {
        json: values.json,
        sections: new Set(names.filter(isSection)),
        secondsPerRow: numberWithin('--seconds', values.seconds, 0.2, SECONDS_MAX),
        roundsCount: Math.ceil(numberWithin('--rounds', values.rounds, 1, ROUNDS_MAX)),
        killsCount: Math.ceil(numberWithin('--kills', values.kills, 1, KILLS_MAX)),
        programPath: values.program === undefined ? null : resolve(values.program),
        profileDir: values.profile === undefined ? null : resolve(values.profile),
        dataParent: resolve(values['data-dir']),
        etcd: !values['no-etcd'],
      },
    };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function numberWithin(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!(value >= min && value <= max)) throw new Error(`${flag} is a number from ${min} to ${max}`);
  return value;
}
