/** `hotloop serve`: the engine behind an editor, JSON-RPC on stdin and stdout. Ends when its input does. */
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type CancellationToken } from 'vscode-jsonrpc/node';
import { runPipeline, type PipelineRequest } from '../pipeline';
import { refuse, type Outcome } from '../platform/result';
import { findPython } from '../run/interpreter';
import type { Report } from '../types';
import { exitCodes, type ExitCode } from './exit';
import { analyze, ask, environment, launch, partial, progress } from './protocol';

export async function runServe(): Promise<ExitCode> {
  const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
  let running: { interrupt: AbortController; ended: Promise<unknown> } | null = null;
  let open = true;
  // Nobody may be there any more to hear it.
  const tell = (sending: () => Promise<void>): void => {
    if (open) sending().catch(() => undefined);
  };

  const run = (request: PipelineRequest, interrupt: AbortController): Promise<Outcome<Report>> =>
    runPipeline(request, {
      signal: interrupt.signal,
      progress: (step) => tell(() => connection.sendNotification(progress, step)),
      partial: (report) => tell(() => connection.sendNotification(partial, report)),
      ask: async (question) => {
        try {
          return open && (await connection.sendRequest(ask, question));
        } catch {
          return false; // the client is gone or could not ask: nobody agreed
        }
      },
      // The client's terminal shows it; where the engine starts it, there is no place for it.
      output: { stdout: () => undefined, stderr: () => undefined },
      launch: (argv, cwd, variables) => connection.sendRequest(launch, { argv, cwd, environment: variables }),
    });

  connection.onRequest(analyze, async (request, token: CancellationToken) => {
    if (running !== null) return refuse('busy', 'Another analysis is running.', 'Wait for it, or cancel it.');
    const interrupt = new AbortController();
    const cancelled = token.onCancellationRequested(() => interrupt.abort());
    if (token.isCancellationRequested) interrupt.abort();
    const ended = run(request, interrupt);
    running = { interrupt, ended: ended.catch(() => undefined) };
    try {
      const outcome = await ended;
      return interrupt.signal.aborted && !outcome.ok ? refuse('cancelled', 'Cancelled.', 'Your files are as they were.') : outcome;
    } finally {
      cancelled.dispose();
      running = null;
    }
  });
  connection.onRequest(environment, ({ python, cwd }) => findPython({ explicit: python, cwd }));

  await new Promise<void>((resolve) => {
    connection.onClose(() => resolve());
    process.stdin.once('end', () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    connection.listen();
  });
  open = false;
  const last = running as { interrupt: AbortController; ended: Promise<unknown> } | null;
  last?.interrupt.abort();
  await last?.ended;
  return exitCodes.done;
}
