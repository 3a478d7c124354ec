import type { Candidate, Edit } from '../types';
import type { Baseline } from './baseline';
import { onFewerItems, onOtherNumbers, type Answer } from './other-arguments';
import type { Outputs } from './outputs';
import { InputBench, type InputOptions } from './smaller-inputs';

export interface PerturbResult {
  difference: string | null;
  /** Titles of those that ran in both versions and gave the same. */
  passed: string[];
  /** What differs with numbers that the script's own input may never have, one sentence each. Asked only of what claims to be guarded. */
  beyond: string[];
}

// A script has one or two sizes that matter; each costs six short runs.
const MOST_SIZES = 2;
/** A number is a size where the script, or what is watched of it, takes less time without it. */
const SHRINKS = 0.8;
const SHRINKS_HOT = 0.5;

export const overlaps = (a: Edit, b: Edit): boolean => a.file === b.file && a.start.line <= b.end.line && b.start.line <= a.end.line;
const sentence = ({ title, difference }: Answer): string => `${title.charAt(0).toUpperCase()}${title.slice(1)}: ${difference ?? 'the same.'}`;

/**
 * Runs original and candidate on smaller inputs and compares what comes out, the type of an exception included: with the sizes in the text, and
 * where those do not matter with fewer items in the arguments of the functions that hold the lines.
 * An input on which the original itself is stopped or unsteady tells nothing and is skipped. Whatever does not fit in the time is skipped.
 */
export async function perturb(candidate: Candidate, o: InputOptions): Promise<PerturbResult> {
  const { smaller } = o;
  const bench = new InputBench(candidate, o);
  const passed: string[] = [];
  const beyond: string[] = [];
  const tell = (answer: Answer): string | null => {
    if (answer.difference !== null) return sentence(answer);
    passed.push(answer.title);
    return null;
  };
  try {
    for await (const answer of onSizes(candidate, bench, o)) {
      const difference = tell(answer);
      if (difference !== null) return { difference, passed, beyond };
    }
    if (passed.length === 0) {
      for await (const answer of onFewerItems(candidate, smaller, bench)) {
        const difference = tell(answer);
        if (difference !== null) return { difference, passed, beyond };
      }
    }
    if (candidate.guarded) {
      for await (const answer of onOtherNumbers(candidate, smaller, bench)) {
        const difference = tell(answer);
        if (difference !== null) beyond.push(difference);
      }
    }
  } finally {
    await bench.dispose();
  }
  return { difference: null, passed, beyond };
}

/** A number that is no size, as the time of the original tells, is left alone after its first value. */
async function* onSizes(candidate: Candidate, bench: InputBench, { smaller, baseline }: InputOptions): AsyncGenerator<Answer> {
  const sizes = new Map<string, boolean>();
  for (const { edits, args, title, size } of smaller.perturbations) {
    if (!bench.affordable()) break;
    if (edits.some((edit) => candidate.edits.some((other) => overlaps(edit, other)))) continue;
    if (sizes.get(size) === false || (!sizes.has(size) && [...sizes.values()].filter(Boolean).length >= MOST_SIZES)) continue;
    const originals = await bench.originals({ edits, args }, baseline.regions, title);
    const [original] = originals ?? [];
    if (!sizes.has(size)) sizes.set(size, original !== undefined && shrinks(original, baseline));
    if (originals === null || sizes.get(size) !== true || bench.late) continue;
    const difference = await bench.difference({ edits, args }, originals);
    if (difference !== undefined) yield { title, difference };
  }
}

const hot = (outputs: Outputs): number => outputs.regions.reduce((sum, region) => sum + region.seconds, 0);

function shrinks(smaller: Outputs, baseline: Baseline): boolean {
  const least = (of: (outputs: Outputs) => number): number => Math.min(...baseline.runs.map(of));
  return smaller.active < SHRINKS * least(({ active }) => active) || hot(smaller) < SHRINKS_HOT * least(hot);
}
