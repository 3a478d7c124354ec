import { median } from 'simple-statistics';
import type { Benchmark, Bytes, Seconds, Timing, Warning } from '../types';
import { bytes, formatBytes, formatSeconds, formatShare, seconds, share } from '../platform/units';
import type { RunResult } from '../run/program';
import { halfWidth } from './stats';

/** One run of a benchmark, raw. */
export interface RawSample {
  wall: Seconds;
  /** Null where the system does not tell it. */
  delay: Seconds | null;
  /** The most that one process below the main one waited; null where there was none. */
  workerDelay: Seconds | null;
  cpu: Seconds;
  peakMemory: Bytes;
  /** It left compiled code for the next run. */
  compiled: boolean;
}

export const sampleOf = (result: RunResult): RawSample => ({
  wall: result.run.seconds,
  delay: result.queueDelay,
  workerDelay: result.workerDelay ?? null,
  cpu: result.run.cpuSeconds,
  peakMemory: result.run.peakMemory,
  compiled: result.compiled === true,
});

// Above this share of a run spent waiting for a core the machine counts as busy.
const BUSY = 0.05;

const delayShare = (sample: RawSample): number => (sample.delay === null || sample.wall <= 0 ? 0 : sample.delay / sample.wall);

/** The wall without the time that the main thread waited for a core. Never less than a twentieth: the two clocks are not read at the same moment. */
const corrected = (sample: RawSample): Seconds => seconds(Math.max(sample.wall - (sample.delay ?? 0), sample.wall / 20));

/**
 * A pool is as late as its main process and its slowest worker together. But they also wait for each other, which is the pool's own cost: of their
 * delay no larger share counts as other programs' than what the original had to wait in the same round.
 */
export function withoutOwnWaits(before: readonly RawSample[], after: readonly RawSample[]): RawSample[] {
  return after.map((sample, round) => {
    const paired = before[round];
    if (sample.delay === null || paired === undefined) return sample;
    return { ...sample, delay: seconds(Math.min(sample.delay + (sample.workerDelay ?? 0), delayShare(paired) * sample.wall)) };
  });
}

/** Busy machine and known delays: both versions are corrected. Otherwise neither is. */
export function basisOf(before: readonly RawSample[], after: readonly RawSample[]): 'wall' | 'corrected-wall' {
  const all = [...before, ...after];
  return all.every((sample) => sample.delay !== null) && all.some((sample) => delayShare(sample) > BUSY) ? 'corrected-wall' : 'wall';
}

export const timesOn = (basis: Benchmark['basis'], samples: readonly RawSample[]): Seconds[] =>
  samples.map((sample) => (basis === 'corrected-wall' ? corrected(sample) : basis === 'cpu' ? sample.cpu : sample.wall));

export function timingOf(samples: readonly RawSample[]): Timing {
  return {
    wall: samples.map((sample) => sample.wall),
    corrected: samples.every((sample) => sample.delay !== null) ? samples.map(corrected) : null,
    cpu: samples.map((sample) => sample.cpu),
    peakMemory: bytes(median(samples.map((sample) => sample.peakMemory))),
  };
}

/** The times that a benchmark's ratio is made of. */
export function basisTimes(benchmark: Benchmark, version: 'before' | 'after'): Seconds[] {
  const timing = benchmark[version];
  if (benchmark.basis === 'cpu') return timing.cpu;
  return benchmark.basis === 'corrected-wall' && timing.corrected !== null ? timing.corrected : timing.wall;
}

export const medianSeconds = (values: readonly Seconds[]): Seconds => seconds(median([...values]));

/** The warnings that there are; each has one code. */
export type WarningCode = 'noisy' | 'busy-machine' | 'few-rounds' | 'short' | 'throttled' | 'memory-up' | 'few-hot' | 'failed';
const warning = (code: WarningCode, text: string): Warning => ({ code, text });

const NOISY = 0.2;
const SHORT = 0.2;
const FEW = 3;
const DRIFT = 1.2;
const MEMORY_FACTOR = 1.5;
const MEMORY_BYTES = 64 * 1024 * 1024;

/** What a reader must know beside the ratio. @param failure why the candidate was not run to the last round. */
export function warningsOf(
  benchmark: Benchmark,
  raw: { before: readonly RawSample[]; after: readonly RawSample[] },
  o: { hotRuns: number; failure: string | null; pool: boolean },
): Warning[] {
  const found: Warning[] = [];
  if (o.failure !== null) found.push(warning('failed', o.failure));
  const worst = Math.max(...[...raw.before, ...raw.after].map(delayShare));
  if (worst > BUSY) {
    const how = benchmark.basis === 'corrected-wall' ? 'The times are corrected for it.' : 'The times are not corrected for it.';
    const pool = o.pool
      ? ' Of what a pool waited, no larger share is taken off than the original waited: it may look slower here than on a quiet machine.'
      : '';
    found.push(
      warning(
        'busy-machine',
        `Other programs used the processor: up to ${formatShare(share(worst))} of a run was spent waiting for a core. ${how}${pool}`,
      ),
    );
  }
  if (halfWidth(benchmark.ratio) > NOISY) {
    found.push(
      warning(
        'noisy',
        `The runs differ much from each other: the ratio is only known to ${formatShare(share(halfWidth(benchmark.ratio)))}. A quieter machine or a larger budget narrows it.`,
      ),
    );
  }
  if (benchmark.rounds < FEW)
    found.push(
      warning(
        'few-rounds',
        `Measured in ${benchmark.rounds} ${benchmark.rounds === 1 ? 'round' : 'rounds'} only: the interval leans on the machine's usual noise.`,
      ),
    );
  const before = basisTimes(benchmark, 'before');
  if (medianSeconds(before) < SHORT) {
    found.push(
      warning(
        'short',
        `The script takes ${formatSeconds(medianSeconds(before))}: most of that is the start of the interpreter. A larger input tells more.`,
      ),
    );
  }
  const third = Math.floor(before.length / 3);
  if (third >= 2 && medianSeconds(before.slice(-third)) > DRIFT * medianSeconds(before.slice(0, third))) {
    const [first, last] = [medianSeconds(before.slice(0, third)), medianSeconds(before.slice(-third))];
    found.push(
      warning(
        'throttled',
        `The original itself got slower during the measurement, from ${formatSeconds(first)} to ${formatSeconds(last)}: the processor may have been slowed down.`,
      ),
    );
  }
  const [old, fresh] = benchmark.peakMemory;
  if (fresh > MEMORY_FACTOR * old && fresh - old > MEMORY_BYTES) {
    found.push(warning('memory-up', `Peak memory grows from ${formatBytes(old)} to ${formatBytes(fresh)}.`));
  }
  if (o.hotRuns > 0 && o.hotRuns < 4)
    found.push(
      warning(
        'few-hot',
        `The hot lines were timed in ${o.hotRuns} ${o.hotRuns === 1 ? 'run' : 'runs'} only; their interval leans on the machine's usual noise.`,
      ),
    );
  return found;
}
