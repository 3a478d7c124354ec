import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Candidate, Edit, Interpreter, Trial } from '../../../analyzers/types';
import { ok, refuse } from '../../../analyzers/platform/result';
import { bytes, seconds } from '../../../analyzers/platform/units';
import type { RunResult } from '../../../analyzers/run/program';
import type { OpenRerun, RerunOptions } from '../../../analyzers/run/rerun';
import { perturbationsOf } from '../../../analyzers/trial/sizes';
import { recordBaseline, smallerInputs, tryCandidate } from '../../../analyzers/trial/trial';
import type { Baseline, SmallerInputs, TrialOptions } from '../../../analyzers/trial/trial';
import { loadSyntax } from '../../../analyzers/syntax/parser';
import { readModule } from '../../../analyzers/syntax/python-module';
import { left, value } from './fakes';

const never = new AbortController().signal;
const interpreter: Interpreter = {
  path: '/usr/bin/python3',
  version: [3, 11, 0],
  implementation: 'cpython',
  packages: {},
  platform: 'linux',
  startMethod: 'fork',
  gil: true,
};
const region = { file: '/p/script.py', before: { startLine: 3, endLine: 5 }, after: { startLine: 3, endLine: 4 }, captures: ['out'] };
const edit = (newText: string, line = 2): Edit => ({
  file: '/p/script.py',
  sha256: 'x',
  start: { line, character: 0 },
  end: { line: line + 2, character: 0 },
  newText,
});
const candidateOf = (more: Partial<Candidate> = {}): Candidate => ({
  id: 'vectorize-elementwise@script.py::<module>#0',
  refactor: 'vectorize-elementwise',
  family: 'vectorize',
  title: 'Vectorize with NumPy',
  hotspots: [],
  parts: [],
  edits: [edit('candidate')],
  regions: [region],
  cost: { kind: 'factor', low: 1, high: 2 },
  predicted: null,
  assumptions: [],
  requires: [],
  tolerance: 0,
  guarded: true,
  workers: null,
  ...more,
});

interface Shown {
  stdout?: string;
  stderr?: string;
  out?: number[];
  hot?: number;
  wall?: number;
  entries?: number;
  exitCode?: number;
  stopped?: 'limit';
  refused?: RunResult['refused'];
}
const resultOf = (shown: Shown): RunResult => ({
  run: {
    command: { kind: 'script', target: '/p/script.py', args: [], cwd: '/p' },
    exitCode: shown.exitCode ?? 0,
    seconds: seconds(shown.wall ?? 1),
    cpuSeconds: seconds(1),
    peakMemory: bytes(1),
    ...(shown.stopped === undefined ? {} : { stopped: shown.stopped }),
  },
  queueDelay: null,
  stdout: new TextEncoder().encode(shown.stdout ?? ''),
  stderr: new TextEncoder().encode(shown.stderr ?? ''),
  files: [],
  regions: [
    left(shown.out === undefined ? [] : [value('out', shown.out)], {
      entries: shown.entries ?? 1,
      seconds: seconds(shown.hot ?? 0.5),
      ...(shown.entries === 0 ? { exits: [] } : {}),
    }),
  ],
  refused: shown.refused ?? null,
});

/** @param shows what a version shows in its n-th run; its edits' texts joined by '+' are its name, '' the original. */
function worldOf(shows: (version: string, run: number, options: RerunOptions) => Shown): {
  open: OpenRerun;
  runs: string[];
  balance: number;
  opened: number;
} {
  const world = { open: (() => Promise.reject(new Error('not set'))) as OpenRerun, runs: [] as string[], balance: 0, opened: 0 };
  const counts = new Map<string, number>();
  const named = (edits: readonly Edit[]): string => edits.map((item) => item.newText).join('+');
  world.open = (edits) => {
    let version = named(edits);
    world.balance += 1;
    world.opened += 1;
    return Promise.resolve(
      ok({
        dir: '/sandbox/a',
        temp: '/sandbox/t',
        run: (options: RerunOptions) => {
          const run = counts.get(version) ?? 0;
          counts.set(version, run + 1);
          world.runs.push(version);
          return Promise.resolve(ok(resultOf(shows(version, run, options))));
        },
        edit: (other: readonly Edit[]) => {
          version = named(other);
          return Promise.resolve(ok(undefined));
        },
        dispose: () => {
          world.balance -= 1;
          return Promise.resolve();
        },
      }),
    );
  };
  return world;
}

async function tried(
  shows: Parameters<typeof worldOf>[0],
  candidate = candidateOf(),
  more: Partial<TrialOptions> = {},
): Promise<{ trial: Trial; runs: string[]; baseline: Baseline }> {
  const world = worldOf(shows);
  const baseline = await recordBaseline({ open: world.open, candidates: [candidate], signal: never });
  assert.ok(baseline.ok);
  const trial = await tryCandidate(candidate, baseline.value, { open: world.open, interpreter, signal: never, extra: null, ...more });
  assert.equal(world.balance, 0, 'a sandbox was left behind');
  return { trial, runs: world.runs, baseline: baseline.value };
}

describe('The baseline', () => {
  it('is two runs of the original with the regions of all candidates, alike in seed', async () => {
    const seeds: number[] = [];
    const world = worldOf((_, __, options) => {
      seeds.push(options.seed);
      assert.deepEqual(options.regions, [{ id: '/p/script.py:3-5', file: '/p/script.py', startLine: 3, endLine: 5, captures: ['out', 'more'] }]);
      return { stdout: '1\n' };
    });
    const other = candidateOf({ regions: [{ ...region, captures: ['more'] }] });
    const found = await recordBaseline({ open: world.open, candidates: [candidateOf(), other], signal: never });
    assert.ok(found.ok);
    assert.deepEqual(world.runs, ['', '']);
    assert.equal(new Set(seeds).size, 1);
    assert.equal(world.balance, 0);
  });
  it('is refused when the original is stopped, does what it may not, or ends in different ways', async () => {
    const codeOf = async (shows: Parameters<typeof worldOf>[0]): Promise<string> => {
      const found = await recordBaseline({ open: worldOf(shows).open, candidates: [candidateOf()], signal: never });
      return found.ok ? 'none' : found.refusal.code;
    };
    assert.equal(await codeOf(() => ({ stopped: 'limit' })), 'baseline-stopped');
    assert.equal(await codeOf(() => ({ refused: { kind: 'network', target: 'example.org:80', count: 1, inside: false } })), 'refused-effect');
    assert.equal(await codeOf((_, run) => ({ exitCode: run })), 'baseline-unsteady');
    assert.equal(await codeOf(() => ({ exitCode: 3 })), 'none');
  });
  it('is refused when it is cancelled', async () => {
    const stop = new AbortController();
    const world = worldOf(() => {
      stop.abort();
      return {};
    });
    const found = await recordBaseline({ open: world.open, candidates: [candidateOf()], signal: stop.signal });
    assert.equal(found.ok ? '' : found.refusal.code, 'cancelled');
    assert.equal(world.balance, 0);
  });
});

describe('A trial', () => {
  it('is guarded or observed when everything is the same, with the seconds of the hot lines', async () => {
    const shows = (version: string): Shown => ({ stdout: '1\n', out: [1], hot: version === '' ? 0.8 : 0.1, wall: version === '' ? 1 : 0.2 });
    const { trial } = await tried(shows);
    assert.equal(trial.equivalence, 'guarded');
    assert.deepEqual(trial.hot, { before: [0.8, 0.8], after: [0.1, 0.1, 0.1] });
    const observed = await tried(shows, candidateOf({ guarded: false }));
    assert.equal(observed.trial.equivalence, 'observed');
  });
  it('does not repeat a candidate that is as slow as the original', async () => {
    const { runs } = await tried(() => ({ stdout: '1\n' }));
    assert.deepEqual(runs, ['', '', 'candidate']);
  });
  it('is different with its first difference', async () => {
    const { trial } = await tried((version) => ({ stdout: version === '' ? '1\n' : '2\n' }));
    assert.equal(trial.equivalence, 'different');
    assert.match(trial.firstDifference ?? '', /stdout line 1/);
    const crash = await tried((version) =>
      version === ''
        ? { stdout: '1\n' }
        : { exitCode: 1, stderr: 'Traceback (most recent call last):\n  File "a.py", line 3\nTypeError: no\n', entries: 0 },
    );
    assert.match(crash.trial.firstDifference ?? '', /the candidate ends with exit code 1 \(TypeError\)/);
  });
  it('names the problem when the edited lines were never run', async () => {
    const { trial } = await tried((version) => ({ stdout: '1\n', entries: version === '' ? 1 : 0, out: [] }));
    assert.equal(trial.equivalence, 'different');
    assert.equal(trial.problem?.code, 'not-reached');
    const neither = await tried(() => ({ stdout: '1\n', entries: 0 }));
    assert.equal(neither.trial.problem?.code, 'not-reached');
    const unnamed = await tried(() => ({ stdout: '1\n' }), candidateOf({ regions: [] }));
    assert.equal(unnamed.trial.problem?.code, 'not-reached');
  });
  it('names the problem when nothing could be compared', async () => {
    const { trial } = await tried(() => ({}));
    assert.equal(trial.problem?.code, 'nothing-to-compare');
    const own = await tried((_, run) => ({ stdout: `took 0.${run + 1} s\n` }));
    assert.equal(own.trial.problem?.code, 'nothing-to-compare');
    assert.deepEqual(own.trial.masked, ['stdout line 1: a number that changes from run to run (0.1 / 0.2)']);
    const compared = await tried((_, run) => ({ stdout: `took 0.${run + 1} s\n`, out: [1] }));
    assert.equal(compared.trial.equivalence, 'guarded');
  });
  it('lets one part of a combination make the lines of another run less often, but compares the rest', async () => {
    const whole = candidateOf({ id: 'combination@x', parts: ['memoize-calls@x', 'vectorize-reduction@x'] });
    const fewer = (version: string): Shown => ({ stdout: '1\n', out: [1], entries: version === '' ? 60 : 2 });
    assert.equal((await tried(fewer, whole)).trial.equivalence, 'guarded');
    assert.match((await tried(fewer)).trial.firstDifference ?? '', /entered 60 times in the original and 2 times/);
    const wrong = await tried((version) => ({ ...fewer(version), stdout: version === '' ? '1\n' : '2\n' }), whole);
    assert.match(wrong.trial.firstDifference ?? '', /stdout line 1/);
    const silent = await tried((version) => ({ ...fewer(version), stdout: '' }), whole);
    assert.equal(silent.trial.problem?.code, 'nothing-to-compare');
  });
  it('names the problem when the candidate is stopped or refused', async () => {
    const slow = await tried((version) => (version === '' ? { stdout: '1\n' } : { stopped: 'limit', wall: 15 }));
    assert.equal(slow.trial.problem?.code, 'too-slow');
    assert.equal(slow.trial.problem.why, 'The candidate was stopped after 15 s; the original takes 1 s.');
    const effect = { kind: 'file-write' as const, target: '/etc/x', count: 1, inside: false };
    const refused = await tried((version) => (version === '' ? { stdout: '1\n' } : { refused: effect, exitCode: 1 }));
    assert.equal(refused.trial.problem?.code, 'refused-effect');
  });
  it('leaves out what only a winner needs when the first run takes three times as long', async () => {
    const pool = candidateOf({ cost: { kind: 'process-pool', argumentBytes: 8, chunks: true } });
    const { trial, runs } = await tried((version) => ({ stdout: '1\n', wall: version === '' ? 1 : 4.5 }), pool);
    assert.deepEqual([trial.equivalence, trial.losing, runs], ['observed', true, ['', '', 'candidate']]);
  });
  it('passes on why a sandbox could not be opened', async () => {
    const world = worldOf(() => ({ stdout: '1\n' }));
    const baseline = await recordBaseline({ open: world.open, candidates: [candidateOf()], signal: never });
    assert.ok(baseline.ok);
    const open: OpenRerun = () => Promise.resolve(refuse('changed', 'The file has changed.', 'Run it again.'));
    const trial = await tryCandidate(candidateOf(), baseline.value, { open, interpreter, signal: never, extra: null });
    assert.equal(trial.problem?.code, 'changed');
  });
  it('runs a process pool under spawn too', async () => {
    const pool = candidateOf({ cost: { kind: 'process-pool', argumentBytes: 8, chunks: true }, family: 'process-pool' });
    const methods: string[] = [];
    await tried((_, __, options) => {
      methods.push(options.startMethod);
      return { stdout: '1\n' };
    }, pool);
    assert.deepEqual(methods, ['default', 'default', 'default', 'spawn']);
    const broken = await tried((_, __, options) => (options.startMethod === 'spawn' ? { exitCode: 1 } : { stdout: '1\n' }), pool);
    assert.equal(broken.trial.equivalence, 'different');
    assert.match(
      broken.trial.firstDifference ?? '',
      /^Where processes are spawned: The original ends with exit code 0, the candidate ends with exit code 1/,
    );
  });
});

describe('Smaller inputs', () => {
  before(() => loadSyntax());
  const fileOf = (text: string): Parameters<typeof perturbationsOf>[0][number] => {
    const source = { path: '/p/script.py', text, sha256: 'x', language: 'python' as const };
    return { source, module: readModule(source) };
  };
  const titles = (text: string, args: string[] = []): string[] => perturbationsOf([fileOf(text)], args).map((item) => item.title);
  const zeros = (text: string): string[] => titles(text).filter((title) => /\b0\b/.test(title));

  it('are made from sizes in the text and numeric arguments, largest first', () => {
    const text = 'import numpy as np\n\nN = 2_000_000  # samples\nSEED = 7\nRATE: int = 44100\ntotal = 12345 + N\n';
    const found = perturbationsOf([fileOf(text)], ['--fast', '50000']);
    assert.deepEqual(found.map((item) => item.title), ['with N = 0', 'with N = 1', 'with N = 7', 'with argument 2 = 0', 'with argument 2 = 1', 'with argument 2 = 7', 'with RATE = 0', 'with RATE = 1', 'with RATE = 7']); // prettier-ignore
    assert.deepEqual(found[0]!.edits[0], {
      file: '/p/script.py',
      sha256: 'x',
      start: { line: 2, character: 4 },
      end: { line: 2, character: 13 },
      newText: '0',
    });
    assert.deepEqual(found[3]!.args, ['--fast', '0']);
  });
  it('are found wherever a size is written', () => {
    assert.deepEqual(zeros('def main(n=5000):\n    print(n)\nmain()\n'), ['with n=0 as the default of main()']);
    assert.deepEqual(zeros('def main(n):\n    print(n)\nif __name__ == "__main__":\n    main(9000)\n'), [
      'with 0 as argument 1 of main(..) at line 4',
    ]);
    assert.deepEqual(zeros('def main(n):\n    print(n)\nmain(n=9000)\n'), ['with n=0 in main(..) at line 3']);
    assert.deepEqual(zeros('import argparse\np = argparse.ArgumentParser()\np.add_argument("--n", type=int, default=300)\n'), [
      'with default=0 in add_argument(..) at line 3',
    ]);
    assert.deepEqual(zeros('def main():\n    size = 10**6\n    xs = [i for i in range(size)]\nmain()\n'), ['with size = 0 in main()']);
    assert.deepEqual(zeros('N = int(1e6)\nM = 1 << 20\nfor i in range(200 * 10):\n    pass\n'), [
      'with M = 0',
      'with N = 0',
      'with range(0) at line 3',
    ]);
    const twice = perturbationsOf([fileOf('xs = list(range(500))\nys = list(range(500))\n')], []);
    assert.deepEqual(twice.map(({ title, edits }) => [title, edits.length])[0], ['with 0 in place of 500 in lines 1, 2', 2]);
    assert.deepEqual(zeros('BIG = 1e6\nS = 7\nname = "1000"\n'), []);
  });
  const smaller = (): SmallerInputs => smallerInputs([fileOf('x = 1\n\n\n\n\n\n\n\nN = 100\n')], [], seconds(1));
  /** A smaller input takes less time. */
  const quick = (version: string, shown: Shown): Shown => (/\d/.test(version) ? { wall: 0.1, hot: 0.01, ...shown } : shown);

  it('run in both versions, in one sandbox, and the original once for all candidates', async () => {
    const known = smaller();
    const shows = (version: string): Shown => quick(version, { stdout: '1\n' });
    const { trial, runs } = await tried(shows, candidateOf(), { smaller: known });
    assert.equal(trial.equivalence, 'guarded');
    assert.deepEqual(trial.perturbed, ['with N = 0', 'with N = 1', 'with N = 7']);
    assert.deepEqual(runs, ['', '', 'candidate', '0', 'candidate+0', '1', 'candidate+1', '7', 'candidate+7']);
    const again = await tried(shows, candidateOf(), { smaller: known });
    assert.deepEqual(again.runs, ['', '', 'candidate', 'candidate+0', 'candidate+1', 'candidate+7']);
  });
  it('are only the first ones where the time for all candidates is used up, and fewer where they are slow', async () => {
    const known = smaller();
    const shows = (version: string): Shown => quick(version, { stdout: '1\n' });
    await tried(shows, candidateOf(), { smaller: known });
    known.left = seconds(0);
    const late = await tried(shows, candidateOf(), { smaller: known });
    assert.deepEqual(late.trial.perturbed, ['with N = 0', 'with N = 1']);
    const slow = await tried((version) => ({ ...shows(version), ...(version === 'candidate+0' ? { wall: 3 } : {}) }), candidateOf(), { smaller: known }); // prettier-ignore
    assert.deepEqual(slow.trial.perturbed, ['with N = 0']);
    const none = await tried(shows, candidateOf(), { smaller: { ...smaller(), left: seconds(0) } });
    assert.deepEqual(none.runs, ['', '', 'candidate']);
  });
  it('leave a number alone that is no size', async () => {
    const { trial, runs } = await tried(() => ({ stdout: '1\n' }), candidateOf(), { smaller: smaller() });
    assert.deepEqual([trial.perturbed, runs], [[], ['', '', 'candidate', '0']]);
  });
  it('catch an edit that is wrong on an empty input', async () => {
    const { trial } = await tried((version) => quick(version, { stdout: version === 'candidate+0' ? 'nan\n' : '0.5\n' }), candidateOf(), { smaller: smaller() }); // prettier-ignore
    assert.equal(trial.equivalence, 'different');
    assert.equal(trial.firstDifference, 'With N = 0: stdout line 1: the original has "0.5", the candidate has "nan".');
  });
  it('ask for the same type of exception, not the same words', async () => {
    const fail = (error: string): Shown => ({ exitCode: 1, stderr: `Traceback (most recent call last):\n  File "a.py", line 1\n${error}\n` });
    const shows =
      (other: string) =>
      (version: string): Shown =>
        quick(version, version === '0' ? fail('ZeroDivisionError: division by zero') : version === 'candidate+0' ? fail(other) : { stdout: '1\n' });
    const same = await tried(shows('ZeroDivisionError: by nothing'), candidateOf(), { smaller: smaller() });
    assert.equal(same.trial.equivalence, 'guarded');
    const other = await tried(shows('IndexError: empty'), candidateOf(), { smaller: smaller() });
    assert.match(other.trial.firstDifference ?? '', /^With N = 0: .*ZeroDivisionError.*IndexError/);
  });
  it('are skipped where the original hangs, where the edit is in the way, and when the time is over', async () => {
    const hangs = await tried((version) => quick(version, version === '7' ? { stopped: 'limit' } : { stdout: '1\n' }), candidateOf(), { smaller: smaller() }); // prettier-ignore
    assert.deepEqual(hangs.trial.perturbed, ['with N = 0', 'with N = 1']);
    const shows = (version: string): Shown => quick(version, { stdout: '1\n' });
    const inTheWay = await tried(shows, candidateOf({ edits: [edit('candidate', 7)] }), { smaller: smaller() });
    assert.deepEqual(inTheWay.trial.perturbed, []);
    const late = await tried(shows, candidateOf(), { smaller: smaller(), extra: seconds(0) });
    assert.deepEqual(late.trial.perturbed, []);
    assert.equal(late.trial.equivalence, 'guarded');
  });
});

describe('Outputs', () => {
  it('do not tell in which sandbox they were made, and keep what was written before it is restored', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotloop-test-'));
    try {
      const { outputsOf } = await import('../../../analyzers/trial/outputs');
      await writeFile(path.join(folder, 'a.txt'), 'x');
      const file = (name: string) => ({ path: name, change: 'created' as const, content: path.join(folder, 'a.txt'), sha256: 'h' });
      const result = { ...resultOf({ stdout: `${folder}/a.txt ${folder}/t/b` }), files: [file('a.txt'), file('__pycache__/a.pyc')] };
      const found = await outputsOf(result, { dir: folder, temp: `${folder}/t` });
      assert.equal(found.stdout, '<project>/a.txt <temp>/b');
      assert.deepEqual(found.files.map((item) => [item.path, Buffer.from(item.bytes ?? []).toString()]), [['a.txt', 'x']]); // prettier-ignore
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
