import type { Candidate, Edit, Region, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe, regionId, regionsOf } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import { maskOf } from './masks';
import type { Outputs } from './outputs';
import { perturbationsOf, SMALL } from './sizes';
import type { Perturbation, ReadFile } from './sizes';

/** Smaller inputs of one script: what is known of them, and the time that is left for them, shared by all candidates of one proof. */
export interface SmallerInputs {
  perturbations: readonly Perturbation[];
  /** Lines (1-based) of the functions that take arguments, which can be shortened. */
  functions: readonly { file: string; startLine: number; endLine: number }[];
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

/** @param args the command line. @param script wall time of one run of the original. */
export const smallerInputs = (files: readonly ReadFile[], args: readonly string[], script: Seconds): SmallerInputs => ({
  perturbations: perturbationsOf(files, args),
  functions: files.flatMap(({ source, module }) =>
    module.functions
      .filter(({ params }) => params.some(({ name }) => name !== 'self' && name !== 'cls'))
      .map(({ span }) => ({ file: source.path, startLine: span.start.line + 1, endLine: span.end.line + 1 })),
  ),
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
  const bench = new Bench(o);
  const affordable = (): boolean => !o.signal.aborted && performance.now() <= o.deadline && bench.affordable();
  try {
    const found = await onSizes(candidate, bench, affordable, o);
    // Where the text has no size that matters, the functions that hold the lines are given less.
    if (found.difference !== null || found.passed.length > 0) return found;
    return await onArguments(candidate, bench, affordable, o);
  } finally {
    await bench.dispose();
  }
}

async function onSizes(candidate: Candidate, bench: Bench, affordable: () => boolean, o: PerturbOptions): Promise<PerturbResult> {
  const passed: string[] = [];
  const sizes = new Map<string, boolean>();
  for (const perturbation of o.smaller.perturbations) {
    const { edits, title, size } = perturbation;
    if (!affordable()) break;
    if (edits.some((edit) => candidate.edits.some((other) => overlaps(edit, other)))) continue;
    if (sizes.get(size) === false || (!sizes.has(size) && [...sizes.values()].filter(Boolean).length >= MOST_SIZES)) continue;
    const originals = await originalsOf(perturbation, o.baseline.regions, title, bench, o);
    const [original] = originals ?? [];
    if (!sizes.has(size)) sizes.set(size, original !== undefined && shrinks(original, o.baseline));
    if (originals === null || sizes.get(size) !== true || performance.now() > o.deadline) continue;
    const difference = await differenceOn(perturbation, candidate, originals, bench);
    if (difference === undefined) continue;
    if (difference !== null) return { difference: `${sentence(title)}: ${difference}`, passed };
    passed.push(title);
  }
  return { difference: null, passed };
}

/** Only where the original comes to its own end with them: nobody promised it any other input. */
async function onArguments(candidate: Candidate, bench: Bench, affordable: () => boolean, o: PerturbOptions): Promise<PerturbResult> {
  const passed: string[] = [];
  const { functions } = o.smaller;
  const held = candidate.regions.some(({ file, before }) =>
    functions.some((one) => one.file === file && (contains(one, before) || contains(before, one))),
  );
  if (!held) return { difference: null, passed };
  const regions = regionsOf([candidate]);
  for (const shorten of SMALL) {
    if (!affordable()) break;
    const title = `with at most ${shorten} items in each argument`;
    const key = [title, ...regions.map(({ id }) => id)].join('\n');
    const originals = await originalsOf({ edits: [], args: null, shorten }, regions, key, bench, o);
    const shortened = originals?.[0]?.shortened ?? 0;
    if (originals === null || shortened === 0) break;
    if (originals.some(({ run }) => run.exitCode !== 0)) continue;
    const difference = await differenceOn({ edits: [], args: null, shorten }, candidate, originals, bench);
    if (difference === undefined) continue;
    if (difference !== null) return { difference: `${sentence(title)}: ${difference}`, passed };
    passed.push(title);
  }
  return { difference: null, passed };
}

const contains = (outer: Region['before'], inner: Region['before']): boolean => outer.startLine <= inner.startLine && outer.endLine >= inner.endLine;

/** One sentence; null: the same; undefined: it could not be compared. */
async function differenceOn(input: Input, candidate: Candidate, originals: Outputs[], bench: Bench): Promise<string | null | undefined> {
  const [original] = originals;
  if (original === undefined) return undefined;
  const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
  const limit = seconds(Math.max(10, 10 * original.run.seconds));
  const observed = regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures }));
  const outputs = await bench.run([...candidate.edits, ...input.edits], input, observed, limit, true);
  // Another function may hold the lines now, or be called with something else: then the two were not given the same.
  if (outputs === null || outputs.shortened !== original.shortened) return undefined;
  return compareRuns(original, outputs, {
    tolerance: candidate.tolerance,
    mask: maskOf(originals),
    regions,
    errors: 'type',
    combined: candidate.parts.length > 1,
  }).difference;
}

const hot = (outputs: Outputs): number => outputs.regions.reduce((sum, region) => sum + region.seconds, 0);

function shrinks(smaller: Outputs, baseline: Baseline): boolean {
  const least = (of: (outputs: Outputs) => number): number => Math.min(...baseline.runs.map(of));
  return smaller.active < SHRINKS * least(({ active }) => active) || hot(smaller) < SHRINKS_HOT * least(hot);
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** @param regions watched in the original. @param key the same for inputs on which the same originals would run. */
async function originalsOf(input: Input, regions: Baseline['regions'], key: string, bench: Bench, o: PerturbOptions): Promise<Outputs[] | null> {
  const { originals, left } = o.smaller;
  const known = originals.get(key);
  if (known !== undefined) return known;
  if (left <= 0) return null;
  // A size that does not shrink the work, or that sends a loop off for ever, is not worth its time.
  const limit = seconds(Math.max(1, Math.min(ENDED * o.baseline.seconds, 10)));
  const found: Outputs[] = [];
  const needed = o.baseline.mask.described.length === 0 ? 1 : 2;
  while (found.length < needed) {
    const outputs = await bench.run(input.edits, input, regions, limit);
    if (o.signal.aborted) return null;
    if (outputs === null || outputs.run.stopped !== undefined || outputs.refused !== null) {
      originals.set(key, null);
      return null;
    }
    found.push(outputs);
  }
  originals.set(key, found);
  return found;
}

type Input = Pick<Perturbation, 'edits' | 'args'> & { shorten?: number };

/** One sandbox, opened when it is first needed, that is given one version after the other. What it takes is taken off the time that is left. */
class Bench {
  #rerun: Rerun | null = null;
  /** Wall times of the candidate. */
  readonly #own: Seconds[] = [];
  constructor(private readonly o: PerturbOptions) {}

  /** Is there time for another input? */
  affordable(): boolean {
    const { smaller, baseline } = this.o;
    const own = this.#own;
    return smaller.left > 0 || own.length === 0 || (own.length < FIRST && Math.max(...own) < Math.max(QUICK_SECONDS, QUICK * baseline.seconds));
  }

  /** Null where the run room refuses. */
  async run(edits: Edit[], { args, shorten }: Input, regions: Baseline['regions'], limit: Seconds, isCandidate = false): Promise<Outputs | null> {
    const { open, baseline, signal, smaller } = this.o;
    const start = performance.now();
    try {
      if (this.#rerun === null) {
        const opened = await open(edits);
        if (!opened.ok) return null;
        this.#rerun = opened.value;
      } else if (!(await this.#rerun.edit(edits)).ok) return null;
      const outputs = await observe(this.#rerun, { regions, seed: baseline.seed, signal, limit, args, shorten });
      if (!outputs.ok) return null;
      if (isCandidate) this.#own.push(outputs.value.run.seconds);
      return outputs.value;
    } finally {
      smaller.left = seconds(smaller.left - (performance.now() - start) / 1000);
    }
  }

  async dispose(): Promise<void> {
    await this.#rerun?.dispose();
  }
}
