/** Above each hotspot: its share and bottleneck, and the best proven speedup, one click from being applied. */
import * as vscode from 'vscode';
import type { Report } from '../../analyzers/types';
import { commands, settings, type CommandArguments } from '../contributions';
import { fileKey, type ReportStore } from '../report-store';
import { candidateText, count } from '../wording';
import type { LineTracker } from './line-tracker';
import { marksOf, type HotspotMark } from './marks';

/** Of the run; hotspots below have heat and hints, but no lens. */
const smallestShare = 0.05;

/** A plain blank after an icon is swallowed where lenses are drawn. */
const icon = (name: string, text: string): string => `$(${name})\u00a0${text}`;

export class HotspotLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: { dispose(): unknown }[];

  constructor(
    private readonly reports: ReportStore,
    private readonly tracker: LineTracker,
  ) {
    this.subscriptions = [
      this.changed,
      reports.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.lenses.key)) this.changed.fire();
      }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const report = this.reports.about(document.uri.fsPath);
    if (report === undefined || !vscode.workspace.getConfiguration().get(settings.lenses.key, settings.lenses.default)) return [];
    const key = fileKey(document.uri.fsPath);
    const fresh = this.reports.isFresh(document, report);
    const hottest = report.hotspots[0]?.id;
    // A lens costs a line of the person's screen: small shares get one only when there is something to apply.
    const shown = marksOf(report, (path) => fileKey(path) === key).hotspots.filter(
      (mark) => mark.hotspot.share >= smallestShare || mark.proven.length > 0,
    );
    return shown.flatMap((mark) => {
      const line = fresh ? mark.startLine : this.tracker.now(document, mark.startLine);
      if (line === null || line >= document.lineCount) return [];
      const range = document.lineAt(line).range;
      const found = fresh ? this.freshLenses(mark, report, mark.hotspot.id === hottest) : [this.staleLens(mark)];
      return found.map((command) => new vscode.CodeLens(range, command));
    });
  }

  private freshLenses(mark: HotspotMark, { source, depth }: Report, hottest: boolean): vscode.Command[] {
    const script = source.path;
    const show: CommandArguments['openReport'] = [{ path: script, hotspot: mark.hotspot.id }];
    const lenses: vscode.Command[] = [
      { title: icon('flame', mark.text), tooltip: 'Open the report at this hotspot', command: commands.openReport.id, arguments: show },
    ];
    const best = mark.proven[0];
    if (best !== undefined) {
      const apply: CommandArguments['apply'] = [{ path: script, candidate: best.id }];
      lenses.push({ title: icon('rocket', candidateText(best)), tooltip: 'Apply this speedup', command: commands.apply.id, arguments: apply });
    } else if (depth !== 'prove' && hottest) {
      lenses.push({ title: 'Find speedups', tooltip: 'Try the ways to make it faster, and time each', command: commands.findSpeedups.id });
    } else if (depth === 'prove' && mark.others.length > 0) {
      const title = `${count(mark.others.length, 'other way')} looked at, none proven`;
      lenses.push({ title, tooltip: 'Open the report to see why', command: commands.openReport.id, arguments: show });
    }
    return lenses;
  }

  private staleLens(mark: HotspotMark): vscode.Command {
    return {
      title: icon('history', `${mark.text} before the file was changed: prove again`),
      tooltip: 'The file is not what was measured. Find speedups again.',
      command: commands.findSpeedups.id,
    };
  }

  dispose(): void {
    for (const item of this.subscriptions) item.dispose();
  }
}
