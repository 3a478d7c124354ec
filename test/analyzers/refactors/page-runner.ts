import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type {
  Bottleneck,
  Bytes,
  Edit,
  FrameFact,
  FunctionFacts,
  Hotspot,
  Interpreter,
  LineFacts,
  LoopFacts,
  Machine,
  Profile,
  Refusal,
  Source,
  Span,
  Verdict,
} from '../../../analyzers/types';
import { analyzeLoops } from '../../../analyzers/loops/analyze';
import { analyzeFunctions } from '../../../analyzers/loops/functions';
import { seconds, share } from '../../../analyzers/platform/units';
import { buildContext } from '../../../analyzers/refactors/context';
import type { Context, Match, Refactor } from '../../../analyzers/refactors/refactor';
import { readModule, type PythonModule } from '../../../analyzers/syntax/python-module';

const helper = fileURLToPath(new URL('page_values.py', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const own = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((name) => join(root, name)).find(existsSync);
export const python = own ?? 'python3';

/** A value as JSON that is equal for equal values of equal types; floats stand apart. */
export type Written = string | number | { float: string } | Written[];
export interface Ran {
  stdout: string;
  names: Record<string, Written>;
  frames: FrameFact[];
  error: string | null;
}

/** One interpreter that runs many short modules. */
export class WarmPython {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: ((line: string) => void)[] = [];
  #stderr = '';

  constructor() {
    this.#child = spawn(python, [helper], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-4000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
    this.#child.on('exit', () =>
      this.#waiting.splice(0).forEach((answer) => answer(JSON.stringify({ error: `the interpreter ended: ${this.#stderr}` }))),
    );
  }

  async run(text: string, path: string, record: boolean): Promise<Ran> {
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#child.stdin.write(JSON.stringify({ text, path, record }) + '\n');
    return { stdout: '', names: {}, frames: [], ...(JSON.parse(await answer) as Partial<Ran> & { error: string | null }) };
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** Runs a text as a real script under a start method of multiprocessing. */
export async function runScript(text: string, method: 'fork' | 'spawn'): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'hotloop-page-'));
  try {
    const script = join(folder, 'script.py');
    writeFileSync(script, text);
    const child = spawn(python, [helper, 'script', script, method], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    if (out === '') return { stdout: '', names: {}, frames: [], error: `exit ${code}: ${error}` };
    return JSON.parse(out) as Ran;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where two runs differ, in words; null where they do not. */
export function difference(before: Written, after: Written, tolerance: number, path: string): string | null {
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) return `${path}: ${before.length} parts became ${after.length}`;
    for (const [index, part] of before.entries()) {
      const found = difference(part, after[index]!, tolerance, `${path}[${index}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof before === 'object' && typeof after === 'object' && 'float' in before && 'float' in after) {
    if (before.float === after.float) return null;
    const [a, b] = [Number(before.float), Number(after.float)];
    const near = Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
    return near ? null : `${path}: ${before.float} became ${after.float}`;
  }
  return before === after ? null : `${path}: ${JSON.stringify(before).slice(0, 200)} became ${JSON.stringify(after).slice(0, 200)}`;
}

export const interpreter: Interpreter = {
  path: python,
  version: [3, 11, 0],
  implementation: 'cpython',
  packages: { numpy: '2.2.0' },
  platform: 'linux',
  startMethod: 'fork',
  gil: true,
};
export const machine: Machine = {
  cores: 4,
  effectiveCores: 4,
  poolStart: { fork: seconds(0.007), forkserver: seconds(0.04), spawn: seconds(0.17) },
  poolMessage: seconds(80e-6),
  pickleBytesPerSecond: 3e8,
  threadTask: seconds(12e-6),
  numpyImport: seconds(0.1),
  numpyElement: seconds(1e-9),
  listToArrayElement: seconds(3e-8),
  pythonOperation: seconds(3e-8),
  noise: 0.05,
  measuredAt: '2025-01-01T00:00:00Z',
};

export const sourceOf = (path: string, text: string): Source => ({
  path,
  text,
  sha256: createHash('sha256').update(text).digest('hex'),
  language: 'python',
});

/** The facts of every loop and function of a file, as if each were hot, with the values that a real run showed. */
export function factsOf(
  file: Source,
  main: Source,
  frames: FrameFact[],
  hotSeconds: number,
  others: Source[] = [],
): { facts: LoopFacts[]; functions: FunctionFacts[]; lines: LineFacts[]; cx: Context } {
  const sources = [...new Set([main, file, ...others])];
  const modules = sources.map((source) => readModule(source));
  const module = modules[sources.indexOf(file)] as PythonModule;
  const hot = (id: string, qualname: string, span: Span, kind: Hotspot['kind']): Hotspot => ({
    id: `page.py::${id}`,
    file: file.path,
    qualname,
    span,
    kind,
    share: share(1),
    seconds: seconds(hotSeconds),
    python: seconds(hotSeconds),
    native: seconds(0),
    wait: seconds(0),
  });
  const hotspots = module.loops.map((loop) => hot(`${loop.qualname}#${loop.ordinal}`, loop.qualname, loop.ir.span, 'loop'));
  const ofFunctions = module.functions.map(({ qualname, span }) => hot(qualname, qualname, span, 'function'));
  const profile: Profile = {
    source: main,
    files: sources.map((source) => source.path),
    run: {
      command: { kind: 'script', target: main.path, args: [], cwd: '/' },
      exitCode: 0,
      seconds: seconds(hotSeconds),
      cpuSeconds: seconds(hotSeconds),
      peakMemory: 0 as Bytes,
    },
    interpreter,
    interval: seconds(0.001),
    lines: [],
    stacks: [],
    timeline: [],
    processes: [],
    effects: [],
    frames,
    notes: [],
  };
  const cx = buildContext({
    files: sources.map((source, index) => ({ source, module: modules[index]! })),
    main: main.path,
    interpreter,
    machine,
  });
  const lines = file.text.split('\n').flatMap((text, line): LineFacts[] => {
    const span = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
    return text.trim() === '' ? [] : [{ hotspot: hot(`@${line + 1}`, '<module>', span, 'line'), file: file.path }];
  });
  const functions = analyzeFunctions(ofFunctions, hotspots, modules, profile);
  const facts = analyzeLoops(hotspots, modules, profile);
  return { facts, functions, lines, cx: { ...cx, loops: facts } };
}

export interface Applied {
  edited: string;
  edits: Edit[];
  match: Match;
}
/** Asks a refactor about each loop, outermost first, then about each function and each line; the first answer counts. */
export function applyTo(
  refactor: Refactor,
  facts: LoopFacts[],
  cx: Context,
  bottleneck: Bottleneck,
  functions: FunctionFacts[] = [],
  lines: LineFacts[] = [],
): Applied | Refusal | undefined {
  const verdict: Verdict = { bottleneck, confidence: 0.95, because: [] };
  let first: Refusal | undefined;
  const asked = [
    ...facts.map((one) => ({ file: one.file, ask: () => refactor.match?.(one, verdict, cx) })),
    ...functions.map((one) => ({ file: one.file, ask: () => refactor.matchFunction?.(one, verdict, cx) })),
    ...lines.map((one) => ({ file: one.file, ask: () => refactor.matchLine?.(one, verdict, cx) })),
  ];
  for (const one of asked) {
    const outcome = one.ask();
    if (outcome === undefined) continue;
    if (outcome.ok) {
      const edits = refactor.rewrite(outcome.value, cx);
      return { edited: editedText(cx.text(one.file), edits), edits, match: outcome.value };
    }
    first ??= outcome.refusal;
  }
  return first;
}

/** What a refactor makes of a program, by the values that one run of it showed. @throws Error where the program fails. */
export async function editedByRun(warm: WarmPython, text: string, refactor: Refactor): Promise<Applied | Refusal | undefined> {
  const ran = await warm.run(text, '/page.py', true);
  if (ran.error !== null) throw new Error(ran.error);
  const source = sourceOf('/page.py', text);
  const { facts, functions, cx } = factsOf(source, source, ran.frames, 10);
  return applyTo(refactor, facts, cx, 'cpu-python', functions);
}

/** Edits at one place apply in their order. */
export function editedText(text: string, edits: readonly Edit[]): string {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = (position: Edit['start']): number => Math.min(text.length, (starts[position.line] ?? text.length) + position.character);
  let result = '';
  let at = 0;
  const ordered = edits.map((edit, index) => ({ edit, index, start: offset(edit.start), end: offset(edit.end) }));
  for (const { edit, start, end } of ordered.sort((a, b) => a.start - b.start || a.index - b.index)) {
    if (start < at) throw new Error(`two edits overlap at line ${edit.start.line + 1}`);
    result += text.slice(at, start) + edit.newText;
    at = end;
  }
  return result + text.slice(at);
}
