import type { Candidate, Edit, Seconds } from '../types';
import { seconds } from '../platform/units';
import type { OpenRerun, Rerun } from '../run/rerun';
import { observe } from './baseline';
import { overlaps } from './perturb';
import type { Perturbation, PossibleSize } from './sizes';

/** A smaller input on which a script that is too long to be rerun can be. */
export interface Scaling {
  /** 'with N = 20000' */
  title: string;
  value: number;
  edits: Edit[];
  args: string[] | null;
  /** What the original takes on it. */
  seconds: Seconds;
}
export interface ScalingOptions {
  open: OpenRerun;
  sizes: readonly PossibleSize[];
  /** Sizes that these replace cannot be told to the edited program. */
  candidates: readonly Candidate[];
  /** Of the whole run; where it was stopped, what it took until then. */
  whole: Seconds;
  /** What one run of the smaller input should take. */
  wanted: Seconds;
  seed: number;
  signal: AbortSignal;
  onProgress?(text: string): void;
}

const MOST_SIZES = 3;
const MOST_TRIES = 3;
/** Within these times what was wanted a run is good enough: little else is left in a shorter one than the start of the interpreter. */
const SHORTEST = 0.15;
const LONGEST = 2;
const LEAST_VALUE = 16;

/** Looks for a size with which the original comes to its own end in about the time that is wanted. Null: there is none. */
export async function findScaling(o: ScalingOptions): Promise<Scaling | null> {
  const free = o.sizes.filter(({ value, make }) => value >= LEAST_VALUE && !clashes(make(1), o.candidates)).slice(0, MOST_SIZES);
  const opened = await o.open([]);
  if (!opened.ok) return null;
  const rerun = opened.value;
  try {
    for (const size of free) {
      let factor = o.wanted / o.whole;
      for (let attempt = 0; attempt < MOST_TRIES && !o.signal.aborted; attempt += 1) {
        const value = Math.max(2, Math.round(size.value * factor));
        if (value >= size.value) break;
        const { edits, args, title } = size.make(value);
        o.onProgress?.(`Trying it on a smaller input: ${title}`);
        if (!(await rerun.edit(edits)).ok) break;
        const limit = seconds(LONGEST * o.wanted);
        const outputs = await observe(rerun, { regions: [], seed: o.seed, signal: o.signal, limit, args });
        if (!outputs.ok || outputs.value.refused !== null) break;
        const { run } = outputs.value;
        if (run.stopped === undefined && run.exitCode !== 0) break;
        if (run.stopped === undefined && run.seconds >= SHORTEST * o.wanted) return { title, value, edits, args, seconds: run.seconds };
        // Time often grows with more than the size itself: half the way up again, a long way down.
        factor *= run.stopped === undefined ? 3 : 0.2;
      }
    }
    return null;
  } finally {
    await rerun.dispose();
  }
}

const clashes = ({ edits }: Perturbation, candidates: readonly Candidate[]): boolean =>
  candidates.some((candidate) => candidate.edits.some((edit) => edits.some((other) => overlaps(edit, other))));

/** The same sandboxes, on the smaller input: but where a run is given another value for that size, or other arguments, it has those. */
export function scaledRerun(open: OpenRerun, scaling: Scaling): OpenRerun {
  const scaled = (edits: readonly Edit[]): Edit[] => [
    ...edits,
    ...scaling.edits.filter((own) => !edits.some((edit) => edit.file === own.file && same(edit.start, own.start) && same(edit.end, own.end))),
  ];
  return async (edits) => {
    const opened = await open(scaled(edits));
    if (!opened.ok) return opened;
    const inner = opened.value;
    const rerun: Rerun = {
      dir: inner.dir,
      temp: inner.temp,
      run: (options) => inner.run({ ...options, args: options.args ?? scaling.args }),
      edit: (other) => inner.edit(scaled(other)),
      dispose: () => inner.dispose(),
    };
    return { ok: true, value: rerun };
  };
}

const same = (a: Edit['start'], b: Edit['start']): boolean => a.line === b.line && a.character === b.character;
