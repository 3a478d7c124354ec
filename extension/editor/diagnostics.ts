/** A hint on the first line of each hotspot, which quick fixes attach to. Taken away as soon as the file differs from what was measured. */
import * as vscode from 'vscode';
import { fileKey, type ReportStore } from '../report-store';
import { diagnosticText, marksOf } from './marks';

export const diagnosticSource = 'hotloop';

export class HotspotDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(diagnosticSource);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly reports: ReportStore) {
    this.subscriptions = [
      reports.onDidChange(() => this.refreshAll()),
      vscode.workspace.onDidOpenTextDocument((document) => this.refresh(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.refresh(event.document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.collection.delete(document.uri)),
    ];
  }

  private refreshAll(): void {
    this.collection.clear();
    for (const document of vscode.workspace.textDocuments) this.refresh(document);
  }

  private refresh(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    const report = this.reports.about(document.uri.fsPath);
    if (report === undefined || !this.reports.isFresh(document, report)) {
      this.collection.delete(document.uri);
      return;
    }
    const key = fileKey(document.uri.fsPath);
    const { hotspots } = marksOf(report, (path) => fileKey(path) === key);
    this.collection.set(
      document.uri,
      hotspots
        .filter((mark) => mark.startLine < document.lineCount)
        .map((mark) => {
          const line = document.lineAt(mark.startLine);
          const range = new vscode.Range(mark.startLine, line.firstNonWhitespaceCharacterIndex, mark.startLine, line.text.length);
          const diagnostic = new vscode.Diagnostic(range, diagnosticText(mark), vscode.DiagnosticSeverity.Hint);
          diagnostic.source = diagnosticSource;
          diagnostic.code = mark.hotspot.bottleneck;
          return diagnostic;
        }),
    );
  }

  dispose(): void {
    for (const item of [...this.subscriptions, this.collection]) item.dispose();
  }
}
