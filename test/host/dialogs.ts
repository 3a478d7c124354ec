/** Stands in for the person: an extension host under test refuses to show modal dialogs, so the questions are recorded and answered here. */
import * as vscode from 'vscode';

type Kind = 'information' | 'warning' | 'error';
export interface Shown {
  kind: Kind;
  message: string;
  detail: string;
  choices: string[];
}
interface Answer {
  pattern: RegExp;
  choice: string;
}

export class Dialogs {
  readonly shown: Shown[] = [];
  private answers: Answer[] = [];
  private readonly originals = {
    showInformationMessage: vscode.window.showInformationMessage,
    showWarningMessage: vscode.window.showWarningMessage,
    showErrorMessage: vscode.window.showErrorMessage,
  };

  constructor() {
    const stand =
      (kind: Kind) =>
      (message: string, ...rest: unknown[]) =>
        Promise.resolve(this.answer(kind, message, rest));
    Object.assign(vscode.window, {
      showInformationMessage: stand('information'),
      showWarningMessage: stand('warning'),
      showErrorMessage: stand('error'),
    });
  }

  /** The next question that matches gets this answer; a question that nothing matches is closed. */
  willAnswer(pattern: RegExp, choice: string): void {
    this.answers.push({ pattern, choice });
  }

  find(pattern: RegExp): Shown | undefined {
    return this.shown.find((entry) => pattern.test(entry.message));
  }

  restore(): void {
    Object.assign(vscode.window, this.originals);
  }

  private answer(kind: Kind, message: string, rest: unknown[]): string | undefined {
    const choices = rest.filter((entry): entry is string => typeof entry === 'string');
    const options = rest.find((entry): entry is vscode.MessageOptions => typeof entry === 'object' && entry !== null);
    this.shown.push({ kind, message, detail: options?.detail ?? '', choices });
    const at = this.answers.findIndex((entry) => entry.pattern.test(message));
    if (at < 0) return undefined;
    const [found] = this.answers.splice(at, 1);
    if (found !== undefined && !choices.includes(found.choice))
      throw new Error(`"${found.choice}" is not offered by "${message}": ${choices.join(', ')}`);
    return found?.choice;
  }
}
