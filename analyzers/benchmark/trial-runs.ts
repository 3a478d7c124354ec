import type { Benchmark, Machine, Seconds, Trial, Warning } from '../types';
import { bytes, formatSeconds, seconds } from '../platform/units';
import { groupRatio, pairedRatio } from './stats';

/**
 * The "don't" of a candidate that lost by far in its trial, from the trial's own runs: more runs of it would take the time of those that may win.
 * Null for any other candidate.
 */
export function benchmarkOfLoser(trial: Trial, machine: Machine): Benchmark | null {
  const { losing, wholeRuns: whole } = trial;
  const ratio = losing === true && whole !== undefined ? groupRatio(whole.before, whole.after, machine.noise) : null;
  if (ratio === null || whole === undefined) return null;
  const text = 'Measured in its trial only, which it lost so clearly that more runs would change nothing.';
  return fromTrial(trial, whole, ratio, machine, { code: 'few-rounds', text });
}

/**
 * What the one pair of runs says that the trial itself made, for a script that is too long for rounds. Both were watched, which the profiled run was
 * not: the original is charged with the shorter of the two. What either waited for a core is taken off it.
 * @param profiled wall time of the profiled run. Null where the trial has no such runs.
 */
export function benchmarkOfTrial(trial: Trial, profiled: Seconds, machine: Machine): Benchmark | null {
  const { wholeRuns: whole } = trial;
  if (whole?.active === undefined) return null;
  const [watched, after] = whole.active;
  const before = seconds(Math.min(profiled, watched));
  const text = `Measured in one pair of runs, those of its trial: one run of the script takes ${formatSeconds(before)}, and a larger --budget allows more. The interval leans on the machine's usual noise.`;
  const ratio = pairedRatio([before], [after], machine.noise);
  const found = fromTrial(trial, whole, ratio, machine, { code: 'few-rounds', text });
  found.basis = 'corrected-wall';
  found.before.corrected = [before];
  found.after.corrected = [after];
  return found;
}

function fromTrial(trial: Trial, whole: NonNullable<Trial['wholeRuns']>, ratio: Benchmark['ratio'], machine: Machine, warning: Warning): Benchmark {
  const [before, after] = whole.peakMemory;
  const { hot } = trial;
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
    warnings: [warning],
  };
}
