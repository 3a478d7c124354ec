import type { Edit, Seconds } from '../types';
import type { Outcome } from '../platform/result';
import type { ObservedRegion, RunRequest, RunResult } from './program';

/** What changes from one rerun of a program to the next; the rest is fixed when its sandbox is opened. */
export interface RerunOptions {
  regions: ObservedRegion[];
  seed: number;
  startMethod: RunRequest['startMethod'];
  /** Added to the environment that all reruns share. */
  environment: Record<string, string>;
  /** Stops this rerun earlier than the shared limit; null: the shared limit. */
  limit: Seconds | null;
  /** Other command line arguments than the person's own; null: the person's. */
  args: string[] | null;
  otherArguments?: RunRequest['otherArguments'];
  signal: AbortSignal;
  /** Finds what the last run here compiled and kept; otherwise each run is cold. */
  warm?: boolean;
  /** Watches loops in place of regions. */
  watch?: RunRequest['watch'];
}

/** One version of the program in its own sandbox. Each run starts from the files as they were; what the last run wrote stays until the next one. */
export interface Rerun {
  /** The sandbox's folder and its temp folder, which outputs may name. */
  readonly dir: string;
  readonly temp: string;
  run(options: RerunOptions): Promise<Outcome<RunResult>>;
  /** From the next run on: the original with these edits in place of the last ones. Refuses as `Sandbox.apply` does. */
  edit(edits: readonly Edit[]): Promise<Outcome<void>>;
  /** Removes the sandbox. Never throws. */
  dispose(): Promise<void>;
}

/** Opens a sandbox with these edits applied; none: the original. Refuses as `openSandbox` and `Sandbox.apply` do. */
export type OpenRerun = (edits: readonly Edit[]) => Promise<Outcome<Rerun>>;
