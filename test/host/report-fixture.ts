/** A fixed report on test/host/workspace/energy.py, and on any text that starts like it: what the editor has to show is then known to the letter. */
import { createHash } from 'node:crypto';
import type { Bytes, Report, ReportCandidate, Seconds, Share } from '../../analyzers/types';
import { interval } from '../../analyzers/platform/units';

const s = (value: number): Seconds => value as Seconds;
const part = (value: number): Share => value as Share;
const size = (value: number): Bytes => value as Bytes;

export const hotspotId = 'energy.py::energy#0';
export const provenId = `vectorize-reduction@${hotspotId}`;
export const rejectedId = `process-pool-map@${hotspotId}`;
export const blockedId = `thread-pool-map@${hotspotId}`;
export const loopLine = 6;

const candidate = (
  given: Partial<ReportCandidate> & Pick<ReportCandidate, 'id' | 'refactor' | 'family' | 'title' | 'status' | 'reason'>,
): ReportCandidate => ({
  parts: [],
  hotspots: [hotspotId],
  refusal: null,
  predicted: null,
  measured: null,
  equivalence: null,
  tolerance: null,
  masked: [],
  warnings: [],
  sweep: [],
  peakMemory: null,
  edits: [],
  assumptions: [],
  requires: [],
  ...given,
});

function candidates(path: string, sha256: string): ReportCandidate[] {
  const timing = { basis: 'wall' as const, rounds: 8, warm: null };
  return [
    candidate({
      id: provenId,
      refactor: 'vectorize-reduction',
      family: 'vectorize',
      title: 'Vectorize with NumPy',
      status: 'proven',
      reason: 'Same output, and faster in every round.',
      predicted: interval(6, 10, 15),
      measured: { ...interval(11, 12, 13), ...timing, hot: interval(40, 44, 49), beforeSeconds: s(2.4), afterSeconds: s(0.2) },
      equivalence: 'observed',
      tolerance: 1e-9,
      edits: [
        { file: path, sha256, start: { line: 1, character: 0 }, end: { line: 1, character: 0 }, newText: 'import numpy as np\n' },
        {
          file: path,
          sha256,
          start: { line: 5, character: 4 },
          end: { line: 7, character: 39 },
          newText: 'total = float(np.sum(0.5 * np.sqrt(speeds)))',
        },
      ],
      assumptions: ['speeds holds no negative number'],
      requires: ['numpy'],
    }),
    candidate({
      id: rejectedId,
      refactor: 'process-pool-map',
      family: 'process-pool',
      title: 'Process pool',
      status: 'rejected',
      reason: 'Measured and slower: starting the workers costs more than the work.',
      measured: { ...interval(0.38, 0.41, 0.45), ...timing, hot: null, beforeSeconds: s(2.4), afterSeconds: s(5.85) },
      equivalence: 'observed',
    }),
    candidate({
      id: blockedId,
      refactor: 'thread-pool-map',
      family: 'thread-pool',
      title: 'Thread pool',
      status: 'blocked',
      reason: 'The loop computes in Python.',
      refusal: { code: 'gil', why: 'The loop computes in Python, and only one thread at a time can.', toDo: 'Use processes or vectorize.' },
    }),
  ];
}

/** @param decided how many candidates are decided: fewer makes a partial report. */
export function reportOn(path: string, text: string, depth: Report['depth'] = 'prove', decided = 3): Report {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const line = (at: number, python: number): Report['lines'][number] => ({
    file: path,
    line: at,
    python: s(python),
    native: s(0),
    wait: s(0),
    alloc: size(0),
    share: part(python / 2.4),
  });
  const all = depth === 'prove' ? candidates(path, sha256).slice(0, decided) : [];
  return {
    schema: 'hotloop/1',
    createdAt: '2026-01-01T00:00:00.000Z',
    depth,
    source: { path, sha256, language: 'python', command: { kind: 'script', target: path, args: [], cwd: '/' } },
    files: [{ path, sha256 }],
    environment: {
      interpreter: 'python3',
      version: '3.11.7',
      implementation: 'CPython',
      platform: 'linux',
      cores: 2,
      packages: { numpy: '2.2.0' },
      hotloop: '0.1.0',
    },
    run: { exitCode: 0, seconds: s(2.4), cpuSeconds: s(2.3), peakMemory: size(40 * 2 ** 20) },
    lines: [line(7, 0.4), line(8, 1.5), line(12, 0.2)],
    stacks: [],
    timeline: [],
    effects: [],
    verdict: { bottleneck: 'cpu-python', confidence: 0.95, because: [{ text: 'One core was busy for the whole run.' }] },
    hotspots: [
      {
        id: hotspotId,
        file: path,
        kind: 'loop',
        startLine: 7,
        endLine: 8,
        share: part(0.79),
        seconds: s(1.9),
        bottleneck: 'cpu-python',
        confidence: 0.95,
        because: [{ text: 'All of its time is in Python bytecode.' }],
        pattern: 'reduction',
      },
    ],
    candidates: all,
    recommendation: all.length > 0 ? { kind: 'apply', candidate: provenId } : { kind: 'leave', why: 'nothing was tried' },
    notes: [],
  };
}
