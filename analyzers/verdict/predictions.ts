/** What was predicted and what was measured, of the last proofs on this machine: how far the cost model is off, for each refactor. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { median, quantile } from 'simple-statistics';
import * as v from 'valibot';
import type { Interval, PredictionError } from '../types';
import { interval, ratio } from '../platform/units';
import { stateFolder } from '../run/project';

export interface PredictionOutcome {
  refactor: string;
  predicted: Interval;
  /** Ratio of the whole run. */
  measured: number;
}

const MOST_OF_A_KIND = 40;
const MOST = 1000;
/** Fewer say nothing of a kind. */
const LEAST = 5;
/** This part of the earlier proofs has to fit into a widened range. */
const WITHIN = 0.8;

const positive = v.pipe(v.number(), v.finite(), v.minValue(1e-9));
const Outcomes = v.object({
  version: v.literal(1),
  outcomes: v.array(v.object({ refactor: v.string(), low: positive, mid: positive, high: positive, measured: positive })),
});
type Kept = v.InferOutput<typeof Outcomes>['outcomes'][number];

const file = (): string => path.join(stateFolder(), 'predictions.json');

async function readOutcomes(): Promise<Kept[]> {
  try {
    const found = v.safeParse(Outcomes, JSON.parse(await readFile(file(), 'utf8')));
    return found.success ? found.output.outcomes : [];
  } catch {
    return [];
  }
}

/** Adds these to what is remembered, of which the oldest is forgotten. A state folder that cannot be written means that nothing is learned. */
export async function recordOutcomes(outcomes: readonly PredictionOutcome[]): Promise<void> {
  const fresh = outcomes.map(({ refactor, predicted, measured }) => ({ refactor, ...predicted, measured }));
  const usable = fresh.filter((each) => v.is(Outcomes.entries.outcomes.item, each));
  if (usable.length === 0) return;
  const counts = new Map<string, number>();
  const kept = [...(await readOutcomes()), ...usable].reverse().filter(({ refactor }) => {
    const count = (counts.get(refactor) ?? 0) + 1;
    counts.set(refactor, count);
    return count <= MOST_OF_A_KIND;
  });
  const draft = `${file()}.${process.pid}`;
  try {
    await mkdir(stateFolder(), { recursive: true });
    await writeFile(draft, JSON.stringify({ version: 1, outcomes: kept.slice(0, MOST).reverse() }), { mode: 0o600 });
    await rename(draft, file());
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** By refactor, where enough of its predictions have been measured. */
export async function predictionErrors(): Promise<Map<string, PredictionError>> {
  const kinds = new Map<string, number[]>();
  for (const { refactor, mid, measured } of await readOutcomes()) {
    kinds.set(refactor, [...(kinds.get(refactor) ?? []), Math.exp(Math.abs(Math.log(measured / mid)))]);
  }
  const enough = [...kinds].filter(([, factors]) => factors.length >= LEAST);
  return new Map(
    enough.map(([refactor, factors]) => [
      refactor,
      { typical: ratio(median(factors)), most: ratio(quantile(factors, WITHIN)), proofs: factors.length },
    ]),
  );
}

/** A range that would have held most of the earlier outcomes; never narrower than it was. */
export function widened({ low, mid, high }: Interval, error: PredictionError | undefined): Interval {
  return error === undefined ? interval(low, mid, high) : interval(Math.min(low, mid / error.most), mid, Math.max(high, mid * error.most));
}
