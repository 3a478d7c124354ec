/** Proven speedups as quick fixes; what was looked at and not proven, shown disabled with the reason. */
import * as vscode from 'vscode';
import type { ReportCandidate } from '../../analyzers/types';
import { commands, type CommandArguments } from '../contributions';
import { fileKey, type ReportStore } from '../report-store';
import { candidateText, count, whyNot } from '../wording';
import { diagnosticSource } from './diagnostics';
import type { LineTracker } from './line-tracker';
import { marksOf, type HotspotMark } from './marks';

const rewrite = vscode.CodeActionKind.RefactorRewrite.append('hotloop');
export const actionKinds = [vscode.CodeActionKind.QuickFix, rewrite];

export class SpeedupActions implements vscode.CodeActionProvider {
  constructor(
    private readonly reports: ReportStore,
    private readonly tracker: LineTracker,
  ) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const report = this.reports.about(document.uri.fsPath);
    if (report === undefined) return [];
    const key = fileKey(document.uri.fsPath);
    const fresh = this.reports.isFresh(document, report);
    const now = (line: number): number | null => (fresh ? line : this.tracker.now(document, line));
    const here = marksOf(report, (path) => fileKey(path) === key).hotspots.filter((mark) => {
      const [start, end] = [now(mark.startLine), now(mark.endLine)];
      return (start ?? end ?? Infinity) <= range.end.line && (end ?? start ?? -1) >= range.start.line;
    });
    const script = report.source.path;
    // The refactor menu asks for refactors only; everywhere else a proven speedup is a quick fix.
    const kind = context.only !== undefined && vscode.CodeActionKind.Refactor.intersects(context.only) ? rewrite : vscode.CodeActionKind.QuickFix;
    const recommended = report.recommendation.kind === 'apply' ? report.recommendation.candidate : null;
    const actions = new Map<string, vscode.CodeAction>();
    for (const mark of here) {
      for (const candidate of mark.proven) {
        if (!actions.has(candidate.id))
          actions.set(candidate.id, this.proven(candidate, { mark, script, kind, fresh, context, preferred: candidate.id === recommended }));
      }
      for (const candidate of mark.others) {
        if (!actions.has(candidate.id)) actions.set(candidate.id, this.disabled(candidateText(candidate), whyNot(candidate)));
      }
    }
    return [...actions.values(), ...(fresh ? this.explain(here, script) : [])];
  }

  private proven(
    candidate: ReportCandidate,
    o: { mark: HotspotMark; script: string; kind: vscode.CodeActionKind; fresh: boolean; context: vscode.CodeActionContext; preferred: boolean },
  ): vscode.CodeAction {
    if (!o.fresh)
      return this.disabled(candidateText(candidate), 'The file was changed after it was measured: prove again with "Hotloop: Find Speedups".');
    const action = new vscode.CodeAction(candidateText(candidate), o.kind);
    const target: CommandArguments['apply'] = [{ path: o.script, candidate: candidate.id }];
    // A command and not an edit: every file that the candidate edits is checked at the moment of applying.
    action.command = { title: action.title, command: commands.apply.id, arguments: target };
    action.diagnostics = o.context.diagnostics.filter((d) => d.source === diagnosticSource && d.range.start.line === o.mark.startLine);
    action.isPreferred = o.preferred;
    return action;
  }

  private disabled(title: string, reason: string): vscode.CodeAction {
    const action = new vscode.CodeAction(title, rewrite);
    action.disabled = { reason };
    return action;
  }

  /** The quick-fix menu leaves disabled actions out, so there the reasons are one step away. */
  private explain(here: HotspotMark[], script: string): vscode.CodeAction[] {
    const marks = here.filter((mark) => mark.others.length > 0);
    const first = marks[0];
    if (first === undefined) return [];
    const others = new Set(marks.flatMap((mark) => mark.others.map((candidate) => candidate.id)));
    const action = new vscode.CodeAction(
      `Hotloop: why ${count(others.size, 'other way')} ${others.size === 1 ? 'is' : 'are'} not offered`,
      vscode.CodeActionKind.QuickFix,
    );
    const target: CommandArguments['openReport'] = [{ path: script, hotspot: first.hotspot.id }];
    action.command = { title: action.title, command: commands.openReport.id, arguments: target };
    return [action];
  }
}
