/**
 * Makes plain JavaScript of the program and of the bench's own child programs: what a module runner adds to each
 * import would otherwise be measured too.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export interface Programs {
  /** The product: `headless.js start …`. */
  readonly headless: string;
  readonly load: string;
  readonly layer: string;
  readonly watch: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Bundles into a folder inside the project (packages are found from there). Rejects with the compiler's error. */
export async function bundlePrograms(runName: string): Promise<{ dir: string; programs: Programs }> {
  const dir = join(root, '.cache', 'bench', runName);
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir: dir,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          headless: join(root, 'src/main/headless.ts'),
          load: join(root, 'test/bench/loadProgram.ts'),
          layer: join(root, 'test/bench/layerProgram.ts'),
          watch: join(root, 'test/bench/watchPreload.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const at = (name: string): string => join(dir, `${name}.js`);
  return {
    dir,
    programs: { headless: at('headless'), load: at('load'), layer: at('layer'), watch: at('watch') },
  };
}
