import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const products = ['dist/extension.cjs', 'dist/cli.js', 'dist/webview/main.js', 'dist/webview/main.css'];
const sources = ['analyzers', 'extension', 'webview', 'esbuild.mjs', 'package.json', 'package-lock.json'];

function newest(file: string): number {
  const at = path.join(root, file);
  const { mtimeMs } = statSync(at);
  const inside = statSync(at).isDirectory() ? readdirSync(at).filter((name) => name !== '__pycache__') : [];
  return Math.max(mtimeMs, ...inside.map((name) => newest(path.join(file, name))));
}

/**
 * Builds dist/ as it ships: extension, engine with its command line, webview. Does nothing when no source changed since,
 * so that layers of tests that run side by side do not pull dist/ from under each other. @throws Error when the build fails.
 */
export function buildProduct(): void {
  const built = products.every((file) => existsSync(path.join(root, file)));
  if (built && Math.min(...products.map((file) => statSync(path.join(root, file)).mtimeMs)) > Math.max(...sources.map(newest))) return;
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A program that is no part of the product, built as the product is, into dist/ where its resources lie. @returns its file. @throws Error when the build fails. */
export function buildBeside(source: string): string {
  buildProduct();
  const file = path.join(root, 'dist', `${path.basename(source, '.ts')}.mjs`);
  execFileSync(process.execPath, ['esbuild.mjs', '--production', `--beside=${source}`], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}
