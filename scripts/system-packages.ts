/** The programs outside npm that the tests in a real VS Code need: a browser, and what code-server's native modules compile against. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const debianPackages = ['chromium', 'build-essential', 'python3', 'libkrb5-dev', 'pkg-config'];
const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a Chromium or Chrome; CHROMIUM overrides. Null when none is found. */
export function findBrowser(): string | null {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  return browsers.find((file) => existsSync(file)) ?? null;
}

function installed(name: string): boolean {
  try {
    execFileSync('dpkg', ['-s', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs what is missing when that needs no question (root on Debian or Ubuntu: CI and containers).
 * @throws Error with the one line to run, where a person has to run it.
 */
export function ensureSystemPackages(): void {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg')) {
    if (findBrowser() === null) throw new Error('These tests need Chromium or Chrome: install one, or name it in the variable CHROMIUM.');
    return;
  }
  // Another browser than Debian's will do.
  const missing = debianPackages.filter((name) => !(name === 'chromium' && findBrowser() !== null) && !installed(name));
  if (missing.length === 0) return;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(`These tests need ${missing.join(', ')}. Run:\n  sudo sh -c '${line}'`);
  console.log(`installing ${missing.join(', ')} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  });
}

const main = process.argv[1];
if (main !== undefined && import.meta.url === pathToFileURL(main).href) {
  try {
    ensureSystemPackages();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
