/** Everything that the stages found, as the one report that all readers take. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { version } from '../../package.json';
import { applyEdits } from '../platform/text-edit';
import { seconds, share } from '../platform/units';
import type {
  Benchmark, Blocked, Candidate, CandidateStatus, Finding, Hotspot, Legality, LoopFacts, Machine, Profile, Report, ReportCandidate, ReportHotspot, Sample, Seconds, Source,
  Stack, Timing, Trial, Verdict,
} from '../types'; // prettier-ignore
import { recommend } from './recommendation';

export interface CandidateResult {
  status: CandidateStatus;
  /** One sentence, with the numbers. */
  reason: string;
  trial: Trial | null;
  benchmark: Benchmark | null;
}
export interface ReportParts {
  depth: Report['depth'];
  source: Source;
  /** Project root: files are named relative to it. */
  root: string;
  profile: Profile;
  hotspots: readonly Hotspot[];
  facts: readonly LoopFacts[];
  /** By hotspot id. */
  verdicts: ReadonlyMap<string, Verdict>;
  /** Of the whole run. */
  verdict: Verdict;
  /** By hotspot id, of loops. */
  legalities: ReadonlyMap<string, Legality>;
  /** Form and facts of each loop as text, by hotspot id. */
  explained: ReadonlyMap<string, string>;
  findings: readonly Finding[];
  machine: Machine | null;
  /** The user's files as they were read for this report. */
  sources: readonly Source[];
  candidates: readonly Candidate[];
  blocked: readonly Blocked[];
  /** By candidate id; a candidate without one was not tried (yet). */
  results: ReadonlyMap<string, CandidateResult>;
  notes: readonly string[];
}

// A report is read by people and sent to a webview: what cannot be seen is left out.
const LEAST_SHARE = 0.001;
const MOST_LINES = 500;
const MOST_STACKS = 1000;
const MOST_SAMPLES = 400;
const MOST_EFFECTS = 500;
const LONGEST_LINE = 200;
const LONGEST_DIFF = 60_000;

export function buildReport(parts: ReportParts): Report {
  const { depth, source, profile, verdict, machine } = parts;
  const { run, interpreter } = profile;
  const code = new Code(parts.sources.some(({ path: file }) => file === source.path) ? parts.sources : [source, ...parts.sources]);
  const hotspots = parts.hotspots.map((hotspot) => reportHotspot(hotspot, parts, code));
  const candidates = [...parts.candidates.map((candidate) => tried(candidate, parts, code)), ...parts.blocked.map(refused)].sort(byUse);
  const named = new Set([source.path, ...hotspots.map(({ file }) => file), ...candidates.flatMap(({ edits }) => edits.map(({ file }) => file))]);
  const report: Report = {
    schema: 'hotloop/1',
    createdAt: new Date().toISOString(),
    depth,
    source: { path: source.path, sha256: source.sha256, language: source.language, command: run.command },
    files: [...named].flatMap((file) => code.hash(file)),
    environment: {
      interpreter: interpreter.path,
      version: interpreter.version.join('.'),
      implementation: interpreter.implementation,
      platform: interpreter.platform,
      cores: machine?.cores ?? availableParallelism(),
      packages: interpreter.packages,
      hotloop: version,
    },
    run: { exitCode: run.exitCode, seconds: run.seconds, cpuSeconds: run.cpuSeconds, peakMemory: run.peakMemory },
    lines: hotLines(profile, code),
    stacks: profile.stacks.filter((stack) => stack.seconds >= run.seconds * LEAST_SHARE).sort(longest).slice(0, MOST_STACKS), // prettier-ignore
    timeline: thinned(profile.timeline),
    effects: profile.effects.slice(0, MOST_EFFECTS),
    verdict,
    hotspots,
    candidates,
    recommendation: { kind: 'leave', why: '' },
    findings: [...parts.findings],
    notes: [...profile.notes, ...parts.notes],
  };
  if (run.stopped !== undefined) report.run.stopped = run.stopped;
  report.recommendation = recommend(report, parts.facts);
  return report;
}

const longest = (a: Stack, b: Stack): number => b.seconds - a.seconds;

/** The text of the user's files, by line. */
class Code {
  private readonly files: Map<string, Source>;
  private readonly split = new Map<string, string[]>();
  constructor(sources: readonly Source[]) {
    this.files = new Map(sources.map((source) => [source.path, source]));
  }
  source(file: string): Source | undefined {
    return this.files.get(file);
  }
  hash(file: string): { path: string; sha256: string }[] {
    const source = this.files.get(file);
    return source === undefined ? [] : [{ path: source.path, sha256: source.sha256 }];
  }
  /** @param line 1-based. */
  line(file: string, line: number): string | undefined {
    const source = this.files.get(file);
    if (source === undefined) return undefined;
    const lines = this.split.get(file) ?? source.text.split(/\r\n|\n|\r/);
    this.split.set(file, lines);
    const text = lines[line - 1]?.replace(/^\uFEFF/, '').trim();
    return text !== undefined && text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text;
  }
}

function hotLines(profile: Profile, code: Code): Report['lines'] {
  const whole = profile.run.seconds;
  return profile.lines
    .map((cost) => {
      const text = code.line(cost.file, cost.line);
      const line = { ...cost, share: share(whole > 0 ? (cost.python + cost.native + cost.wait) / whole : 0) };
      return text === undefined ? line : { ...line, text };
    })
    .filter((line) => line.share >= LEAST_SHARE)
    .sort((a, b) => b.python + b.native + b.wait - (a.python + a.native + a.wait))
    .slice(0, MOST_LINES);
}

/** At most so many samples that a chart of them still shows every peak: the largest of each group stands for it. */
function thinned(timeline: readonly Sample[]): Sample[] {
  if (timeline.length <= MOST_SAMPLES) return [...timeline];
  const size = Math.ceil(timeline.length / MOST_SAMPLES);
  const groups = Array.from({ length: Math.ceil(timeline.length / size) }, (_, index) => timeline.slice(index * size, (index + 1) * size));
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const top = (of: (sample: Sample) => number): number => Math.max(...group.map(of));
    const mean = group.reduce((sum, { cpu }) => sum + cpu, 0) / group.length;
    const rss = top((sample) => sample.rss) as Sample['rss'];
    return [{ at: first.at, cpu: mean as Sample['cpu'], rss, threads: top((s) => s.threads), processes: top((s) => s.processes) }];
  });
}

function reportHotspot(hotspot: Hotspot, parts: ReportParts, code: Code): ReportHotspot {
  const { bottleneck, detail, confidence, because } = parts.verdicts.get(hotspot.id) ?? parts.verdict;
  const startLine = hotspot.span.start.line + 1;
  const legality = parts.legalities.get(hotspot.id);
  const explained = parts.explained.get(hotspot.id);
  const text = code.line(hotspot.file, startLine);
  return {
    id: hotspot.id,
    file: hotspot.file,
    kind: hotspot.kind,
    startLine,
    endLine: hotspot.span.end.line + 1,
    share: hotspot.share,
    seconds: hotspot.seconds,
    bottleneck,
    ...(detail === undefined ? {} : { detail }),
    confidence,
    because,
    pattern: parts.facts.find((facts) => facts.hotspot.id === hotspot.id)?.pattern ?? null,
    ...(text === undefined ? {} : { text }),
    ...(legality === undefined ? {} : { legality }),
    ...(explained === undefined ? {} : { explained }),
  };
}

function tried(candidate: Candidate, parts: ReportParts, code: Code): ReportCandidate {
  const { id, refactor, family, title, hotspots, edits, predicted, predictionError, assumptions, requires } = candidate;
  const result = parts.results.get(id);
  const trial = result?.trial ?? null;
  const benchmark = result?.benchmark ?? null;
  const unproven = parts.depth === 'prove' ? 'Not tried yet.' : 'Predicted only: nothing was run to prove it.';
  const diff = unifiedDiff(candidate, parts.root, code);
  return {
    id,
    refactor,
    family,
    parts: candidate.parts,
    hotspots,
    title,
    status: result?.status ?? 'untried',
    reason: result?.reason ?? unproven,
    refusal: trial?.problem ?? null,
    predicted,
    ...(predictionError === undefined ? {} : { predictionError }),
    measured: benchmark === null ? null : measuredOf(benchmark),
    equivalence: trial?.equivalence ?? null,
    tolerance: trial === null ? null : (trial.tolerance ?? candidate.tolerance),
    masked: trial?.masked ?? [],
    warnings: benchmark?.warnings ?? [],
    sweep: benchmark?.sweep ?? [],
    peakMemory: benchmark?.peakMemory ?? null,
    edits,
    assumptions: [
      ...assumptions,
      ...(trial?.beyond ?? []).map((text) => `It does the same with the script's own arguments, but not with others. ${text}`),
    ],
    requires,
    ...(diff === null ? {} : { diff }),
  };
}

function refused({ id, refactor, family, title, hotspots, refusal }: Blocked): ReportCandidate {
  return {
    ...{ id, refactor, family, parts: [], hotspots, title, status: 'blocked', reason: refusal.why, refusal },
    ...{ predicted: null, measured: null, equivalence: null, tolerance: null, masked: [], warnings: [], sweep: [], peakMemory: null },
    ...{ edits: [], assumptions: [], requires: [] },
  };
}

function measuredOf(benchmark: Benchmark): NonNullable<ReportCandidate['measured']> {
  const { ratio, hot, warm, basis, rounds } = benchmark;
  const time = (timing: Timing): Seconds =>
    median(basis === 'cpu' ? timing.cpu : basis === 'corrected-wall' ? (timing.corrected ?? timing.wall) : timing.wall);
  return { ...ratio, basis, rounds, hot, warm, beforeSeconds: time(benchmark.before), afterSeconds: time(benchmark.after) };
}

function median(values: readonly Seconds[]): Seconds {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return seconds(((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2);
}

/** null where the files of the edits are not at hand, or do not take them. */
function unifiedDiff({ edits }: Candidate, root: string, code: Code): string | null {
  const patches: string[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const source = code.source(file);
    if (source === undefined) return null;
    const text = source.text.replace(/^\uFEFF/, '');
    const edited = applyEdits(text, edits.filter((edit) => edit.file === file)); // prettier-ignore
    if (!edited.ok) return null;
    const inside = path.relative(root, file);
    const name = (inside.startsWith('..') || path.isAbsolute(inside) ? file : inside).split(path.sep).join('/');
    const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, text, edited.value, undefined, undefined, { context: 3 });
    patches.push(patch.slice(patch.indexOf('--- ')));
  }
  const diff = patches.join('');
  return diff.length === 0 ? null : diff.length > LONGEST_DIFF ? `${diff.slice(0, LONGEST_DIFF)}\n…` : diff;
}

/** The most useful first: proven by speed, then what may still be proven, then what lost, then what is not possible. */
function byUse(a: ReportCandidate, b: ReportCandidate): number {
  const order: Record<CandidateStatus, number> = { proven: 0, untried: 1, rejected: 2, blocked: 3 };
  const speed = ({ measured, predicted }: ReportCandidate): number => measured?.mid ?? predicted?.mid ?? 0;
  return order[a.status] - order[b.status] || speed(b) - speed(a);
}
