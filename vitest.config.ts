/** Three kinds of tests: `unit` (plain Node), `renderer` (a small DOM), `e2e` (the built program, one at a time). */
import { defineConfig } from 'vitest/config';

/** An end-to-end scenario starts processes, a display and a browser: a shared machine may need a minute for that. */
const E2E_TIMEOUT_MS = 120_000;

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closingLineReporter.ts'],
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/e2e/**'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
          // Ports, displays and timing are shared: one scenario at a time, after everything else.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
