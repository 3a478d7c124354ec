import type { Candidate, Interpreter, Refusal, Seconds, Trial } from '../types';
import { refuse } from '../platform/result';
import { bytes, formatSeconds, seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe, regionId } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import type { Outputs } from './outputs';
import { perturb } from './perturb';
import { smallerInputs } from './smaller-inputs';
import type { SmallerInputs } from './smaller-inputs';

export { recordBaseline } from './baseline';
export type { Baseline } from './baseline';
export { smallerInputs } from './smaller-inputs';
export type { SmallerInputs } from './smaller-inputs';

export interface TrialOptions {
  open: OpenRerun;
  interpreter: Interpreter;
  signal: AbortSignal;
  /** Wall seconds for smaller inputs and extra timings, beyond the runs that equivalence itself needs; null: as long as it takes. */
  extra: Seconds | null;
  /** Smaller inputs to compare on, kept by the caller over the candidates of one proof. */
  smaller?: SmallerInputs;
  /** When a run is so long that only one that wins is worth waiting for. */
  onlyWinners?: boolean;
  onProgress?(text: string): void;
}

// Hot seconds from a quick candidate are repeated, as one short timing says little.
const HOT_RUNS = 3;
const QUICK = 0.5;
// Slower than this by its first run, a candidate is only measured to say "don't": further comparing runs would cost as much again.
const LOSING = 3;
const LOSING_BY = 1;

/** A process pool is one whatever else a combination does. */
export const usesProcesses = (candidate: Candidate): boolean =>
  candidate.cost.kind === 'process-pool' ||
  candidate.family === 'process-pool' ||
  // A patch may do anything.
  candidate.refactor === 'patch' ||
  candidate.family === 'shared-memory' ||
  candidate.parts.some((part) => part.startsWith('process-pool'));

/** Runs the candidate in a sandbox of its own and compares it with the baseline. What cannot be compared is a `problem`; the candidate then counts as different. */
export async function tryCandidate(candidate: Candidate, baseline: Baseline, o: TrialOptions): Promise<Trial> {
  const started = performance.now();
  const trial: Trial = { candidate: candidate.id, equivalence: 'different', tolerance: candidate.tolerance, masked: maskedFor(candidate, baseline) };
  const opened = await o.open(candidate.edits);
  if (!opened.ok) return { ...trial, problem: opened.refusal };
  try {
    o.onProgress?.(`Trying: ${candidate.title}`);
    const first = await compared(candidate, baseline, opened.value, 'default', o);
    if ('problem' in first || 'firstDifference' in first) return { ...trial, ...first };
    trial.masked.push(...first.masked);
    trial.hot = { before: baseline.runs.map((run) => hotSeconds(run, candidate)), after: [hotSeconds(first.outputs, candidate)] };
    trial.wholeRuns = wholeRuns(baseline, first.outputs);
    if (first.outputs.active > LOSING_BY + LOSING * Math.min(...baseline.runs.map((run) => run.active)))
      return { ...trial, equivalence: 'observed', losing: true };
    if (usesProcesses(candidate) && o.interpreter.startMethod !== 'spawn') {
      const spawned = await compared(candidate, baseline, opened.value, 'spawn', o);
      if ('problem' in spawned) return { ...trial, problem: { ...spawned.problem, why: `Where processes are spawned: ${spawned.problem.why}` } };
      if ('firstDifference' in spawned) return { ...trial, firstDifference: `Where processes are spawned: ${spawned.firstDifference}` };
    }
    await repeatQuick(candidate, baseline, opened.value, trial, first.outputs, o);
  } finally {
    await opened.value.dispose();
  }
  const deadline = o.extra === null ? Infinity : started + o.extra * 1000;
  const { open, signal, smaller = smallerInputs([], [], baseline.seconds) } = o;
  const inputs = await perturb(candidate, { open, baseline, smaller, deadline, signal });
  trial.perturbed = inputs.passed;
  if (inputs.difference !== null) return { ...trial, firstDifference: inputs.difference };
  if (inputs.beyond.length > 0) return { ...trial, beyond: inputs.beyond, equivalence: 'observed' };
  return { ...trial, equivalence: candidate.guarded ? 'guarded' : 'observed' };
}

function wholeRuns(baseline: Baseline, outputs: Outputs): NonNullable<Trial['wholeRuns']> {
  const originals = baseline.runs.map(({ run }) => run);
  const most = bytes(Math.max(...originals.map(({ peakMemory }) => peakMemory)));
  return {
    before: originals.map((run) => run.seconds),
    after: [outputs.run.seconds],
    peakMemory: [most, outputs.run.peakMemory],
    active: [seconds(Math.min(...baseline.runs.map(({ active }) => active))), outputs.active],
  };
}

/** A loser is worth waiting for, as its numbers are what a "don't" is made of; but not for ever, and less so where each run is long. */
const patience = (original: Seconds, onlyWinners = false): Seconds =>
  seconds(onlyWinners ? 5 + original : Math.min(15 + 8 * original, 60 + 2 * original));

type Compared = { outputs: Outputs; masked: string[] } | { problem: Refusal } | { firstDifference: string };

async function compared(
  candidate: Candidate,
  baseline: Baseline,
  rerun: Rerun,
  startMethod: 'default' | 'spawn',
  o: TrialOptions,
): Promise<Compared> {
  const [original] = baseline.runs;
  if (original === undefined) throw new Error('a baseline has at least one run');
  const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
  const result = await observe(rerun, {
    regions: regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures })),
    seed: baseline.seed,
    signal: o.signal,
    limit: patience(baseline.seconds, o.onlyWinners),
    startMethod,
  });
  if (!result.ok) return { problem: result.refusal };
  const outputs = result.value;
  const problem = problemOf(candidate, baseline, outputs);
  if (problem !== null) return { problem };
  // A candidate that crashes on its way to the region is told so below, not that it never got there.
  const unreached = candidate.regions.find((region) => entriesOf(outputs, regionId(region)) === 0);
  if ((candidate.regions.length === 0 || unreached !== undefined) && outputs.run.exitCode === original.run.exitCode) {
    const where = unreached === undefined ? 'The edited lines' : `Line ${unreached.after.startLine} of ${unreached.file}`;
    const why = `${where} never ran from the sandbox's own files, so nothing was tried.`;
    return {
      problem: refuse('not-reached', why, 'Run the script with arguments that reach the loop, and from its own folder, not from an installed copy.')
        .refusal,
    };
  }
  const found = compareRuns(original, outputs, {
    tolerance: candidate.tolerance,
    mask: baseline.mask,
    regions,
    errors: 'text',
    combined: candidate.parts.length > 1,
  });
  if (found.difference !== null) {
    const once = ' (The original ran only once, as it takes long: what changes from run to run anyway is not known.)';
    return { firstDifference: baseline.runs.length > 1 ? found.difference : found.difference + once };
  }
  if (found.evidence === 0) {
    const why =
      'Nothing that the script prints, writes or computes in the edited lines is the same in two runs of the original, so nothing could be compared.';
    return { problem: refuse('nothing-to-compare', why, 'Let the script print a result or give its random numbers a seed.').refusal };
  }
  return { outputs, masked: found.masked };
}

function problemOf(candidate: Candidate, baseline: Baseline, outputs: Outputs): Refusal | null {
  const { refused, run } = outputs;
  if (refused !== null) {
    const why = `The candidate was ended because it tried ${refused.kind} on ${refused.target}, which the original was not seen to do.`;
    return refuse('refused-effect', why, 'Nothing: the edit is not offered.').refusal;
  }
  if (run.stopped === 'limit') {
    const why = `The candidate was stopped after ${formatSeconds(run.seconds)}; the original takes ${formatSeconds(baseline.seconds)}.`;
    return refuse('too-slow', why, 'Nothing: the edit is not offered.').refusal;
  }
  if (run.stopped !== undefined) return refuse('stopped', `The candidate was stopped (${run.stopped}).`, 'Nothing: the edit is not offered.').refusal;
  const originalRegions = candidate.regions.filter(
    (region) => (baseline.runs[0] === undefined ? 0 : entriesOf(baseline.runs[0], regionId(region))) === 0,
  );
  const [missing] = originalRegions;
  if (missing !== undefined && baseline.regions.some((region) => region.id === regionId(missing))) {
    const why = `Line ${missing.before.startLine} of ${missing.file} never ran in the original's sandbox, so there is nothing to compare with.`;
    return refuse('not-reached', why, 'Run the script with arguments that reach the loop, and from its own folder, not from an installed copy.')
      .refusal;
  }
  return null;
}

const entriesOf = (outputs: Outputs, id: string): number => outputs.regions.find((region) => region.id === id)?.entries ?? 0;

function hotSeconds(outputs: Outputs, candidate: Candidate): Seconds {
  const ids = new Set(candidate.regions.map(regionId));
  return seconds(outputs.regions.filter((region) => ids.has(region.id)).reduce((sum, region) => sum + region.seconds, 0));
}

async function repeatQuick(candidate: Candidate, baseline: Baseline, rerun: Rerun, trial: Trial, first: Outputs, o: TrialOptions): Promise<void> {
  if (first.run.seconds > QUICK * baseline.seconds) return;
  const regions = candidate.regions.map((region) => ({ id: regionId(region), file: region.file, ...region.after, captures: [] }));
  while (trial.hot !== undefined && trial.hot.after.length < HOT_RUNS) {
    const again = await observe(rerun, { regions, seed: baseline.seed, signal: o.signal });
    if (!again.ok || again.value.run.exitCode !== first.run.exitCode) return;
    trial.hot.after.push(hotSeconds(again.value, candidate));
  }
}

/** Masks of other candidates' values are not this one's. */
function maskedFor(candidate: Candidate, baseline: Baseline): string[] {
  const names = new Set(candidate.regions.flatMap((region) => region.captures));
  const ids = new Set(candidate.regions.map(regionId));
  const functions = baseline.runs.flatMap((run) =>
    run.regions.filter(({ id }) => ids.has(id)).flatMap(({ calls = [] }) => calls.map(({ name }) => name)),
  );
  return baseline.mask.described.filter((text) => {
    const name = /^the value of `(.+)`/.exec(text)?.[1];
    return name === undefined || names.has(name) || functions.some((each) => name.startsWith(`${each}()`));
  });
}
