import { median } from 'simple-statistics';
import type { Candidate, Machine, Ratio, Seconds, SweepPoint } from '../types';
import { ratio } from '../platform/units';
import type { OpenRerun } from '../run/rerun';
import { groupRatio } from './stats';

/** Speedup of a fixed job whose share `parallel` is spread over n workers. */
export const amdahl = (parallel: number, workers: number): number => 1 / (1 - parallel + parallel / workers);
/** Speedup of a job that grows with the workers, `serial` being the serial share of the parallel run. */
export const gustafson = (serial: number, workers: number): number => workers - serial * (workers - 1);
export const efficiency = (speedup: number, workers: number): number => speedup / workers;
/** The serial share that a measured speedup shows; grows with the workers where overhead does (Karp and Flatt 1990). Null for one worker. */
export const karpFlatt = (speedup: number, workers: number): number | null => (workers <= 1 ? null : (1 / speedup - 1 / workers) / (1 - 1 / workers));

/** 1, 2, 4 .. up to all cores, the last always being all of them. */
export function workerCounts(cores: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

export interface SweepOptions {
  open: OpenRerun;
  candidate: Candidate;
  /** Wall seconds of the original, from its benchmark. */
  before: readonly Seconds[];
  /** Seconds of the original in the lines that are made parallel. */
  hotBefore: Seconds;
  machine: Machine;
  /** Worker counts; null: 1, 2, 4 .. cores. */
  workers: readonly number[] | null;
  budget: Seconds;
  seed?: number;
  signal: AbortSignal;
}

const RUNS = 2;

/** Amdahl's law from the measured serial share, plus what starting the pool costs here. Workers beyond the effective cores add nothing. */
export function predictSpeedup(o: { before: number; hot: number; start: number; effectiveCores: number }, workers: number): Ratio {
  const parallel = Math.min(o.hot, o.before);
  return ratio(o.before / (o.before - parallel + o.start + parallel / Math.min(workers, o.effectiveCores)));
}

/** Measures a pool candidate at several worker counts (the trial's environment variable HOTLOOP_WORKERS), and projects it past this machine's cores, labelled. */
export async function sweepWorkers(o: SweepOptions): Promise<SweepPoint[]> {
  const pool = o.candidate.cost.kind === 'process-pool';
  const before = median([...o.before]);
  const start = pool ? Math.max(...Object.values(o.machine.poolStart).map((value) => value ?? 0), 0) / 2 : 0;
  const costs = { before, hot: o.hotBefore, start, effectiveCores: pool ? o.machine.effectiveCores : Infinity };
  const counts = [...new Set(o.workers ?? workerCounts(o.machine.cores))].filter((count) => count >= 1).sort((a, b) => a - b);
  const points: SweepPoint[] = [];
  const ends = performance.now() + o.budget * 1000;
  const opened = await o.open(o.candidate.edits);
  if (opened.ok) {
    try {
      for (const workers of counts) {
        const walls: number[] = [];
        while (walls.length < RUNS && !o.signal.aborted && performance.now() < ends) {
          const environment = { HOTLOOP_WORKERS: String(workers) };
          const options = { regions: [], seed: o.seed ?? 20_240_117, startMethod: 'default' as const, limit: null, args: null, signal: o.signal };
          const result = await opened.value.run({ ...options, environment });
          if (!result.ok || result.value.run.stopped !== undefined || result.value.run.exitCode !== 0) break;
          walls.push(result.value.run.seconds);
        }
        const measured = walls.length === 0 ? null : groupRatio(o.before, walls, o.machine.noise);
        points.push({ workers, predicted: predictSpeedup(costs, workers), measured, projected: false });
      }
    } finally {
      await opened.value.dispose();
    }
  }
  const most = Math.max(o.machine.cores, ...counts);
  for (const workers of pool ? [2 * most, 4 * most] : []) {
    points.push({ workers, predicted: predictSpeedup({ ...costs, effectiveCores: workers }, workers), measured: null, projected: true });
  }
  return points;
}
