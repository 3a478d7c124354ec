/** The report beside the code. One panel a window; it shows the report of the script that was asked for last. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Report } from '../../analyzers/types';
import { readPanelMessage, type HostMessage, type PanelMessage } from '../../webview/protocol';
import type { Analysis } from '../analysis';
import type { Applied } from '../apply';
import { commands, panelType } from '../contributions';
import { fileKey, type ReportStore } from '../report-store';
import { panelHtml } from './html';

export interface PanelOptions {
  extensionUri: vscode.Uri;
  reports: ReportStore;
  analysis: Analysis;
  apply: (request: { path: string; candidate: string }) => Promise<Applied>;
}
export interface PanelRequest {
  path: string;
  hotspot?: string;
  candidate?: string;
}

export class ReportPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private script: string | null = null;
  /** What to scroll to as soon as the page is there. */
  private wanted: PanelRequest | null = null;
  private ready = false;
  private pending: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly options: PanelOptions) {
    const { reports, analysis } = options;
    this.subscriptions = [
      reports.onDidChange(() => this.sendSoon()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.speaksOf(document.uri)) this.sendSoon();
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (this.speaksOf(document.uri)) this.sendSoon();
      }),
      analysis.onDidProgress((event) => this.post({ type: 'progress', ...event })),
      analysis.onDidEnd(({ problem }) => {
        this.post({ type: 'ended', problem });
        this.sendSoon();
      }),
    ];
  }

  /** True once the page has asked for its report. */
  get isReady(): boolean {
    return this.ready;
  }

  /** Without a request: the report of the active script, else the newest. */
  open(request?: PanelRequest): void {
    const { reports } = this.options;
    const active = vscode.window.activeTextEditor?.document.uri.fsPath;
    const report = request === undefined ? ((active === undefined ? undefined : reports.about(active)) ?? reports.latest) : reports.get(request.path);
    if (report === undefined) {
      void vscode.window.showInformationMessage('There is no report yet: run "Hotloop: Profile Active Script" or "Hotloop: Find Speedups".');
      return;
    }
    this.script = report.source.path;
    this.wanted = request ?? null;
    this.panel ??= this.create();
    this.panel.title = `Hotloop: ${path.basename(this.script)}`;
    this.panel.reveal(undefined, true);
    if (this.ready) void this.send();
  }

  private create(): vscode.WebviewPanel {
    const { extensionUri } = this.options;
    const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    // No retainContextWhenHidden: a hidden page costs memory for as long as it is kept, and the page comes back from the report, which lives here,
    // and from its own small state (open sections, scroll). No serializer: after a reload of the window there is no report to come back to.
    const panel = vscode.window.createWebviewPanel(
      panelType,
      'Hotloop',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [assets] },
    );
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    panel.webview.onDidReceiveMessage((data: unknown) => {
      const message = readPanelMessage(data);
      if (message !== null) void this.receive(message);
    });
    panel.onDidDispose(() => {
      this.panel = null;
      this.ready = false;
    });
    const { cspSource } = panel.webview;
    const file = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
    panel.webview.html = panelHtml({ cspSource, script: file('main.js'), style: file('main.css') });
    return panel;
  }

  private async receive(message: PanelMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        await this.send();
        return;
      case 'apply': {
        if (this.script === null) return;
        const result = await this.options.apply({ path: this.script, candidate: message.candidate });
        this.post({ type: 'applied', candidate: message.candidate, problem: result.applied ? null : result.why });
        return;
      }
      case 'open':
        await this.show(message.file, message.line);
        return;
      case 'cancel':
        await vscode.commands.executeCommand(commands.cancel.id);
        return;
      case 'find-speedups':
        await this.findSpeedups();
    }
  }

  /** @param line counts from 1. */
  private async show(file: string, line: number): Promise<void> {
    const report = this.report();
    // The page is not trusted with the disk: it opens what the report speaks of, nothing else.
    if (report === undefined || !filesOf(report).some((entry) => fileKey(entry.path) === fileKey(file))) return;
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
      const at = Math.min(line, document.lineCount) - 1;
      const beside = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ?? vscode.ViewColumn.One;
      await vscode.window.showTextDocument(document, { viewColumn: beside, selection: new vscode.Range(at, 0, at, 0) });
    } catch {
      void vscode.window.showWarningMessage(`${path.basename(file)} is not there any more.`);
    }
  }

  private async findSpeedups(): Promise<void> {
    // The command takes the active editor, and the panel is what is active now.
    if (this.script !== null) await this.show(this.script, 1);
    await vscode.commands.executeCommand(commands.findSpeedups.id);
  }

  private report(): Report | undefined {
    return this.script === null ? undefined : this.options.reports.get(this.script);
  }

  private speaksOf(uri: vscode.Uri): boolean {
    const report = this.report();
    return report !== undefined && filesOf(report).some((entry) => fileKey(entry.path) === uri.toString());
  }

  private sendSoon(): void {
    clearTimeout(this.pending);
    if (this.ready) this.pending = setTimeout(() => void this.send(), 120);
  }

  private async send(): Promise<void> {
    const report = this.report();
    if (report === undefined) {
      this.post({ type: 'cleared' });
      return;
    }
    const running = this.options.analysis.script;
    const complete = running === null || fileKey(running) !== fileKey(report.source.path);
    this.post({ type: 'report', report, complete, stale: await this.stale(report) });
    if (this.wanted !== null) {
      const { hotspot, candidate } = this.wanted;
      this.wanted = null;
      this.post({ type: 'reveal', ...(hotspot === undefined ? {} : { hotspot }), ...(candidate === undefined ? {} : { candidate }) });
    }
  }

  private async stale(report: Report): Promise<string[]> {
    const changed = await Promise.all(
      filesOf(report).map(async (entry) => {
        const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === fileKey(entry.path));
        if (open !== undefined) return !this.options.reports.matches(open, entry.sha256);
        const content = await readFile(entry.path).catch(() => null);
        return content === null || createHash('sha256').update(content).digest('hex') !== entry.sha256;
      }),
    );
    return filesOf(report).flatMap((entry, at) => (changed[at] === true ? [entry.path] : []));
  }

  private post(message: HostMessage): void {
    if (this.ready) void this.panel?.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.panel?.dispose();
    for (const item of this.subscriptions) item.dispose();
  }
}

/** The report names its own script among its files where that can be edited; it is always one of them here. */
function filesOf(report: Report): { path: string; sha256: string }[] {
  const main = { path: report.source.path, sha256: report.source.sha256 };
  return [main, ...report.files.filter((entry) => fileKey(entry.path) !== fileKey(main.path))];
}
