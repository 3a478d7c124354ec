import { mean, probit, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import type { Interval } from '../types';
import { interval } from '../platform/units';

/**
 * After how many rounds the results are looked at, and the coverage asked of that look: both set before the first run, so that looking often cannot
 * make a lucky result. What the looks and the end of the budget may get wrong adds up to 5 %; the first look, where most candidates are decided, gets the most.
 */
export const LOOKS: readonly { rounds: number; level: number }[] = [
  { rounds: 3, level: 0.98 },
  { rounds: 5, level: 0.99 },
  { rounds: 8, level: 0.995 },
  { rounds: 12, level: 0.995 },
];
export const MOST_ROUNDS = 12;
/** Coverage asked when the budget or the person ends the rounds between two looks. */
export const CUT_LEVEL = 0.99;
export const levelAfter = (rounds: number): number => LOOKS.find((look) => look.rounds === rounds)?.level ?? CUT_LEVEL;

const BOOTSTRAP_FROM = 10;
const RESAMPLES = 2000;
// The noise of the machine is itself known from eight runs only.
const FEW_DEGREES = 3;

const standardDeviation = (values: readonly number[]): number => (values.length < 2 ? 0 : sampleStandardDeviation([...values]));

/** P(T <= t) for Student's t. Exact recurrences for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4). */
export function tProbability(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  let sum = 0;
  let term = degrees % 2 === 0 ? 1 : cosine;
  for (let k = degrees % 2 === 0 ? 2 : 3; k <= degrees; k += 2) {
    sum += term;
    term *= (cosine * cosine * (k - 1)) / k;
  }
  const two = degrees % 2 === 0 ? sine * sum : (2 / Math.PI) * (angle + sine * sum);
  return 0.5 + two / 2;
}

/** The t below which a share `p` (over 0.5) of Student's t lies; whole degrees of freedom. */
export function tQuantile(p: number, degrees: number): number {
  let low = 0;
  let high = 2;
  while (tProbability(high, degrees) < p) high *= 2;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (tProbability(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A small seeded generator (mulberry32): the same samples give the same interval on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Ratio before / after from rounds in which both ran.
 * Below 10 pairs: Student's t on the logarithms, with a variance not less than that of two runs of one and the same program on this machine.
 * From 10 on: percentile bootstrap of the mean, its percentiles expanded for small samples (Hesterberg 2015, section 4.1.3).
 * @param noise standard deviation of log(time) of one run. @param level coverage, 0 to 1.
 */
export function pairedRatio(before: readonly number[], after: readonly number[], noise: number, level = levelAfter(before.length)): Interval {
  const logs = before.map((value, index) => Math.log(value / (after[index] ?? Number.NaN)));
  if (logs.length === 0 || logs.some((value) => !Number.isFinite(value))) throw new Error('a ratio needs pairs of positive times');
  const middle = mean(logs);
  if (logs.length >= BOOTSTRAP_FROM) return bootstrapMean(logs, middle, level);
  // One or two pairs have hardly a spread of their own: the machine's noise, doubled, stands in as the least, as in groupRatio.
  const few = logs.length < 3;
  const spread = Math.max(standardDeviation(logs), Math.SQRT2 * noise * (few ? 2 : 1));
  const half = (tQuantile((1 + level) / 2, few ? FEW_DEGREES : logs.length - 1) * spread) / Math.sqrt(logs.length);
  return interval(Math.exp(middle - half), Math.exp(middle), Math.exp(middle + half));
}

function bootstrapMean(logs: readonly number[], middle: number, level: number): Interval {
  const count = logs.length;
  const random = seededRandom(count);
  const means: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    let sum = 0;
    for (let draw = 0; draw < count; draw += 1) sum += logs[Math.floor(random() * count)] ?? 0;
    means.push(sum / count);
  }
  means.sort((a, b) => a - b);
  const tail = normalTail(Math.sqrt(count / (count - 1)) * tQuantile((1 + level) / 2, count - 1));
  return interval(Math.exp(quantileSorted(means, tail)), Math.exp(middle), Math.exp(quantileSorted(means, 1 - tail)));
}

/** P(Z > z), by bisection of the library's quantile, whose table-based inverse stops at 3.09. */
function normalTail(z: number): number {
  let low = 1e-9;
  let high = 0.5;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (-probit(middle) > z) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Ratio of two groups of runs that were not paired (hot regions, sweeps).
 * One or two observations have hardly a spread of their own: the machine's noise, doubled, stands in as the least.
 */
export function groupRatio(before: readonly number[], after: readonly number[], noise: number, level = 0.95): Interval | null {
  const a = before.filter((value) => value > 0).map(Math.log);
  const b = after.filter((value) => value > 0).map(Math.log);
  if (a.length === 0 || b.length === 0) return null;
  const degrees = a.length + b.length - 2;
  const pooled = degrees > 0 ? Math.sqrt(((a.length - 1) * standardDeviation(a) ** 2 + (b.length - 1) * standardDeviation(b) ** 2) / degrees) : 0;
  const half = tQuantile((1 + level) / 2, Math.max(FEW_DEGREES, degrees)) * Math.max(pooled, 2 * noise) * Math.sqrt(1 / a.length + 1 / b.length);
  const middle = mean(a) - mean(b);
  return interval(Math.exp(middle - half), Math.exp(middle), Math.exp(middle + half));
}

/** Relative half-width. */
export const halfWidth = (value: Interval): number => (value.high - value.low) / 2 / value.mid;
