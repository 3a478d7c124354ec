/**
 * Packs the extension, installs it in a real workbench and drives that as a person would: test/ui/*.test.ts.
 * Usage: npx tsx scripts/run-ui-tests.ts [--keep-vsix] [words of a test's name]. Screenshots go to shots/.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { root } from './bundle';
import { installCodeServer } from './code-server';
import { packageExtension } from './package';
import { ensureSystemPackages } from './system-packages';

ensureSystemPackages();
installCodeServer();
const packed = path.join(root, 'hotloop.vsix');
const words = process.argv.slice(2).filter((word) => word !== '--keep-vsix');
if (!process.argv.includes('--keep-vsix') || !existsSync(packed)) packageExtension();
mkdirSync(path.join(root, 'shots'), { recursive: true });

const folder = path.join(root, 'test/ui');
// A real workbench on two shared cores now and then loses a click; what fails twice has failed.
const mocha = new Mocha({
  ui: 'bdd',
  color: false,
  timeout: 180_000,
  retries: 1,
  forbidOnly: true,
  ...(words.length > 0 ? { grep: words.join(' ') } : {}),
});
for (const name of readdirSync(folder).sort()) if (name.endsWith('.test.ts')) mocha.addFile(path.join(folder, name));
await mocha.loadFilesAsync();
const result = { passed: 0, failed: 0, skipped: 0 };
await new Promise<void>((resolve) => {
  const runner = mocha.run(() => resolve());
  runner.on('pass', () => (result.passed += 1));
  runner.on('fail', () => (result.failed += 1));
  runner.on('pending', () => (result.skipped += 1));
});
console.log(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
process.exit(result.passed > 0 && result.failed === 0 ? 0 : 1);
