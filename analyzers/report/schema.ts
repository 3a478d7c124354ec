/** The report as it is written to a file and read back. Readers ignore unknown fields, so a report may grow within hotloop/1. */
import * as v from 'valibot';
import { ok, refuse, type Outcome } from '../platform/result';
import type {
  Bottleneck, Bytes, CandidateStatus, EffectKind, EquivalenceLevel, Family, LanguageId, Pattern, Ratio, Report, Run, Seconds, Share,
  Verdict,
} from '../types'; // prettier-ignore

// A branded number is a plain number in JSON.
const quantity = <T extends number>(): v.GenericSchema<T> => v.number() as unknown as v.GenericSchema<T>;
export const seconds = quantity<Seconds>();
export const bytes = quantity<Bytes>();
const ratio = quantity<Ratio>();
const share = quantity<Share>();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const bottleneck = v.picklist([
  'cpu-python', 'cpu-native', 'io-wait', 'memory', 'gil', 'overhead', 'event-loop', 'parallel-already', 'mixed', 'too-short',
] as const satisfies Bottleneck[]); // prettier-ignore
const detail = v.picklist([
  'network', 'disk', 'subprocess', 'database', 'sleep', 'console', 'allocation', 'copies', 'swapping', 'bandwidth',
] as const satisfies NonNullable<Verdict['detail']>[]); // prettier-ignore
export const family = v.picklist([
  'anti-pattern', 'algorithm', 'memoize', 'vectorize', 'compile', 'process-pool', 'thread-pool', 'async', 'chunk', 'shared-memory', 'distributed',
  'gpu', 'worker-threads', 'promise-all', 'async-fs', 'combination', 'runtime',
] as const satisfies Family[]); // prettier-ignore
const pattern = v.picklist([
  'elementwise', 'reduction', 'scan', 'stencil', 'pairwise', 'gather', 'table-filling', 'search', 'task-map', 'producer-consumer', 'pipeline', 'unknown',
] as const satisfies Pattern[]); // prettier-ignore
const effectKind = v.picklist([
  'file-read', 'file-write', 'file-delete', 'network', 'subprocess', 'database', 'kill', 'native-io', 'sleep',
] as const satisfies EffectKind[]); // prettier-ignore
export const language = v.picklist(['python', 'javascript', 'typescript'] as const satisfies LanguageId[]);
export const status = v.picklist(['proven', 'rejected', 'blocked', 'untried'] as const satisfies CandidateStatus[]);
export const equivalence = v.picklist(['guarded', 'observed', 'statistical', 'different'] as const satisfies EquivalenceLevel[]);
const stopped = v.picklist(['limit', 'cancelled', 'memory', 'refused-effect', 'output'] as const satisfies Run['stopped'][]);

export const interval = v.object({ low: ratio, mid: ratio, high: ratio });
const position = v.object({ line: count, character: count });
const span = v.object({ start: position, end: position });
export const refusal = v.object({ code: v.string(), why: v.string(), toDo: v.string(), span: v.optional(span) });
export const edit = v.object({ file: v.string(), sha256: v.string(), start: position, end: position, newText: v.string() });
const evidence = v.object({ text: v.string(), file: v.optional(v.string()), line: v.optional(v.number()) });
export const warning = v.object({ code: v.string(), text: v.string() });
export const command = v.object({ kind: v.picklist(['script', 'module']), target: v.string(), args: v.array(v.string()), cwd: v.string() });
export const file = v.object({ path: v.string(), sha256: v.string() });
const line = v.object({
  file: v.string(),
  line: count,
  share,
  python: seconds,
  native: seconds,
  wait: seconds,
  alloc: bytes,
  hits: v.optional(count),
  text: v.optional(v.string()),
});
const stack = v.object({
  frames: v.array(v.object({ file: v.string(), line: v.number(), name: v.string() })),
  seconds,
  native: v.optional(seconds),
  wait: v.optional(seconds),
});
const sample = v.object({ at: seconds, cpu: share, rss: bytes, threads: count, processes: count });
const effect = v.object({
  kind: effectKind,
  target: v.string(),
  count,
  inside: v.boolean(),
  file: v.optional(v.string()),
  line: v.optional(v.number()),
});
const touch = v.object({ trip: count, line: count });
const witness = v.object({ kind: v.picklist(['flow', 'anti', 'output']), what: v.string(), first: touch, second: touch });
const hotspot = v.object({
  id: v.string(),
  file: v.string(),
  kind: v.picklist(['loop', 'function', 'line']),
  startLine: count,
  endLine: count,
  share,
  seconds,
  bottleneck,
  detail: v.optional(detail),
  confidence: v.number(),
  because: v.array(evidence),
  pattern: v.nullable(pattern),
  text: v.optional(v.string()),
  legality: v.optional(
    v.object({
      verdict: v.picklist(['independent', 'observed', 'blocked', 'unknown']),
      steps: v.array(v.object({ ...evidence.entries, witness: v.optional(witness) })),
    }),
  ),
  explained: v.optional(v.string()),
});
const finding = v.object({
  code: v.string(),
  file: v.string(),
  span,
  why: v.string(),
  toDo: v.string(),
  certainty: v.picklist(['measured', 'likely']),
  share: v.optional(share),
});
export const sweepPoint = v.object({ workers: count, predicted: v.nullable(ratio), measured: v.nullable(interval), projected: v.boolean() });
const measured = v.object({
  ...interval.entries,
  basis: v.picklist(['wall', 'corrected-wall', 'cpu']),
  rounds: count,
  hot: v.nullable(interval),
  warm: v.nullable(interval),
  beforeSeconds: seconds,
  afterSeconds: seconds,
});
export const predictionError = v.object({ typical: ratio, most: ratio, proofs: count });
const candidate = v.object({
  id: v.string(),
  refactor: v.string(),
  family,
  parts: v.array(v.string()),
  hotspots: v.array(v.string()),
  title: v.string(),
  status,
  reason: v.string(),
  refusal: v.nullable(refusal),
  predicted: v.nullable(interval),
  predictionError: v.optional(predictionError),
  measured: v.nullable(measured),
  equivalence: v.nullable(equivalence),
  tolerance: v.nullable(v.number()),
  masked: v.array(v.string()),
  warnings: v.array(warning),
  sweep: v.array(sweepPoint),
  peakMemory: v.nullable(v.tuple([bytes, bytes])),
  edits: v.array(edit),
  assumptions: v.array(v.string()),
  requires: v.array(v.string()),
  diff: v.optional(v.string()),
});

export const reportSchema = v.object({
  schema: v.literal('hotloop/1'),
  createdAt: v.string(),
  depth: v.picklist(['profile', 'advise', 'prove']),
  source: v.object({ path: v.string(), sha256: v.string(), language, command }),
  files: v.array(file),
  environment: v.object({
    interpreter: v.string(),
    version: v.string(),
    implementation: v.string(),
    platform: v.string(),
    cores: v.number(),
    packages: v.record(v.string(), v.string()),
    hotloop: v.string(),
  }),
  run: v.object({ exitCode: v.number(), seconds, cpuSeconds: seconds, peakMemory: bytes, stopped: v.optional(stopped) }),
  lines: v.array(line),
  stacks: v.array(stack),
  timeline: v.array(sample),
  effects: v.array(effect),
  verdict: v.object({ bottleneck, detail: v.optional(detail), confidence: v.number(), because: v.array(evidence) }),
  hotspots: v.array(hotspot),
  candidates: v.array(candidate),
  recommendation: v.variant('kind', [
    v.object({ kind: v.literal('apply'), candidate: v.string() }),
    v.object({ kind: v.literal('leave'), why: v.string() }),
  ]),
  findings: v.optional(v.array(finding)),
  notes: v.array(v.string()),
});

// Both ways: a field that the type has and the schema lacks fails here, and the other way round.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Keys<T> = T extends readonly (infer E)[] ? Keys<E> : T extends object ? { [K in keyof T]-?: Keys<T[K]> } : 0;
true satisfies Same<v.InferOutput<typeof reportSchema>, Report>;
true satisfies Same<Keys<v.InferOutput<typeof reportSchema>>, Keys<Report>>;

/** Refused, with the first thing that is wrong: text that is not JSON, another schema, a missing or wrong field. */
export function parseReport(text: string): Outcome<Report> {
  const toDo = 'Give a file that `hotloop prove SCRIPT --json FILE` wrote.';
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return refuse('not-json', 'The report is not JSON.', toDo);
  }
  const schema = typeof raw === 'object' && raw !== null && 'schema' in raw ? raw.schema : undefined;
  if (schema !== 'hotloop/1') {
    const what =
      typeof schema === 'string'
        ? `has the schema ${JSON.stringify(schema.slice(0, 40))}, and this version reads hotloop/1`
        : 'is not a Hotloop report';
    return refuse('other-schema', `The file ${what}.`, toDo);
  }
  const checked = v.safeParse(reportSchema, raw);
  if (checked.success) return ok(checked.output);
  const [issue] = checked.issues;
  return refuse('bad-report', `The report is damaged at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}.`, toDo);
}
