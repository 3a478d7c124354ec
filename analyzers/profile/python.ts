import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command, Interpreter, Profile, Progress, Seconds, Source } from '../types';
import { refuse, type Outcome } from '../platform/result';
import { formatSeconds, seconds } from '../platform/units';
import { checkSyntax } from '../run/check';
import { runInPlace } from '../run/in-place';
import { withPrivateFolder } from '../run/private-run';
import { JournalFiles } from './journal-files';
import { mergeJournals } from './merge';

const pollMilliseconds = 250;

export interface PythonProfileRequest {
  /** The file that runs as `__main__`. */
  source: Source;
  command: Command;
  interpreter: Interpreter;
  /** Absolute project root: files below it are the user's own. */
  root: string;
  stdin: Parameters<typeof runInPlace>[0]['stdin'];
  output: Parameters<typeof runInPlace>[0]['output'];
  launch: Parameters<typeof runInPlace>[0]['launch'];
  /** Stops the run after this long; what was seen is kept. */
  limit: Seconds | null;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/**
 * Runs the command once, in place, with its real effects, and measures it. A profile is returned also when the program failed or was stopped
 * (`run.exitCode`, `run.stopped`). Refuses: 'no-such-file', 'syntax-error' (with the place), and what starting a program can refuse.
 */
export async function profilePython(request: PythonProfileRequest): Promise<Outcome<Profile>> {
  const { command, interpreter, source } = request;
  if (command.kind === 'script' && !(await isFile(command.target)))
    return refuse('no-such-file', `There is no file ${command.target}.`, 'Check the path; it may have been moved or deleted.');
  const valid = await checkSyntax(interpreter, [{ path: source.path, text: source.text }]);
  if (!valid.ok) return valid;
  return withPrivateFolder((folder) => measure(request, folder));
}

async function measure(request: PythonProfileRequest, folder: string): Promise<Outcome<Profile>> {
  const { command, interpreter, source, signal } = request;
  const files = new JournalFiles(path.join(folder, 'probe.jsonl'));
  const name = path.basename(command.target);
  const startedAt = Date.now();
  const reading = follow(async () => {
    await files.read();
    request.onProgress({ stage: 'profile', text: `Running ${name}: ${formatSeconds(seconds((Date.now() - startedAt) / 1000))}${busiest(files)}` });
  });
  try {
    const ran = await runInPlace({
      interpreter,
      command,
      helper: 'hotloop_probe.py',
      helperArgs: ['--out', files.out, '--root', request.root],
      stdin: request.stdin,
      output: request.output,
      limit: request.limit,
      launch: request.launch,
      signal,
    });
    await reading.stop();
    if (!ran.ok) return ran;
    await files.read();
    const measured = mergeJournals(files.journals());
    return { ok: true, value: { source, run: ran.value, interpreter, ...measured } };
  } finally {
    await reading.stop();
  }
}

/** ", line 12 takes most", where there is something to tell. */
function busiest(files: JournalFiles): string {
  let best: { line: number; cost: number } | null = null;
  for (const cost of files.main?.lines.values() ?? []) {
    const total = cost.python + cost.native + cost.wait;
    if (best === null || total > best.cost) best = { line: cost.line, cost: total };
  }
  return best === null ? '' : `, most of it in line ${best.line}`;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Does `work` again and again, never twice at once; `stop` waits for the one under way. */
function follow(work: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = null;
    });
  }, pollMilliseconds);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
