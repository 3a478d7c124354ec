import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/bundle';
import { bundleHostTests, standInEngine } from '../../scripts/host-test-bundle';
import { Workbench } from './workbench';

const proven = 'Vectorize with NumPy: 12x [11, 13], proven';

describe('a person and a script, with an engine whose answers are known', function () {
  // Each step stands on the one before.
  this.bail(true);
  let workbench: Workbench;
  const onDisk = (name: string): string => readFileSync(path.join(workbench.folder, name), 'utf8');

  before(async () => {
    await bundleHostTests();
    workbench = await Workbench.open({ files: path.join(root, 'test/host/workspace'), trust: 'off', environment: { HOTLOOP_ENGINE: standInEngine } });
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.shot(`failed-${this.currentTest.title.slice(0, 30).replace(/\W+/g, '-')}`);
  });

  it('is told how often the script will run, and sees share, bottleneck and speedup above the loop', async () => {
    await workbench.openFile('energy.py');
    await workbench.command('Hotloop: Find Speedups');
    await workbench.dialog.waitFor();
    assert.match(await workbench.dialog.innerText(), /Find speedups for energy\.py\?.*about a dozen runs, within 60 s.*Your files are left alone/s);
    await workbench.shot('1-question');
    await workbench.answer('Run');
    await workbench.toasts.filter({ hasText: proven }).waitFor();
    await workbench.until(async () => assert.equal(await workbench.lensText(), `79 % of the run, CPU-bound Python | ${proven}`));
    assert.match((await workbench.status.innerText()).trim(), /12x \[11, 13\], proven/);
    await workbench.shot('2-lenses-and-heat');
    await workbench.closeToasts();
  });

  it('applies the quick fix, saves it, and takes it back with one undo', async () => {
    const before = onDisk('energy.py');
    await workbench.placeCaret('for speed in speeds');
    const menu = await workbench.openActions('Control+.');
    await menu.locator('.monaco-list-row', { hasText: proven }).first().waitFor();
    await workbench.shot('3-quick-fix');
    await menu.locator('.monaco-list-row', { hasText: proven }).first().click();
    await workbench.expectText(/total = float\(np\.sum\(0\.5 \* np\.sqrt\(speeds\)\)\)/);
    assert.equal(onDisk('energy.py'), before, 'nothing is saved by itself');
    await workbench.page.keyboard.press('Control+s');
    await workbench.until(() => assert.match(onDisk('energy.py'), /^import numpy as np\n.*float\(np\.sum/ms));
    await workbench.shot('4-applied');
    await workbench.placeCaret('total = float');
    await workbench.page.keyboard.press('Control+z');
    await workbench.expectText(/for speed in speeds:/);
    await workbench.page.keyboard.press('Control+s');
    await workbench.until(() => assert.equal(onDisk('energy.py'), before));
    await workbench.until(async () => assert.equal(await workbench.lenses.count(), 2));
  });

  it('sees why other ways are not offered, and cannot choose them', async () => {
    await workbench.closeToasts();
    await workbench.placeCaret('for speed in speeds');
    const menu = await workbench.openActions('Control+Shift+r');
    // The menu hides what cannot be chosen until it is asked for.
    const disabled = menu.locator('.monaco-list-row.option-disabled', { hasText: 'Thread pool: not possible here' });
    if ((await disabled.count()) === 0) await menu.getByText('Show Disabled').click();
    await disabled.first().waitFor();
    await workbench.shot('5-disabled');
    await workbench.page.keyboard.press('Escape');
  });

  it('sees marks fade when the text changes, and come back when it is as it was', async () => {
    await workbench.placeCaret('import math');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('\nimport os');
    await workbench.until(async () => assert.match(await workbench.lensText(), /before the file was changed: prove again/));
    await workbench.shot('6-stale');
    assert.match(await workbench.status.innerText(), /file changed/);
    for (let presses = 0; presses < 5 && (await workbench.lenses.count()) !== 2; presses += 1) {
      await workbench.page.keyboard.press('Control+z');
      await workbench.page.waitForTimeout(500);
    }
    await workbench.until(async () => assert.equal(await workbench.lenses.count(), 2));
  });

  it('types to the measured script in the terminal, and reads what it printed afterwards', async () => {
    await workbench.openFile('greet.py');
    await workbench.command('Hotloop: Profile Active Script');
    const terminal = workbench.page.locator('.terminal-wrapper.active');
    await terminal.waitFor();
    await terminal.locator('.xterm-screen').click();
    const answer = path.join(workbench.folder, 'greeted.txt');
    await workbench.page.waitForTimeout(1500);
    await workbench.page.keyboard.type('Ada\n');
    await workbench.until(() => assert.equal(readFileSync(answer, 'utf8'), 'Ada'));
    await workbench.toasts.filter({ hasText: 'greet.py: Ran in' }).waitFor();
    await workbench.shot('7-terminal');
    await workbench.closeToasts();
  });

  it('is asked to save unsaved edits before anything runs', async () => {
    await workbench.openFile('energy.py');
    await workbench.placeCaret('import math');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('  # edited');
    await workbench.command('Hotloop: Profile Active Script');
    await workbench.dialog.waitFor();
    assert.match(await workbench.dialog.innerText(), /energy\.py has unsaved changes/);
    await workbench.shot('8-unsaved');
    await workbench.answer('Save and Run');
    await workbench.until(() => assert.match(onDisk('energy.py'), /import math {2}# edited/));
    await workbench.toasts.filter({ hasText: 'energy.py: Ran in' }).waitFor();
  });
});
