/** Colours on hot lines, marks in the overview ruler, and each line's share of the run written behind it. */
import * as vscode from 'vscode';
import { heatColours, markColours, settings } from '../contributions';
import { fileKey, type ReportStore } from '../report-store';
import type { LineTracker } from './line-tracker';
import { marksOf, type Heat, type HotLine } from './marks';

const colour = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

export class HeatDecorations implements vscode.Disposable {
  private readonly background: Record<Heat, vscode.TextEditorDecorationType>;
  private readonly share = vscode.window.createTextEditorDecorationType({ rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed });
  private readonly subscriptions: vscode.Disposable[];
  private pending: NodeJS.Timeout | undefined;

  constructor(
    private readonly reports: ReportStore,
    private readonly tracker: LineTracker,
  ) {
    const background = (at: 0 | 1 | 2, ruler: boolean): vscode.TextEditorDecorationType =>
      vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: colour(heatColours[at].id),
        ...(ruler ? { overviewRulerColor: colour(markColours.ruler.id), overviewRulerLane: vscode.OverviewRulerLane.Left } : {}),
      });
    this.background = { low: background(0, false), medium: background(1, true), high: background(2, true) };
    const refresh = (): void => this.refreshSoon();
    this.subscriptions = [
      reports.onDidChange(refresh),
      vscode.window.onDidChangeVisibleTextEditors(refresh),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (reports.about(event.document.uri.fsPath) !== undefined) refresh();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.heat.key)) refresh();
      }),
    ];
  }

  /** Typing comes in bursts; one redraw is enough. */
  private refreshSoon(): void {
    clearTimeout(this.pending);
    this.pending = setTimeout(() => {
      for (const editor of vscode.window.visibleTextEditors) this.draw(editor);
    }, 60);
  }

  private draw(editor: vscode.TextEditor): void {
    const { document } = editor;
    const shown = document.uri.scheme === 'file' && vscode.workspace.getConfiguration().get(settings.heat.key, settings.heat.default);
    const report = shown ? this.reports.about(document.uri.fsPath) : undefined;
    const key = fileKey(document.uri.fsPath);
    const lines = report === undefined ? [] : marksOf(report, (path) => fileKey(path) === key).lines;
    const fresh = report !== undefined && this.reports.isFresh(document, report);
    const placed = lines.flatMap((line) => {
      const at = fresh ? line.line : this.tracker.now(document, line.line);
      return at === null || at >= document.lineCount ? [] : [{ line, range: document.lineAt(at).range }];
    });
    for (const heat of ['low', 'medium', 'high'] as const) {
      // Colour claims a measurement; a changed file keeps only the faded figures.
      const ranges = fresh ? placed.filter((entry) => entry.line.heat === heat).map((entry) => entry.range) : [];
      editor.setDecorations(this.background[heat], ranges);
    }
    editor.setDecorations(
      this.share,
      placed.map(({ line, range }) => ({ range, renderOptions: { after: this.after(line, fresh) } })),
    );
  }

  private after(line: HotLine, fresh: boolean): vscode.ThemableDecorationAttachmentRenderOptions {
    return {
      contentText: fresh ? line.text : `${line.text} before the change`,
      color: colour(fresh ? markColours.text.id : markColours.stale.id),
      margin: '0 0 0 2.5em',
      fontStyle: 'italic',
    };
  }

  dispose(): void {
    clearTimeout(this.pending);
    for (const item of [...this.subscriptions, ...Object.values(this.background), this.share]) item.dispose();
  }
}
