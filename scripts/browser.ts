import { chromium, type Browser } from 'playwright-core';
import { findBrowser } from './system-packages';

/** A headless browser with a fresh profile. @throws Error when none is installed. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('No Chromium or Chrome was found: install one, or name it in the variable CHROMIUM.');
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  // No sandbox: Chromium refuses to start one as root, which containers are; it only opens our own local server.
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-sync', ...quiet] });
}
