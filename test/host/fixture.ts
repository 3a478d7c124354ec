/** What the suites share: the extension's own objects, a script in the opened folder, and waiting. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HotloopApi } from '../../extension/extension';
import energyText from './workspace/energy.py';

export { energyText };

export async function hotloop(): Promise<HotloopApi> {
  const extension = vscode.extensions.getExtension<HotloopApi>('hotloop.hotloop');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
}

/** Writes a script into the opened folder and shows it. `asIs: false` for text that the editor is known to show otherwise. */
export async function showScript(name: string, text: string, { asIs = true } = {}): Promise<vscode.TextEditor> {
  const file = path.join(workspaceFolder(), name);
  writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  // An editor left open by an earlier test is read again from the disk only after a moment.
  if (asIs) await until(() => assert.equal(document.getText(), text));
  return vscode.window.showTextDocument(document);
}

export async function closeAll(...names: string[]): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    // The editor keeps its settings as a document too, and writes it by itself.
    if (!document.isDirty || !document.uri.fsPath.startsWith(workspaceFolder())) continue;
    // A test that has just ended may still be opening an editor of its own.
    await until(async () => {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const name of names) rmSync(path.join(workspaceFolder(), name), { force: true });
}

export async function until<T>(what: () => T | Promise<T>, milliseconds = 10_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await what();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export const lensesOf = (document: vscode.TextDocument): Thenable<vscode.CodeLens[]> =>
  vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20);

export const actionsAt = (document: vscode.TextDocument, line: number, kind?: string): Thenable<vscode.CodeAction[]> =>
  vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, new vscode.Range(line, 8, line, 8), kind);
