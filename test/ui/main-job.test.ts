import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/bundle';
import { Workbench } from './workbench';

const script = 'fin_tip_monte_carlo.py';
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');

describe('the main job: one slow script in, one proven fast script out', function () {
  // Each step stands on the one before.
  this.bail(true);
  this.timeout(240_000);
  let workbench: Workbench;
  let files: string;
  let original: string;
  let offer = '';
  const onDisk = (): string => readFileSync(path.join(workbench.folder, script), 'utf8');

  before(async () => {
    files = mkdtempSync(path.join(os.tmpdir(), 'hotloop-main-job-'));
    mkdirSync(files, { recursive: true });
    cpSync(path.join(root, 'examples', script), path.join(files, script));
    workbench = await Workbench.open({ files, trust: 'off', settings: { 'hotloop.python': python, 'hotloop.budget': 30 } });
    original = onDisk();
  });
  after(async () => {
    await workbench.close();
    rmSync(files, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.shot('failed-main-job');
  });

  it('profiles the script and shows where its time goes', async () => {
    await workbench.openFile(script);
    await workbench.command('Hotloop: Profile Active Script');
    await workbench.toasts.filter({ hasText: `${script}: Ran in` }).waitFor({ timeout: 60_000 });
    await workbench.until(async () => assert.match(await workbench.lensText(), /\d+ % of the run, CPU-bound Python/));
    await workbench.shot('main-1-profiled');
    await workbench.closeToasts();
  });

  it('finds a speedup from the lens, and proves it', async () => {
    await workbench.lenses.filter({ hasText: 'Find speedups' }).first().click();
    await workbench.dialog.waitFor();
    assert.match(await workbench.dialog.innerText(), /about \d+ runs, within 30 s.*The last run took/s);
    await workbench.answer('Run');
    const lens = workbench.lenses.filter({ hasText: /Vectorize.*proven/ }).first();
    await lens.waitFor({ timeout: 150_000 });
    await workbench.until(async () => assert.equal(await workbench.page.locator('.statusbar-item .codicon-sync').count(), 0), 150_000);
    offer = (await lens.innerText()).replace(/\u00a0/g, ' ').trim();
    assert.match(offer, /: \d[\d.]*x \[\d[\d.]*, \d[\d.]*\], proven$/);
    assert.equal(onDisk(), original, 'proving leaves the files alone');
    await workbench.shot('main-2-proven');
    await workbench.closeToasts();
  });

  it('applies it from the lens, saves, and takes it back with one undo', async () => {
    await workbench.lenses
      .filter({ hasText: /Vectorize.*proven/ })
      .first()
      .click();
    await workbench.toasts.filter({ hasText: 'Applied' }).waitFor();
    await workbench.page.keyboard.press('Control+s');
    await workbench.until(() => assert.match(onDisk(), /import numpy as np/));
    await workbench.shot('main-3-applied');
    await workbench.placeCaret('import numpy');
    await workbench.page.keyboard.press('Control+z');
    await workbench.page.keyboard.press('Control+s');
    await workbench.until(() => assert.equal(onDisk(), original));
    await workbench.closeToasts();
  });

  it('reads the report beside the code', async () => {
    await workbench.command('Hotloop: Open Report');
    await workbench.report
      .getByText(/Vectorize/)
      .first()
      .waitFor();
    await workbench.shot('main-4-report');
  });
});
