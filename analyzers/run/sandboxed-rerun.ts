import type { Command, Edit, Effect, EffectKind, Interpreter } from '../types';
import { ok, type Outcome } from '../platform/result';
import { runProgram, type Limits } from './program';
import type { OpenRerun, Rerun, RerunOptions } from './rerun';
import { openSandbox } from './sandbox';

/** What all reruns of one proof have in common. */
export interface RerunScope {
  interpreter: Interpreter;
  command: Command;
  /** Project root that is copied. */
  root: string;
  /** Seen in the profile: the sandbox holds the files among them. */
  effects: readonly Effect[];
  /** The user's own files that the profiled run loaded. */
  files: readonly string[];
  /** A file with the program's standard input; null: empty. */
  stdin: string | null;
  allow: { kinds: EffectKind[]; targets: string[] };
  limits: Limits;
  signal: AbortSignal;
}

/** Opens sandboxes for one program: each with its own copy and its own edits, restored before each run. */
export function sandboxedRerun(scope: RerunScope): OpenRerun {
  return async (edits: readonly Edit[]): Promise<Outcome<Rerun>> => {
    const { root, command, effects, files, signal } = scope;
    const opened = await openSandbox({ root, command, effects, files, signal });
    if (!opened.ok) return opened;
    const sandbox = opened.value;
    const applied = edits.length === 0 ? ok(undefined) : await sandbox.apply(edits);
    if (!applied.ok) {
      await sandbox.dispose();
      return applied;
    }
    const run = async (options: RerunOptions): ReturnType<typeof runProgram> => {
      await sandbox.restore();
      return runProgram({
        interpreter: scope.interpreter,
        command: options.args === null ? command : { ...command, args: options.args },
        sandbox,
        stdin: scope.stdin,
        seed: options.seed,
        regions: options.regions,
        otherArguments: options.otherArguments,
        allow: scope.allow,
        limits: options.limit === null ? scope.limits : { ...scope.limits, seconds: options.limit },
        environment: options.environment,
        startMethod: options.startMethod,
        signal: options.signal,
        watch: options.watch,
        warm: options.warm,
      });
    };
    return ok({ dir: sandbox.dir, temp: sandbox.temp, run, edit: (other) => sandbox.apply(other), dispose: () => sandbox.dispose() });
  };
}
