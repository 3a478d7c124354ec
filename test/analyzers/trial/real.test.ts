import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Candidate, Interpreter, Source, Trial } from '../../../analyzers/types';
import { benchmarkCandidates } from '../../../analyzers/benchmark/schedule';
import { decide } from '../../../analyzers/benchmark/decision';
import { bytes, seconds } from '../../../analyzers/platform/units';
import { findPython } from '../../../analyzers/run/interpreter';
import type { OpenRerun } from '../../../analyzers/run/rerun';
import { sandboxedRerun } from '../../../analyzers/run/sandboxed-rerun';
import { recordBaseline, smallerInputs, tryCandidate } from '../../../analyzers/trial/trial';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { machine } from '../benchmark/fakes';

const never = new AbortController().signal;

describe('A trial in the real sandbox', function () {
  this.timeout(120_000);
  let folder = '';
  let interpreter: Interpreter;
  before(async () => {
    await loadSyntax();
    const found = await findPython({ explicit: path.resolve('.venv/bin/python'), cwd: process.cwd() });
    assert.ok(found.ok, JSON.stringify(found));
    interpreter = found.value;
  });
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'hotloop test é ')));
    await writeFile(path.join(folder, 'pyproject.toml'), '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** The script, and a candidate that replaces whole lines (1-based) of it. */
  async function scene(text: string, replaced: { from: number; to: number; by: string }, more: Partial<Candidate>) {
    const script = path.join(folder, 'script.py');
    await writeFile(script, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const source: Source = { path: script, text, sha256, language: 'python' };
    const newLines = replaced.by.split('\n').length - 1;
    const candidate: Candidate = {
      id: 'vectorize-elementwise@script.py::<module>#0',
      refactor: 'vectorize-elementwise',
      family: 'vectorize',
      title: 'Vectorize',
      hotspots: [],
      parts: [],
      edits: [
        { file: script, sha256, start: { line: replaced.from - 1, character: 0 }, end: { line: replaced.to, character: 0 }, newText: replaced.by },
      ],
      regions: [
        {
          file: script,
          before: { startLine: replaced.from, endLine: replaced.to },
          after: { startLine: replaced.from, endLine: replaced.from + newLines - 1 },
          captures: ['total'],
        },
      ],
      cost: { kind: 'factor', low: 1, high: 2 },
      predicted: null,
      assumptions: [],
      requires: [],
      tolerance: 1e-9,
      guarded: true,
      workers: null,
      ...more,
    };
    const open: OpenRerun = sandboxedRerun({
      interpreter,
      command: { kind: 'script', target: script, args: [], cwd: folder },
      root: folder,
      effects: [],
      files: [],
      stdin: null,
      allow: { kinds: [], targets: [] },
      limits: { seconds: seconds(30), memory: null, output: bytes(1e6) },
      signal: never,
    });
    return { source, candidate, open, text, script };
  }
  async function tried(
    text: string,
    replaced: { from: number; to: number; by: string },
    more: Partial<Candidate> = {},
    smaller = false,
  ): Promise<Trial & { open: OpenRerun; whole: Candidate }> {
    const { source, candidate, open, script } = await scene(text, replaced, more);
    const baseline = await recordBaseline({ open, candidates: [candidate], signal: never });
    assert.ok(baseline.ok, JSON.stringify(baseline));
    const trial = await tryCandidate(candidate, baseline.value, {
      open,
      interpreter,
      signal: never,
      extra: seconds(60),
      smaller: smallerInputs(smaller ? [{ source, module: readModule(source) }] : [], [], seconds(10)),
    });
    assert.equal(await readFile(script, 'utf8'), text, "the user's file was touched");
    return { ...trial, open, whole: candidate };
  }

  const sum = 'N = 300000\n\ntotal = 0.0\nfor i in range(N):\n    total += i * 0.5\nprint(f"total {total}")\n';
  it('finds an equal candidate equal, times its lines, and the benchmark measures it', async () => {
    const found = await tried(sum, { from: 3, to: 5, by: 'total = 0.5 * (N * (N - 1) // 2)\n' }, {}, true);
    assert.deepEqual([found.equivalence, found.firstDifference, found.problem], ['guarded', undefined, undefined]);
    assert.deepEqual(found.perturbed, ['with N = 0', 'with N = 1', 'with N = 7']);
    assert.ok(
      found.hot!.before.every((value) => value > found.hot!.after[0]!),
      JSON.stringify(found.hot),
    );
    const [benchmark] = await benchmarkCandidates({
      open: found.open,
      contenders: [{ candidate: found.whole, trial: found }],
      machine,
      budget: seconds(3),
      signal: never,
    });
    assert.ok(benchmark!.rounds >= 1 && benchmark!.ratio.low < benchmark!.ratio.high);
    assert.match(decide(found, benchmark!).reason, /x \[.+\]/);
  });
  it('tells a wrong candidate by its value, with both numbers', async () => {
    const found = await tried(sum, { from: 3, to: 5, by: 'total = 0.5 * (N * (N + 1) // 2)\n' });
    assert.equal(found.equivalence, 'different');
    assert.match(found.firstDifference ?? '', /`total` is 22499925000 in the original and 22500075000 in the candidate/);
  });
  it('tells another type, even where it prints alike', async () => {
    const found = await tried(sum.replace('{total}', '{int(total)}'), { from: 3, to: 5, by: 'total = N * (N - 1) // 4\n' });
    assert.match(found.firstDifference ?? '', /`total` is of type float in the original and int in the candidate/);
  });
  it('tells a candidate that breaks on an empty input', async () => {
    const text = 'N = 1000\n\ntotal = 0.0\nfor i in range(N):\n    total += 2.0\nprint(total)\n';
    const found = await tried(text, { from: 3, to: 5, by: 'total = max(2.0 * i + 2.0 for i in range(N))\n' }, {}, true);
    assert.equal(found.equivalence, 'different');
    assert.match(found.firstDifference ?? '', /^With N = 0: The original ends with exit code 0, the candidate ends with exit code 1 \(ValueError\)/);
  });
  it('masks what the script prints of its time and process, and compares the rest', async () => {
    const text = `import os, time\nstart = time.perf_counter()\ntotal = 0.0\nfor i in range(30000):\n    total += i * 0.5\nprint("pid", os.getpid(), "total", total)\nprint(f"took {time.perf_counter() - start:.9f} s")\n`;
    const found = await tried(text, { from: 3, to: 5, by: 'total = 0.5 * (30000 * 29999 // 2)\n' });
    assert.equal(found.equivalence, 'guarded', found.firstDifference ?? found.problem?.why);
    assert.equal(found.masked.length, 2, found.masked.join('; '));
    assert.match(found.masked.join('; '), /stdout line 1: a number .*stdout line 2: a number/);
    const wrong = await tried(text, { from: 3, to: 5, by: 'total = 0.5 * (30000 * 29999 // 2) + 1\n' });
    assert.equal(wrong.equivalence, 'different');
  });
  it('says that the lines were not reached', async () => {
    const found = await tried('import sys\nif len(sys.argv) > 3:\n    total = 1.0\n    total += 2\nprint("x")\n', {
      from: 3,
      to: 4,
      by: '    total = 3.0\n',
    });
    assert.equal(found.problem?.code, 'not-reached', JSON.stringify(found));
  });
  it('tells a crash', async () => {
    const found = await tried(sum, { from: 3, to: 5, by: 'total = sum(i * 0.5 for i in M)\n' });
    assert.match(found.firstDifference ?? '', /ends with exit code 1 \(NameError\)/);
  });
  describe('of a function that only prints how long it took', () => {
    const text =
      'import time\nstart = time.perf_counter()\ndef cost(n):\n    total = 0.5\n    for k in range(n):\n        total += k\n    return total\nfor i in range(300):\n    cost(i % 40)\nprint(f"took {time.perf_counter() - start:.9f} s")\n';
    const cached = (body: string): { from: number; to: number; by: string } => ({
      from: 3,
      to: 7,
      by: `from functools import lru_cache\n@lru_cache(maxsize=None)\ndef cost(n):\n${body}`,
    });
    const plain = '    total = 0.5\n    for k in range(n):\n        total += k\n    return total\n';
    const more = { id: 'memoize-pure@x', family: 'memoize' as const };
    const scoped = { ...more, regions: [] as Candidate['regions'] };
    const regionOf = (script: string): Candidate['regions'] => [
      { file: script, before: { startLine: 3, endLine: 7 }, after: { startLine: 3, endLine: 9 }, captures: [] },
    ];
    it('compares what its calls give back', async () => {
      scoped.regions = regionOf(path.join(folder, 'script.py'));
      const found = await tried(text, cached(plain), scoped);
      assert.equal(found.equivalence, 'guarded', found.firstDifference ?? found.problem?.why);
      assert.ok(found.hot!.before[0]! > 0);
    });
    it('does not ask that lines within it run as often, where its calls are remembered', async () => {
      const script = path.join(folder, 'script.py');
      const inner = { file: script, before: { startLine: 5, endLine: 6 }, after: { startLine: 7, endLine: 7 }, captures: ['total'] };
      scoped.regions = [...regionOf(script), inner];
      const found = await tried(text, cached('    total = 0.5\n    total += sum(range(n))\n    return total\n'), scoped);
      assert.equal(found.equivalence, 'guarded', found.firstDifference ?? found.problem?.why);
      const wrong = await tried(text, cached('    total = 0.5\n    total += sum(range(n + 1))\n    return total\n'), scoped);
      assert.match(wrong.firstDifference ?? '', /`cost\(\)` is/);
    });
    it('tells a wrong one, in an early and in a late call', async () => {
      scoped.regions = regionOf(path.join(folder, 'script.py'));
      const early = await tried(text, cached(plain.replace('range(n)', 'range(n - 1)')), scoped);
      assert.match(early.firstDifference ?? '', /^At the end of the body of `cost` after entry 3, `cost\(\)` is 1.5 in the original and 0.5 in/);
      const late = await tried(text, cached(plain.replace('return total', 'return total + (n == 39)')), scoped);
      assert.match(late.firstDifference ?? '', /`cost\(\)`.* in the original and .* in the candidate/);
    });
  });
  describe('of a function, where the text has no size to change', () => {
    const text = (body: string): string =>
      `import json\nwith open("rows.json") as f:\n    rows = json.load(f)\ndef spread(rows):\n${body}    return total\ntotal = spread(rows)\nprint(total)\n`;
    const loop = '    total = 0.0\n    for row in rows:\n        total += row\n';
    const by = (replaced: string): { from: number; to: number; by: string } => ({ from: 5, to: 7, by: replaced });
    beforeEach(() => writeFile(path.join(folder, 'rows.json'), JSON.stringify(Array.from({ length: 50 }, (_, i) => i / 2 + 0.25))));

    it('tells one that breaks on an empty argument, which the script never has', async () => {
      const found = await tried(text(loop), by('    total = rows[0] * 1.0\n    for row in rows[1:]:\n        total += row\n'), {}, true);
      assert.equal(found.equivalence, 'different');
      assert.match(found.firstDifference ?? '', /^With at most 0 items in each argument: The original ends with exit code 0, .*IndexError/);
    });
    it('tells one that is wrong for a single item', async () => {
      const found = await tried(text(loop), by('    total = sum(rows, 0.0)\n    if len(rows) == 1:\n        total += 1\n'), {}, true);
      assert.match(found.firstDifference ?? '', /^With at most 1 items in each argument: .*`total` is 0.25 in the original and 1.25 in/);
    });
    it('finds an equal one equal, and says on what', async () => {
      const found = await tried(text(loop), by('    total = sum(rows, 0.0)\n'), {}, true);
      assert.equal(found.equivalence, 'guarded', found.firstDifference ?? found.problem?.why);
      assert.equal(found.perturbed?.length, 6);
    });
    it('calls one guarded only where it does the same with numbers that the script never has', async () => {
      const most = '    total = rows[0] if rows else 0.0\n    for row in rows:\n        total = row if row > total else total\n';
      const smallest = await tried(text(most), by('    import numpy\n    total = float(numpy.max(rows)) if rows else 0.0\n'), {}, true);
      assert.equal(smallest.equivalence, 'observed', smallest.firstDifference ?? smallest.problem?.why);
      assert.match(smallest.beyond?.join('\n') ?? '', /^With NaN in the arguments: .*`total` is [\d.]+ in the original and NaN in the candidate/);
      const same = await tried(text(most), by('    total = max(rows) if rows else 0.0\n'), {}, true);
      assert.deepEqual([same.equivalence, same.beyond], ['guarded', undefined]);
    });
    it('asks nothing where the original itself does not take it', async () => {
      const first = `    total = rows[0] * 0.0\n    for row in rows:\n        total += row\n`;
      const found = await tried(text(first), by('    total = sum(rows, 0.0)\n'), {}, true);
      assert.equal(found.equivalence, 'guarded', found.firstDifference ?? found.problem?.why);
      assert.deepEqual(found.perturbed?.slice(0, 2), ['with at most 1 items in each argument', 'with at most 7 items in each argument']);
    });
  });
  it('tells a process pool without a guard, which only breaks where processes are spawned', async () => {
    if (interpreter.startMethod !== 'fork') {
      console.log('skipped: processes are not forked here');
      return;
    }
    const text =
      'from concurrent.futures import ProcessPoolExecutor\ndef half(i):\n    return i * 0.5\ntotal = 0.0\nfor i in range(8):\n    total += half(i)\nprint(total)\n';
    const by = 'total = 0.0\nwith ProcessPoolExecutor(2) as pool:\n    total += sum(pool.map(half, range(8)))\n';
    const pool: Partial<Candidate> = {
      id: 'process-pool-map@x',
      family: 'process-pool',
      cost: { kind: 'process-pool', argumentBytes: 8, chunks: false },
    };
    const found = await tried(text, { from: 4, to: 6, by }, pool);
    assert.equal(found.equivalence, 'different');
    assert.match(found.firstDifference ?? found.problem?.why ?? '', /Where processes are spawned/);
  });

  it('tells tasks whose results hang on the hashes of text, which every new interpreter makes anew', async () => {
    const text =
      'from concurrent.futures import ProcessPoolExecutor\ndef place(i):\n    return hash(str(i)) % 1000\ndef main():\n    total = 0\n    for i in range(8):\n        total += place(i)\n    print(total)\nif __name__ == "__main__":\n    main()\n';
    const by = '    total = 0\n    with ProcessPoolExecutor(2) as pool:\n        total += sum(pool.map(place, range(8)))\n';
    const pool: Partial<Candidate> = {
      id: 'process-pool-map@x',
      family: 'process-pool',
      cost: { kind: 'process-pool', argumentBytes: 8, chunks: false },
    };
    const found = await tried(text, { from: 5, to: 7, by }, pool);
    assert.equal(found.equivalence, 'different');
    assert.match(found.firstDifference ?? '', /Where processes are spawned/);
  });
});
