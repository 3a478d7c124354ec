import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { constants, devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bytes, Seconds } from '../types';

/** Where a stream goes: our own, nowhere, kept up to a size, or handed on as it comes. */
export type OutputTarget = 'inherit' | 'ignore' | { keep: Bytes } | { each: (chunk: Uint8Array) => void };

export interface ProcessRequest {
  /** Program and arguments; no shell is ever involved. */
  argv: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment; ours when left out. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Our own, empty, or a file's bytes. Empty when left out. */
  stdin?: 'inherit' | 'empty' | { file: string };
  stdout: OutputTarget;
  stderr: OutputTarget;
  /** Ends the whole tree when it fires; `stopped` is then 'cancelled'. */
  signal?: AbortSignal;
  /** Ends the whole tree after so long; `stopped` is then 'limit'. */
  limit?: Seconds | null;
  /** Stays in our process group, so that a terminal's keys reach it. */
  foreground?: boolean;
  /** Wait between SIGINT, SIGTERM and SIGKILL; half a second when left out. */
  grace?: Seconds;
}

export interface ProcessEnd {
  /** 128 + the signal's number when a signal ended it, 127 when it could not be started. */
  exitCode: number;
  signal: string | null;
  stopped: 'cancelled' | 'limit' | null;
  /** What was kept of the output; empty where nothing was asked to be kept. */
  stdout: Uint8Array;
  stderr: Uint8Array;
  /** Output beyond the size to keep was dropped. */
  truncated: boolean;
  /** Why it could not be started: no such program, no permission. */
  failure: string | null;
}

export interface RunningProcess {
  /** undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the process has ended and its output is read; never rejects. */
  readonly end: Promise<ProcessEnd>;
  /** SIGINT (not in the foreground), SIGTERM, SIGKILL to the whole tree, with short waits; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Processes that are below this one; empty where the system has no /proc. */
export function descendants(root: number): number[] {
  const below = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
      } catch {
        continue; // ended while we looked
      }
    }
  } catch {
    return [];
  }
  const found: number[] = [];
  for (let open = [root]; open.length > 0;) {
    open = open.flatMap((pid) => below.get(pid) ?? []);
    found.push(...open);
  }
  return found;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // already gone
  }
}

function killOnWindows(pid: number): void {
  spawn('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true }).on('error', () => undefined);
}

class Collector {
  readonly chunks: Uint8Array[] = [];
  size = 0;
  truncated = false;
  constructor(private readonly target: OutputTarget) {}
  add(chunk: Uint8Array): void {
    if (typeof this.target === 'string') return;
    if ('each' in this.target) {
      this.target.each(chunk);
      return;
    }
    const room = this.target.keep - this.size;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.chunks.push(kept);
    this.size += kept.length;
  }
}

const wire = (target: OutputTarget): 'inherit' | 'ignore' | 'pipe' => (typeof target === 'string' ? target : 'pipe');

/** Starts a program. The only place in the engine that does; a failure to start is told by the end's `failure`. */
export function startProcess(request: ProcessRequest): RunningProcess {
  const [program, ...args] = request.argv;
  const windows = process.platform === 'win32';
  const grouped = !windows && request.foreground !== true;
  const stdout = new Collector(request.stdout);
  const stderr = new Collector(request.stderr);
  const nothing = { signal: null, stopped: null, stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false };
  const failed = (why: string): RunningProcess => ({
    pid: undefined,
    end: Promise.resolve({ ...nothing, exitCode: 127, failure: why }),
    stop: () => Promise.resolve(),
  });
  if (request.signal?.aborted === true) {
    return { ...failed(''), end: Promise.resolve({ ...nothing, exitCode: 130, stopped: 'cancelled', failure: null }) };
  }

  let input: number | 'inherit' | undefined;
  try {
    input = request.stdin === 'inherit' ? 'inherit' : openSync(typeof request.stdin === 'object' ? request.stdin.file : devNull, 'r');
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const child = spawn(program, args, {
    cwd: request.cwd,
    env: request.environment === undefined ? process.env : { ...request.environment },
    stdio: [input, wire(request.stdout), wire(request.stderr)],
    detached: grouped,
    windowsHide: true,
    shell: false,
  });
  if (typeof input === 'number') closeSync(input);
  child.stdout?.on('data', (chunk: Uint8Array) => stdout.add(chunk));
  child.stderr?.on('data', (chunk: Uint8Array) => stderr.add(chunk));

  let stopped: ProcessEnd['stopped'] = null;
  let stopping: Promise<void> | null = null;
  let left = false;
  const gone = new AbortController();
  const everyone = (pid: number): number[] => [...(grouped ? [-pid] : [pid]), ...descendants(pid)];
  const takeDown = async (): Promise<void> => {
    const { pid } = child;
    if (pid === undefined || left) return;
    if (windows) {
      killOnWindows(pid);
      return;
    }
    const grace = (request.grace ?? 0.5) * 1000;
    // The first signal goes to the process itself alone: a supervisor ends its own tree in order, and says so in its result.
    // In the foreground SIGINT is the terminal's word to the program, which a supervisor there leaves alone.
    const signals = request.foreground === true ? (['SIGTERM', 'SIGKILL'] as const) : (['SIGINT', 'SIGTERM', 'SIGKILL'] as const);
    for (const signal of signals) {
      const targets = signal === 'SIGKILL' ? everyone(pid) : [grouped ? -pid : pid];
      for (const target of targets) send(target, signal);
      await pause(grace, undefined, { signal: gone.signal }).catch(() => undefined);
      if (gone.signal.aborted) return;
    }
  };
  const stop = (why: ProcessEnd['stopped']): Promise<void> => {
    stopped ??= why;
    stopping ??= takeDown();
    return stopping;
  };
  const onAbort = (): void => void stop('cancelled');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = typeof request.limit === 'number' ? setTimeout(() => void stop('limit'), request.limit * 1000) : undefined;

  const end = new Promise<ProcessEnd>((resolve) => {
    const settle = (exitCode: number, signal: NodeJS.Signals | null, failure: string | null): void => {
      left = true;
      gone.abort();
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve({
        exitCode: signal === null ? exitCode : 128 + constants.signals[signal],
        signal,
        stopped,
        stdout: Buffer.concat(stdout.chunks),
        stderr: Buffer.concat(stderr.chunks),
        truncated: stdout.truncated || stderr.truncated,
        failure,
      });
    };
    child.once('error', (error) => settle(127, null, error.message));
    // 'close' waits for the streams too; a grandchild that keeps them open must not hold us up after a stop.
    child.once('exit', (code, signal) => {
      gone.abort();
      if (stopped !== null) setTimeout(() => settle(code ?? 1, signal, null), 200);
    });
    child.once('close', (code, signal) => settle(code ?? 1, signal, null));
  });
  return { pid: child.pid, end, stop: () => stop('cancelled').then(() => end.then(() => undefined)) };
}
