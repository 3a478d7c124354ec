import type { Candidate, Edit, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe, regionId } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import { maskOf } from './masks';
import type { Outputs } from './outputs';
import type { Perturbation } from './sizes';

export interface PerturbOptions {
  open: OpenRerun;
  baseline: Baseline;
  perturbations: readonly Perturbation[];
  /** When to start no further run, as `performance.now()` gives it. */
  deadline: number;
  signal: AbortSignal;
  /** Originals already run, shared by the candidates of one proof. */
  known: Map<string, Outputs[] | null>;
}
export interface PerturbResult {
  difference: string | null;
  /** Titles of those that ran in both versions and gave the same. */
  passed: string[];
}

// A script has one or two sizes that matter; each costs six short runs.
const MOST_SIZES = 2;
/** A number is a size where the script, or what is watched of it, takes less time without it. */
const SHRINKS = 0.8;
const SHRINKS_HOT = 0.5;

const overlaps = (a: Edit, b: Edit): boolean => a.file === b.file && a.start.line <= b.end.line && b.start.line <= a.end.line;

/**
 * Runs original and candidate on each smaller input and compares what comes out, the type of an exception included.
 * An input on which the original itself is stopped or unsteady tells nothing and is skipped. Whatever does not fit in the time is skipped.
 * A number that is no size, as the time of the original tells, is left alone after its first value.
 */
export async function perturb(candidate: Candidate, o: PerturbOptions): Promise<PerturbResult> {
  const passed: string[] = [];
  const bench = new Bench(o);
  const sizes = new Map<string, boolean>();
  try {
    for (const perturbation of o.perturbations) {
      const { edits, title, size } = perturbation;
      if (o.signal.aborted || performance.now() > o.deadline) break;
      if (edits.some((edit) => candidate.edits.some((other) => overlaps(edit, other)))) continue;
      if (sizes.get(size) === false || (!sizes.has(size) && [...sizes.values()].filter(Boolean).length >= MOST_SIZES)) continue;
      const originals = await originalsOf(perturbation, bench, o);
      const [original] = originals ?? [];
      if (!sizes.has(size)) sizes.set(size, original !== undefined && shrinks(original, o.baseline));
      if (originals === null || original === undefined || sizes.get(size) !== true || performance.now() > o.deadline) continue;
      const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
      const limit = seconds(Math.max(10, 10 * original.run.seconds));
      const observed = regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures }));
      const outputs = await bench.run([...candidate.edits, ...edits], perturbation, observed, limit);
      if (outputs === null) continue;
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
  const known = o.known.get(perturbation.title);
  if (known !== undefined) return known;
  // A size that does not shrink the work, or that sends a loop off for ever, is not worth its time.
  const limit = seconds(Math.max(2, Math.min(o.baseline.seconds, 10)));
  const found: Outputs[] = [];
  const needed = o.baseline.mask.described.length === 0 ? 1 : 2;
  while (found.length < needed) {
    const outputs = await bench.run(perturbation.edits, perturbation, o.baseline.regions, limit);
    if (o.signal.aborted) return null;
    if (outputs === null || outputs.run.stopped !== undefined || outputs.refused !== null) {
      o.known.set(perturbation.title, null);
      return null;
    }
    found.push(outputs);
  }
  o.known.set(perturbation.title, found);
  return found;
}

/** One sandbox, opened when it is first needed, that is given one version after the other. */
class Bench {
  #rerun: Rerun | null = null;
  constructor(private readonly o: PerturbOptions) {}

  /** Null where the run room refuses. */
  async run(edits: Edit[], perturbation: Perturbation, regions: Baseline['regions'], limit: Seconds): Promise<Outputs | null> {
    const { open, baseline, signal } = this.o;
    if (this.#rerun === null) {
      const opened = await open(edits);
      if (!opened.ok) return null;
      this.#rerun = opened.value;
    } else if (!(await this.#rerun.edit(edits)).ok) return null;
    const outputs = await observe(this.#rerun, { regions, seed: baseline.seed, signal, limit, args: perturbation.args });
    return outputs.ok ? outputs.value : null;
  }

  async dispose(): Promise<void> {
    await this.#rerun?.dispose();
  }
}
