/** The evidence bundle: one file with all that a proof was made of, from which it can be repeated. Grows within hotloop-bundle/1, as a report does. */
import * as v from 'valibot';
import { ok, refuse, type Outcome } from '../platform/result';
import type { Benchmark, Bytes, Candidate, CandidateStatus, CostModel, Machine, Report, Seconds, Trial } from '../types';
import {
  bytes, command, count, edit, equivalence, family, file, interval, language, predictionError, refusal, reportSchema, seconds, status, sweepPoint, warning,
} from './schema'; // prettier-ignore

/** What became of one candidate, with the raw samples. */
export interface ProofRecord {
  candidate: Candidate;
  status: CandidateStatus;
  reason: string;
  trial: Trial | null;
  benchmark: Benchmark | null;
}
/** What a proof leaves beyond its report. */
export interface ProofEvidence {
  /** The user's own files that the run loaded. */
  files: { path: string; sha256: string }[];
  machine: Machine | null;
  /** Given to every run that was compared. */
  seed: number;
  /** Wall seconds that reruns were allowed. */
  budget: Seconds;
  /** What the script was given on its standard input; null: nothing, or a terminal. */
  standardInput: { sha256: string | null; size: Bytes } | null;
  proofs: ProofRecord[];
}
export interface Bundle extends ProofEvidence {
  schema: 'hotloop-bundle/1';
  createdAt: string;
  source: Report['source'];
  environment: Report['environment'];
  run: Report['run'];
  verdict: Report['verdict'];
  recommendation: Report['recommendation'];
  /** Files that the script read; `sha256` is null where it could not be read again. */
  inputs: { path: string; sha256: string | null; size: Bytes }[];
}

const lines = v.object({ startLine: count, endLine: count });
const number = v.number();
const cost = v.variant('kind', [
  v.object({
    kind: v.literal('vectorize'),
    operations: number,
    listInputs: number,
    listOutput: v.boolean(),
    importsNumpy: v.boolean(),
  }),
  v.object({
    kind: v.literal('process-pool'),
    argumentBytes: number,
    chunks: v.boolean(),
    starts: v.exactOptional(number),
    maps: v.exactOptional(number),
  }),
  v.object({ kind: v.literal('thread-pool'), workers: number }),
  v.object({ kind: v.literal('compile'), statements: number, listItems: number, importsNumpy: v.boolean() }),
  v.object({ kind: v.literal('factor'), low: number, high: number }),
]) satisfies v.GenericSchema<unknown, CostModel>;
const candidate = v.object({
  id: v.string(),
  refactor: v.string(),
  family,
  title: v.string(),
  hotspots: v.array(v.string()),
  parts: v.array(v.string()),
  edits: v.array(edit),
  regions: v.array(v.object({ file: v.string(), before: lines, after: lines, captures: v.array(v.string()) })),
  cost,
  predicted: v.nullable(interval),
  predictionError: v.optional(predictionError),
  assumptions: v.array(v.string()),
  requires: v.array(v.string()),
  tolerance: number,
  guarded: v.boolean(),
  workers: v.nullable(number),
});
const times = v.array(seconds);
const trial = v.object({
  candidate: v.string(),
  equivalence,
  tolerance: v.optional(number),
  masked: v.array(v.string()),
  firstDifference: v.optional(v.string()),
  problem: v.optional(refusal),
  losing: v.optional(v.boolean()),
  wholeRuns: v.optional(
    v.object({ before: times, after: times, peakMemory: v.tuple([bytes, bytes]), active: v.optional(v.tuple([seconds, seconds])) }),
  ),
  perturbed: v.optional(v.array(v.string())),
  beyond: v.optional(v.array(v.string())),
  hot: v.optional(v.object({ before: times, after: times })),
});
const timing = v.object({ wall: times, corrected: v.nullable(times), cpu: times, peakMemory: bytes });
const benchmark = v.object({
  candidate: v.string(),
  before: timing,
  after: timing,
  ratio: interval,
  hot: v.nullable(interval),
  warm: v.nullable(interval),
  basis: v.picklist(['wall', 'corrected-wall', 'cpu']),
  rounds: count,
  sweep: v.array(sweepPoint),
  peakMemory: v.tuple([bytes, bytes]),
  warnings: v.array(warning),
});
const wait = v.nullable(seconds);
const machine = v.object({
  cores: number,
  effectiveCores: number,
  poolStart: v.object({ fork: wait, forkserver: wait, spawn: wait }),
  poolMessage: seconds,
  pickleBytesPerSecond: number,
  threadTask: seconds,
  numpyImport: wait,
  numpyElement: wait,
  listToArrayElement: wait,
  pythonOperation: seconds,
  processStart: v.optional(wait),
  freshBytesPerSecond: v.optional(v.nullable(number)),
  noise: number,
  measuredAt: v.string(),
});
const { environment, run, verdict, recommendation } = reportSchema.entries;

const bundleSchema = v.object({
  schema: v.literal('hotloop-bundle/1'),
  createdAt: v.string(),
  source: v.object({ path: v.string(), sha256: v.string(), language, command }),
  files: v.array(file),
  environment,
  run,
  verdict,
  recommendation,
  inputs: v.array(v.object({ path: v.string(), sha256: v.nullable(v.string()), size: bytes })),
  machine: v.nullable(machine),
  seed: number,
  budget: seconds,
  standardInput: v.optional(v.nullable(v.object({ sha256: v.nullable(v.string()), size: bytes })), null),
  proofs: v.array(v.object({ candidate, status, reason: v.string(), trial: v.nullable(trial), benchmark: v.nullable(benchmark) })),
});

export function buildBundle(report: Report, evidence: ProofEvidence, inputs: Bundle['inputs']): Bundle {
  const { createdAt, source, environment: around, run: ran, verdict: found, recommendation: advice } = report;
  return {
    schema: 'hotloop-bundle/1',
    createdAt,
    source,
    environment: around,
    run: ran,
    verdict: found,
    recommendation: advice,
    inputs,
    ...evidence,
  };
}

/** Refused, with the first thing that is wrong: text that is not JSON, something else than a bundle, a missing or wrong field. */
export function parseBundle(text: string): Outcome<Bundle> {
  const toDo = 'Give a file that `hotloop prove SCRIPT --bundle FILE` wrote.';
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return refuse('not-json', 'The bundle is not JSON.', toDo);
  }
  const checked = v.safeParse(bundleSchema, raw);
  if (checked.success) return ok(checked.output);
  const [issue] = checked.issues;
  const at = v.getDotPath(issue) ?? 'its top';
  if (at === 'schema' || at === 'its top') return refuse('other-schema', 'The file is not an evidence bundle that this version reads.', toDo);
  return refuse('bad-bundle', `The bundle is damaged at ${at}: ${issue.message}.`, toDo);
}
