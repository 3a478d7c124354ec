/** What smaller and other inputs of a script need: the time for them, and one sandbox in which original and candidate run on each. */
import type { Candidate, Edit, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { OtherArguments } from '../run/program';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe, regionId } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import { maskOf } from './masks';
import type { Outputs } from './outputs';
import { perturbationsOf } from './sizes';
import type { Perturbation, ReadFile } from './sizes';

/** Smaller inputs of one script: what is known of them, and the time that is left for them, shared by all candidates of one proof. */
export interface SmallerInputs {
  perturbations: readonly Perturbation[];
  /** Lines (1-based) of the functions that take arguments, which can be given others. */
  functions: readonly { file: string; startLine: number; endLine: number }[];
  /** Originals already run, by what they were given; null: nothing can be told by that input. */
  originals: Map<string, Outputs[] | null>;
  /** Goes below zero where a candidate comes late: its first smaller inputs are not left out for that. */
  left: Seconds;
}
export interface InputOptions {
  open: OpenRerun;
  baseline: Baseline;
  smaller: SmallerInputs;
  /** When to start no further run, as `performance.now()` gives it. */
  deadline: number;
  signal: AbortSignal;
}
/** Another input than the script's own. */
export interface OtherInput {
  edits: Edit[];
  args: string[] | null;
  otherArguments?: OtherArguments;
}

/** Smaller inputs of all candidates take so many times the script's own time; less than these seconds is not worth counting. */
const TIMES = 2;
const LEAST = 3;
/** Every candidate has its first ones: an empty input and one item tell most. The second only where the first was quick beside the script. */
const FIRST = 2;
const QUICK = 0.25;
const QUICK_SECONDS = 1;
/** A number in the text that leaves more of the script's time than this is no size, or tells too little for what it costs. */
const ENDED = 0.6;
/** With other arguments everything around the function takes its time as before. */
const ENDED_AROUND = 1.2;
const MOST_SECONDS = 10;

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

/** One sandbox, opened when it is first needed, that is given one version after the other. What it takes is taken off the time that is left. */
export class InputBench {
  #rerun: Rerun | null = null;
  /** Wall times of the candidate. */
  readonly #own: Seconds[] = [];
  constructor(
    private readonly candidate: Candidate,
    private readonly o: InputOptions,
  ) {}

  get late(): boolean {
    return this.o.signal.aborted || performance.now() > this.o.deadline;
  }

  /** Is there time for another input? */
  affordable(): boolean {
    const { smaller, baseline } = this.o;
    const own = this.#own;
    const isFirst = own.length === 0 || (own.length < FIRST && Math.max(...own) < Math.max(QUICK_SECONDS, QUICK * baseline.seconds));
    return !this.late && (smaller.left > 0 || isFirst);
  }

  /**
   * Runs of the original, more than one where it is not the same each time. Null: nothing can be told, or there is no time.
   * @param regions watched in it. @param key the same for inputs on which the same would run.
   */
  async originals(input: OtherInput, regions: Baseline['regions'], key: string): Promise<Outputs[] | null> {
    const { smaller, baseline, signal } = this.o;
    const known = smaller.originals.get(key);
    if (known !== undefined) return known;
    if (smaller.left <= 0) return null;
    // A size that does not shrink the work, or that sends a loop off for ever, is not worth its time.
    const ended = input.otherArguments === undefined ? ENDED : ENDED_AROUND;
    const limit = seconds(Math.max(1, Math.min(ended * baseline.seconds, MOST_SECONDS)));
    const found: Outputs[] = [];
    const needed = baseline.mask.described.length === 0 ? 1 : 2;
    while (found.length < needed) {
      const outputs = await this.#run(input.edits, input, regions, limit);
      if (signal.aborted) return null;
      if (outputs === null || outputs.run.stopped !== undefined || outputs.refused !== null) {
        smaller.originals.set(key, null);
        return null;
      }
      found.push(outputs);
    }
    smaller.originals.set(key, found);
    return found;
  }

  /** What the candidate shows another of, as one sentence; null: the same; undefined: it could not be compared. */
  async difference(input: OtherInput, originals: readonly Outputs[]): Promise<string | null | undefined> {
    const { candidate } = this;
    const [original] = originals;
    if (original === undefined) return undefined;
    const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
    const limit = seconds(Math.max(10, 10 * original.run.seconds));
    const observed = regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures }));
    const outputs = await this.#run([...candidate.edits, ...input.edits], input, observed, limit);
    if (outputs === null) return undefined;
    this.#own.push(outputs.run.seconds);
    // Another function may hold the lines now, or be called with something else: then the two were not given the same.
    if (outputs.changedCalls !== original.changedCalls) return undefined;
    const { tolerance, parts } = candidate;
    return compareRuns(original, outputs, { tolerance, mask: maskOf(originals), regions, errors: 'type', combined: parts.length > 1 }).difference;
  }

  async dispose(): Promise<void> {
    await this.#rerun?.dispose();
  }

  /** Null where the run room refuses. */
  async #run(edits: Edit[], { args, otherArguments }: OtherInput, regions: Baseline['regions'], limit: Seconds): Promise<Outputs | null> {
    const { open, baseline, signal, smaller } = this.o;
    const start = performance.now();
    try {
      if (this.#rerun === null) {
        const opened = await open(edits);
        if (!opened.ok) return null;
        this.#rerun = opened.value;
      } else if (!(await this.#rerun.edit(edits)).ok) return null;
      const outputs = await observe(this.#rerun, { regions, seed: baseline.seed, signal, limit, args, otherArguments });
      return outputs.ok ? outputs.value : null;
    } finally {
      smaller.left = seconds(smaller.left - (performance.now() - start) / 1000);
    }
  }
}
