/** What the evidence run wrote, read as the hostile text that it is: the program could have written it itself. */
import * as v from 'valibot';
import { bytes, seconds, share } from '../platform/units';
import type { LoopEvidence, LoopFacts, Witness } from '../types';

/** One loop as the helper in the interpreter is told of it. */
export interface WatchedLoop {
  number: number;
  facts: LoopFacts;
  calls: { name: string; file: string; line: number; callee: string }[];
}

const LONGEST = 300;
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const quantity = v.pipe(v.number(), v.minValue(0));
const text = v.pipe(v.string(), v.transform((value) => value.slice(0, LONGEST))); // prettier-ignore
const number = v.optional(v.nullable(v.number()));
const fact = v.object({
  type: text,
  dtype: v.optional(text),
  shape: v.optional(v.array(count)),
  length: v.optional(count),
  elements: v.optional(v.array(text)),
  rows: v.optional(v.object({ elements: v.array(text), lengths: v.tuple([count, count]), columns: v.optional(v.array(v.array(text))) })),
  columns: v.optional(v.array(v.array(text))),
  fields: v.optional(v.record(text, v.array(text))),
  counted: v.optional(v.boolean()),
  value: number,
  low: number,
  high: number,
});
const place = v.object({ trip: count, line: count });
const loop = v.object({
  number: count,
  entries: count,
  trips: count,
  early: v.boolean(),
  perEntry: v.tuple([count, count, count]),
  samples: v.pipe(v.array(quantity), v.maxLength(2000)),
  wall: quantity,
  waited: quantity,
  values: v.record(v.string(), fact),
  pickled: v.record(v.string(), v.union([v.object({ bytes: count }), v.object({ problem: text })])),
  repeats: v.array(v.object({ file: v.string(), line: count, calls: count, sampled: count, distinct: quantity })),
  mutated: v.optional(v.array(v.object({ name: text, line: count })), []),
  watched: v.optional(count, 0),
  random: v.optional(count, 0),
  effects: v.optional(count, 0),
  shadowed: v.optional(count, 0),
  witnesses: v.optional(v.array(v.object({ kind: v.picklist(['flow', 'anti', 'output']), what: text, first: place, second: place })), []),
  reordered: v.optional(v.array(v.object({ order: v.picklist(['reversed', 'shuffled']), same: v.boolean(), difference: v.optional(v.nullable(text)) })), []),
  notes: v.pipe(v.array(text), v.maxLength(40)),
}); // prettier-ignore
const record = v.object({ loops: v.pipe(v.array(loop), v.maxLength(100)), notes: v.pipe(v.array(text), v.maxLength(100)) });
type LoopRecord = v.InferOutput<typeof loop>;

// Fewer samples say nothing of a spread, and what is shorter than the clock's own step nothing at all.
const LEAST_SAMPLES = 4;
const SHORTEST = 2e-8;

/**
 * By hotspot id, of the loops that were reached; null for what is no such record.
 * @param original the path that a file of the copy has in the project.
 */
export function parseEvidence(json: string, loops: readonly WatchedLoop[], original: (file: string) => string): Map<string, LoopEvidence> | null {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return null;
  }
  const parsed = v.safeParse(record, raw);
  if (!parsed.success) return null;
  const found = new Map<string, LoopEvidence>();
  for (const row of parsed.output.loops) {
    const watched = loops.find((one) => one.number === row.number);
    if (watched === undefined || row.trips === 0) continue;
    found.set(watched.facts.hotspot.id, evidenceOf(row, watched, parsed.output.notes, original));
  }
  return found;
}

function evidenceOf(row: LoopRecord, watched: WatchedLoop, notes: readonly string[], original: (file: string) => string): LoopEvidence {
  const [least, median, most] = row.perEntry;
  const early = row.early ? ['The run was ended when enough was seen: entries and trips are those up to then.'] : [];
  return {
    entries: row.entries,
    trips: row.trips,
    tripsPerEntry: { least, median, most },
    tripSeconds: tripSeconds(row.samples),
    wait: row.wall > 0 ? share(row.waited / row.wall) : null,
    values: valuesOf(row.values),
    pickled: Object.fromEntries(
      Object.entries(row.pickled).map(([name, one]) => [name, 'bytes' in one ? { bytes: bytes(one.bytes) } : { problem: one.problem }]),
    ),
    mutated: row.mutated,
    repeats: row.repeats.flatMap(({ file, line, calls, sampled, distinct }) => {
      const called = watched.calls.find((one) => one.line === line && one.file === original(file));
      return called === undefined ? [] : [{ callee: called.callee, calls, sampled, distinct: Math.min(distinct, calls) }];
    }),
    watched: row.watched,
    random: row.random,
    effects: row.effects,
    shadowed: row.shadowed,
    witnesses: row.witnesses satisfies Witness[],
    reordered: row.reordered.map(({ order, same, difference }) => (typeof difference === 'string' ? { order, same, difference } : { order, same })),
    notes: [...early, ...row.notes, ...notes],
  };
}

function valuesOf(values: LoopRecord['values']): LoopEvidence['values'] {
  const found = Object.create(null) as LoopEvidence['values'];
  for (const [name, { value, low, high, ...fact }] of Object.entries(values))
    found[name] = { ...fact, ...(typeof value === 'number' ? { value } : {}), ...(typeof low === 'number' && typeof high === 'number' ? { low, high } : {}) }; // prettier-ignore
  return { ...found };
}

function tripSeconds(samples: readonly number[]): LoopEvidence['tripSeconds'] {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  if (sorted.length < LEAST_SAMPLES || at(0.5) < SHORTEST) return null;
  return { median: seconds(at(0.5)), p90: seconds(at(0.9)), most: seconds(sorted[sorted.length - 1] ?? 0) };
}
