/** Wiring only: what exists, who knows whom, and which command calls what. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Analysis } from './analysis';
import { SpeedupApplier } from './apply';
import { category, commands, reportContext, type CommandArguments } from './contributions';
import { actionKinds, SpeedupActions } from './editor/code-actions';
import { HotspotDiagnostics } from './editor/diagnostics';
import { HeatDecorations } from './editor/heat';
import { HotspotLenses } from './editor/lenses';
import { LineTracker } from './editor/line-tracker';
import { StatusItem } from './editor/status';
import { EngineClient } from './engine/client';
import { runInTerminal } from './engine/terminal-run';
import { choosePython } from './interpreter';
import { ReportPanel } from './panel/panel';
import { askConsent } from './prompts';
import { ReportStore } from './report-store';

/** What the tests inside the extension host look at. Not for other extensions. */
export interface HotloopApi {
  reports: ReportStore;
  tracker: LineTracker;
  engine: EngineClient;
  analysis: Analysis;
  panel: ReportPanel;
}

export function activate(context: vscode.ExtensionContext): HotloopApi {
  const log = vscode.window.createOutputChannel(category, { log: true });
  const reports = new ReportStore();
  const tracker = new LineTracker(reports);
  const status = new StatusItem(reports);
  const lenses = new HotspotLenses(reports, tracker);
  const engine = new EngineClient({
    // The variable is for the tests, which put a stand-in there.
    entry: () => process.env['HOTLOOP_ENGINE'] ?? path.join(context.extensionPath, 'dist', 'cli.js'),
    log,
    ask: askConsent,
    launch: runInTerminal,
  });
  const analysis = new Analysis(engine, reports, status, log);
  const applier = new SpeedupApplier(reports);
  const panel = new ReportPanel({ extensionUri: context.extensionUri, reports, analysis, apply: (request) => applier.run(request) });

  const python: vscode.DocumentSelector = { language: 'python', scheme: 'file' };
  const command = (id: string, run: (...args: never[]) => unknown): vscode.Disposable => vscode.commands.registerCommand(id, run);
  context.subscriptions.push(
    ...[log, reports, tracker, status, lenses, engine, analysis, panel],
    ...[new HeatDecorations(reports, tracker), new HotspotDiagnostics(reports)],
    vscode.languages.registerCodeLensProvider(python, lenses),
    vscode.languages.registerCodeActionsProvider(python, new SpeedupActions(reports, tracker), { providedCodeActionKinds: actionKinds }),
    reports.onDidChange(() => void vscode.commands.executeCommand('setContext', reportContext, reports.latest !== undefined)),
    command(commands.profile.id, () => analysis.profile()),
    command(commands.findSpeedups.id, () => analysis.findSpeedups()),
    command(commands.cancel.id, () => analysis.cancel()),
    command(commands.openReport.id, (...[request]: CommandArguments['openReport']) => panel.open(request)),
    command(commands.apply.id, (...[request]: CommandArguments['apply']) => applier.run(request)),
    command(commands.clear.id, () => reports.clear()),
    command(commands.choosePython.id, () => choosePython()),
    command(commands.showLog.id, () => log.show()),
  );
  return { reports, tracker, engine, analysis, panel };
}
