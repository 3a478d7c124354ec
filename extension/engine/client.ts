/** The one engine process behind this window: started when first needed, and anew after it ended. The extension host itself computes nothing. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { analyze, ask, launch, partial, progress, type AnalyzeRequest, type ConsentQuestion } from '../../analyzers/cli/protocol';
import type { Outcome } from '../../analyzers/platform/result';
import type { Progress, Report } from '../../analyzers/types';
import type { TerminalRun } from './terminal-run';

export interface EngineOptions {
  /** Path of the engine's program, asked at each start. */
  entry: () => string;
  log: vscode.LogOutputChannel;
  ask: (question: ConsentQuestion) => Promise<boolean>;
  launch: (run: TerminalRun, script: string, token: vscode.CancellationToken) => Promise<{ exitCode: number }>;
}
export interface AnalyzeHooks {
  onProgress: (progress: Progress) => void;
  onPartial: (report: Report) => void;
}

/** How long a cancelled engine may take to end what it started and to remove its copies, before it is ended itself (milliseconds). */
const cancelGrace = 15_000;
const stopGrace = 3_000;

export class EngineError extends Error {}

interface Running {
  process: ChildProcessWithoutNullStreams;
  connection: MessageConnection;
  /** Resolves with why it ended. */
  ended: Promise<string>;
}

export class EngineClient implements vscode.Disposable {
  private running: Running | null = null;
  private current: { hooks: AnalyzeHooks; script: string; token: vscode.CancellationToken } | null = null;

  constructor(private readonly options: EngineOptions) {}

  /** Process id of the engine while it runs. */
  get pid(): number | null {
    return this.running?.process.pid ?? null;
  }

  /** @throws EngineError in words for the person, when the engine cannot start or ends before it has answered. */
  async analyze(request: AnalyzeRequest, hooks: AnalyzeHooks, token: vscode.CancellationToken): Promise<Outcome<Report>> {
    const { connection, ended, process: engine } = this.running ?? this.start();
    this.current = { hooks, script: path.basename(request.command.target), token };
    let overdue: NodeJS.Timeout | undefined;
    const cancelled = token.onCancellationRequested(() => {
      overdue = setTimeout(() => engine.kill('SIGKILL'), cancelGrace);
    });
    try {
      const lost = ended.then((why) => {
        throw new EngineError(
          `The engine ended before it was done (${why}). Your files are as they were. Run the command again: it starts a new one.`,
        );
      });
      return await Promise.race([connection.sendRequest(analyze, request, token), lost]);
    } finally {
      clearTimeout(overdue);
      cancelled.dispose();
      this.current = null;
    }
  }

  private start(): Running {
    const { entry, log } = this.options;
    const program = entry();
    if (!existsSync(program)) throw new EngineError(`The engine is missing: ${program}. Install the extension again.`);
    // The editor's own variables are not the person's: a rerun of their script must not see them. On a desktop the host is Electron, which the one variable makes a Node.
    const inherited = Object.entries(process.env).filter(([key]) => !/^(VSCODE_|ELECTRON_)/.test(key));
    const environment = { ...Object.fromEntries(inherited), ELECTRON_RUN_AS_NODE: '1' };
    const inspect = process.env['HOTLOOP_ENGINE_INSPECT'];
    const flags = inspect === undefined ? [] : [`--inspect=127.0.0.1:${inspect}`];
    const engine = spawn(process.execPath, [...flags, program, 'serve'], { cwd: os.homedir(), env: environment, stdio: 'pipe', windowsHide: true });
    const connection = createMessageConnection(new StreamMessageReader(engine.stdout), new StreamMessageWriter(engine.stdin), {
      error: (message) => log.error(message),
      warn: (message) => log.warn(message),
      info: (message) => log.info(message),
      log: (message) => log.debug(message),
    });
    const ended = new Promise<string>((resolve) => {
      engine.once('error', (error) => resolve(error.message));
      engine.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code ?? '?'}` : signal));
    });
    const running: Running = { process: engine, connection, ended };
    this.running = running;
    void ended.then((why) => {
      log.info(`engine ${engine.pid ?? ''} ended: ${why}`);
      if (this.running === running) this.running = null;
      // Later, so that whoever waits for an answer hears why the engine ended, and not that the connection was closed.
      setImmediate(() => connection.dispose());
    });
    engine.stdin.on('error', (error) => log.debug(`engine's input: ${error.message}`));
    engine.stderr.setEncoding('utf8').on('data', (text: string) => log.info(text.trimEnd()));
    this.listen(connection);
    log.info(`engine ${engine.pid ?? ''} started: ${program}`);
    return running;
  }

  private listen(connection: MessageConnection): void {
    connection.onNotification(progress, (value) => this.current?.hooks.onProgress(value));
    connection.onNotification(partial, (report) => this.current?.hooks.onPartial(report));
    connection.onRequest(ask, (question) => this.options.ask(question));
    connection.onRequest(launch, ({ argv, cwd, environment }) => {
      if (this.current === null) throw new Error('nothing is being analysed');
      const { script, token } = this.current;
      return this.options.launch({ argv, cwd, environment }, script, token);
    });
    connection.onError(([error]) => this.options.log.error(error));
    connection.listen();
  }

  /** Ends the engine; it cleans up when its input closes. The next analysis starts a new one. */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    running.process.stdin.end();
    const timer = setTimeout(() => running.process.kill('SIGKILL'), stopGrace);
    await running.ended;
    clearTimeout(timer);
  }

  dispose(): void {
    void this.stop();
  }
}
