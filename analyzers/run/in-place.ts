import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command, Interpreter, Run, Seconds } from '../types';
import { startProcess, type OutputTarget } from '../platform/process';
import { pythonHelpers } from '../platform/resources';
import { ok, refuse, type Outcome } from '../platform/result';
import { withPrivateFolder } from './private-run';
import { prepareSupervision, SUPERVISOR_GRACE, type Supervision } from './supervised';
import { markOwner } from './sweep';

export interface InPlaceRequest {
  interpreter: Interpreter;
  command: Command;
  /** Helper program that runs the user's; it gets `helperArgs`, then kind, target and arguments of the command. */
  helper: 'hotloop_probe.py';
  helperArgs: string[];
  /** A file, 'inherit' for our own standard input, null for an empty one. */
  stdin: string | null;
  output: { stdout(chunk: Uint8Array): void; stderr(chunk: Uint8Array): void } | 'inherit';
  limit: Seconds | null;
  /** Starts it where the person can type to it; null: we start it. */
  launch: ((argv: [string, ...string[]], cwd: string, environment: Record<string, string>) => Promise<{ exitCode: number }>) | null;
  signal: AbortSignal;
}

/** Asks the supervisor to end its tree, wherever it was started. */
async function stopSupervisor({ pidFile }: Supervision): Promise<void> {
  // It may not have come so far yet.
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
    if (pid > 0) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // it has ended
      }
      return;
    }
    await pause(100);
  }
}

/** The one run in place: the user's own folder, input, terminal and real effects. Refuses with 'cancelled', 'start-failed' or 'run-lost'. */
export async function runInPlace(request: InPlaceRequest): Promise<Outcome<Run>> {
  const { interpreter, command, output, signal, launch } = request;
  if (signal.aborted) return refuse('cancelled', 'It was cancelled.', 'Start it again.');
  return withPrivateFolder(async (folder) => {
    const foreground = launch !== null || (request.stdin === 'inherit' && process.stdin.isTTY);
    const supervision = await prepareSupervision(interpreter.path, folder, {
      argv: [interpreter.path, path.join(pythonHelpers(), request.helper), ...request.helperArgs, command.kind, command.target, ...command.args],
      cwd: command.cwd,
      stdin: launch !== null ? 'inherit' : request.stdin,
      stdout: null,
      stderr: null,
      seconds: request.limit,
      memory: null,
      output: null,
      foreground,
      writable: null,
    });
    if (launch !== null) {
      const stop = (): void => void stopSupervisor(supervision);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await launch(supervision.argv, command.cwd, {});
      } finally {
        signal.removeEventListener('abort', stop);
      }
    } else {
      const target = (name: 'stdout' | 'stderr'): OutputTarget => (output === 'inherit' ? 'inherit' : { each: (chunk) => output[name](chunk) });
      const started = startProcess({
        argv: supervision.argv,
        cwd: command.cwd,
        stdin: request.stdin === 'inherit' ? 'inherit' : 'empty',
        stdout: target('stdout'),
        stderr: target('stderr'),
        signal,
        foreground,
        grace: SUPERVISOR_GRACE,
      });
      if (started.pid !== undefined) await markOwner(folder, started.pid);
      const end = await started.end;
      if (end.failure !== null)
        return refuse('start-failed', `The program could not be started: ${end.failure}`, 'Check the interpreter and the working folder.');
    }
    const measured = await supervision.read(command);
    if (measured.ok) return ok(measured.value.run);
    return signal.aborted ? refuse('cancelled', 'It was cancelled.', 'Start it again.') : measured;
  });
}
