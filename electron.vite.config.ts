/**
 * Builds the program: `main/electron.js` and `main/headless.js` beside each other, the window's page in `renderer`.
 * With ELECTRON_MAJOR_VER=25 (the test runtime, see scripts/electronTestRuntime.mjs) only the Electron main, as CommonJS,
 * into a folder of its own.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const isTestRuntime = process.env['ELECTRON_MAJOR_VER'] === '25';
const outDir = isTestRuntime ? 'out-electron25' : 'out';

/** They exist as ES modules only, which a CommonJS main cannot load. */
const ESM_ONLY = ['conf', 'electron-store'];

export default defineConfig({
  main: {
    build: {
      outDir: `${outDir}/main`,
      externalizeDeps: isTestRuntime ? { exclude: ESM_ONLY } : true,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: isTestRuntime
          ? { electron: 'src/main/electron/main.ts' }
          : { electron: 'src/main/electron/main.ts', headless: 'src/main/headless.ts' },
        output: isTestRuntime
          ? { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' }
          : { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  ...(isTestRuntime
    ? {}
    : {
        renderer: {
          root: 'src/renderer',
          plugins: [react()],
          build: {
            outDir: `${outDir}/renderer`,
            // Electron 25's and older browsers of the LAN open it too.
            target: 'chrome114',
            minify: true,
            // 160 KB gzipped; the limit of the first load is 350.
            chunkSizeWarningLimit: 1_000,
            rolldownOptions: { input: 'src/renderer/index.html' },
          },
        },
      }),
});
