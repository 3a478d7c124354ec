/** Other arguments for the functions that hold the edited lines: fewer items, and numbers that the script's own input may lack. */
import type { Candidate, Region } from '../types';
import type { OtherArguments } from '../run/program';
import { regionsOf } from './baseline';
import { SMALL } from './sizes';
import type { InputBench, SmallerInputs } from './smaller-inputs';

/** Few items, so that it is the numbers that are tried and not the machine. */
const FEW = 7;
const NUMBERS: Record<NonNullable<OtherArguments['numbers']>, string> = {
  negated: 'with negated numbers in the arguments',
  large: 'with very large numbers in the arguments',
  nan: 'with NaN in the arguments',
};

export interface Answer {
  /** In words. */
  title: string;
  /** Null: the same. */
  difference: string | null;
}

const contains = (outer: Region['before'], inner: Region['before']): boolean => outer.startLine <= inner.startLine && outer.endLine >= inner.endLine;

const isHeld = ({ regions }: Candidate, { functions }: SmallerInputs): boolean =>
  regions.some(({ file, before }) => functions.some((one) => one.file === file && (contains(one, before) || contains(before, one))));

/** Empty arguments, one item, and an odd number of items; ends with the first difference. */
export async function* onFewerItems(candidate: Candidate, smaller: SmallerInputs, bench: InputBench): AsyncGenerator<Answer> {
  for (const items of SMALL) yield* answers(`with at most ${items} items in each argument`, { items }, candidate, smaller, bench);
}

export async function* onOtherNumbers(candidate: Candidate, smaller: SmallerInputs, bench: InputBench): AsyncGenerator<Answer> {
  for (const [numbers, title] of Object.entries(NUMBERS) as [keyof typeof NUMBERS, string][]) {
    if (smaller.left > 0) yield* answers(title, { items: FEW, numbers }, candidate, smaller, bench);
  }
}

/** No answer where nothing was given another argument, or where the original itself does not come to its own end: nobody promised it that input. */
async function* answers(
  title: string,
  otherArguments: OtherArguments,
  candidate: Candidate,
  smaller: SmallerInputs,
  bench: InputBench,
): AsyncGenerator<Answer> {
  if (!isHeld(candidate, smaller) || !bench.affordable()) return;
  const input = { edits: [], args: null, otherArguments };
  const regions = regionsOf([candidate]);
  const originals = await bench.originals(input, regions, [title, ...regions.map(({ id }) => id)].join('\n'));
  if (originals === null || originals.some(({ run, changedCalls = 0 }) => run.exitCode !== 0 || changedCalls === 0)) return;
  const difference = await bench.difference(input, originals);
  if (difference !== undefined) yield { title, difference };
}
