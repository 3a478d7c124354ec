import * as v from 'valibot';
import type { Effect, ValueFact } from '../types';

// One line of the side file that hotloop_probe.py writes; _hotloop_journal.py says what each field means.
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const quantity = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? 0),
);

const fact = v.object({
  type: v.string(),
  dtype: v.optional(v.string()),
  shape: v.optional(v.array(count)),
  length: v.optional(count),
  elements: v.optional(v.array(v.string())),
  rows: v.optional(v.object({ elements: v.array(v.string()), lengths: v.tuple([count, count]), columns: v.optional(v.array(v.array(v.string()))) })),
  columns: v.optional(v.array(v.array(v.string()))),
  fields: v.optional(v.record(v.string(), v.array(v.string()))),
  counted: v.optional(v.boolean()),
  value: v.optional(v.nullable(v.number())),
  large: v.optional(v.boolean()),
});
const effect = v.object({
  kind: v.picklist(['file-read', 'file-write', 'file-delete', 'network', 'subprocess', 'database', 'kill', 'native-io', 'sleep']),
  target: v.string(),
  count,
  inside: v.boolean(),
  file: v.optional(v.nullable(v.string())),
  line: v.optional(v.nullable(v.number())),
}) satisfies v.GenericSchema<unknown, Omit<Effect, 'file' | 'line'>>;

const start = v.object({
  t: v.literal('start'),
  v: v.literal(1),
  pid: count,
  parent: count,
  kind: v.picklist(['main', 'child']),
  at: v.number(),
  version: v.string(),
  mode: v.string(),
  interval: v.number(),
});
const tick = v.object({
  t: v.literal('tick'),
  at: v.number(),
  cpu: quantity,
  mode: v.string(),
  interval: v.number(),
  taken: count,
  own: quantity,
  outside: quantity,
  lock: quantity,
  files: v.optional(v.array(v.string()), []),
  codes: v.optional(v.array(v.tuple([count, v.string(), count])), []),
  lines: v.optional(v.array(v.tuple([count, v.number(), quantity, quantity, quantity, quantity, quantity])), []),
  stacks: v.optional(v.array(v.tuple([v.array(v.number()), quantity, quantity, quantity])), []),
  costs: v.optional(v.array(v.tuple([count, v.number(), quantity, quantity, quantity, quantity])), []),
  via: v.optional(v.array(v.tuple([count, v.number(), v.string(), v.string(), quantity, quantity])), []),
  strays: v.optional(v.array(v.tuple([v.string(), quantity])), []),
  timeline: v.optional(v.array(v.tuple([v.number(), quantity, quantity, count])), []),
  facts: v.optional(v.array(v.tuple([count, v.string(), count, v.record(v.string(), fact)])), []),
  effects: v.optional(v.array(effect)),
});
const end = v.object({ t: v.literal('end'), at: v.number(), cpu: quantity, how: v.string(), modules: v.optional(v.array(v.string()), []) });
const record = v.variant('t', [start, tick, end]);

export type JournalRecord = v.InferOutput<typeof record>;
export type Tick = v.InferOutput<typeof tick>;

/** null for a line that is no record: the last line of a killed process may be cut. */
export function parseRecord(line: string): JournalRecord | null {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = v.safeParse(record, raw);
  return parsed.success ? parsed.output : null;
}

export function valueFact(found: v.InferOutput<typeof fact>): ValueFact {
  const { value, ...rest } = found;
  return typeof value === 'number' ? { ...rest, value } : rest;
}
