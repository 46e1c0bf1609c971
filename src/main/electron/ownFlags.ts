/** Finds our flags among those of Chromium and Electron, which share one command line. */
import type { FlagSpec } from '../cli/flags.ts';

/**
 * Keeps the flags of `specs` with their values and drops everything else: Chromium has hundreds of switches, and
 * Electron's first argument is the path of the app.
 */
export function selectOwnFlags(specs: readonly FlagSpec[], argv: readonly string[]): readonly string[] {
  const own: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const spec = specs.find(({ name }) => argument === `--${name}` || argument.startsWith(`--${name}=`));
    if (spec === undefined) continue;
    own.push(argument);
    const value = argv[index + 1];
    if (spec.value !== null && argument === `--${spec.name}` && value !== undefined) {
      own.push(value);
      index += 1;
    }
  }
  return own;
}
