import type { Benchmark, Candidate, Interval, Machine, Seconds, Trial } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { isProven, LEAST_RATIO } from './decision';
import { basisOf, sampleOf, timesOn, timingOf, warningsOf, withoutOwnWaits } from './samples';
import type { RawSample } from './samples';
import { groupRatio, halfWidth, LOOKS, MOST_ROUNDS, pairedRatio } from './stats';

export interface BenchmarkOptions {
  open: OpenRerun;
  /** Candidates whose trial found them equivalent; others would only cost time, but for a "don't" they may be here. */
  contenders: readonly { candidate: Candidate; trial: Trial }[];
  machine: Machine;
  /** Wall seconds for all rounds together. */
  budget: Seconds;
  seed?: number;
  signal: AbortSignal;
  /** Once for each candidate, when no more rounds are run for it. */
  onUpdate?(benchmark: Benchmark): void;
  onProgress?(text: string, fraction: number): void;
  /** `performance.now`, unless a test brings its own. Milliseconds. */
  clock?: () => number;
}

interface Lane {
  candidate: Candidate;
  trial: Trial;
  rerun: Rerun;
  /** Index of the round, so that a pair is two runs of the same round. */
  samples: RawSample[];
  failure: string | null;
  done: boolean;
}

// Relative half-width that is narrow enough to be told: a tighter interval would not change anyone's mind, least of all that of a large gain.
const NARROW = 0.15;
const NARROW_FOR_LARGE = 0.25;
const LARGE = 2;
/** From here on, proven is enough: the last rounds are for what is still in doubt. */
const PATIENCE = 8;
const HOPELESS = 0.8;
const WARM_RUNS = 3;

/**
 * Interleaved rounds: in each, the original and every candidate still in doubt run once, in an order that turns from round to round.
 * Ends when all are decided, after 12 rounds, when the budget is used up or on abort; a candidate without one full round has no benchmark.
 * The first round of all has no warm-up before it: the ratio is that of cold runs, and the trial has already read the files from disk.
 */
export async function benchmarkCandidates(o: BenchmarkOptions): Promise<Benchmark[]> {
  const clock = o.clock ?? (() => performance.now());
  const ends = clock() + o.budget * 1000;
  const original = await o.open([]);
  if (!original.ok) return [];
  const lanes: Lane[] = [];
  const before: RawSample[] = [];
  const done: Benchmark[] = [];
  const finish = (lane: Lane): void => {
    lane.done = true;
    const benchmark = benchmarkOf(lane, before, o.machine);
    if (benchmark === null) return;
    done.push(benchmark);
    o.onUpdate?.(benchmark);
  };
  try {
    for (const { candidate, trial } of o.contenders) {
      const opened = await o.open(candidate.edits);
      if (opened.ok) lanes.push({ candidate, trial, rerun: opened.value, samples: [], failure: null, done: false });
    }
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const open = lanes.filter((lane) => !lane.done);
      if (open.length === 0 || o.signal.aborted) break;
      // A round that does not fit would be cut off in the middle: the most expensive go first, the others may still be decided.
      while (round > 0 && open.length > 0 && clock() + expectedRound(before, open) * 1000 > ends) {
        const dearest = open.reduce((a, b) => (lastOf(b.samples) > lastOf(a.samples) ? b : a));
        open.splice(open.indexOf(dearest), 1);
        finish(dearest);
      }
      if (open.length === 0) break;
      o.onProgress?.(`Measuring, round ${round + 1}`, round / MOST_ROUNDS);
      const ran = await runRound(round, original.value, open, before, o);
      if (!ran) break;
      for (const lane of open) if (lane.failure !== null) finish(lane);
      const look = LOOKS.some((item) => item.rounds === round + 1);
      for (const lane of open) if (!lane.done && (look ? decided(lane, before, o.machine) : hopeless(lane, before, o.machine))) finish(lane);
    }
    for (const lane of lanes) if (!lane.done) finish(lane);
    for (const benchmark of done) {
      const lane = lanes.find(({ candidate }) => candidate.id === benchmark.candidate);
      if (lane?.samples.at(-1)?.compiled !== true || lane.failure !== null) continue;
      benchmark.warm = await warmRatio(benchmark, original.value, lane, before, { ...o, clock, ends });
      if (benchmark.warm !== null) o.onUpdate?.(benchmark);
    }
  } finally {
    await Promise.all([original.value.dispose(), ...lanes.map((lane) => lane.rerun.dispose())]);
  }
  return done;
}

/** Each version against the compiled code that its last run left; an original that leaves none is as warm as it gets. Null: no time for it. */
async function warmRatio(
  benchmark: Benchmark,
  original: Rerun,
  lane: Lane,
  before: readonly RawSample[],
  o: BenchmarkOptions & { clock: () => number; ends: number },
): Promise<Interval | null> {
  const warm = async (rerun: Rerun, cold: readonly RawSample[]): Promise<RawSample[]> => {
    const samples: RawSample[] = [];
    const options = { regions: [], seed: o.seed ?? 20_240_117, startMethod: 'default' as const, environment: {}, args: null, signal: o.signal, warm: true }; // prettier-ignore
    while (samples.length < WARM_RUNS && !o.signal.aborted && o.clock() + lastOf(cold) * 1000 < o.ends) {
      const result = await rerun.run({ ...options, limit: limitOf(before) });
      if (!result.ok || result.value.run.stopped !== undefined || result.value.run.exitCode !== 0) break;
      samples.push(sampleOf(result.value));
    }
    return samples;
  };
  const compiles = before.at(-1)?.compiled === true;
  const slow = compiles ? await warm(original, before) : before;
  const fast = await warm(lane.rerun, lane.samples);
  return groupRatio(timesOn(benchmark.basis, slow), timesOn(benchmark.basis, fast), o.machine.noise);
}

const lastOf = (samples: readonly RawSample[]): number => samples.at(-1)?.wall ?? 0;
const expectedRound = (before: readonly RawSample[], lanes: readonly Lane[]): number =>
  lanes.reduce((sum, lane) => sum + lastOf(lane.samples), lastOf(before));

/** False: the round did not come to its end, and nothing of it is kept. */
async function runRound(round: number, original: Rerun, lanes: readonly Lane[], before: RawSample[], o: BenchmarkOptions): Promise<boolean> {
  const runners: { lane: Lane | null; rerun: Rerun }[] = [{ lane: null, rerun: original }, ...lanes.map((lane) => ({ lane, rerun: lane.rerun }))];
  const shift = round % runners.length;
  const order = [...runners.slice(shift), ...runners.slice(0, shift)];
  // Every second turn backwards, so that nobody always runs after the same neighbour.
  if (Math.floor(round / runners.length) % 2 === 1) order.reverse();
  const taken = new Map<Lane | null, RawSample>();
  let exitCode: number | null = null;
  const codes = new Map<Lane, number>();
  for (const { lane, rerun } of order) {
    const options = { regions: [], seed: o.seed ?? 20_240_117, startMethod: 'default' as const, environment: {}, args: null, signal: o.signal };
    const result = await rerun.run({ ...options, limit: lane === null ? null : limitOf(before) });
    if (o.signal.aborted) return false;
    if (!result.ok || result.value.run.stopped !== undefined || result.value.refused !== null) {
      if (lane === null) return false;
      lane.failure = result.ok
        ? `It was stopped in round ${round + 1} of the measurement (${result.value.run.stopped ?? 'refused effect'}).`
        : result.refusal.why;
      continue;
    }
    taken.set(lane, sampleOf(result.value));
    if (lane === null) exitCode = result.value.run.exitCode;
    else codes.set(lane, result.value.run.exitCode);
  }
  const mine = taken.get(null);
  if (mine === undefined) return false;
  before.push(mine);
  for (const lane of lanes) {
    const sample = taken.get(lane);
    if (sample === undefined) continue;
    const code = codes.get(lane);
    if (code === exitCode) lane.samples.push(sample);
    else lane.failure = `It ended with exit code ${code ?? -1} in round ${round + 1} of the measurement, the original with ${exitCode ?? -1}.`;
  }
  return true;
}

function limitOf(before: readonly RawSample[]): Seconds | null {
  return before.length === 0 ? null : seconds(10 + 20 * Math.max(...before.map((sample) => sample.wall)));
}

/** Proven and narrow enough, or clearly not to be proven by more rounds. */
function decided(lane: Lane, before: readonly RawSample[], machine: Machine): boolean {
  const benchmark = benchmarkOf(lane, before, machine);
  if (benchmark === null) return true;
  if (benchmark.ratio.high < LEAST_RATIO) return true;
  return (
    isProven(benchmark) &&
    halfWidth(benchmark.ratio) <= (benchmark.rounds >= PATIENCE ? Infinity : benchmark.ratio.low >= LARGE ? NARROW_FOR_LARGE : NARROW)
  );
}

/**
 * Far slower in every round so far. Asked after each round, for a slow loser costs more than all others together;
 * looking so often cannot make a false claim of a gain.
 */
function hopeless(lane: Lane, before: readonly RawSample[], machine: Machine): boolean {
  const benchmark = benchmarkOf(lane, before, machine);
  return benchmark === null || benchmark.ratio.high < HOPELESS;
}

const usesProcesses = ({ cost, family, parts }: Candidate): boolean =>
  cost.kind === 'process-pool' || family === 'process-pool' || family === 'shared-memory' || parts.some((part) => part.startsWith('process-pool'));

/** The pairs of a lane are its first rounds: a lane that ends early leaves the original's later runs to the others. */
function benchmarkOf(lane: Lane, all: readonly RawSample[], machine: Machine): Benchmark | null {
  const before = all.slice(0, lane.samples.length);
  if (before.length === 0) return null;
  const pool = usesProcesses(lane.candidate);
  const after = pool ? withoutOwnWaits(before, lane.samples) : lane.samples;
  const basis = basisOf(before, after);
  const timing = { before: timingOf(before), after: timingOf(after) };
  const hot = lane.trial.hot;
  const benchmark: Benchmark = {
    candidate: lane.candidate.id,
    ...timing,
    ratio: pairedRatio(timesOn(basis, before), timesOn(basis, after), machine.noise),
    hot: hot === undefined ? null : groupRatio(hot.before, hot.after, machine.noise),
    warm: null,
    basis,
    rounds: after.length,
    sweep: [],
    peakMemory: [timing.before.peakMemory, timing.after.peakMemory],
    warnings: [],
  };
  const hotRuns = hot === undefined ? 0 : Math.min(hot.before.length, hot.after.length);
  benchmark.warnings = warningsOf(benchmark, { before, after }, { hotRuns, failure: lane.failure, pool });
  return benchmark;
}
