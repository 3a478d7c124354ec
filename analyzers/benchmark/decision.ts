import type { Benchmark, CandidateStatus, Trial } from '../types';
import { formatBytes, formatInterval, formatRatio, formatSeconds, ratio, seconds } from '../platform/units';
import { basisTimes, medianSeconds } from './samples';

/** The least that is worth a change of the code. */
export const LEAST_RATIO = 1.1;
export const LEAST_SAVED = 0.05;

export interface Decision {
  status: CandidateStatus;
  /** One sentence with the numbers. */
  reason: string;
}

/** 'process-pool-map@file::main#0' -> 'the pool version'. */
function named(candidate: string): string {
  const refactor = candidate.split('@')[0] ?? '';
  if (refactor.startsWith('process-pool')) return 'the pool version';
  if (refactor.startsWith('thread-pool')) return 'the threaded version';
  if (refactor.startsWith('vectorize')) return 'the vectorized version';
  return 'the new version';
}

export function savedSeconds(benchmark: Benchmark): number {
  return medianSeconds(basisTimes(benchmark, 'before')) - medianSeconds(basisTimes(benchmark, 'after'));
}

export function isProven(benchmark: Benchmark): boolean {
  return benchmark.ratio.low >= LEAST_RATIO && savedSeconds(benchmark) >= LEAST_SAVED;
}

/** Proven: equivalent at guarded or observed, the interval's low end at least 1.1, and at least 50 ms saved. @param benchmark null: not measured. */
export function decide(trial: Trial, benchmark: Benchmark | null): Decision {
  if (trial.problem !== undefined) {
    const status = trial.problem.code === 'cancelled' ? 'untried' : 'rejected';
    return { status, reason: trial.problem.code === 'too-slow' ? `Don't: ${lowerFirst(trial.problem.why)}` : trial.problem.why };
  }
  if (trial.equivalence === 'different') return { status: 'rejected', reason: `It gives another result. ${trial.firstDifference ?? ''}`.trim() };
  if (benchmark === null) return { status: 'untried', reason: 'It gives the same result, but there was no time left to measure it.' };
  const failure = benchmark.warnings.find((warning) => warning.code === 'failed');
  if (failure !== undefined) return { status: 'rejected', reason: failure.text };

  const measured = formatInterval(benchmark.ratio);
  const before = formatSeconds(medianSeconds(basisTimes(benchmark, 'before')));
  const after = formatSeconds(medianSeconds(basisTimes(benchmark, 'after')));
  const name = named(trial.candidate);
  if (benchmark.ratio.high < 1) {
    return { status: 'rejected', reason: `Don't: ${measured} — ${name} takes ${after} where the original takes ${before}.` };
  }
  if (trial.equivalence === 'statistical') {
    return {
      status: 'rejected',
      reason: `Not proven: it draws other random numbers, so its results can only be like the original's; ${measured} on the whole run.`,
    };
  }
  if (benchmark.ratio.low < LEAST_RATIO) {
    const wide = benchmark.ratio.high >= LEAST_RATIO ? 'too close to call' : 'not worth a change';
    const least = formatRatio(ratio(LEAST_RATIO));
    return {
      status: 'rejected',
      reason: `Not proven, ${wide}: ${measured} on the whole run, ${before} before and ${after} after; at least ${least} must be certain.`,
    };
  }
  if (trial.losing === true) {
    return {
      status: 'rejected',
      reason: `Not proven: it took more than three times the original's time when it was tried, but ${measured} when it was measured.`,
    };
  }
  const saved = savedSeconds(benchmark);
  if (saved < LEAST_SAVED) {
    const least = formatSeconds(seconds(LEAST_SAVED));
    return {
      status: 'rejected',
      reason: `Faster, but not worth a change: ${measured}, which saves ${formatSeconds(seconds(saved))} of ${before}; at least ${least} is asked for.`,
    };
  }
  const hot = benchmark.hot === null ? '' : `, ${formatInterval(benchmark.hot)} on the hot lines`;
  const [old, fresh] = benchmark.peakMemory;
  const memory = benchmark.warnings.some((warning) => warning.code === 'memory-up')
    ? `; peak memory grows from ${formatBytes(old)} to ${formatBytes(fresh)}`
    : '';
  return { status: 'proven', reason: `Proven ${measured} on the whole run${hot}: ${before} before, ${after} after${memory}.` };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
