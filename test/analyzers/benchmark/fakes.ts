import type { Benchmark, Candidate, Edit, Machine, Trial } from '../../../analyzers/types';
import { ok, refuse } from '../../../analyzers/platform/result';
import { bytes, interval, seconds } from '../../../analyzers/platform/units';
import type { RunResult } from '../../../analyzers/run/program';
import type { OpenRerun, RerunOptions } from '../../../analyzers/run/rerun';

export const machine: Machine = {
  cores: 2,
  effectiveCores: 2,
  poolStart: { fork: seconds(0.01), forkserver: seconds(0.04), spawn: seconds(0.17) },
  poolMessage: seconds(8e-5),
  pickleBytesPerSecond: 1e8,
  threadTask: seconds(1e-5),
  numpyImport: seconds(0.1),
  numpyElement: seconds(1e-9),
  listToArrayElement: seconds(2e-8),
  pythonOperation: seconds(3e-8),
  noise: 0.02,
  measuredAt: '2026-01-01T00:00:00.000Z',
};

const edit = (id: string): Edit => ({
  file: '/p/script.py',
  sha256: '',
  start: { line: 0, character: 0 },
  end: { line: 0, character: 0 },
  newText: id,
});

/** A candidate whose single edit's text is its id, so that a fake knows which version it is asked to open. */
export function candidateOf(id: string, more: Partial<Candidate> = {}): Candidate {
  const region = { file: '/p/script.py', before: { startLine: 3, endLine: 5 }, after: { startLine: 3, endLine: 4 }, captures: ['out'] };
  return {
    id,
    refactor: id.split('@')[0] ?? id,
    family: 'vectorize',
    title: `Title of ${id}`,
    hotspots: ['script.py::<module>#0'],
    parts: [],
    edits: [edit(id)],
    regions: [region],
    cost: { kind: 'factor', low: 1, high: 2 },
    predicted: null,
    assumptions: [],
    requires: [],
    tolerance: 0,
    guarded: true,
    workers: null,
    ...more,
  };
}

export const trialOf = (candidate: string, more: Partial<Trial> = {}): Trial => ({ candidate, equivalence: 'guarded', masked: [], ...more });

export function resultOf(
  more: { wall?: number; delay?: number | null; workers?: number; exitCode?: number; memory?: number; stopped?: 'limit'; compiled?: boolean } = {},
): RunResult {
  const wall = more.wall ?? 1;
  return {
    run: {
      command: { kind: 'script', target: '/p/script.py', args: [], cwd: '/p' },
      exitCode: more.exitCode ?? 0,
      seconds: seconds(wall),
      cpuSeconds: seconds(wall),
      peakMemory: bytes(more.memory ?? 50e6),
      ...(more.stopped === undefined ? {} : { stopped: more.stopped }),
    },
    queueDelay: more.delay === undefined ? seconds(0) : more.delay === null ? null : seconds(more.delay),
    ...(more.workers === undefined ? {} : { workerDelay: seconds(more.workers) }),
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
    files: [],
    regions: [],
    refused: null,
    compiled: more.compiled === true,
  };
}

export interface FakeWorld {
  open: OpenRerun;
  /** Which version ran, in order: '' is the original. */
  log: string[];
  opened: number;
  disposed: number;
  /** Milliseconds on the fake clock: the sum of all walls. */
  clock: () => number;
}

/** @param version what one run of a version gives; null: the run room refuses it. The original is ''. */
export function worldOf(version: (id: string, run: number, options: RerunOptions) => RunResult | null): FakeWorld {
  let now = 0;
  const world: FakeWorld = { open: () => Promise.reject(new Error('not yet')), log: [], opened: 0, disposed: 0, clock: () => now };
  const counts = new Map<string, number>();
  world.open = (edits) => {
    const id = edits.map((item) => item.newText).join('+');
    world.opened += 1;
    return Promise.resolve(
      ok({
        dir: `/sandbox/${world.opened}`,
        temp: `/sandbox/${world.opened}-temp`,
        run: (options: RerunOptions) => {
          const run = counts.get(id) ?? 0;
          counts.set(id, run + 1);
          world.log.push(id);
          const result = version(id, run, options);
          if (result === null) return Promise.resolve(refuse('broken', 'The run room says no.', 'Nothing.'));
          now += result.run.seconds * 1000;
          return Promise.resolve(ok(result));
        },
        edit: () => Promise.reject(new Error('a benchmark edits nothing anew')),
        dispose: () => {
          world.disposed += 1;
          return Promise.resolve();
        },
      }),
    );
  };
  return world;
}

export function benchmarkOf(more: Partial<Benchmark> & { walls?: [number, number] }): Benchmark {
  const [before, after] = more.walls ?? [4, 0.4];
  const timing = (wall: number): Benchmark['before'] => ({
    wall: [seconds(wall), seconds(wall), seconds(wall)],
    corrected: null,
    cpu: [seconds(wall), seconds(wall), seconds(wall)],
    peakMemory: bytes(50e6),
  });
  return {
    candidate: 'vectorize-elementwise@a',
    before: timing(before),
    after: timing(after),
    ratio: interval(9, 10, 11),
    hot: null,
    warm: null,
    basis: 'wall',
    rounds: 3,
    sweep: [],
    peakMemory: [bytes(50e6), bytes(50e6)],
    warnings: [],
    ...more,
  };
}
