/** The mutants of one refactor's page, tried as candidates. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { diffLines } from 'diff';
import * as v from 'valibot';
import { bytes, seconds } from '../../analyzers/platform/units';
import { regionOf } from '../../analyzers/refactors/propose';
import type { Refactor } from '../../analyzers/refactors/refactor';
import { findPython } from '../../analyzers/run/interpreter';
import { sandboxedRerun } from '../../analyzers/run/sandboxed-rerun';
import { readModule } from '../../analyzers/syntax/python-module';
import { recordBaseline, smallerInputs, tryCandidate } from '../../analyzers/trial/trial';
import type { Bottleneck, Candidate, Edit, Interpreter } from '../../analyzers/types';
import { parsePage, type PagePair } from '../../scripts/refactor-page';
import { applyTo, difference, factsOf, runScript, sourceOf, type Applied, type Ran, type WarmPython } from '../analyzers/refactors/page-runner';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const python = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((name) => path.join(root, name)).find((name) => existsSync(name)) ?? 'python3';
const Made = v.object({ mutants: v.array(v.object({ kind: v.string(), line: v.number(), text: v.string(), change: v.string() })) });
const POOLS = new Set(['process-pool', 'shared-memory', 'chunk', 'thread-pool', 'async']);
/** A mutant may never end. */
const ENDED = 'import signal as _s\ndef _late(*_):\n    raise TimeoutError\n_s.signal(_s.SIGALRM, _late)\n_s.alarm(10)\n';
/** Of smaller inputs, for each mutant. */
const EXTRA = seconds(6);

export interface PageResult {
  refactor: string;
  /** 'same': whatever the mutant leaves behind on the page's input is what the rewrite leaves, so only another input could tell it: not tried. */
  mutants: { kind: string; line: number; change: string; outcome: 'rejected' | 'same' | 'survived' }[];
  /** The page's own rewrites, which must come out equal. */
  unchanged: { tried: number; equal: number };
  skipped: string[];
}

/** Whole lines that differ, as edits of the original. */
export function lineEdits(file: string, sha256: string, before: string, after: string): Edit[] {
  const edits: Edit[] = [];
  let line = 0;
  let open: Edit | null = null;
  for (const part of diffLines(before, after)) {
    const count = part.value.split('\n').length - (part.value.endsWith('\n') ? 1 : 0);
    if (!part.added && !part.removed) {
      open = null;
      line += count;
      continue;
    }
    if (open === null) {
      open = { file, sha256, start: { line, character: 0 }, end: { line, character: 0 }, newText: '' };
      edits.push(open);
    }
    if (part.added) open.newText += part.value;
    else {
      line += count;
      open.end = { line, character: 0 };
    }
  }
  return edits;
}

function mutantsOf(text: string, lines: readonly number[], run: boolean): v.InferOutput<typeof Made>['mutants'] {
  const done = spawnSync(python, [path.join(here, 'mutants.py')], {
    input: JSON.stringify({ text, lines, run }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return v.parse(Made, JSON.parse(done.stdout)).mutants;
}

/** The same few of many on every machine, spread over their kinds. */
function some<T extends { kind: string; change: string; line: number }>(all: readonly T[], count: number): T[] {
  const hash = ({ change, line }: T): number => Buffer.from(change).reduce((sum, letter) => (Math.imul(sum, 31) + letter) >>> 0, line);
  const groups = new Map<string, T[]>();
  for (const one of [...all].sort((a, b) => hash(a) - hash(b))) groups.set(one.kind, [...(groups.get(one.kind) ?? []), one]);
  const chosen: T[] = [];
  for (let turn = 0; chosen.length < Math.min(count, all.length); turn += 1) {
    for (const group of groups.values()) {
      const next = group[turn];
      if (next !== undefined && chosen.length < count) chosen.push(next);
    }
  }
  return chosen;
}

export async function tryPage(file: { id: string; path: string }, warm: WarmPython, perPage: number): Promise<PageResult> {
  const result: PageResult = { refactor: file.id, mutants: [], unchanged: { tried: 0, equal: 0 }, skipped: [] };
  const pagePath = file.path.replace(/\.ts$/, '.md');
  if (!existsSync(pagePath)) return { ...result, skipped: ['it has no page yet'] };
  const page = parsePage(readFileSync(pagePath, 'utf8'));
  const { refactor } = (await import(file.path)) as { refactor: Refactor };
  const share = Math.max(2, Math.ceil(perPage / Math.max(1, page.pairs.length)));
  for (const pair of page.pairs) {
    const told = result.mutants.filter(({ outcome }) => outcome !== 'same').length;
    if (told >= perPage) break;
    const why = await tryPair(refactor, pair, warm, Math.min(share, perPage - told), result);
    if (why !== null) result.skipped.push(`line ${pair.before.line}: ${why}`);
  }
  return result;
}

async function tryPair(refactor: Refactor, pair: PagePair, warm: WarmPython, count: number, result: PageResult): Promise<string | null> {
  const { setup, before } = pair;
  if (before.options['imported'] === 'yes') return 'it is about an imported file';
  const text = setup + before.text;
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hotloop-mutants-')));
  try {
    const script = path.join(folder, 'page.py');
    writeFileSync(script, text);
    writeFileSync(path.join(folder, 'pyproject.toml'), '');
    const found = await findPython({ explicit: python, cwd: root });
    if (!found.ok) return found.refusal.why;
    const ran = await warm.run(text, script, true);
    const source = sourceOf(script, text);
    const { facts, functions, lines, cx } = factsOf(source, source, ran.frames, Number(before.options['seconds'] ?? 10));
    const { calls, distinct, loop } = before.options;
    if (calls !== undefined) for (const one of functions) one.repeats = { calls: Number(calls), sampled: Number(calls), distinct: Number(distinct) };
    const waiting = refactor.family === 'thread-pool' || refactor.family === 'async';
    const bottleneck = (before.options['verdict'] as Bottleneck | undefined) ?? (waiting ? 'io-wait' : 'cpu-python');
    const asked = loop === undefined ? facts : facts.slice(Number(loop));
    const applied = applyTo(refactor, asked, cx, bottleneck, functions, lines);
    if (applied === undefined || 'code' in applied) return 'the refactor does not apply';
    return await tryMutants(refactor, applied, { script, folder, text, interpreter: found.value }, warm, count, result);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryMutants(
  refactor: Refactor,
  { edited, edits, match }: Applied,
  place: { script: string; folder: string; text: string; interpreter: Interpreter },
  warm: WarmPython,
  count: number,
  result: PageResult,
): Promise<string | null> {
  const { script, folder, text, interpreter } = place;
  const { signal } = new AbortController();
  const source = sourceOf(script, text);
  const regions = (match.regions ?? [{ file: match.file, span: match.region, captures: match.captures }]).map(({ file, span, captures }) =>
    regionOf({ file, region: span, captures }, edits),
  );
  const candidateOf = (after: string): Candidate => ({
    id: `${refactor.id}@page.py`, refactor: refactor.id, family: refactor.family, title: match.title, hotspots: [], parts: [],
    edits: lineEdits(script, source.sha256, text, after), regions, cost: match.cost, predicted: null, assumptions: match.assumptions,
    requires: match.requires, tolerance: match.tolerance, guarded: match.guarded, workers: match.workers,
  }); // prettier-ignore
  const open = sandboxedRerun({
    interpreter,
    command: { kind: 'script', target: script, args: [], cwd: folder },
    root: folder,
    effects: [],
    files: [],
    stdin: null,
    allow: { kinds: ['network', 'subprocess', 'kill'], targets: [] },
    limits: { seconds: seconds(20), memory: null, output: bytes(1e7) },
    signal,
  });
  const own = candidateOf(edited);
  const baseline = await recordBaseline({ open, candidates: [own], signal });
  if (!baseline.ok) return baseline.refusal.why;
  const smaller = smallerInputs([{ source, module: readModule(source) }], [], baseline.value.seconds);
  const tried = (candidate: Candidate): ReturnType<typeof tryCandidate> =>
    // Each has the time that the first candidate of a proof has; only the originals are shared.
    tryCandidate(candidate, baseline.value, { open, interpreter, signal, extra: EXTRA, smaller: { ...smaller } });
  result.unchanged.tried += 1;
  const unchanged = await tried(own);
  if (unchanged.equivalence === 'different') return `its own rewrite: ${unchanged.problem?.why ?? unchanged.firstDifference ?? ''}`;
  result.unchanged.equal += 1;

  const changed = new Set<number>();
  let line = 0;
  for (const part of diffLines(text, edited)) {
    const lines = part.value.split('\n').length - (part.value.endsWith('\n') ? 1 : 0);
    if (part.added) for (let at = 1; at <= lines; at += 1) changed.add(line + at);
    if (!part.removed) line += lines;
  }
  const run = (after: string): Promise<Ran> => (POOLS.has(refactor.family) ? runScript(after, 'fork') : warm.run(after, script, false));
  const [first, right] = [await run(text), await run(edited)];
  const oracle = async (after: string): Promise<boolean> => {
    const ran = await run(POOLS.has(refactor.family) ? after : ENDED + after + '\n_s.alarm(0)\n');
    if (ran.error !== right.error || ran.stdout !== right.stdout) return true;
    // Names that the original has too: what a rewrite needs for itself is nobody's promise.
    const names = Object.keys(right.names).filter((name) => name in first.names);
    return names.some((name) => !(name in ran.names) || difference(right.names[name]!, ran.names[name]!, match.tolerance, name) !== null);
  };
  const mutants = some(mutantsOf(edited, [...changed], !POOLS.has(refactor.family)), Infinity);
  let told = 0;
  for (const { kind, line: at, change, text: mutated } of mutants) {
    if (told >= count) break;
    const differs = await oracle(mutated);
    if (differs) told += 1;
    const outcome = !differs ? 'same' : (await tried(candidateOf(mutated))).equivalence === 'different' ? 'rejected' : 'survived';
    result.mutants.push({ kind, line: at, change, outcome });
  }
  return null;
}
