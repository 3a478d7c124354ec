/** A report as the fin-tip example gives it, built by `buildReport` from the stages' own types. */
import { createHash } from 'node:crypto';
import { buildReport, type CandidateResult, type ReportParts } from '../../../analyzers/report/build';
import { bytes, interval, ratio, seconds, share } from '../../../analyzers/platform/units';
import type { Benchmark, Candidate, Finding, Hotspot, Profile, Report, Source, Trial, Verdict } from '../../../analyzers/types';

const text = `import numpy as np

SAMPLES = 1_600_000


def tip(h, k):
    m = np.sqrt(h * 0.044 / (k * 4e-05))
    return 80.0 / np.cosh(m * 0.05)


def main():
    rng = np.random.default_rng(7)
    hs = rng.normal(60.0, 6.0, SAMPLES)
    ks = rng.normal(180.0, 9.0, SAMPLES)
    excess = np.array([tip(h, k) for h, k in zip(hs, ks)])
    print(np.mean(excess))


main()
`;
export const root = '/home/ada/fins';
export const source: Source = {
  path: `${root}/fin tip.py`,
  text,
  sha256: createHash('sha256').update(text).digest('hex'),
  language: 'python',
};
const hotspot: Hotspot = {
  id: 'fin tip.py::main#0',
  file: source.path,
  qualname: 'main',
  span: { start: { line: 14, character: 22 }, end: { line: 14, character: 58 } },
  kind: 'loop',
  share: share(0.93),
  ...{ seconds: seconds(4.4), python: seconds(1.1), native: seconds(3.3), wait: seconds(0) },
};
const verdict: Verdict = {
  bottleneck: 'cpu-python',
  confidence: 0.95,
  because: [
    { text: 'One core was busy for 99 % of the run.' },
    { text: 'NumPy is called on one number at a time, 3.2 million times.', file: source.path, line: 7 },
  ],
};
const line = (at: number, python: number, native: number, wait = 0): Profile['lines'][number] => ({
  ...{ file: source.path, line: at, python: seconds(python), native: seconds(native), wait: seconds(wait), alloc: bytes(0) },
});

export const profile = (): Profile => ({
  source,
  files: [source.path],
  run: {
    command: { kind: 'script', target: source.path, args: ['--samples', 'secret-value'], cwd: root },
    ...{ exitCode: 0, seconds: seconds(4.73), cpuSeconds: seconds(4.68), peakMemory: bytes(96 * 2 ** 20) },
  },
  interpreter: {
    path: '/home/ada/fins/.venv/bin/python',
    version: [3, 11, 7],
    implementation: 'CPython',
    packages: { numpy: '2.2.0' },
    platform: 'linux',
    startMethod: 'fork',
    gil: true,
  },
  interval: seconds(0.001),
  lines: [line(7, 0.52, 1.71), line(8, 0.48, 1.28), line(15, 0.31, 0.04), line(13, 0.001, 0.062), line(16, 0, 0.03, 0.02)],
  stacks: [
    {
      frames: [
        { file: source.path, line: 15, name: 'main' },
        { file: source.path, line: 7, name: 'tip' },
      ],
      seconds: seconds(2.2),
    },
    { frames: [{ file: source.path, line: 15, name: 'main' }], seconds: seconds(0.4) },
  ],
  timeline: Array.from({ length: 48 }, (_, index) => ({
    at: seconds(index / 10),
    cpu: (index < 3 ? 0.5 : 0.98 + 0.02 * Math.sin(index)) as ReturnType<typeof share>,
    rss: bytes((30 + Math.min(index, 20) * 3.2) * 2 ** 20),
    threads: 1,
    processes: 1,
  })),
  processes: [],
  effects: [{ kind: 'file-read', target: '/home/ada/fins/data.csv', count: 1, inside: true }],
  frames: [],
  notes: [],
});

export const candidate = (refactor: string, family: Candidate['family'], title: string, given: Partial<Candidate> = {}): Candidate => ({
  id: `${refactor}@${hotspot.id}`,
  ...{ refactor, family, title },
  hotspots: [hotspot.id],
  parts: [],
  edits: [],
  regions: [],
  cost: { kind: 'factor', low: 1, high: 2 },
  predicted: null,
  assumptions: [],
  requires: [],
  tolerance: 0,
  guarded: false,
  workers: null,
  ...given,
});
const edit = (startLine: number, startCharacter: number, endLine: number, endCharacter: number, newText: string): Candidate['edits'][number] => ({
  ...{ file: source.path, sha256: source.sha256, newText },
  start: { line: startLine, character: startCharacter },
  end: { line: endLine, character: endCharacter },
});

export const vectorize = candidate('vectorize-elementwise', 'vectorize', 'Vectorize with NumPy', {
  predicted: interval(14, 19, 26),
  assumptions: ['tip does not look at the order of the samples'],
  requires: ['numpy'],
  tolerance: 1e-12,
  edits: [edit(14, 13, 14, 58, 'tip(hs, ks)')],
});
export const pool = candidate('process-pool-map', 'process-pool', 'Process pool with chunks', {
  predicted: interval(0.7, 0.9, 1.1),
  workers: 2,
  edits: [edit(14, 22, 14, 58, 'pool.map(tip, hs, ks)')],
});
export const chunks = candidate('thread-pool-map', 'thread-pool', 'Thread pool', {
  predicted: interval(0.8, 1, 1.1),
  predictionError: { typical: ratio(1.4), most: ratio(2.5), proofs: 7 },
});

export const benchmark = (id: string, low: number, mid: number, high: number, given: Partial<Benchmark> = {}): Benchmark => ({
  candidate: id,
  before: { wall: [seconds(4.7), seconds(4.74), seconds(4.8)], corrected: null, cpu: [seconds(4.6)], peakMemory: bytes(96 * 2 ** 20) },
  after: { wall: [seconds(4.74 / mid)], corrected: null, cpu: [seconds(4.7 / mid)], peakMemory: bytes(140 * 2 ** 20) },
  ratio: interval(low, mid, high),
  hot: null,
  warm: null,
  basis: 'wall',
  rounds: 8,
  sweep: [],
  peakMemory: [bytes(96 * 2 ** 20), bytes(140 * 2 ** 20)],
  warnings: [],
  ...given,
});
export const trial = (id: string, given: Partial<Trial> = {}): Trial => ({ candidate: id, equivalence: 'observed', masked: [], ...given });

const poolBenchmark = benchmark(pool.id, 0.61, 0.64, 0.68, {
  basis: 'corrected-wall',
  warnings: [{ code: 'busy', text: 'The machine was busy: intervals are wider than usual.' }],
  sweep: [1, 2, 4].map((workers) => ({
    ...{ workers, predicted: ratio(0.5 + workers * 0.2), projected: workers > 2 },
    measured: workers > 2 ? null : interval(0.45 + workers * 0.08, 0.48 + workers * 0.08, 0.52 + workers * 0.08),
  })),
});

export const results = (): Map<string, CandidateResult> =>
  new Map([
    [
      vectorize.id,
      {
        status: 'proven',
        reason: 'Proven 17.2x [16.1, 18.4] on the whole run, 44x [40, 49] on the hot lines: 4.74 s before, 275 ms after.',
        trial: trial(vectorize.id, { tolerance: 1e-12, masked: ['the time of day in line 2 of stdout'] }),
        benchmark: benchmark(vectorize.id, 16.1, 17.2, 18.4, { hot: interval(40, 44, 49) }),
      },
    ],
    [
      pool.id,
      {
        status: 'rejected',
        reason: "Don't: 0.64x [0.61, 0.68] — the pool version takes 7.4 s where the original takes 4.74 s.",
        trial: trial(pool.id),
        benchmark: poolBenchmark,
      },
    ],
  ]);

/** Of another program, so only where a test asks for them. */
export const findings: Finding[] = [
  {
    code: 'threads-on-cpu-work',
    file: source.path,
    span: { start: { line: 14, character: 4 }, end: { line: 14, character: 20 } },
    why: 'Line 15 runs tip on several threads, but 96 % of its 2.2 s is Python code, which the interpreter lock lets one thread at a time run.',
    toDo: 'Run it on processes (ProcessPoolExecutor), vectorize it, or do it without threads.',
    certainty: 'measured',
    share: share(0.47),
  },
  {
    code: 'unsynchronised-write',
    file: source.path,
    span: { start: { line: 6, character: 4 }, end: { line: 6, character: 20 } },
    why: 'Line 7 reads total, changes it and writes it back without a lock: updates can get lost.',
    toDo: 'Put the update under one lock (with lock:).',
    certainty: 'likely',
  },
];

export const parts = (given: Partial<ReportParts> = {}): ReportParts => ({
  depth: 'prove',
  source,
  root,
  profile: profile(),
  hotspots: [hotspot],
  facts: [],
  verdicts: new Map([[hotspot.id, verdict]]),
  verdict,
  legalities: new Map(),
  explained: new Map(),
  findings: [],
  machine: null,
  sources: [source],
  candidates: [pool, vectorize, chunks],
  blocked: [
    {
      id: `memoize@${hotspot.id}`,
      ...{ refactor: 'memoize', family: 'memoize', title: 'Memoize tip', hotspots: [hotspot.id] },
      refusal: { code: 'no-repeats', why: 'No argument came twice.', toDo: 'Nothing: there is nothing to remember.' },
    },
  ],
  results: results(),
  notes: [],
  ...given,
});

export const example = (given: Partial<ReportParts> = {}): Report => ({ ...buildReport(parts(given)), createdAt: '2026-01-02T03:04:05.000Z' });
