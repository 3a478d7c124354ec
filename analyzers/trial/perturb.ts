import type { Candidate, Edit, Seconds, Source } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun } from '../run/rerun';
import { observe, regionId } from './baseline';
import type { Baseline } from './baseline';
import { compareRuns } from './equivalence';
import { maskOf } from './masks';
import type { Outputs } from './outputs';

/** A smaller input: one size in the text or on the command line set to empty, one or an odd number. */
export interface Perturbation {
  /** 'with N = 0' */
  title: string;
  edit: Edit | null;
  args: string[] | null;
}
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

const SMALL = [0, 1, 7];
// A script has one or two sizes that matter; each costs six short runs.
const MOST_SIZES = 2;
const SIZE = /^([A-Za-z_]\w*)(\s*(?::\s*int\s*)?=\s*)(\d[\d_]*)\s*(?:#.*)?$/;

/** Module-level whole numbers of 8 and more in these files, and such command line arguments, largest first. */
export function perturbationsOf(sources: readonly Source[], args: readonly string[]): Perturbation[] {
  const sizes: { value: number; make(small: number): Perturbation }[] = [];
  for (const source of sources) {
    source.text.split(/\r\n|\n/).forEach((text, line) => {
      const match = SIZE.exec(text);
      const [, name = '', between = '', digits = ''] = match ?? [];
      const value = Number(digits.replaceAll('_', ''));
      if (match === null || value < 8) return;
      const start = name.length + between.length;
      sizes.push({
        value,
        make: (small) => ({
          title: `with ${name} = ${small}`,
          edit: {
            file: source.path,
            sha256: source.sha256,
            start: { line, character: start },
            end: { line, character: start + digits.length },
            newText: String(small),
          },
          args: null,
        }),
      });
    });
  }
  args.forEach((text, index) => {
    if (!/^\d+$/.test(text) || Number(text) < 8) return;
    sizes.push({
      value: Number(text),
      make: (small) => ({ title: `with argument ${index + 1} = ${small}`, edit: null, args: args.with(index, String(small)) }),
    });
  });
  sizes.sort((a, b) => b.value - a.value);
  return sizes.slice(0, MOST_SIZES).flatMap((size) => SMALL.map((small) => size.make(small)));
}

const overlaps = (a: Edit, b: Edit): boolean => a.file === b.file && a.start.line <= b.end.line && b.start.line <= a.end.line;

/**
 * Runs original and candidate on each smaller input and compares what comes out, the type of an exception included.
 * An input on which the original itself is stopped or unsteady tells nothing and is skipped. Whatever does not fit in the time is skipped.
 */
export async function perturb(candidate: Candidate, o: PerturbOptions): Promise<PerturbResult> {
  const passed: string[] = [];
  for (const perturbation of o.perturbations) {
    const { edit, title } = perturbation;
    if (o.signal.aborted || performance.now() > o.deadline) break;
    if (edit !== null && candidate.edits.some((other) => overlaps(edit, other))) continue;
    const originals = await originalsOf(perturbation, o);
    const [original] = originals ?? [];
    if (originals === null || original === undefined || performance.now() > o.deadline) continue;
    const regions = candidate.regions.map((region) => ({ id: regionId(region), region }));
    const limit = seconds(Math.max(10, 10 * original.run.seconds));
    const observed = regions.map(({ id, region }) => ({ id, file: region.file, ...region.after, captures: region.captures }));
    const outputs = await once([...candidate.edits, ...(edit === null ? [] : [edit])], perturbation, observed, limit, o);
    if (outputs === null) continue;
    const found = compareRuns(original, outputs, { tolerance: candidate.tolerance, mask: maskOf(originals), regions, errors: 'type' });
    if (found.difference !== null) return { difference: `${sentence(title)}: ${found.difference}`, passed };
    passed.push(title);
  }
  return { difference: null, passed };
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

async function originalsOf(perturbation: Perturbation, o: PerturbOptions): Promise<Outputs[] | null> {
  const known = o.known.get(perturbation.title);
  if (known !== undefined) return known;
  // A size that does not shrink the work, or that sends a loop off for ever, is not worth its time.
  const limit = seconds(Math.max(2, Math.min(o.baseline.seconds, 10)));
  const found: Outputs[] = [];
  const needed = o.baseline.mask.described.length === 0 ? 1 : 2;
  while (found.length < needed) {
    const outputs = await once(perturbation.edit === null ? [] : [perturbation.edit], perturbation, o.baseline.regions, limit, o);
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

async function once(
  edits: Edit[],
  perturbation: Perturbation,
  regions: Baseline['regions'],
  limit: Seconds,
  o: PerturbOptions,
): Promise<Outputs | null> {
  const opened = await o.open(edits);
  if (!opened.ok) return null;
  try {
    const outputs = await observe(opened.value, { regions, seed: o.baseline.seed, signal: o.signal, limit, args: perturbation.args });
    return outputs.ok ? outputs.value : null;
  } finally {
    await opened.value.dispose();
  }
}
