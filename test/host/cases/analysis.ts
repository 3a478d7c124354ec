import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { commands } from '../../../extension/contributions';
import type { HotloopApi } from '../../../extension/extension';
import { Dialogs } from '../dialogs';
import { closeAll, energyText, hotloop, showScript, until } from '../fixture';

/** The stand-in engine does what the script's last line says. */
const script = (order: string): string => `${energyText}# stand-in: ${order}\n`;

describe('an analysis, with an engine that does as it is told', () => {
  let api: HotloopApi;
  let dialogs: Dialogs;
  const names: string[] = [];

  before(async () => {
    const root = process.env['HOTLOOP_ROOT'];
    assert.ok(root, 'HOTLOOP_ROOT names the repository');
    process.env['HOTLOOP_ENGINE'] = path.join(root, 'out/host/stand-in-engine.mjs');
    api = await hotloop();
    await api.engine.stop();
  });
  after(async () => {
    delete process.env['HOTLOOP_ENGINE'];
    await api.engine.stop();
  });
  beforeEach(() => (dialogs = new Dialogs()));
  afterEach(async () => {
    await vscode.commands.executeCommand(commands.cancel.id);
    dialogs.restore();
    api.reports.clear();
    await closeAll(...names.splice(0));
  });

  const show = (name: string, order: string): Promise<vscode.TextEditor> => {
    names.push(name);
    return showScript(name, script(order));
  };
  const profile = (): Thenable<string> => vscode.commands.executeCommand(commands.profile.id);
  const findSpeedups = (): Thenable<string> => vscode.commands.executeCommand(commands.findSpeedups.id);
  const reportOf = (editor: vscode.TextEditor) => api.reports.get(editor.document.uri.fsPath);

  it('profiles the script in a terminal, as a process of its own', async () => {
    const editor = await show('terminal.py', 'launch python3 -c "import sys; sys.exit(len(sys.argv[1]))" "a b"');
    assert.equal(await profile(), 'done');
    assert.equal(reportOf(editor)?.run.exitCode, 3, 'the exit code is the program\u2019s own, and its argument with a blank stayed one');
    assert.ok(dialogs.find(/ended with exit code 3/));
    assert.ok(
      vscode.window.terminals.some((terminal) => terminal.name.includes('terminal.py')),
      'the terminal stays, to be read',
    );
  });

  it('gives the terminal the environment and the folder that the engine asks for', async () => {
    const editor = await show(
      'environment.py',
      'launch python3 -c "import os, sys; sys.exit(7 if os.environ[\'HOTLOOP_STAND_IN\'] == \'1\' and os.getcwd() == os.path.realpath(sys.argv[1]) else 1)" "."',
    );
    assert.equal(await profile(), 'done');
    assert.equal(reportOf(editor)?.run.exitCode, 7);
  });

  it('asks how to go on before speedups are looked for, and does nothing when that is closed', async () => {
    const editor = await show('asks.py', 'prove');
    assert.equal(await findSpeedups(), 'not-started');
    const question = dialogs.find(/Find speedups for asks\.py\?/);
    assert.deepEqual(question?.choices, ['Run', 'Advice only']);
    assert.match(question.detail, /Your files are left alone/);
    assert.equal(reportOf(editor), undefined);
    dialogs.willAnswer(/Find speedups/, 'Advice only');
    assert.equal(await findSpeedups(), 'done');
    assert.equal(reportOf(editor)?.depth, 'advise');
  });

  it('shows each speedup as soon as it is proven', async () => {
    const editor = await show('parts.py', 'prove slowly');
    dialogs.willAnswer(/Find speedups/, 'Run');
    const running = findSpeedups();
    await until(() => assert.equal(reportOf(editor)?.candidates.length, 1));
    assert.equal(reportOf(editor)?.candidates[0]?.status, 'proven');
    assert.equal(await running, 'done');
    assert.equal(reportOf(editor)?.candidates.length, 3);
    assert.ok(dialogs.find(/parts\.py: Vectorize with NumPy: 12x \[11, 13\], proven\./));
  });

  it('asks to save unsaved edits, and runs nothing without', async () => {
    const editor = await show('unsaved.py', 'prove');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# typed\n'));
    assert.equal(await profile(), 'not-started');
    assert.ok(dialogs.find(/unsaved\.py has unsaved changes/));
    assert.equal(editor.document.isDirty, true);
    dialogs.willAnswer(/unsaved changes/, 'Save and Run');
    assert.equal(await profile(), 'done');
    assert.equal(editor.document.isDirty, false);
    assert.match(readFileSync(editor.document.uri.fsPath, 'utf8'), /^# typed/);
  });

  it('keeps the first of two analyses, or cancels it for the second, as the person says', async () => {
    await show('first.py', 'wait');
    const first = profile();
    await until(() => assert.notEqual(api.analysis.script, null));
    const second = await show('second.py', 'prove');
    dialogs.willAnswer(/still busy with first\.py/, 'Keep It Running');
    assert.equal(await profile(), 'not-started');
    dialogs.willAnswer(/still busy with first\.py/, 'Cancel It and Start');
    assert.equal(await profile(), 'done');
    assert.equal(await first, 'cancelled');
    assert.notEqual(reportOf(second), undefined);
  });

  it('ends quietly when cancelled, and leaves the engine ready', async () => {
    const editor = await show('cancelled.py', 'wait');
    const running = profile();
    await until(() => assert.equal(api.analysis.script, editor.document.uri.fsPath));
    const engine = api.engine.pid;
    await vscode.commands.executeCommand(commands.cancel.id);
    assert.equal(await running, 'cancelled');
    assert.equal(reportOf(editor), undefined);
    assert.deepEqual(dialogs.shown.filter((entry) => entry.kind === 'error'), []); // prettier-ignore
    assert.equal(api.engine.pid, engine);
  });

  it('says so when the engine dies, and starts a new one for the next run', async () => {
    const editor = await show('crash.py', 'crash');
    assert.equal(await profile(), 'refused');
    const told = dialogs.find(/The engine ended before it was done \(exit code 9\)/);
    assert.match(told?.message ?? '', /Your files are as they were/);
    await closeAll();
    const next = await show('crash.py', 'prove');
    assert.equal(await profile(), 'done');
    assert.notEqual(reportOf(next), undefined);
    assert.equal(reportOf(editor)?.depth, 'profile');
  });

  it('tells a refusal as the engine words it, with a way on', async () => {
    await show('refused.py', 'refuse');
    assert.equal(await profile(), 'refused');
    const told = dialogs.find(/refused\.py: No Python interpreter was found/);
    assert.deepEqual(told?.choices, ['Choose Interpreter']);
  });

  it('asks before effects are repeated', async () => {
    const editor = await show('consent.py', 'ask');
    dialogs.willAnswer(/Find speedups/, 'Run');
    dialogs.willAnswer(/would write again/, 'Run Again');
    assert.equal(await findSpeedups(), 'done');
    assert.match(dialogs.find(/would write again/)?.detail ?? '', /• network: example\.org:443 \(2 times\)/);
    assert.deepEqual(reportOf(editor)?.notes, ['consented']);
    assert.equal(await (dialogs.willAnswer(/Find speedups/, 'Run'), findSpeedups()), 'done');
    assert.deepEqual(reportOf(editor)?.notes, ['declined'], 'a closed question is a no');
  });

  it('says that a script is gone from the disk', async () => {
    const editor = await show('gone.py', 'prove');
    rmSync(editor.document.uri.fsPath);
    assert.equal(await profile(), 'not-started');
    assert.ok(dialogs.find(/gone\.py is not on the disk any more/));
  });

  it('wants a Python script in the editor', async () => {
    await closeAll();
    assert.equal(await profile(), 'not-started');
    assert.ok(dialogs.find(/Open the Python script to measure/));
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'print(1)\n' });
    await vscode.window.showTextDocument(document);
    assert.equal(await profile(), 'not-started');
    assert.ok(dialogs.find(/not on the disk: save it first/));
  });
});
