import type { Bytes, Command, Edit, Effect, EffectKind, Interpreter, Run, Seconds } from '../types';
import type { Outcome } from '../platform/result';

/** A copy of the project in which a program is rerun. The user's own files are never touched. */
export interface Sandbox {
  /** The project root that was copied, and the copy. */
  readonly root: string;
  readonly dir: string;
  /** The private temp folder given to the program as TMPDIR. */
  readonly temp: string;
  /** Where a file of the project lies in the copy. */
  path(original: string): string;
  /** Applies edits to the copy; every file's hash is checked first. */
  apply(edits: readonly Edit[]): Promise<Outcome<void>>;
  /** Brings the copy back to how it was after `openSandbox` or the last `apply`: what a run wrote is removed. */
  restore(): Promise<void>;
  /** Removes the copy. Never throws. */
  dispose(): Promise<void>;
}

export interface Limits {
  seconds: Seconds;
  memory: Bytes | null;
  output: Bytes;
}

/** A stretch of whole lines (1-based, in the sandbox's text) that is timed, and whose names are captured each time it is left. */
export interface ObservedRegion {
  id: string;
  /** Original path; the sandbox's copy of it is what is observed. */
  file: string;
  startLine: number;
  endLine: number;
  captures: string[];
}

export interface RunRequest {
  interpreter: Interpreter;
  command: Command;
  sandbox: Sandbox;
  /** A file whose bytes the program reads as its standard input; null: empty. */
  stdin: string | null;
  /** Injected alike in random, NumPy's legacy generator and PYTHONHASHSEED. */
  seed: number;
  /** Empty in a benchmark: then the program runs with nothing of ours in its loops. */
  regions: ObservedRegion[];
  /** Effects beyond the sandbox that the person agreed to, and targets seen in the profile. */
  allow: { kinds: EffectKind[]; targets: string[] };
  limits: Limits;
  environment: Record<string, string>;
  startMethod: 'default' | 'spawn' | 'forkserver';
  signal: AbortSignal;
}

/** A value as it was when a region was left: equal values have the same `structure` and the same floats within the tolerance. */
export interface CapturedValue {
  name: string;
  type: string;
  /** SHA-256 of the type, nesting, order and every leaf that is not a float. */
  structure: string;
  /** Float leaves in order, raw 64-bit little-endian in base64; at most 2 million, then evenly sampled and `sampled` is true. */
  floats: string;
  floatCount: number;
  sampled: boolean;
  /** At most 200 characters of its repr, for messages. */
  preview: string;
  /** False where nothing of the value could be compared (opaque object). */
  comparable: boolean;
}
export interface RegionObservation {
  id: string;
  entries: number;
  seconds: Seconds;
  /** The first 20 and the last entry; `error` when the region was left by an exception. */
  exits: { entry: number; error: string | null; values: CapturedValue[] }[];
}
export interface FileChange {
  /** Relative to the sandbox's root. */
  path: string;
  change: 'created' | 'changed' | 'deleted';
  /** Absolute path of the bytes while the sandbox is not restored; null when deleted. */
  content: string | null;
  sha256: string | null;
}
export interface RunResult {
  run: Run;
  /** Time that the main thread was runnable but waited for a core; null where the system does not tell. */
  queueDelay: Seconds | null;
  stdout: Uint8Array;
  stderr: Uint8Array;
  files: FileChange[];
  regions: RegionObservation[];
  /** The effect that the gate refused, which ended the run. */
  refused: Effect | null;
}
