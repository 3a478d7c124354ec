/** One analysis at a time: what is checked and asked before it starts, and what the person is told when it ends. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { formatSeconds, seconds } from '../analyzers/platform/units';
import type { Progress, Refusal, Report } from '../analyzers/types';
import { commands, runningContext, settings } from './contributions';
import type { StatusItem } from './editor/status';
import type { EngineClient } from './engine/client';
import type { AnalyzeRequest } from '../analyzers/cli/protocol';
import { chosenPython } from './interpreter';
import { askDepth, explainUntrusted, replaceRunning, saveUnsaved } from './prompts';
import type { ReportStore } from './report-store';
import { refusalText, summary } from './wording';

interface Running {
  script: string;
  cancellation: vscode.CancellationTokenSource;
  ended: Promise<void>;
}
/** How a command ended, for tests and for commands that call others. */
export type AnalysisEnd = 'done' | 'refused' | 'cancelled' | 'not-started';

export class Analysis implements vscode.Disposable {
  private running: Running | null = null;
  private readonly progressed = new vscode.EventEmitter<{ script: string; progress: Progress }>();
  private readonly ended = new vscode.EventEmitter<{ script: string; problem: string | null }>();
  readonly onDidProgress = this.progressed.event;
  /** `problem` says why there is no new report; null: all went well. */
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly engine: EngineClient,
    private readonly reports: ReportStore,
    private readonly status: StatusItem,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Path of the script that is analysed now. */
  get script(): string | null {
    return this.running?.script ?? null;
  }

  profile(): Promise<AnalysisEnd> {
    return this.start(() => Promise.resolve('profile'));
  }

  findSpeedups(): Promise<AnalysisEnd> {
    return this.start((script) => {
      const last = this.reports.get(script.fsPath)?.run.seconds ?? null;
      return askDepth(path.basename(script.fsPath), last, seconds(configuration(script).get(settings.budget.key, settings.budget.default)));
    });
  }

  cancel(): void {
    this.running?.cancellation.cancel();
  }

  private async start(chooseDepth: (script: vscode.Uri) => Promise<AnalyzeRequest['depth'] | null>): Promise<AnalysisEnd> {
    if (!vscode.workspace.isTrusted) {
      await explainUntrusted();
      return 'not-started';
    }
    const script = this.activeScript();
    if (script === null || !(await this.makeRoom())) return 'not-started';
    const depth = await chooseDepth(script);
    if (depth === null || !(await saveUnsaved())) return 'not-started';
    if (!existsSync(script.fsPath)) {
      void vscode.window.showErrorMessage(`${path.basename(script.fsPath)} is not on the disk any more, so it cannot be run.`);
      return 'not-started';
    }
    // The questions took time: another analysis may have been started meanwhile.
    if (!(await this.makeRoom())) return 'not-started';
    return this.run(script, depth);
  }

  private activeScript(): vscode.Uri | null {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== 'python') {
      void vscode.window.showWarningMessage('Open the Python script to measure, then run this command again.');
      return null;
    }
    if (document.uri.scheme !== 'file') {
      void vscode.window.showWarningMessage('This script is not on the disk: save it first.');
      return null;
    }
    // A remote window without a folder lets no terminal start anywhere but at home.
    if (vscode.env.remoteName !== undefined && vscode.workspace.workspaceFolders === undefined) {
      const why = `This window has no folder open, and a remote window starts programs only in one. Open the folder of ${path.basename(document.uri.fsPath)} first.`;
      void tell('warning', why, { 'Open Folder': () => vscode.commands.executeCommand('workbench.action.files.openFolder') });
      return null;
    }
    return document.uri;
  }

  private async makeRoom(): Promise<boolean> {
    for (let running = this.running; running !== null; running = this.running) {
      if (!(await replaceRunning(path.basename(running.script)))) return false;
      running.cancellation.cancel();
      await running.ended;
    }
    return true;
  }

  private async run(script: vscode.Uri, depth: AnalyzeRequest['depth']): Promise<AnalysisEnd> {
    const name = path.basename(script.fsPath);
    const cancellation = new vscode.CancellationTokenSource();
    let finish = (): void => undefined;
    this.running = { script: script.fsPath, cancellation, ended: new Promise((resolve) => (finish = resolve)) };
    let problem: string | null = null;
    this.status.setRunning(name);
    void vscode.commands.executeCommand('setContext', runningContext, true);
    try {
      const request = await this.request(script, depth);
      const title =
        depth === 'profile'
          ? `Hotloop: profiling ${name}`
          : depth === 'advise'
            ? `Hotloop: looking at ${name}`
            : `Hotloop: finding speedups for ${name}`;
      const outcome = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        async (notice, token) => {
          token.onCancellationRequested(() => cancellation.cancel());
          let told = 0;
          const onProgress = (progress: Progress): void => {
            this.status.setRunning(name, progress);
            this.progressed.fire({ script: script.fsPath, progress });
            const percent = (progress.fraction ?? 0) * 100;
            notice.report({ message: progress.text, increment: Math.max(0, percent - told) });
            told = Math.max(told, percent);
          };
          return this.engine.analyze(request, { onProgress, onPartial: (report) => void this.reports.set(report) }, cancellation.token);
        },
      );
      if (cancellation.token.isCancellationRequested) {
        if (outcome.ok) await this.reports.set(outcome.value);
        problem = 'Cancelled.';
        const kept = outcome.ok ? ' What was known by then is shown.' : '';
        vscode.window.setStatusBarMessage(`Hotloop: ${name} was cancelled.${kept}`, 5000);
        return 'cancelled';
      }
      if (!outcome.ok) {
        problem = refusalText(outcome.refusal);
        this.tellRefusal(name, outcome.refusal);
        return 'refused';
      }
      await this.reports.set(outcome.value);
      this.tellEnd(name, outcome.value);
      return 'done';
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      const message = error instanceof Error ? error.message : String(error);
      problem = message;
      if (!cancellation.token.isCancellationRequested)
        void tell('error', `Hotloop: ${message}`, { 'Show Log': () => vscode.commands.executeCommand(commands.showLog.id) });
      return 'refused';
    } finally {
      cancellation.dispose();
      this.running = null;
      this.status.setRunning(null);
      void vscode.commands.executeCommand('setContext', runningContext, false);
      this.ended.fire({ script: script.fsPath, problem });
      finish();
    }
  }

  private async request(script: vscode.Uri, depth: AnalyzeRequest['depth']): Promise<AnalyzeRequest> {
    const config = configuration(script);
    const folder = vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? null;
    const cwd = config.get(settings.cwd.key, '').trim();
    const base = folder ?? path.dirname(script.fsPath);
    const limit = config.get(settings.limit.key, settings.limit.default);
    const workers = config.get(settings.workers.key, settings.workers.default);
    return {
      depth,
      command: { kind: 'script', target: script.fsPath, args: config.get(settings.args.key, settings.args.default), cwd: path.resolve(base, cwd) },
      python: await chosenPython(script, this.log),
      budget: seconds(config.get(settings.budget.key, settings.budget.default)),
      limit: limit > 0 ? seconds(limit) : null,
      workers: workers.length > 0 ? workers : null,
      // The person types into the terminal of the measured run.
      stdin: 'inherit',
      workspace: folder,
      patch: null,
      yes: false,
    };
  }

  private tellEnd(name: string, report: Report): void {
    const { run } = report;
    const text = summary(report);
    const choices = { 'Open Report': () => vscode.commands.executeCommand(commands.openReport.id), ...this.showHotLoop(report) };
    const stopped = run.stopped === 'limit' ? ` It was stopped after ${formatSeconds(run.seconds)}, the limit that is set.` : '';
    if (run.exitCode !== 0 && run.stopped === undefined)
      void tell('warning', `${name} ended with exit code ${run.exitCode}; what it did until then was measured. ${text}`, choices);
    else void tell('information', `${name}: ${text}${stopped}`, choices);
  }

  private showHotLoop({ hotspots }: Report): Record<string, () => unknown> {
    const hottest = hotspots[0];
    if (hottest === undefined) return {};
    const at = new vscode.Range(hottest.startLine - 1, 0, hottest.startLine - 1, 0);
    return { 'Show Hot Loop': () => vscode.window.showTextDocument(vscode.Uri.file(hottest.file), { selection: at }) };
  }

  private tellRefusal(name: string, refusal: Refusal): void {
    const choose = /interpreter|python/i.test(refusal.code);
    const [label, command] = choose ? ['Choose Interpreter', commands.choosePython.id] : ['Show Log', commands.showLog.id];
    this.log.warn(`${name}: ${refusal.code}: ${refusal.why} ${refusal.toDo}`);
    void tell('error', `${name}: ${refusalText(refusal)}`, { [label]: () => vscode.commands.executeCommand(command) });
  }

  dispose(): void {
    this.cancel();
    this.progressed.dispose();
    this.ended.dispose();
  }
}

const configuration = (script: vscode.Uri): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration(undefined, script);

async function tell(kind: 'information' | 'warning' | 'error', text: string, choices: Record<string, () => unknown>): Promise<void> {
  const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
  const show = kind === 'error' ? showErrorMessage : kind === 'warning' ? showWarningMessage : showInformationMessage;
  const choice = await show(text, ...Object.keys(choices));
  if (choice !== undefined) await choices[choice]?.();
}
