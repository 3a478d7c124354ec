// Builds dist/: the command line with its engine, the extension, the webview, and what they read at run time.
//   node esbuild.mjs [--watch] [--production]
//   node esbuild.mjs --production --beside=FILE.ts    only that program, as the command line is built: dist/FILE.mjs
import { Buffer } from 'node:buffer';
import { cpSync, existsSync, mkdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, context } from 'esbuild';

const root = import.meta.dirname;
const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');
const beside = process.argv.find((word) => word.startsWith('--beside='))?.slice(9);
const at = (...parts) => path.join(root, ...parts);

const shared = {
  absWorkingDir: root,
  bundle: true,
  // Names stay as they are: they reach stack traces that a person reads, and to put them back at run time costs an analysis a fifth of its time.
  minifyWhitespace: production,
  minifySyntax: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  define: { HOTLOOP_BUNDLED: 'true', 'process.env.NODE_ENV': '"production"' },
};

const program = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  // Packages in CommonJS ask for Node's own modules by `require`, which an ES module has not.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as hotloopRequire } from 'node:module'; const require = hotloopRequire(import.meta.url);",
  },
};

const products = [
  { name: 'command line', options: { ...program, entryPoints: ['analyzers/cli/main.ts'], outfile: 'dist/cli.js' } },
  {
    name: 'extension',
    options: {
      ...shared,
      entryPoints: ['extension/extension.ts'],
      outfile: 'dist/extension.cjs',
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['vscode'],
    },
  },
  {
    name: 'webview',
    options: {
      ...shared,
      minify: production,
      entryPoints: { main: 'webview/main.tsx' },
      outdir: 'dist/webview',
      platform: 'browser',
      target: ['chrome120', 'firefox120', 'safari17'],
      format: 'iife',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      // The HTML report holds script and style itself: a map would only point nowhere.
      sourcemap: false,
    },
  },
];

function copyHelpers() {
  rmSync(at('dist/python'), { recursive: true, force: true });
  for (const room of ['python', 'node']) {
    if (!existsSync(at('analyzers', room))) continue;
    cpSync(at('analyzers', room), at('dist', room), { recursive: true, filter: (file) => !/__pycache__|\.pyc$/.test(file) });
  }
}

function copyGrammars() {
  mkdirSync(at('dist/wasm'), { recursive: true });
  cpSync(at('node_modules/web-tree-sitter/web-tree-sitter.wasm'), at('dist/wasm/web-tree-sitter.wasm'));
  for (const grammar of ['python', 'javascript', 'typescript', 'tsx'])
    cpSync(at(`node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar}.wasm`), at(`dist/wasm/tree-sitter-${grammar}.wasm`));
}

/** The schema is made from the same definition that checks a report, so the two cannot differ. */
async function writeSchema() {
  const made = await build({
    ...shared,
    minifyWhitespace: false,
    minifySyntax: false,
    sourcemap: false,
    entryPoints: ['analyzers/report/json-schema.ts'],
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const { reportJsonSchema } = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].contents).toString('base64')}`);
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(at('dist/report.schema.json'), `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
}

function entryOf({ options }) {
  return Object.values(options.entryPoints)[0];
}

const present = products.filter((product) => {
  if (existsSync(at(entryOf(product)))) return true;
  console.error(`esbuild: no ${product.name}: ${entryOf(product)} does not exist.`);
  return false;
});

if (beside === undefined) {
  copyHelpers();
  copyGrammars();
}
if (beside !== undefined) {
  await build({ ...program, entryPoints: [beside], outfile: at('dist', `${path.basename(beside, '.ts')}.mjs`) });
} else if (watching) {
  await writeSchema().catch((error) => console.error(`esbuild: no schema: ${error.message}`));
  for (const { options } of present) await (await context({ ...options, logLevel: 'info' })).watch();
  watch(at('analyzers/python'), { recursive: true }, (_, name) => {
    if (name !== null && !/__pycache__|\.pyc$/.test(name)) copyHelpers();
  });
} else {
  const done = await Promise.allSettled([...present.map(({ options }) => build(options)), writeSchema()]);
  for (const { reason } of done.filter(({ status }) => status === 'rejected')) console.error(`esbuild: ${reason.message.split('\n')[0]}`);
  if (done.some(({ status }) => status === 'rejected')) process.exitCode = 1;
}
