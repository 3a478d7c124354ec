/** Every question that the editor asks before something runs. Each returns what the person chose; closing a question is a no. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Effect, Seconds } from '../analyzers/types';
import { count, runPlan } from './wording';

async function ask<T extends string>(message: string, detail: string, ...choices: [T, ...T[]]): Promise<T | null> {
  return (await vscode.window.showWarningMessage<T>(message, { modal: true, detail }, ...choices)) ?? null;
}

/** Null: cancelled. */
export async function askDepth(script: string, last: Seconds | null, budget: Seconds): Promise<'prove' | 'advise' | null> {
  const { message, detail } = runPlan(script, last, budget);
  const choice = await vscode.window.showInformationMessage(message, { modal: true, detail }, 'Run', 'Advice only');
  return choice === 'Run' ? 'prove' : choice === 'Advice only' ? 'advise' : null;
}

/** Saves what is unsaved when the person agrees. False: do not run. */
export async function saveUnsaved(): Promise<boolean> {
  // Not only the script: a run reads imported modules and data files from the disk as well. The editor's own files are not the person's.
  const mine = (document: vscode.TextDocument): boolean =>
    document.languageId === 'python' || vscode.workspace.getWorkspaceFolder(document.uri) !== undefined;
  const unsaved = vscode.workspace.textDocuments.filter((document) => document.isDirty && document.uri.scheme === 'file' && mine(document));
  if (unsaved.length === 0) return true;
  const names = unsaved.map((document) => path.basename(document.uri.fsPath)).join(', ');
  const message = unsaved.length === 1 ? `${names} has unsaved changes.` : `${count(unsaved.length, 'file')} have unsaved changes.`;
  const choice = await ask(message, `Hotloop measures what is on the disk: ${names}.`, 'Save and Run');
  if (choice === null) return false;
  const saved = await Promise.all(unsaved.map((document) => document.save()));
  if (saved.every(Boolean)) return true;
  void vscode.window.showErrorMessage('Hotloop did not start: a file could not be saved.');
  return false;
}

/** True: the running analysis is to be cancelled for the new one. */
export async function replaceRunning(running: string): Promise<boolean> {
  const detail = 'Two at a time would disturb each other\u2019s measurements.';
  return (await ask(`Hotloop is still busy with ${running}.`, detail, 'Cancel It and Start', 'Keep It Running')) === 'Cancel It and Start';
}

/** The engine's question before anything beyond the project's own folder is repeated. */
export async function askConsent(question: { text: string; effects: Effect[] }): Promise<boolean> {
  const seen = question.effects.slice(0, 12).map((effect) => `• ${effect.kind.replace('-', ' ')}: ${effect.target} (${count(effect.count, 'time')})`);
  const more = question.effects.length > 12 ? [`• and ${count(question.effects.length - 12, 'other')}`] : [];
  return (await ask(question.text, [...seen, ...more].join('\n'), 'Run Again', 'Leave Untried')) === 'Run Again';
}

/** Nothing runs in an untrusted workspace; says so and leads to where trust is given. */
export async function explainUntrusted(): Promise<void> {
  const choice = await vscode.window.showWarningMessage(
    'Hotloop runs nothing here: this workspace is not trusted. To measure a script it has to be run.',
    'Manage Workspace Trust',
  );
  if (choice !== undefined) await vscode.commands.executeCommand('workbench.trust.manage');
}
