import type { Candidate, Edit, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe, regionId } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import { maskOf } from './masks';
import type { Outputs } from './outputs';
import type { Perturbation } from './sizes';

/** Smaller inputs of one script: what is known of them, and the time that is left for them, shared by all candidates of one proof. */
export interface SmallerInputs {
  perturbations: readonly Perturbation[];
  /** Originals already run, by title; null: nothing can be told by that input. */
  originals: Map<string, Outputs[] | null>;
  /** Goes below zero where a candidate comes late: its first smaller inputs are not left out for that. */
  left: Seconds;
}
export interface PerturbOptions {
  open: OpenRerun;
  baseline: Baseline;
  smaller: SmallerInputs;
  /** When to start no further run, as `performance.now()` gives it. */
  deadline: number;
  signal: AbortSignal;
}
export interface PerturbResult {
  difference: string | null;
  /** Titles of those that ran in both versions and gave the same. */
  passed: string[];
}

/** Smaller inputs of all candidates take so many times the script's own time; less than these seconds is not worth counting. */
const TIMES = 2;
const LEAST = 4;
/** Every candidate has its first ones: an empty input and one item tell most. The second only where the first was quick beside the script. */
const FIRST = 2;
const QUICK = 0.25;
const QUICK_SECONDS = 1;
// A script has one or two sizes that matter; each costs six short runs.
const MOST_SIZES = 2;
/** A number is a size where the script, or what is watched of it, takes less time without it. */
const SHRINKS = 0.8;
const SHRINKS_HOT = 0.5;
/** A number that leaves more of the script's time than this is no size, or is one that tells too little for what it costs. */
const ENDED = 0.6;

/** @param script wall time of one run of the original. */
export const smallerInputs = (perturbations: readonly Perturbation[], script: Seconds): SmallerInputs => ({
  perturbations,
  originals: new Map(),
  left: seconds(Math.max(LEAST, TIMES * script)),
});

const overlaps = (a: Edit, b: Edit): boolean => a.file === b.file && a.start.line <= b.end.line && b.start.line <= a.end.line;

/**
 * Runs original and candidate on each smaller input and compares what comes out, the type of an exception included.
 * An input on which the original itself is stopped or unsteady tells nothing and is skipped. Whatever does not fit in the time is skipped.
 * A number that is no size, as the time of the original tells, is left alone after its first value.
 */
export async function perturb(candidate: Candidate, o: PerturbOptions): Promise<PerturbResult> {
  const passed: string[] = [];
  const { baseline, smaller } = o;
  const bench = new Bench(o);
  const sizes = new Map<string, boolean>();
  /** Wall time of the candidate's own runs here. */
  const own: Seconds[] = [];
  const affordable = (): boolean =>
    smaller.left > 0 || own.length === 0 || (own.length < FIRST && Math.max(...own) < Math.max(QUICK_SECONDS, QUICK * baseline.seconds));
  try {
    for (const perturbation of smaller.perturbations) {
      const { edits, title, size } = perturbation;
      if (o.signal.aborted || performance.now() > o.deadline || !affordable()) break;
      if (edits.some((edit) => candidate.edits.some((other) => overlaps(edit, other)))) continue;
      if (sizes.get(size) === false || (!sizes.has(size) && [...sizes.values()].filter(Boolean).length >= MOST_SIZES)) continue;
      const originals = await originalsOf(perturbation, bench, o);
      const [original] = originals ?? [];
      if (!sizes.has(size)) sizes.set(size, original !== undefined && shrinks(original, baseline));
      if (originals === null || original === undefined || sizes.get(size) !== true || performance.now() > o.deadline) continue;
      const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
      const limit = seconds(Math.max(10, 10 * original.run.seconds));
      const observed = regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures }));
      const outputs = await bench.run([...candidate.edits, ...edits], perturbation, observed, limit);
      if (outputs === null) continue;
      own.push(outputs.run.seconds);
      const found = compareRuns(original, outputs, {
        tolerance: candidate.tolerance,
        mask: maskOf(originals),
        regions,
        errors: 'type',
        combined: candidate.parts.length > 1,
      });
      if (found.difference !== null) return { difference: `${sentence(title)}: ${found.difference}`, passed };
      passed.push(title);
    }
  } finally {
    await bench.dispose();
  }
  return { difference: null, passed };
}

const hot = (outputs: Outputs): number => outputs.regions.reduce((sum, region) => sum + region.seconds, 0);

function shrinks(smaller: Outputs, baseline: Baseline): boolean {
  const least = (of: (outputs: Outputs) => number): number => Math.min(...baseline.runs.map(of));
  return smaller.active < SHRINKS * least(({ active }) => active) || hot(smaller) < SHRINKS_HOT * least(hot);
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

async function originalsOf(perturbation: Perturbation, bench: Bench, o: PerturbOptions): Promise<Outputs[] | null> {
  const { originals, left } = o.smaller;
  const known = originals.get(perturbation.title);
  if (known !== undefined) return known;
  if (left <= 0) return null;
  // A size that does not shrink the work, or that sends a loop off for ever, is not worth its time.
  const limit = seconds(Math.max(1, Math.min(ENDED * o.baseline.seconds, 10)));
  const found: Outputs[] = [];
  const needed = o.baseline.mask.described.length === 0 ? 1 : 2;
  while (found.length < needed) {
    const outputs = await bench.run(perturbation.edits, perturbation, o.baseline.regions, limit);
    if (o.signal.aborted) return null;
    if (outputs === null || outputs.run.stopped !== undefined || outputs.refused !== null) {
      originals.set(perturbation.title, null);
      return null;
    }
    found.push(outputs);
  }
  originals.set(perturbation.title, found);
  return found;
}

/** One sandbox, opened when it is first needed, that is given one version after the other. What it takes is taken off the time that is left. */
class Bench {
  #rerun: Rerun | null = null;
  constructor(private readonly o: PerturbOptions) {}

  /** Null where the run room refuses. */
  async run(edits: Edit[], perturbation: Perturbation, regions: Baseline['regions'], limit: Seconds): Promise<Outputs | null> {
    const { open, baseline, signal, smaller } = this.o;
    const start = performance.now();
    try {
      if (this.#rerun === null) {
        const opened = await open(edits);
        if (!opened.ok) return null;
        this.#rerun = opened.value;
      } else if (!(await this.#rerun.edit(edits)).ok) return null;
      const outputs = await observe(this.#rerun, { regions, seed: baseline.seed, signal, limit, args: perturbation.args });
      return outputs.ok ? outputs.value : null;
    } finally {
      smaller.left = seconds(smaller.left - (performance.now() - start) / 1000);
    }
  }

  async dispose(): Promise<void> {
    await this.#rerun?.dispose();
  }
}
