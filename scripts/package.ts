/** Builds hotloop.vsix, the extension as it is installed. Usage: npx tsx scripts/package.ts */
import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bytes, formatBytes } from '../analyzers/platform/units';
import { buildProduct, root } from './bundle';

const file = path.join(root, 'hotloop.vsix');
/** What the marketplace's page and a slow line bear. */
const largest = 4 * 1024 * 1024;

/** @returns the path of the .vsix. @throws Error when the build fails or the file is too large. */
export function packageExtension(): string {
  buildProduct();
  rmSync(file, { force: true });
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // Everything is bundled, so no dependency is packed.
  execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '--out', file], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const { size } = statSync(file);
  if (size >= largest) throw new Error(`${path.basename(file)} is ${formatBytes(bytes(size))}; it has to be under ${formatBytes(bytes(largest))}.`);
  return file;
}

const main = process.argv[1];
if (main !== undefined && import.meta.url === pathToFileURL(main).href) {
  const made = packageExtension();
  console.log(`${path.relative(root, made)}: ${formatBytes(bytes(statSync(made).size))}`);
}
