/** The reports of this window, and whether the files they speak of are still as they were measured. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Report } from '../analyzers/types';

/** Paths are compared as the editor compares them (drive letters differ in case on Windows). */
export const fileKey = (path: string): string => vscode.Uri.file(path).toString();
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The text without what an editor changes when it reads a file: the byte order mark is hidden, mixed line ends become one kind. */
const asShown = (text: string): string => text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');

export class ReportStore implements vscode.Disposable {
  /** By script, the newest last. */
  private readonly reports = new Map<string, Report>();
  /** Hash of a text as the editor shows it -> hash of the file on the disk, where mixed line ends make them differ. */
  private readonly textOf = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly opening = vscode.workspace.onDidOpenTextDocument((document) => void this.admit(document));

  async set(report: Report): Promise<void> {
    const key = fileKey(report.source.path);
    this.reports.delete(key);
    this.reports.set(key, report);
    await Promise.all(vscode.workspace.textDocuments.map((document) => this.admit(document)));
    this.changed.fire();
  }

  /** The report of this script, whatever happened to the file since. */
  get(script: string): Report | undefined {
    return this.reports.get(fileKey(script));
  }

  get latest(): Report | undefined {
    return [...this.reports.values()].at(-1);
  }

  /** The newest report that speaks of this file. */
  about(file: string): Report | undefined {
    const key = fileKey(file);
    return [...this.reports.values()]
      .reverse()
      .find((report) => report.files.some((entry) => fileKey(entry.path) === key) || fileKey(report.source.path) === key);
  }

  clear(): void {
    this.reports.clear();
    this.textOf.clear();
    this.changed.fire();
  }

  /** True when the document's text, saved or not, is what the report measured. */
  isFresh(document: vscode.TextDocument, report: Report): boolean {
    return this.matches(document, this.expected(document.uri.fsPath, report));
  }

  matches(document: vscode.TextDocument, expected: string | undefined): boolean {
    if (expected === undefined) return false;
    const text = document.getText();
    // The editor hides a byte order mark.
    return sha256(text) === expected || sha256(`\ufeff${text}`) === expected || this.textOf.get(sha256(text)) === expected;
  }

  private expected(file: string, report: Report): string | undefined {
    const key = fileKey(file);
    if (fileKey(report.source.path) === key) return report.source.sha256;
    return report.files.find((entry) => fileKey(entry.path) === key)?.sha256;
  }

  private async admit(document: vscode.TextDocument): Promise<void> {
    if (document.uri.scheme !== 'file' || document.isDirty || this.about(document.uri.fsPath) === undefined) return;
    const text = document.getText();
    const onDisk = await readFile(document.uri.fsPath).catch(() => null);
    const untouched = (): boolean => !document.isDirty && document.getText() === text;
    if (onDisk !== null && untouched() && asShown(onDisk.toString('utf8')) === asShown(text)) this.textOf.set(sha256(text), sha256(onDisk));
  }

  dispose(): void {
    this.opening.dispose();
    this.changed.dispose();
  }
}
