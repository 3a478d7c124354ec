import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../../extension/contributions';
import type { HotloopApi } from '../../../extension/extension';
import { Dialogs } from '../dialogs';
import { closeAll, hotloop, lensesOf, showScript, until, workspaceFolder } from '../fixture';

const looping = (times: number): string => `def work(n):
    total = 0
    for k in range(n):
        total += k * k % 7
    return total


print("total", work(${times}))
`;
const endless = `import os
with open("pid.txt", "w") as file:
    file.write(str(os.getpid()))
while True:
    sum(range(1000))
`;

/** Processes of this machine whose command line names the file; Linux only, elsewhere null. */
function processesOn(file: string): string[] | null {
  if (!existsSync('/proc/self/cmdline')) return null;
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(file);
    } catch {
      return false;
    }
  });
}

describe('the engine itself, from the editor', function () {
  this.timeout(90_000);
  let api: HotloopApi;
  let dialogs: Dialogs;
  const files = ['looping.py', 'endless.py', 'pid.txt', 'broken.py', 'exits.py'];

  before(async () => {
    api = await hotloop();
    await api.engine.stop();
    // The repository's own virtual environment where it is made: the interpreter that all other tests use.
    const root = process.env['HOTLOOP_ROOT'] ?? '';
    const python = path.join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python');
    if (existsSync(python)) await vscode.workspace.getConfiguration().update(settings.python.key, python, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await api.engine.stop();
    await vscode.workspace.getConfiguration().update(settings.python.key, undefined, vscode.ConfigurationTarget.Global);
  });
  beforeEach(() => (dialogs = new Dialogs()));
  afterEach(async () => {
    dialogs.restore();
    api.reports.clear();
    await closeAll(...files);
  });

  const profile = (): Thenable<string> => vscode.commands.executeCommand(commands.profile.id);
  const told = (): string => dialogs.shown.map((entry) => entry.message).join('\n');

  it('profiles a script in a terminal and puts its hot loop under a lens', async () => {
    const editor = await showScript('looping.py', looping(20_000_000));
    assert.equal(await profile(), 'done', told());
    const report = api.reports.get(editor.document.uri.fsPath);
    assert.equal(report?.run.exitCode, 0);
    assert.equal(report.verdict.bottleneck, 'cpu-python');
    const titles = await until(async () => {
      const lenses = (await lensesOf(editor.document)).filter((lens) => lens.range.start.line === 2);
      assert.notEqual(lenses.length, 0);
      return lenses.map((lens) => lens.command?.title ?? '');
    });
    assert.match(titles[0] ?? '', /\d+ % of the run, CPU-bound Python$/);
    assert.equal(editor.document.getText(), looping(20_000_000));
    assert.equal(readFileSync(editor.document.uri.fsPath, 'utf8'), looping(20_000_000));
  });

  it('leaves no process behind when a script without end is cancelled', async () => {
    const editor = await showScript('endless.py', endless);
    const running = profile();
    const pidFile = path.join(workspaceFolder(), 'pid.txt');
    await until(() => assert.match(readFileSync(pidFile, 'utf8'), /^\d+$/), 30_000);
    await vscode.commands.executeCommand(commands.cancel.id);
    assert.equal(await running, 'cancelled', told());
    await until(() => assert.deepEqual(processesOn(editor.document.uri.fsPath) ?? [], []));
    assert.deepEqual(readdirSync(os.tmpdir()).filter((name) => /^hotloop-(run|sandbox)/.test(name)), []); // prettier-ignore
  });

  it('reports what a script did that ended with an error of its own', async () => {
    const editor = await showScript('exits.py', `${looping(2_000_000)}raise SystemExit(3)\n`);
    assert.equal(await profile(), 'done', told());
    assert.equal(api.reports.get(editor.document.uri.fsPath)?.run.exitCode, 3);
    assert.ok(dialogs.find(/ended with exit code 3/), told());
  });

  it('says what is wrong with a script that is not Python', async () => {
    await showScript('broken.py', 'def broken(:\n    pass\n');
    assert.equal(await profile(), 'refused');
    assert.match(told(), /broken\.py/);
  });

  it('says so when the chosen interpreter is not there', async () => {
    const chosen = vscode.workspace.getConfiguration().get<string>(settings.python.key);
    await vscode.workspace.getConfiguration().update(settings.python.key, '/nowhere/python', vscode.ConfigurationTarget.Global);
    try {
      await showScript('looping.py', looping(1000));
      assert.equal(await profile(), 'refused');
      assert.match(told(), /\/nowhere\/python/);
    } finally {
      await vscode.workspace.getConfiguration().update(settings.python.key, chosen, vscode.ConfigurationTarget.Global);
    }
  });
});
