/** One item in the status bar: what runs now, else what is known of the script in the active editor. */
import * as vscode from 'vscode';
import { formatInterval, formatShare } from '../../analyzers/platform/units';
import type { Progress } from '../../analyzers/types';
import { category, commands, statusItemId } from '../contributions';
import type { ReportStore } from '../report-store';

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(statusItemId, vscode.StatusBarAlignment.Left, 10);
  private readonly subscriptions: vscode.Disposable[];
  private running: { script: string; progress: Progress | null } | null = null;

  constructor(private readonly reports: ReportStore) {
    this.item.name = category;
    const refresh = (): void => this.refresh();
    this.subscriptions = [
      reports.onDidChange(refresh),
      vscode.window.onDidChangeActiveTextEditor(refresh),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === vscode.window.activeTextEditor?.document) this.refresh();
      }),
    ];
    this.refresh();
  }

  /** @param script base name of what runs; null when nothing does. */
  setRunning(script: string | null, progress: Progress | null = null): void {
    this.running = script === null ? null : { script, progress };
    this.refresh();
  }

  private show(text: string, tooltip: string, command: string): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.command = command;
    this.item.accessibilityInformation = { label: `${category}: ${text.replace(/\$\([^)]*\)\s*/g, '')}` };
    this.item.show();
  }

  private refresh(): void {
    if (this.running !== null) {
      const { script, progress } = this.running;
      const part = progress?.fraction === undefined ? '' : ` ${Math.round(progress.fraction * 100)} %`;
      this.show(`$(sync~spin) Hotloop${part}`, `${script}: ${progress?.text ?? 'starting'}. Click to cancel.`, commands.cancel.id);
      return;
    }
    const document = vscode.window.activeTextEditor?.document;
    const report = document === undefined || document.uri.scheme !== 'file' ? undefined : this.reports.about(document.uri.fsPath);
    if (document === undefined || report === undefined) {
      if (document?.languageId === 'python')
        this.show('$(flame) Hotloop', 'Find what is slow in this script and what makes it fast', commands.findSpeedups.id);
      else this.item.hide();
      return;
    }
    if (!this.reports.isFresh(document, report)) {
      this.show('$(history) Hotloop: file changed', 'The file is not what was measured. Click to prove again.', commands.findSpeedups.id);
      return;
    }
    const best = report.recommendation.kind === 'apply' ? report.recommendation.candidate : null;
    const measured = report.candidates.find((candidate) => candidate.id === best)?.measured ?? null;
    const hottest = report.hotspots[0];
    const text =
      measured !== null
        ? `$(rocket) ${formatInterval(measured)}, proven`
        : hottest === undefined
          ? '$(flame) Hotloop'
          : `$(flame) ${formatShare(hottest.share)} in line ${hottest.startLine}`;
    this.show(text, 'Open the Hotloop report', commands.openReport.id);
  }

  dispose(): void {
    for (const item of [...this.subscriptions, this.item]) item.dispose();
  }
}
