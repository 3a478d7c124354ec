import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Command, Run, Seconds } from '../types';
import { pythonHelpers } from '../platform/resources';
import { refuse, ok, type Outcome } from '../platform/result';
import { bytes, seconds } from '../platform/units';

/** What hotloop_supervise.py is told; see there. */
export interface SupervisorSpec {
  argv: readonly string[];
  cwd: string;
  stdin: string | null;
  stdout: string | null;
  stderr: string | null;
  seconds: number | null;
  memory: number | null;
  output: number | null;
  foreground: boolean;
  /** The only paths that may be changed, held by the kernel where it can; null: no such limit. */
  writable: string[] | null;
}

const Measured = v.object({
  exitCode: v.number(),
  signal: v.nullable(v.string()),
  wall: v.number(),
  cpu: v.number(),
  peak: v.number(),
  delay: v.nullable(v.number()),
  workerDelay: v.nullable(v.number()),
  stopped: v.nullable(v.picklist(['limit', 'cancelled', 'memory', 'output'])),
});
const Result = v.union([Measured, v.object({ failed: v.string() })]);

/** How long the supervisor may take to end its tree in order before it is killed itself. */
export const SUPERVISOR_GRACE = seconds(4);

export interface Supervision {
  argv: [string, ...string[]];
  /** Holds the supervisor's process number once it runs. */
  pidFile: string;
  /** Reads what was measured, once the supervisor has ended. Refuses with 'start-failed' or 'run-lost'. */
  read(command: Command): Promise<Outcome<{ run: Run; queueDelay: Seconds | null; workerDelay: Seconds | null }>>;
}

/** Writes the specification into a private folder and tells how to start the supervisor. -I and -S hold for the supervisor, never for the user's program. */
export async function prepareSupervision(python: string, folder: string, spec: SupervisorSpec): Promise<Supervision> {
  const specFile = path.join(folder, 'supervise.json');
  const resultFile = path.join(folder, 'measured.json');
  const pidFile = path.join(folder, 'supervisor.pid');
  await Promise.all([rm(resultFile, { force: true }), rm(pidFile, { force: true })]);
  await writeFile(specFile, JSON.stringify({ ...spec, result: resultFile, started: pidFile }), { mode: 0o600 });
  const argv: [string, ...string[]] = [python, '-I', '-S', path.join(pythonHelpers(), 'hotloop_supervise.py'), specFile];
  return {
    argv,
    pidFile,
    read: async (command) => {
      const text = await readFile(resultFile, 'utf8').catch(() => null);
      if (text === null) {
        return refuse('run-lost', 'The program was ended from outside, and nothing was measured.', 'Start it again.');
      }
      const result = v.parse(Result, JSON.parse(text));
      if ('failed' in result)
        return refuse('start-failed', `The program could not be started: ${result.failed}.`, 'Check the interpreter and the working folder.');
      const run: Run = {
        command,
        exitCode: result.exitCode,
        seconds: seconds(result.wall),
        cpuSeconds: seconds(result.cpu),
        peakMemory: bytes(result.peak),
      };
      if (result.signal !== null) run.signal = result.signal;
      if (result.stopped !== null) run.stopped = result.stopped;
      const delay = (value: number | null): Seconds | null => (value === null ? null : seconds(value));
      return ok({ run, queueDelay: delay(result.delay), workerDelay: delay(result.workerDelay) });
    },
  };
}
