/** Follows measured lines while the person types, so that heat stays on the code that it was measured on. */
import * as vscode from 'vscode';
import { fileKey, type ReportStore } from '../report-store';
import { shiftLine, type LineChange } from './marks';

const lineBreaks = /\r\n|\r|\n/g;

export class LineTracker implements vscode.Disposable {
  private readonly changes = new Map<string, LineChange[]>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly reports: ReportStore) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)),
      // A new report measured the text as it stands: what was typed before it moves nothing.
      reports.onDidChange(() => {
        for (const document of vscode.workspace.textDocuments) {
          const report = reports.about(document.uri.fsPath);
          if (report === undefined || reports.isFresh(document, report)) this.changes.delete(fileKey(document.uri.fsPath));
        }
      }),
    ];
  }

  /** Where a line of the measured text (0-based) stands now; null when it is gone. */
  now(document: vscode.TextDocument, line: number): number | null {
    let at: number | null = line;
    for (const change of this.changes.get(fileKey(document.uri.fsPath)) ?? []) {
      if (at === null) break;
      at = shiftLine(at, change);
    }
    return at !== null && at < document.lineCount ? at : null;
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document.uri.scheme !== 'file') return;
    const key = fileKey(document.uri.fsPath);
    const report = this.reports.about(document.uri.fsPath);
    // The measured text is back (undo, or a new report): nothing to follow.
    if (report === undefined || this.reports.isFresh(document, report)) {
      this.changes.delete(key);
      return;
    }
    const changes = this.changes.get(key) ?? [];
    // The editor orders the changes of one event from the end of the text to its start: each is in coordinates that the later ones leave alone.
    for (const { range, text } of contentChanges) {
      const newLines = text.match(lineBreaks)?.length ?? 0;
      changes.push({ startLine: range.start.line, startCharacter: range.start.character, endLine: range.end.line, newLines });
    }
    this.changes.set(key, changes);
  }

  dispose(): void {
    for (const item of this.subscriptions) item.dispose();
  }
}
