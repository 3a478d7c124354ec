/** The pipeline with a terminal around it: signals, standard input, progress and questions. */
import { createInterface } from 'node:readline/promises';
import { runPipeline, type ConsentQuestion, type PipelineHost, type PipelineRequest } from '../pipeline';
import { refuse, type Outcome } from '../platform/result';
import type { Report } from '../types';
import { exitCodes } from './exit';
import { ProgressLine } from './progress-line';
import { takeStandardInput } from './standard-input';

export interface TerminalOptions {
  /** No progress, and not the script's output. */
  quiet: boolean;
  /** Stdout is kept for a report: the script's output goes to stderr. */
  jsonToStdout: boolean;
  proved?: NonNullable<PipelineHost['proved']>;
}

/** The signal fires when the person interrupts. The second time the person means at once; what is left is swept away at the next start. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const cancel = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.cancelled);
    interrupt.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, cancel);
  try {
    return await work(interrupt.signal);
  } finally {
    for (const name of signals) process.off(name, cancel);
  }
}

/** Refuses what the pipeline refuses, and 'cancelled'. */
export async function runInTerminal(
  request: Omit<PipelineRequest, 'stdin'>,
  options: TerminalOptions,
  signal: AbortSignal,
): Promise<Outcome<Report>> {
  const input = await takeStandardInput(signal);
  if (!input.ok) return input;
  const { quiet, jsonToStdout, proved } = options;
  const progress = new ProgressLine(process.stderr, quiet);
  const host: PipelineHost = {
    signal,
    progress: (step) => progress.update(step),
    partial: () => undefined,
    ask: process.stdin.isTTY && process.stderr.isTTY ? (question) => askPerson(question, progress, signal) : null,
    output:
      jsonToStdout || quiet
        ? {
            // Stdout is only the report.
            stdout: (chunk) => {
              if (!quiet) process.stderr.write(chunk);
            },
            stderr: (chunk) => {
              process.stderr.write(chunk);
            },
          }
        : 'inherit',
    launch: null,
    ...(proved === undefined ? {} : { proved }),
  };
  try {
    const outcome = await runPipeline({ ...request, stdin: input.value.stdin }, host);
    return !outcome.ok && signal.aborted ? refuse('cancelled', 'Cancelled.', 'Your files are as they were.') : outcome;
  } finally {
    progress.clear();
    await input.value.dispose();
  }
}

async function askPerson(question: ConsentQuestion, progress: ProgressLine, signal: AbortSignal): Promise<boolean> {
  progress.clear();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question.text}\nRun it again? [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false; // cancelled, or the input was closed
  } finally {
    terminal.close();
  }
}
