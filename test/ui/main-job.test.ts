import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/bundle';
import { Workbench } from './workbench';

const script = 'waves.py';
const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');

describe('the main job: one slow script in, one proven fast script out', function () {
  // Each step stands on the one before.
  this.bail(true);
  this.timeout(240_000);
  let workbench: Workbench;
  let original: string;
  let offer = '';
  const onDisk = (): string => readFileSync(path.join(workbench.folder, script), 'utf8');

  before(async () => {
    workbench = await Workbench.open({
      files: path.join(root, 'test/ui/workspace'),
      trust: 'off',
      settings: { 'hotloop.python': python, 'hotloop.budget': 40 },
    });
    original = onDisk();
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.shot('failed-main-job');
  });

  it('profiles the script and shows where its time goes', async () => {
    await workbench.openFile(script);
    await workbench.command('Hotloop: Profile Active Script');
    await workbench.toasts.filter({ hasText: `${script}: Ran in` }).waitFor({ timeout: 60_000 });
    await workbench.page.getByRole('button', { name: 'Show Hot Loop' }).click();
    await workbench.lenses.filter({ hasText: 'Find speedups' }).first().waitFor();
    await workbench.shot('main-1-profiled');
    await workbench.closeToasts();
  });

  it('finds a speedup from the lens, and proves it', async () => {
    await workbench.lenses.filter({ hasText: 'Find speedups' }).first().click();
    await workbench.dialog.waitFor();
    assert.match(await workbench.dialog.innerText(), /about \d+ runs, within 40 s.*The last run took/s);
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
    await workbench.until(() => assert.notEqual(onDisk(), original));
    await workbench.shot('main-3-applied');
    await workbench.page.keyboard.press('Control+z');
    await workbench.page.keyboard.press('Control+s');
    await workbench.until(() => assert.equal(onDisk(), original));
    await workbench.closeToasts();
  });

  it('reads the same numbers in the report beside the code, and applies from there', async () => {
    await workbench.command('Hotloop: Open Report');
    await workbench.report
      .getByText(/Vectorize/)
      .first()
      .waitFor();
    const [ratio = 'no ratio', bounds = 'no bounds'] = /(\d[\d.]*x) (\[[^\]]*\])/.exec(offer)?.slice(1) ?? [];
    await workbench.report.getByText(ratio, { exact: true }).first().waitFor();
    await workbench.report.getByText(bounds).first().waitFor();
    await workbench.shot('main-4-report');
    await workbench.report.getByRole('button', { name: 'Apply' }).first().click();
    await workbench.toasts.filter({ hasText: 'Applied' }).waitFor();
    await workbench.until(async () => assert.match(await workbench.status.innerText(), /file changed/));
    await workbench.shot('main-5-applied-from-report');
    assert.equal(onDisk(), original, 'saving is left to the person');
  });
});
