/**
 * Runs test/host inside the extension host of a real VS Code (code-server, driven by a headless browser that only has to be there).
 * Usage: npx tsx scripts/run-host-tests.ts [words of a test's name]. HOTLOOP_TEST_LOG=1 prints the workbench's own log.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser';
import { buildProduct, root } from './bundle';
import { startCodeServer, workbenchUrl, type CodeServer } from './code-server';
import { bundleHostTests, hostTests } from './host-test-bundle';
import { ensureSystemPackages } from './system-packages';

interface Result {
  passed: string[];
  failed: string[];
  pending: string[];
}
const timeLimit = 180_000;

/** The workbench calls these two when it runs extension tests; the exit code says nothing that the result file does not. */
async function waitForTests(page: Page, log: string[], start: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the host tests did not end within ${timeLimit / 1000} s`)), timeLimit);
    page.on('crash', () => reject(new Error('the page crashed')));
    void page.exposeFunction('codeAutomationExit', () => resolve());
  });
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
    const line = `${type}: ${util.format(...args)}`;
    log.push(line);
    if (process.env['HOTLOOP_TEST_LOG'] !== undefined) console.log(line);
  });
  try {
    await Promise.all([ended, start()]);
  } finally {
    clearTimeout(timer);
  }
}

async function runInExtensionHost(): Promise<Result | null> {
  const temp = mkdtempSync(path.join(os.tmpdir(), 'hotloop-host-tests-'));
  const workspace = path.join(temp, 'workspace');
  const [text, json] = [path.join(temp, 'output.txt'), path.join(temp, 'result.json')];
  cpSync(path.join(root, 'test/host/workspace'), workspace, { recursive: true });
  writeFileSync(text, '');
  let shown = 0;
  const show = (): void => {
    const all = readFileSync(text);
    if (all.length > shown) process.stdout.write(all.subarray(shown));
    shown = all.length;
  };
  const tail = setInterval(show, 200);
  const log: string[] = [];
  let server: CodeServer | null = null;
  const browser = await launchBrowser();
  try {
    const environment = {
      HOST_TEST_TEXT: text,
      HOST_TEST_JSON: json,
      HOST_TEST_GREP: process.argv.slice(2).join(' '),
      HOTLOOP_ROOT: root,
      HOTLOOP_HOME: path.join(temp, 'home'),
      TMPDIR: path.join(temp, 'tmp'),
    };
    mkdirSync(environment.TMPDIR);
    server = await startCodeServer({ smokeTestDriver: true, trust: 'off', environment });
    const running = server;
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US' })).newPage();
    const url = workbenchUrl(running, { folder: workspace, developmentPath: root, testsPath: hostTests });
    await waitForTests(page, log, () => page.goto(url)).catch(async (error: unknown) => {
      console.error(String(error));
      mkdirSync(path.join(root, 'shots'), { recursive: true });
      await page.screenshot({ path: path.join(root, 'shots/host-tests-stuck.png') }).catch(() => undefined);
    });
    show();
    if (existsSync(json)) return JSON.parse(readFileSync(json, 'utf8')) as Result;
    console.error(log.slice(-40).join('\n'));
    return null;
  } finally {
    clearInterval(tail);
    await browser.close();
    await server?.stop();
    rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

ensureSystemPackages();
buildProduct();
await bundleHostTests();
const result = await runInExtensionHost();
const passed = result?.passed.length ?? 0;
const failed = result?.failed.length ?? 1;
console.log(`${passed} passed, ${failed} failed, ${result?.pending.length ?? 0} skipped`);
process.exit(passed > 0 && failed === 0 ? 0 : 1);
