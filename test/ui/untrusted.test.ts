import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Workbench } from './workbench';

/** An engine that leaves a trace when it is merely started. */
const tracingEngine = (trace: string): string => `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(trace)}, 'started');`;

describe('a workspace that is not trusted', function () {
  // Each step stands on the one before.
  this.bail(true);
  let workbench: Workbench;
  let temp: string;
  let trace: string;

  before(async () => {
    temp = mkdtempSync(path.join(os.tmpdir(), 'hotloop-untrusted-'));
    trace = path.join(temp, 'trace');
    const files = path.join(temp, 'files');
    const engine = path.join(temp, 'engine.mjs');
    writeFileSync(engine, tracingEngine(trace));
    mkdirSync(files);
    writeFileSync(path.join(files, 'stranger.py'), `open(${JSON.stringify(path.join(temp, 'ran'))}, 'w')\n`);
    // Neither switch that turns workspace trust off is set.
    workbench = await Workbench.open({ files, trust: 'ask', environment: { HOTLOOP_ENGINE: engine } });
  });
  after(async () => {
    await workbench.close();
    rmSync(temp, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.shot(`failed-${this.currentTest.title.slice(0, 30).replace(/\W+/g, '-')}`);
  });

  it('runs nothing: each command says why and how to trust', async () => {
    await workbench.page.locator('.part.banner', { hasText: 'Restricted Mode' }).waitFor();
    await workbench.openFile('stranger.py');
    for (const title of ['Hotloop: Profile Active Script', 'Hotloop: Find Speedups']) {
      await workbench.command(title);
      await workbench.toasts.filter({ hasText: 'this workspace is not trusted' }).waitFor();
      if (title.endsWith('Speedups')) await workbench.shot('untrusted');
      await workbench.closeToasts();
    }
    assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 0, 'no terminal');
    assert.equal(existsSync(trace), false, 'no engine');
    assert.equal(existsSync(path.join(temp, 'ran')), false, 'no script');
  });

  it('runs as soon as the person trusts it', async () => {
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: /^Trust$/ }).click();
    await workbench.page.locator('.workspace-trust-editor', { hasText: 'You trust this folder' }).waitFor();
    await workbench.page
      .locator('.monaco-modal-editor-block')
      .getByRole('button', { name: /^Close/ })
      .first()
      .click();
    await workbench.page.locator('.monaco-modal-editor-block').waitFor({ state: 'detached' });
    await workbench.openFile('stranger.py');
    await workbench.command('Hotloop: Profile Active Script');
    await workbench.until(() => assert.equal(existsSync(trace), true));
  });
});
