import type { Benchmark, Machine, Trial } from '../types';
import { bytes } from '../platform/units';
import { groupRatio } from './stats';

/**
 * The "don't" of a candidate that lost by far in its trial, from the trial's own runs: more runs of it would take the time of those that may win.
 * Null for any other candidate.
 */
export function benchmarkOfLoser(trial: Trial, machine: Machine): Benchmark | null {
  const { losing, wholeRuns: whole, hot } = trial;
  const ratio = losing === true && whole !== undefined ? groupRatio(whole.before, whole.after, machine.noise) : null;
  if (ratio === null || whole === undefined) return null;
  const [before, after] = whole.peakMemory;
  return {
    candidate: trial.candidate,
    before: { wall: whole.before, corrected: null, cpu: [], peakMemory: bytes(before) },
    after: { wall: whole.after, corrected: null, cpu: [], peakMemory: bytes(after) },
    ratio,
    hot: hot === undefined ? null : groupRatio(hot.before, hot.after, machine.noise),
    warm: null,
    basis: 'wall',
    rounds: whole.after.length,
    sweep: [],
    peakMemory: whole.peakMemory,
    warnings: [{ code: 'few-rounds', text: 'Measured in its trial only, which it lost so clearly that more runs would change nothing.' }],
  };
}
