import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bytes, Command, Edit, Effect, EffectKind, Interpreter, Run, Seconds } from '../types';
import { startProcess } from '../platform/process';
import { pythonHelpers } from '../platform/resources';
import { ok, refuse, type Outcome } from '../platform/result';
import { bytes } from '../platform/units';
import { prepareSupervision, SUPERVISOR_GRACE } from './supervised';
import { markOwner } from './sweep';

/** A copy of the project in which a program is rerun. The user's own files are never touched. */
export interface Sandbox {
  /** The project root that was copied, and the copy. */
  readonly root: string;
  readonly dir: string;
  /** The private temp folder given to the program as TMPDIR. */
  readonly temp: string;
  /** Where our own files of a run lie: beside the copy, never in it. */
  readonly side: string;
  /** Where a file of the project lies in the copy. */
  path(original: string): string;
  /** Makes the copy the original with these edits, whatever was applied before; every file's hash is checked first, and nothing is changed when one fails. */
  apply(edits: readonly Edit[]): Promise<Outcome<void>>;
  /** Brings the copy back to how it was after `openSandbox` or the last `apply`: what a run wrote is removed. */
  restore(): Promise<void>;
  /** What was done to the files of the copy since it was last as it should be. */
  changes(): Promise<FileChange[]>;
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

/** What an evidence run watches, as _hotloop_evidence.py documents it. Paths are original ones; regions are not observed beside it. */
export interface WatchRequest {
  loops: { number: number; file: string; line: number }[];
  /** The program's own files: what is called in them is followed. */
  files: string[];
  /** Lines of the functions whose arguments are compared, by file. */
  functions: Record<string, number[]>;
  /** May it end when enough was seen? Not where effects would be left half done. */
  endEarly: boolean;
  /** Of the whole run, and of the trips that are watched at every access. */
  seconds: Seconds;
  shadowSeconds: number;
}
/** Lists, tuples, mappings and arrays keep their first items; the numbers in them become others. */
export interface OtherArguments {
  items: number;
  /** As they are where left out. */
  numbers?: 'negated' | 'large' | 'nan';
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
  /** What the functions that hold the regions are given; their own arguments where left out. */
  otherArguments?: OtherArguments | undefined;
  environment: Record<string, string>;
  startMethod: 'default' | 'spawn' | 'forkserver';
  signal: AbortSignal;
  watch?: WatchRequest | undefined;
  /** Finds what the last run in this sandbox compiled and kept (Numba's cache); otherwise each run starts without. */
  warm?: boolean | undefined;
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
  /** Of a region of definitions alone: the calls of each function from outside of them; the first 20, then a digest of fewer and fewer of them. `takes`: the first call's types. */
  calls?: (Omit<RegionObservation, 'id' | 'calls'> & { name: string; takes: string })[];
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
  /** The most that one of the processes below it waited, as last seen; null where there was none. */
  workerDelay?: Seconds | null;
  stdout: Uint8Array;
  stderr: Uint8Array;
  files: FileChange[];
  regions: RegionObservation[];
  /** Calls that were given something else than they asked for. */
  changedCalls?: number;
  /** The effect that the gate refused, which ended the run. */
  refused: Effect | null;
  /** It left compiled code that a warm run would find. */
  compiled?: boolean;
  /** What an evidence run wrote, unchecked; paths are those of the copy. */
  watched?: { text: string; dir: string } | null;
}

const WORKERS = 'HOTLOOP_WORKERS';

const compiledFolder = (sandbox: Sandbox): string => path.join(sandbox.side, 'numba');

/** Text that names the project names its copy instead: an argument, an entry of a path list. */
function intoCopy(text: string, { root, dir }: Sandbox): string {
  if (text === root) return dir;
  return text.split(root + path.sep).join(dir + path.sep);
}

/** Printed paths of the copy and its temp folder, as they would be without it. */
function outOfCopy(output: Buffer, { root, dir, temp }: Sandbox): Uint8Array {
  const latin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const text = output.toString('latin1');
  const mapped = text.replaceAll(latin(dir), latin(root)).replaceAll(latin(temp), latin(tmpdir()));
  return mapped === text ? output : Buffer.from(mapped, 'latin1');
}

function environmentOf(request: RunRequest, cwd: string): Record<string, string> {
  const { sandbox, seed } = request;
  const own = Object.entries({ ...process.env, ...request.environment }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('HOTLOOP_'),
  );
  const found: Record<string, string> = { PYTHONHASHSEED: String(seed % 4294967296), ...Object.fromEntries(own), PYTHONDONTWRITEBYTECODE: '1' };
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) found[name] = sandbox.temp;
  // Beside the copy, where neither the restoring of the copy nor a cache of the person's own decides how warm a run is.
  if ('numba' in request.interpreter.packages) found['NUMBA_CACHE_DIR'] = compiledFolder(sandbox);
  if (found['PWD'] !== undefined) found['PWD'] = cwd;
  const paths = found['PYTHONPATH'];
  if (paths !== undefined) found['PYTHONPATH'] = paths.split(path.delimiter).map((entry) => intoCopy(entry, sandbox)).join(path.delimiter); // prettier-ignore
  return found;
}

/**
 * What the kernel lets a rerun change, for C code that the gate cannot see. Programs that it may start, and libraries with input and output of their
 * own, were agreed to as a whole.
 */
function writablePaths({ sandbox, allow }: RunRequest): string[] | null {
  if (allow.kinds.includes('subprocess') || allow.kinds.includes('native-io')) return null;
  const original = sandbox.root + path.sep;
  // A folder that holds the original is not opened for the sake of one file in it.
  const agreed = allow.targets
    .filter((target) => path.isAbsolute(target) && !(target + path.sep).startsWith(original))
    .map((target) => (original.startsWith(path.dirname(target)) ? target : path.dirname(target)));
  return [sandbox.dir, sandbox.temp, sandbox.side, '/dev', '/proc', ...new Set(agreed)];
}

function watchSpec(watch: WatchRequest, sandbox: Sandbox, result: string): object {
  return {
    ...watch,
    loops: watch.loops.map((loop) => ({ ...loop, file: sandbox.path(loop.file) })),
    files: watch.files.map((file) => sandbox.path(file)),
    functions: Object.fromEntries(Object.entries(watch.functions).map(([file, lines]) => [sandbox.path(file), lines])),
    result,
  };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as unknown);
}

/**
 * Runs the program once in its sandbox, under the supervisor and behind the gate. How it ended, also by a limit, a refused effect or the signal, is
 * in the result. Refuses with 'start-failed' or 'run-lost' when there is no result. HOTLOOP_WORKERS in the environment sets every pool's size.
 */
export async function runProgram(request: RunRequest): Promise<Outcome<RunResult>> {
  const { interpreter, command, sandbox, limits, regions, allow } = request;
  const side = (name: string): string => path.join(sandbox.side, name);
  const files = { regions: side('regions.json'), refusal: side('refusal.json'), stdout: side('stdout'), stderr: side('stderr'), spec: side('spec.json'), child: side('child.json'), watched: side('watched.json') }; // prettier-ignore
  await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
  const compiled = compiledFolder(sandbox);
  if (request.warm !== true) await rm(compiled, { recursive: true, force: true, maxRetries: 3 });
  const cwd = sandbox.path(command.cwd);
  await writeFile(
    files.spec,
    JSON.stringify({
      kind: command.kind,
      target: command.kind === 'script' ? sandbox.path(command.target) : command.target,
      args: command.args.map((argument) => intoCopy(argument, sandbox)),
      seed: request.seed,
      workers: Number(request.environment[WORKERS] ?? 0) || null,
      startMethod: request.startMethod,
      root: sandbox.root,
      dir: sandbox.dir,
      regions: regions.map((region) => ({ ...region, file: sandbox.path(region.file) })),
      arguments: request.otherArguments ?? null,
      result: files.regions,
      evidence: request.watch === undefined ? null : watchSpec(request.watch, sandbox, files.watched),
      policy: {
        own: [sandbox.dir, sandbox.temp, compiled],
        deny: [sandbox.root],
        kinds: allow.kinds,
        targets: allow.targets,
        refusal: files.refusal,
      },
      child: files.child,
    }),
    { mode: 0o600 },
  );
  const supervision = await prepareSupervision(interpreter.path, sandbox.side, {
    argv: [interpreter.path, path.join(pythonHelpers(), 'hotloop_runner.py'), files.spec],
    cwd,
    stdin: request.stdin,
    stdout: files.stdout,
    stderr: files.stderr,
    seconds: limits.seconds,
    memory: limits.memory,
    output: limits.output,
    foreground: false,
    writable: writablePaths(request),
  });
  const started = startProcess({
    argv: supervision.argv,
    cwd: sandbox.side,
    environment: environmentOf(request, cwd),
    stdout: 'ignore',
    stderr: { keep: bytes(64 * 1024) },
    signal: request.signal,
    grace: SUPERVISOR_GRACE,
  });
  if (started.pid !== undefined) await markOwner(path.dirname(sandbox.side), started.pid);
  const end = await started.end;
  if (end.stopped === 'cancelled' && started.pid === undefined) return refuse('cancelled', 'It was cancelled.', 'Start it again.');
  if (end.failure !== null) return refuse('start-failed', `The program could not be started: ${end.failure}`, 'Check the interpreter.');
  const measured = await supervision.read(command);
  if (!measured.ok) return end.stopped === 'cancelled' ? refuse('cancelled', 'It was cancelled.', 'Start it again.') : measured;

  const refused = (await readJson(files.refusal)) as Effect | null;
  const observed = (await readJson(files.regions)) as { regions: RegionObservation[]; changedCalls: number | null } | null;
  const empty = (): Buffer => Buffer.alloc(0);
  const { run, queueDelay, workerDelay } = measured.value;
  const watched = request.watch === undefined ? null : await readFile(files.watched, 'utf8').catch(() => null);
  return ok({
    run: refused === null ? run : { ...run, stopped: 'refused-effect' },
    queueDelay,
    workerDelay,
    stdout: outOfCopy(await readFile(files.stdout).catch(empty), sandbox),
    stderr: outOfCopy(await readFile(files.stderr).catch(empty), sandbox),
    files: await sandbox.changes(),
    regions: observed?.regions ?? [],
    changedCalls: observed?.changedCalls ?? 0,
    refused,
    compiled: (await readdir(compiled).catch(() => [])).length > 0,
    watched: watched === null ? null : { text: watched, dir: sandbox.dir },
  });
}
