import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { commands } from '../../../extension/contributions';
import { SpeedupActions } from '../../../extension/editor/code-actions';
import type { HotloopApi } from '../../../extension/extension';
import { Dialogs } from '../dialogs';
import { actionsAt, closeAll, energyText, hotloop, lensesOf, showScript, until } from '../fixture';
import { loopLine, provenId, reportOn } from '../report-fixture';

const proven = 'Vectorize with NumPy: 12x [11, 13], proven';
const vectorized = /^ {4}total = float\(np\.sum\(0\.5 \* np\.sqrt\(speeds\)\)\)$/m;

describe('the editor, with a report on the active script', () => {
  let api: HotloopApi;
  let dialogs: Dialogs;
  let editor: vscode.TextEditor;
  let path: string;

  beforeEach(async () => {
    api = await hotloop();
    dialogs = new Dialogs();
    editor = await showScript('energy.py', energyText);
    path = editor.document.uri.fsPath;
    await api.reports.set(reportOn(path, energyText));
  });
  afterEach(async () => {
    dialogs.restore();
    api.reports.clear();
    await closeAll();
  });

  const apply = (candidate: string): Thenable<{ applied: boolean; why?: string }> =>
    vscode.commands.executeCommand(commands.apply.id, { path, candidate });
  const lensTitles = async (): Promise<string[]> => (await lensesOf(editor.document)).map((lens) => lens.command?.title.replace('\u00a0', ' ') ?? '');
  const hints = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(editor.document.uri).filter((entry) => entry.source === 'hotloop');
  /** Asked of the provider itself: the editor's command leaves disabled actions out. */
  const disabledAt = (line: number): Record<string, string> => {
    const context = { diagnostics: [], only: vscode.CodeActionKind.Refactor, triggerKind: vscode.CodeActionTriggerKind.Invoke };
    const actions = new SpeedupActions(api.reports, api.tracker).provideCodeActions(editor.document, new vscode.Range(line, 0, line, 0), context);
    return Object.fromEntries(actions.flatMap((action) => (action.disabled === undefined ? [] : [[action.title, action.disabled.reason]])));
  };
  const type = (line: number, text: string): Thenable<boolean> => editor.edit((edit) => edit.insert(new vscode.Position(line, 0), text));

  it('has every contributed command', async () => {
    const known = await vscode.commands.getCommands(true);
    assert.deepEqual(Object.values(commands).filter((entry) => !known.includes(entry.id)), []); // prettier-ignore
  });

  it('shows the share, the bottleneck and the best speedup above the hotspot', async () => {
    assert.deepEqual(await lensTitles(), ['$(flame) 79 % of the run, CPU-bound Python', `$(rocket) ${proven}`]);
    assert.ok((await lensesOf(editor.document)).every((lens) => lens.range.start.line === loopLine));
  });

  it('puts a hint on the hotspot', () => {
    const [hint, ...more] = hints();
    assert.deepEqual(more, []);
    assert.equal(hint?.message, `79 % of the run, CPU-bound Python. ${proven}.`);
    assert.equal(hint.severity, vscode.DiagnosticSeverity.Hint);
    assert.equal(hint.range.start.line, loopLine);
  });

  it('offers the proven speedup as the preferred quick fix', async () => {
    const fixes = await actionsAt(editor.document, loopLine, vscode.CodeActionKind.QuickFix.value);
    const fix = fixes.find((action) => action.title === proven);
    assert.equal(fix?.isPreferred, true);
    assert.equal(fix.command?.command, commands.apply.id);
    assert.equal(fixes.filter((action) => action.disabled !== undefined).length, 0);
    assert.ok(fixes.some((action) => action.title === 'Hotloop: why 2 other ways are not offered'));
  });

  it('shows what is not offered as disabled, with the reason', async () => {
    assert.deepEqual(disabledAt(loopLine), {
      'Process pool: 0.41x [0.38, 0.45], not offered': 'Measured and slower: starting the workers costs more than the work.',
      'Thread pool: not possible here': 'The loop computes in Python, and only one thread at a time can. Use processes or vectorize.',
    });
    assert.ok((await actionsAt(editor.document, loopLine, vscode.CodeActionKind.Refactor.value)).some((action) => action.title === proven));
  });

  it('offers nothing beside the hotspot', async () => {
    assert.deepEqual(
      (await actionsAt(editor.document, 0)).filter((action) => action.command?.command.startsWith('hotloop.')),
      [],
    );
  });

  it('applies all edits in one undo step', async () => {
    assert.deepEqual(await apply(provenId), { applied: true });
    assert.match(editor.document.getText(), vectorized);
    assert.match(editor.document.getText(), /^import numpy as np$/m);
    assert.equal(editor.document.isDirty, true, 'saving is left to the person');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), energyText);
  });

  it('applies nothing that is not proven', async () => {
    const result = await apply(`process-pool-map@energy.py::energy#0`);
    assert.equal(result.applied, false);
    assert.match(result.why ?? '', /Measured and slower/);
    assert.equal(editor.document.getText(), energyText);
  });

  it('refuses to apply to a file that was changed since, and asks to prove again', async () => {
    await type(0, '# a new line\n');
    const before = editor.document.getText();
    const result = await apply(provenId);
    assert.equal(result.applied, false);
    assert.match(result.why ?? '', /energy\.py was changed after it was measured\. Nothing was changed: prove again\./);
    assert.equal(editor.document.getText(), before);
  });

  it('marks everything as stale after a change, follows the lines, and takes it back on undo', async () => {
    await type(3, '\n\n');
    assert.deepEqual(hints(), []);
    const [lens, ...more] = await lensesOf(editor.document);
    assert.deepEqual(more, []);
    assert.match(lens?.command?.title ?? '', /79 % of the run, CPU-bound Python before the file was changed: prove again/);
    assert.equal(lens?.range.start.line, loopLine + 2);
    assert.match(disabledAt(loopLine + 2)[proven] ?? '', /changed after it was measured: prove again/);
    assert.deepEqual(
      (await actionsAt(editor.document, loopLine + 2)).filter((action) => action.command?.command === commands.apply.id),
      [],
    );
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), energyText);
    assert.equal(hints().length, 1);
    assert.deepEqual(await lensTitles(), ['$(flame) 79 % of the run, CPU-bound Python', `$(rocket) ${proven}`]);
  });

  it('knows a file by its bytes, where the editor shows one kind of line end for two', async () => {
    const text = '\ufeffname = "é"\r\nother = 2\nthird = 3\r\n';
    const mixed = await showScript('mixed.py', text, { asIs: false });
    const report = reportOn(mixed.document.uri.fsPath, text);
    assert.equal(report.source.sha256, createHash('sha256').update(text).digest('hex'));
    await api.reports.set(report);
    assert.notEqual(mixed.document.getText(), text);
    assert.equal(api.reports.isFresh(mixed.document, report), true);
    await mixed.edit((edit) => edit.insert(new vscode.Position(0, 0), '#'));
    assert.equal(api.reports.isFresh(mixed.document, report), false);
    await closeAll('mixed.py');
  });

  it('forgets everything on request', async () => {
    await vscode.commands.executeCommand(commands.clear.id);
    await until(async () => assert.deepEqual(await lensTitles(), []));
    assert.deepEqual(hints(), []);
  });
});
