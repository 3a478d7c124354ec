/** The only place where the editor changes a user's file: hashes first, all files or none, one undo step. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ReportCandidate } from '../analyzers/types';
import { commands } from './contributions';
import { fileKey, type ReportStore } from './report-store';
import { candidateText, whyNot } from './wording';

export type Applied = { applied: true } | { applied: false; why: string };

export class SpeedupApplier {
  constructor(private readonly reports: ReportStore) {}

  /** Applies and tells the person how it went. Without a request the person picks one of the proven candidates. */
  async run(request?: { path: string; candidate: string }): Promise<Applied> {
    const target = request ?? (await this.pick());
    if (target === null) return { applied: false, why: 'nothing was chosen' };
    const candidate = this.reports.get(target.path)?.candidates.find((entry) => entry.id === target.candidate);
    if (candidate === undefined) return this.decline('That speedup is not in the report any more: find speedups again.');
    const result = await this.apply(candidate);
    if (result.applied) {
      // Not modal and not awaited: the person goes on editing.
      void vscode.window.showInformationMessage(`Applied: ${candidate.title}. Undo takes it back; save to keep it.`);
    }
    return result;
  }

  private async pick(): Promise<{ path: string; candidate: string } | null> {
    const document = vscode.window.activeTextEditor?.document;
    const report = (document === undefined ? undefined : this.reports.about(document.uri.fsPath)) ?? this.reports.latest;
    const proven = report?.candidates.filter((candidate) => candidate.status === 'proven') ?? [];
    if (report === undefined || proven.length === 0) {
      void vscode.window.showInformationMessage('There is no proven speedup to apply: run "Hotloop: Find Speedups" first.');
      return null;
    }
    const picked = await vscode.window.showQuickPick(
      proven.map((candidate) => ({ label: candidateText(candidate), detail: candidate.reason, id: candidate.id })),
      { title: `Apply a speedup to ${path.basename(report.source.path)}` },
    );
    return picked === undefined ? null : { path: report.source.path, candidate: picked.id };
  }

  private async apply(candidate: ReportCandidate): Promise<Applied> {
    if (candidate.status !== 'proven') return this.decline(`${candidate.title} is not applied: ${whyNot(candidate)}`);
    if (candidate.edits.length === 0) return this.decline(`${candidate.title} holds no change to apply.`);
    const edit = new vscode.WorkspaceEdit();
    for (const file of new Set(candidate.edits.map((entry) => entry.file))) {
      const uri = vscode.Uri.file(file);
      const document = await this.open(uri);
      if (document === null) return this.decline(`${path.basename(file)} is not there any more. Nothing was changed.`);
      const edits = candidate.edits.filter((entry) => entry.file === file);
      if (!edits.every((entry) => this.reports.matches(document, entry.sha256))) {
        return this.decline(`${path.basename(file)} was changed after it was measured. Nothing was changed: prove again.`);
      }
      for (const { start, end, newText } of edits) edit.replace(uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
    }
    if (!(await vscode.workspace.applyEdit(edit))) return this.decline('The editor did not accept the change. Nothing was changed.');
    await this.reveal(candidate);
    return { applied: true };
  }

  private async open(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
    const opened = vscode.workspace.textDocuments.find((document) => fileKey(document.uri.fsPath) === uri.toString());
    if (opened !== undefined) return opened;
    try {
      return await vscode.workspace.openTextDocument(uri);
    } catch {
      return null;
    }
  }

  private async reveal(candidate: ReportCandidate): Promise<void> {
    // The lowest edit is the loop itself; imports come at the top.
    const last = [...candidate.edits].sort((a, b) => a.start.line - b.start.line).at(-1);
    if (last === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(last.file));
    const line = Math.min(last.start.line, document.lineCount - 1);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One, preserveFocus: false });
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  private decline(why: string): Applied {
    const again = 'Find Speedups';
    void vscode.window.showWarningMessage(why, again).then((choice) => {
      if (choice === again) void vscode.commands.executeCommand(commands.findSpeedups.id);
    });
    return { applied: false, why };
  }
}
