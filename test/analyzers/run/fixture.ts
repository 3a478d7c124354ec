import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command, Interpreter } from '../../../analyzers/types';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { findPython } from '../../../analyzers/run/interpreter';
import type { RunRequest, RunResult, Sandbox } from '../../../analyzers/run/program';
import { runProgram } from '../../../analyzers/run/program';
import { openSandbox } from '../../../analyzers/run/sandbox';

/** A project folder of its own, with a space and letters beyond ASCII in its name, removed after the test. */
export class Project {
  readonly home = realpathSync(mkdtempSync(path.join(tmpdir(), 'run test é 空 ')));
  readonly root = path.join(this.home, 'my project');
  constructor(files: Record<string, string>) {
    for (const [name, text] of Object.entries({ 'pyproject.toml': '', ...files })) this.write(name, text);
  }
  path(name: string): string {
    return path.join(this.root, name);
  }
  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }
  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }
  command(name: string, ...args: string[]): Command {
    return { kind: 'script', target: this.path(name), args, cwd: this.root };
  }
  /** Every file with its bytes: equal before and after means that nothing was touched. */
  state(): Record<string, string> {
    const entries = readdirSync(this.home, { recursive: true, withFileTypes: true }).map((entry): [string, string] => {
      const full = path.join(entry.parentPath, entry.name);
      return [path.relative(this.home, full), entry.isFile() ? sha256(readFileSync(full)) : 'folder'];
    });
    return Object.fromEntries(entries.sort());
  }
  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** The interpreter that the repository's own set-up made; the tests fail where there is none. */
export async function python(): Promise<Interpreter> {
  const found = await findPython({ explicit: null, cwd: process.cwd() });
  if (!found.ok) throw new Error(found.refusal.why);
  return found.value;
}

/** Folders of ours in the temp folder. */
export const leftovers = (): string[] => readdirSync(realpathSync(tmpdir())).filter((name) => name.startsWith(`hotloop-${process.pid}-`));

export async function sandboxOf(project: Project, command: Command, effects: Parameters<typeof openSandbox>[0]['effects'] = []): Promise<Sandbox> {
  const opened = await openSandbox({ root: project.root, command, effects, signal: new AbortController().signal });
  if (!opened.ok) throw new Error(opened.refusal.why);
  return opened.value;
}

export interface Ran extends RunResult {
  out: string;
  err: string;
}

/** One run in an open sandbox, with the ordinary limits. */
export async function runIn(sandbox: Sandbox, command: Command, more: Partial<RunRequest> = {}): Promise<Ran> {
  const result = await runProgram({
    interpreter: await python(),
    command,
    sandbox,
    stdin: null,
    seed: 1,
    regions: [],
    allow: { kinds: [], targets: [] },
    limits: { seconds: seconds(30), memory: null, output: bytes(10_000_000) },
    environment: {},
    startMethod: 'default',
    signal: new AbortController().signal,
    ...more,
  });
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.why}`);
  return { ...result.value, out: Buffer.from(result.value.stdout).toString(), err: Buffer.from(result.value.stderr).toString() };
}

/** Opens, runs once and disposes. */
export async function runOnce(project: Project, command: Command, more: Partial<RunRequest> = {}): Promise<Ran> {
  const sandbox = await sandboxOf(project, command);
  try {
    return await runIn(sandbox, command, more);
  } finally {
    await sandbox.dispose();
  }
}

/** Numbers of the processes whose command line holds this text. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}
