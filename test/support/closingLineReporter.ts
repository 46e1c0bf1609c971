/** Ends a run with one line that any CI reads, `N passed, N failed, N skipped`, after the reason of each skip. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What is said of a skip that gives no reason, so that it stands out. */
const NO_REASON = 'no reason given';

interface Skip {
  readonly title: string;
  readonly reason: string;
}

export interface Tally {
  passed: number;
  failed: number;
  readonly skips: Skip[];
}

/** The last lines of a run. A file that could not even be loaded counts as one failure each (`brokenFiles`). */
export function closingLines(tally: Tally, brokenFiles: number): readonly string[] {
  const reasons = tally.skips.map((skip) => `skipped: ${skip.title}: ${skip.reason}`);
  const failed = tally.failed + brokenFiles;
  return [...reasons, `${tally.passed} passed, ${failed} failed, ${tally.skips.length} skipped`];
}

function count(tally: Tally, test: TestCase): void {
  const result = test.result();
  switch (result.state) {
    case 'passed':
      tally.passed += 1;
      return;
    case 'failed':
      tally.failed += 1;
      return;
    case 'skipped':
      tally.skips.push({
        title: `${test.module.moduleId} > ${test.fullName}`,
        reason: result.note ?? NO_REASON,
      });
      return;
    case 'pending':
      // Interrupted before it ended: nothing was proved, so it counts against the run.
      tally.failed += 1;
  }
}

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: 0, skips: [] };
    let broken = unhandledErrors.length;
    for (const module of modules) {
      broken += module.errors().length;
      for (const suite of module.children.allSuites()) broken += suite.errors().length;
      for (const test of module.children.allTests()) count(tally, test);
    }
    // The built-in reporter writes its summary in the same turn; ours must come after it.
    const write = (): void => void process.stdout.write(`\n${closingLines(tally, broken).join('\n')}\n`);
    setImmediate(write);
  }
}
