/**
 * The measured run, in a terminal: the person sees its output and colours, can type to it and can press Ctrl+C.
 * A task with a process and not `createTerminal`: no shell ever reads the words, and the terminal stays open when the program has ended,
 * which a terminal made with a `shellPath` does not.
 */
import * as vscode from 'vscode';
import { category } from '../contributions';

export interface TerminalRun {
  argv: [string, ...string[]];
  cwd: string;
  environment: Record<string, string>;
}

/** As a shell reports a program that was interrupted: the editor tells no exit code of a task that it ended itself. */
const interrupted = 130;

/** @returns the exit code of the program. @throws Error when the editor could not start it. */
export async function runInTerminal(run: TerminalRun, script: string, token: vscode.CancellationToken): Promise<{ exitCode: number }> {
  const [program, ...args] = run.argv;
  const execution = new vscode.ProcessExecution(program, args, { cwd: run.cwd, env: run.environment });
  const task = new vscode.Task({ type: 'hotloop', script }, vscode.TaskScope.Workspace, script, category, execution, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    // The command line is the helper's, which tells the person nothing.
    echo: false,
    focus: false,
    clear: true,
    showReuseMessage: true,
  };
  const listeners: vscode.Disposable[] = [];
  try {
    let started: vscode.TaskExecution | null = null;
    // Listening starts before the task: a short program may have ended when executeTask returns.
    const early = new Map<vscode.TaskExecution, number>();
    const ended = new Promise<number>((resolve) => {
      const settle = (execution_: vscode.TaskExecution, code: number): void => {
        if (execution_ === started) resolve(code);
        else early.set(execution_, code);
      };
      listeners.push(
        vscode.tasks.onDidEndTaskProcess((event) => settle(event.execution, event.exitCode ?? interrupted)),
        // Comes last, and alone when no process was ever there.
        vscode.tasks.onDidEndTask((event) => void setTimeout(() => settle(event.execution, interrupted), 500)),
      );
    });
    started = await vscode.tasks.executeTask(task);
    const running = started;
    const code = early.get(running);
    if (code !== undefined) return { exitCode: code };
    listeners.push(token.onCancellationRequested(() => running.terminate()));
    if (token.isCancellationRequested) running.terminate();
    return { exitCode: await ended };
  } finally {
    for (const item of listeners) item.dispose();
  }
}
