/** Compiles test/host for the extension host, which loads CommonJS: out/host/index.cjs, and the stand-in engine beside it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
export const hostTests = path.join(root, 'out', 'host', 'index.cjs');
export const standInEngine = path.join(root, 'out', 'host', 'stand-in-engine.mjs');

/** Packages in CommonJS ask for Node's own modules by `require`, which an ES module has not. */
const requireInEsm = {
  banner: { js: "import { createRequire as hotloopRequire } from 'node:module'; const require = hotloopRequire(import.meta.url);" },
};

export async function bundleHostTests(): Promise<void> {
  const shared = { bundle: true, platform: 'node', target: 'node20', sourcemap: 'inline', absWorkingDir: root, logLevel: 'warning' } as const;
  await Promise.all([
    // Mocha looks for its own files beside itself: it stays in node_modules.
    build({
      ...shared,
      entryPoints: ['test/host/index.ts'],
      outfile: hostTests,
      format: 'cjs',
      external: ['vscode', 'mocha'],
      loader: { '.py': 'text' },
    }),
    build({ ...shared, entryPoints: ['test/host/stand-in-engine.ts'], outfile: standInEngine, format: 'esm', ...requireInEsm }),
  ]);
}
const main = process.argv[1];
if (main !== undefined && import.meta.url === pathToFileURL(main).href) await bundleHostTests();
