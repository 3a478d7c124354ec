import type { Candidate, Region, Seconds } from '../types';
import { ok, refuse } from '../platform/result';
import type { Outcome } from '../platform/result';
import { formatSeconds, seconds } from '../platform/units';
import type { ObservedRegion, RunRequest } from '../run/program';
import type { OpenRerun, Rerun } from '../run/rerun';
import { maskOf } from './masks';
import type { Mask } from './masks';
import { outputsOf } from './outputs';
import type { Outputs } from './outputs';

export interface BaselineOptions {
  open: OpenRerun;
  /** Their regions are observed in the original, so that every candidate can be compared with the same runs. */
  candidates: readonly Candidate[];
  signal: AbortSignal;
  /** 2 where left out. With one alone nothing is known to change from run to run, so everything is compared. */
  runs?: number;
  /** Given to every equivalence run alike. */
  seed?: number;
  onProgress?(text: string): void;
}
/** The original, compared with itself. */
export interface Baseline {
  seed: number;
  /** In the order in which they ran; candidates are compared with the first. */
  runs: Outputs[];
  mask: Mask;
  regions: ObservedRegion[];
  /** Longest wall time of its runs, observation included. */
  seconds: Seconds;
}

/** Two candidates that replace the same lines share one region of the original. */
export const regionId = (region: Region): string => `${region.file}:${region.before.startLine}-${region.before.endLine}`;

export function regionsOf(candidates: readonly Candidate[]): ObservedRegion[] {
  const found = new Map<string, ObservedRegion>();
  for (const region of candidates.flatMap((candidate) => candidate.regions)) {
    const id = regionId(region);
    const known = found.get(id);
    if (known === undefined) found.set(id, { id, file: region.file, ...region.before, captures: [...region.captures] });
    else known.captures = [...new Set([...known.captures, ...region.captures])];
  }
  return [...found.values()];
}

/** One observed run, read before the next can overwrite what it wrote. Refuses 'cancelled' and whatever the run room refuses. */
export async function observe(
  rerun: Rerun,
  o: {
    regions: ObservedRegion[];
    seed: number;
    signal: AbortSignal;
    limit?: Seconds | null;
    startMethod?: 'default' | 'spawn';
    args?: string[] | null;
    otherArguments?: RunRequest['otherArguments'];
  },
): Promise<Outcome<Outputs>> {
  const result = await rerun.run({
    regions: o.regions,
    seed: o.seed,
    startMethod: o.startMethod ?? 'default',
    environment: {},
    limit: o.limit ?? null,
    args: o.args ?? null,
    otherArguments: o.otherArguments,
    signal: o.signal,
  });
  if (o.signal.aborted) return refuse('cancelled', 'The run was cancelled.', 'Start it again when you are ready.');
  if (!result.ok) return result;
  return ok(await outputsOf(result.value, rerun));
}

/**
 * Runs the original against itself. What its runs do not agree on is masked.
 * Refuses when the original does not come to its own end, or ends differently each time: then no candidate can be compared with it.
 */
export async function recordBaseline(o: BaselineOptions): Promise<Outcome<Baseline>> {
  const opened = await o.open([]);
  if (!opened.ok) return opened;
  const rerun = opened.value;
  const regions = regionsOf(o.candidates);
  const seed = o.seed ?? 20_240_117;
  const runs: Outputs[] = [];
  try {
    const count = Math.max(1, o.runs ?? 2);
    while (runs.length < count) {
      o.onProgress?.(`Running the original against itself, ${runs.length + 1} of ${count}`);
      const outputs = await observe(rerun, { regions, seed, signal: o.signal });
      if (!outputs.ok) return outputs;
      const { run, refused } = outputs.value;
      if (refused !== null) {
        return refuse(
          'refused-effect',
          `A rerun was ended because it tried ${refused.kind} on ${refused.target}.`,
          'Agree to that effect, or run Hotloop on a script without it.',
        );
      }
      if (run.stopped !== undefined) {
        return refuse(
          'baseline-stopped',
          `The original was stopped after ${formatSeconds(run.seconds)} (${run.stopped}).`,
          'Give a larger budget or a smaller input.',
        );
      }
      runs.push(outputs.value);
    }
  } finally {
    await rerun.dispose();
  }
  const [first, ...others] = runs;
  const other = others.find((item) => item.run.exitCode !== first?.run.exitCode || item.run.signal !== first.run.signal);
  if (other !== undefined && first !== undefined) {
    const why = `Two runs of the original end differently: exit codes ${first.run.exitCode} and ${other.run.exitCode}.`;
    return refuse('baseline-unsteady', why, 'Make the script end the same way each time.');
  }
  return ok({ seed, runs, mask: maskOf(runs), regions, seconds: seconds(Math.max(...runs.map((item) => item.run.seconds))) });
}
