import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser';
import { renderHtml, type HtmlAssets } from '../../analyzers/report/html';
import type { Report } from '../../analyzers/types';
import type { HostMessage, PanelMessage } from '../../webview/protocol';
import { example, findings, pool, profile, vectorize } from '../analyzers/report/example';

const root = path.resolve(import.meta.dirname, '../..');
const shots = path.join(root, 'shots');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Built here and not read from dist/, so that the tests see the sources as they are. */
async function assets(): Promise<HtmlAssets> {
  const built = await build({
    absWorkingDir: root,
    entryPoints: { main: 'webview/main.tsx' },
    ...{ bundle: true, minify: true, write: false, outdir: 'out', platform: 'browser', format: 'iife', jsx: 'automatic', jsxImportSource: 'preact' },
  });
  const text = (extension: string): string => built.outputFiles.find((file) => file.path.endsWith(extension))!.text;
  return { script: text('.js'), style: text('.css') };
}

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}
async function violations(page: Page): Promise<string[]> {
  // The page's policy forbids scripts of others, so the checker comes through the debugger.
  await page.evaluate(axe);
  const found = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run());
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`));
}

describe('the report page', function () {
  this.timeout(90_000);
  let browser: Browser;
  let files: HtmlAssets;
  let folder: string;

  before(async () => {
    mkdirSync(shots, { recursive: true });
    folder = mkdtempSync(path.join(os.tmpdir(), 'hotloop-page-'));
    files = await assets();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The HTML report as a person opens it. Errors of the page fail the test. */
  async function standalone(report: Report, options: BrowserContextOptions = {}): Promise<Page> {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, renderHtml(report, files));
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    page.on('console', (message) => {
      if (message.type() === 'error') assert.fail(message.text());
    });
    await page.goto(`file://${file}`);
    return page;
  }

  /** The page inside of an editor that notes what it is told. */
  async function inEditor(
    theme: string,
  ): Promise<{ page: Page; send: (message: HostMessage) => Promise<void>; sent: () => Promise<PanelMessage[]> }> {
    const context = await browser.newContext({ viewport: { width: 760, height: 900 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    await page.setContent(
      `<!doctype html><html lang="en"><head><title>Hotloop report</title><style>${files.style}</style></head><body class="${theme}"><div id="app"></div></body></html>`,
    );
    await page.evaluate('window.sent = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message) })');
    await page.addScriptTag({ content: files.script });
    return {
      page,
      send: (message) => page.evaluate((data) => window.postMessage(data, '*'), message as unknown as Record<string, unknown>),
      sent: () => page.evaluate(() => (window as unknown as { sent: PanelMessage[] }).sent),
    };
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no accessibility violation in ${colorScheme}, with everything open`, async () => {
      const page = await standalone(example({ findings }), { colorScheme });
      await page.screenshot({ path: path.join(shots, `report-${colorScheme}.png`), fullPage: true });
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await page.screenshot({ path: path.join(shots, `report-${colorScheme}-open.png`), fullPage: true });
      assert.deepEqual(await violations(page), []);
      assert.equal(await page.locator('html').getAttribute('data-theme'), colorScheme);
      await page.context().close();
    });
  }

  it('stays readable in a narrow window and with forced colours', async () => {
    const page = await standalone(example(), { viewport: { width: 420, height: 900 }, forcedColors: 'active' });
    await page.screenshot({ path: path.join(shots, 'report-narrow-forced-colours.png'), fullPage: true });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 420);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  it('says the verdict, the advice with its interval, and what was measured and lost', async () => {
    const page = await standalone(example());
    const text = await page.locator('main').innerText();
    for (const part of [
      'Busy in Python code',
      'Vectorize with NumPy',
      '17.2x',
      '[16.1, 18.4]',
      '8 rounds',
      'Process pool with chunks',
      '0.64x [0.61, 0.68]',
      'Not possible',
    ])
      assert.ok(text.includes(part), part);
    await page.context().close();
  });

  it('says beside a prediction how far earlier ones were off', async () => {
    const page = await standalone(example());
    const facts = page.locator('.candidate', { hasText: 'Thread pool' }).locator('dl');
    assert.match((await facts.textContent()) ?? '', /Earlier predictionsoff by 1\.4x on this machine \(7 proofs\)/);
    await page.context().close();
  });

  it('lists what is wrong in the parallel code, with what to do, and nothing where nothing is', async () => {
    const page = await standalone(example({ findings }));
    const items = page.getByRole('region', { name: 'Parallel code' }).getByRole('listitem');
    assert.equal(await items.count(), 2);
    assert.match(await items.first().innerText(), /fin tip\.py:15\s+47 % of the run\s+Line 15 runs tip[^]*Run it on processes/);
    assert.match(await items.last().innerText(), /fin tip\.py:7\s+likely\s+Line 7 reads total[^]*under one lock/);
    await page.context().close();
    const without = await standalone(example());
    assert.equal(await without.getByRole('heading', { name: 'Parallel code' }).count(), 0);
    await without.context().close();
  });

  it('folds what is not possible where it would bury the rest', async () => {
    const report = example();
    const blocked = report.candidates.find(({ status }) => status === 'blocked');
    assert.ok(blocked !== undefined);
    report.candidates.push(...[1, 2, 3, 4].map((number) => ({ ...blocked, id: `${blocked.id}-${number}`, title: `Way ${number}` })));
    const page = await standalone(report);
    const fold = page.getByText('5 more ways that are not possible here, and why');
    assert.equal(await page.getByText('Way 4').isVisible(), false);
    await fold.click();
    assert.equal(await page.getByText('Way 4').isVisible(), true);
    await page.getByText('Way 4').click();
    await page.getByText('Way 4').click();
    assert.equal(await page.getByText('Way 3').isVisible(), true, 'closing one leaves the fold open');
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  it('gives the numbers of every chart as a table', async () => {
    const page = await standalone(example());
    await page.locator('.candidate > summary', { hasText: pool.title }).click();
    for (const caption of ['Speedups as a table', 'by workers as a table', 'Processor and memory as a table']) {
      await page.locator('summary', { hasText: caption }).click();
    }
    assert.equal(await page.locator('.numbers[open] table').count(), 3);
    assert.match(
      await page.locator('.numbers[open] table').first().innerText(),
      /Vectorize with NumPy\s+Proven\s+19x \[14, 26\]\s+17\.2x \[16\.1, 18\.4\]/,
    );
    await page.context().close();
  });

  it('runs nothing that a hostile script puts in its names and lines', async () => {
    const report = example();
    const hostile = '</script><img src=x onerror="document.title=1"><script>document.title=2</script>';
    report.source.command.target = `/tmp/${hostile}.py`;
    report.lines[0]!.text = hostile;
    report.candidates[0]!.title = hostile;
    report.candidates[0]!.diff = `--- a/${hostile}\n+++ b/x\n@@ -1 +1 @@\n-${hostile}\n+<!--${hostile}\n`;
    report.notes = [hostile];
    const page = await standalone(report);
    assert.match(await page.title(), /: Hotloop report$/);
    assert.equal(await page.locator('img').count(), 0);
    assert.ok((await page.locator('main').innerText()).includes('onerror'));
    await page.context().close();
  });

  it('shows a report that found nothing as calmly', async () => {
    const bare = { ...profile(), lines: [], timeline: [] };
    const page = await standalone(example({ candidates: [], blocked: [], hotspots: [], results: new Map(), profile: bare }));
    await page.screenshot({ path: path.join(shots, 'report-nothing-found.png'), fullPage: true });
    assert.match(await page.locator('main').innerText(), /Leave it as it is/);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  it('has nothing to apply or to cancel outside of an editor', async () => {
    const page = await standalone(example());
    assert.equal(await page.getByRole('button', { name: /^(Apply|Cancel)/ }).count(), 0);
    await page.context().close();
  });

  it('asks the editor for the report, shows progress and partial results, and can cancel', async () => {
    const { page, send, sent } = await inEditor('vscode-dark');
    assert.deepEqual(await sent(), [{ type: 'ready' }]);
    await page.screenshot({ path: path.join(shots, 'panel-empty.png') });
    assert.deepEqual(await violations(page), []);
    await send({ type: 'progress', script: '/x/fin tip.py', progress: { stage: 'trial', text: 'Trying: Vectorize with NumPy', fraction: 0.4 } });
    const [first] = example().candidates;
    await send({ type: 'report', report: { ...example(), candidates: [first!] }, complete: false, stale: [] });
    await page.getByText('Trying: Vectorize with NumPy').waitFor();
    await page.screenshot({ path: path.join(shots, 'panel-running.png'), fullPage: true });
    assert.equal(await page.locator('progress').getAttribute('value'), '0.4');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual((await sent()).at(-1), { type: 'cancel' });
    await send({ type: 'ended', problem: 'Cancelled. Your files are as they were.' });
    await page.getByText('Cancelled. Your files are as they were.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await page.context().close();
  });

  it('asks the editor to apply a proven candidate, once, and only while its file is as it was measured', async () => {
    const { page, send, sent } = await inEditor('vscode-light');
    const report = example();
    await send({ type: 'report', report, complete: true, stale: [] });
    const button = page.getByRole('button', { name: `Apply: ${vectorize.title}` }).first();
    await button.click();
    await button.click();
    assert.deepEqual((await sent()).filter(({ type }) => type === 'apply'), [{ type: 'apply', candidate: vectorize.id }]); // prettier-ignore
    await send({ type: 'applied', candidate: vectorize.id, problem: null });
    await page.getByText('Applied: Vectorize with NumPy').waitFor();
    await send({ type: 'report', report, complete: true, stale: [report.source.path] });
    await page.getByText('has changed since').first().waitFor();
    await button.click({ force: true });
    assert.equal((await sent()).filter(({ type }) => type === 'apply').length, 1);
    await page.screenshot({ path: path.join(shots, 'panel-stale.png'), fullPage: true });
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  it('opens lines in the editor, and the candidate that it is told to reveal', async () => {
    const { page, send, sent } = await inEditor('vscode-high-contrast');
    await send({ type: 'report', report: example(), complete: true, stale: [] });
    await page.getByRole('button', { name: 'Show fin tip.py:7 in the editor' }).first().click();
    assert.deepEqual((await sent()).at(-1), { type: 'open', file: example().source.path, line: 7 });
    await send({ type: 'reveal', candidate: pool.id });
    await page.locator('details[open]', { hasText: pool.title }).waitFor();
    await page.screenshot({ path: path.join(shots, 'panel-high-contrast.png'), fullPage: true });
    await page.evaluate(() => window.postMessage({ type: 'report', report: 'nonsense' }, '*'));
    await page.evaluate(() => window.postMessage('hello', '*'));
    assert.equal(await page.locator('h1').innerText(), 'fin tip.py --samples secret-value');
    await page.context().close();
  });

  it('fits the size of a page that can be mailed', () => {
    assert.ok(Buffer.byteLength(renderHtml(example(), files)) < 200_000);
    const huge = example();
    huge.stacks = Array.from({ length: 20_000 }, (_, index) => ({
      frames: [{ file: `/x/${'y'.repeat(100)}`, line: index, name: 'f' }],
      seconds: huge.run.seconds,
    }));
    assert.ok(Buffer.byteLength(renderHtml(huge, files)) <= 1_500_000);
  });
});
