/**
 * script -> profile -> hotspots -> loops -> verdict -> refactors -> trial -> benchmark -> report.
 * The only file that sees all stages. It holds no knowledge of its own: it hands each stage's plain result to the next.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { benchmarkCandidates } from './benchmark/schedule';
import { decide } from './benchmark/decision';
import { sweepWorkers } from './benchmark/sweep';
import { findHotspots } from './hotspots/rank';
import { analyzeLoops } from './loops/analyze';
import { ok, refuse, type Outcome } from './platform/result';
import { bytes, formatSeconds, seconds } from './platform/units';
import { profilePython } from './profile/python';
import { buildContext } from './refactors/context';
import { refactors } from './refactors/index';
import { proposeCandidates } from './refactors/propose';
import { buildReport, type CandidateResult, type ReportParts } from './report/build';
import { checkEdits } from './run/check-edits';
import { allowedEffects, consentNeeded, consentRemembered, rememberConsent } from './run/consent';
import { findPython } from './run/interpreter';
import { withBenchmarkLock } from './run/lock';
import { mainFile } from './run/main-file';
import { projectRoot } from './run/project';
import type { OpenRerun } from './run/rerun';
import { sandboxedRerun, type RerunScope } from './run/sandboxed-rerun';
import { sweepLeftovers } from './run/sweep';
import { loadSyntax } from './syntax/parser';
import { readModule, type PythonModule } from './syntax/python-module';
import { perturbationsOf, recordBaseline, tryCandidate, type TrialOptions } from './trial/trial';
import type {
  Benchmark,
  Blocked,
  Candidate,
  Command,
  Effect,
  Interpreter,
  Machine,
  Profile,
  Progress,
  Report,
  Seconds,
  Source,
  Trial,
  Verdict,
} from './types';
import { classifyHotspot, classifyRun } from './verdict/classify';
import { predict } from './verdict/cost-model';
import { measureMachine } from './verdict/machine';

export interface PipelineRequest {
  depth: 'profile' | 'advise' | 'prove';
  command: Command;
  /** Interpreter chosen by the person; null: found as a shell in the script's folder would. */
  python: string | null;
  /** Wall seconds for reruns: trials and benchmarks. */
  budget: Seconds;
  /** Stops the profiled run after this long and analyses what was seen; null: runs to its end. */
  limit: Seconds | null;
  /** Worker counts of the sweep; null: 1, 2, 4 .. cores. */
  workers: number[] | null;
  /** A file with the program's standard input; 'inherit': ours; null: empty. */
  // eslint-disable-next-line @typescript-eslint/no-redundant-type-constituents -- the word says what no path says
  stdin: string | 'inherit' | null;
  /** Opened folder, where an editor knows it. */
  workspace: string | null;
  /** `--yes`: reruns are consented to without a question. */
  yes: boolean;
}

export interface ConsentQuestion {
  /** The effects that a rerun would repeat, and why it is asked. */
  effects: Effect[];
  text: string;
}

/** What the command line or the editor provides. Nothing here may throw. */
export interface PipelineHost {
  signal: AbortSignal;
  progress(progress: Progress): void;
  /** The report as it is so far, each time that a candidate is decided. */
  partial(report: Report): void;
  /** Null: there is nobody to ask, so the answer is no and candidates stay untried. */
  ask: ((question: ConsentQuestion) => Promise<boolean>) | null;
  /** Where the profiled run's output goes. */
  output: { stdout(chunk: Uint8Array): void; stderr(chunk: Uint8Array): void } | 'inherit';
  /** Starts the profiled run where the person can type to it (an editor's terminal); null: the engine starts it itself. */
  launch: ((argv: [string, ...string[]], cwd: string, environment: Record<string, string>) => Promise<{ exitCode: number }>) | null;
}

export type RunPipeline = (request: PipelineRequest, host: PipelineHost) => Promise<Outcome<Report>>;

// Enough to be of use in a large project, and few enough to be read in a second.
const MOST_FILES = 400;
const MOST_FILE_BYTES = 2_000_000;
/** Reruns that a proof needs at the very least: two of the original, one of the candidate, and rounds of both. */
const LEAST_RERUNS = 4;
const MOST_TRIED = 8;

interface Read {
  source: Source;
  module: PythonModule;
}
/** What the report is built from; proposing and proving fill it in. */
interface Findings extends ReportParts {
  candidates: Candidate[];
  blocked: Blocked[];
  results: Map<string, CandidateResult>;
}
interface Analysis {
  profile: Profile;
  files: Read[];
  root: string;
  machine: Machine | null;
  parts: Findings;
}

export const runPipeline: RunPipeline = async (request, host) => {
  await sweepLeftovers();
  await loadSyntax();
  const python = await findPython({ explicit: request.python, cwd: request.command.cwd });
  if (!python.ok) return python;
  const interpreter = python.value;
  const main = await mainSource(request.command);
  if (!main.ok) return main;
  const analysis = await analyse(request, host, interpreter, main.value);
  if (!analysis.ok) return analysis;
  const { parts } = analysis.value;
  host.partial(buildReport(parts));
  if (request.depth === 'prove') await prove(request, host, interpreter, analysis.value);
  return ok(buildReport(parts));
};

async function mainSource(command: Command): Promise<Outcome<Source>> {
  const file = await mainFile(command);
  if (!file.ok) return file;
  const source = await readSource(file.value);
  return source ?? refuse('unreadable', `${file.value} cannot be read as UTF-8 text.`, 'Save it as UTF-8 and try again.');
}

/** Null for what is not UTF-8 text of a size that a person writes. A byte order mark is left out, as an editor leaves it out of its positions. */
async function readSource(file: string): Promise<{ ok: true; value: Source } | null> {
  try {
    if ((await stat(file)).size > MOST_FILE_BYTES) return null;
    const raw = await readFile(file);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    return ok({ path: file, text, sha256: createHash('sha256').update(raw).digest('hex'), language: 'python' });
  } catch {
    return null;
  }
}

/** The run in place and everything that is read from it without running anything more. */
async function analyse(request: PipelineRequest, host: PipelineHost, interpreter: Interpreter, source: Source): Promise<Outcome<Analysis>> {
  const root = projectRoot(request.command, request.workspace);
  const { command, stdin, limit } = request;
  const { output, launch, signal } = host;
  const profiled = await profilePython({
    source,
    command,
    interpreter,
    root,
    stdin,
    output,
    launch,
    limit,
    signal,
    onProgress: (p) => host.progress(p),
  });
  if (!profiled.ok) return profiled;
  const profile = profiled.value;

  host.progress({ stage: 'loops', text: 'Reading the hot loops' });
  const paths = [...new Set([source.path, ...profile.files])].slice(0, MOST_FILES);
  const sources = (await Promise.all(paths.map(readSource))).flatMap((read) => (read === null ? [] : [read.value]));
  const files = sources.map((each) => ({ source: each, module: readModule(each) }));
  const modules = files.map((file) => file.module);
  const hotspots = findHotspots(profile, modules, root);
  const facts = analyzeLoops(hotspots, modules, profile);
  const measured = request.depth === 'profile' || signal.aborted ? null : await measureMachine(interpreter, signal);
  const machine = measured?.ok === true ? measured.value : null;
  const notes = measured?.ok === false ? [`No predictions: ${measured.refusal.why}`] : [];
  const verdicts = new Map<string, Verdict>(hotspots.map((hotspot) => [hotspot.id, classifyHotspot(hotspot, profile)]));
  const parts: Findings = {
    depth: request.depth, source, root, profile, hotspots, facts, verdicts, verdict: classifyRun(profile, machine), machine,
    sources, candidates: [], blocked: [], results: new Map(), notes,
  }; // prettier-ignore
  if (machine !== null) await propose({ profile, files, root, machine, parts }, interpreter, source.path);
  return ok({ profile, files, root, machine, parts });
}

/** Asks the refactors, drops what the interpreter cannot read, and predicts. */
async function propose({ profile, files, machine, parts }: Analysis & { machine: Machine }, interpreter: Interpreter, main: string): Promise<void> {
  const loops = parts.facts.map((facts) => ({ facts, verdict: parts.verdicts.get(facts.hotspot.id) ?? parts.verdict }));
  const proposals = proposeCandidates(refactors, loops, buildContext({ files, main, interpreter, machine }));
  parts.blocked = proposals.blocked;
  for (const candidate of proposals.candidates) {
    const readable = await checkEdits(interpreter, parts.sources, candidate.edits);
    if (!readable.ok) {
      const { id, refactor, family, title, hotspots } = candidate;
      parts.blocked.push({ id, refactor, family, title, hotspots, refusal: readable.refusal });
      continue;
    }
    const facts = parts.facts.find((each) => each.hotspot.id === candidate.hotspots[0]);
    if (facts !== undefined) candidate.predicted = predict(candidate.cost, facts, profile, machine);
    parts.candidates.push(candidate);
  }
}

/** Trials and benchmarks. Whatever stands in the way becomes the reason why candidates stay untried. */
async function prove(request: PipelineRequest, host: PipelineHost, interpreter: Interpreter, analysis: Analysis): Promise<void> {
  const { parts, profile, machine, root } = analysis;
  const start = performance.now();
  const left = (): Seconds => seconds(request.budget - (performance.now() - start) / 1000);
  const leave = (candidates: readonly Candidate[], reason: string): void => {
    for (const candidate of candidates) parts.results.set(candidate.id, { status: 'untried', reason, trial: null, benchmark: null });
  };
  const update = (candidate: Candidate, result: CandidateResult): void => {
    parts.results.set(candidate.id, result);
    host.partial(buildReport(parts));
  };

  const missing = parts.candidates.filter((candidate) => candidate.requires.some((name) => !(name in interpreter.packages)));
  for (const candidate of missing) {
    const names = candidate.requires.filter((name) => !(name in interpreter.packages));
    leave(
      [candidate],
      `It needs ${names.join(' and ')}, which this environment does not have: ${interpreter.path} -m pip install ${names.join(' ')}`,
    );
  }
  const possible = parts.candidates
    .filter((candidate) => !missing.includes(candidate))
    .sort((a, b) => (b.predicted?.mid ?? 1) - (a.predicted?.mid ?? 1));
  const tried = possible.slice(0, MOST_TRIED);
  leave(possible.slice(MOST_TRIED), 'Others were predicted to gain more, and were tried first.');
  if (machine === null || tried.length === 0) return;
  const no = reasonNotToRerun(request, profile);
  if (no !== null) {
    leave(tried, no);
    return;
  }
  const allow = await agreed(request, host, parts, root);
  if (allow === null) {
    leave(tried, 'Running the script again would repeat effects outside its folder, and nobody agreed to that. Pass --yes to agree.');
    return;
  }

  const { signal } = host;
  const open = sandboxedRerun({
    interpreter,
    command: request.command,
    root,
    effects: profile.effects,
    stdin: request.stdin === 'inherit' ? null : request.stdin,
    allow,
    limits: rerunLimits(profile),
    signal,
  });
  await withBenchmarkLock(signal, async () => {
    host.progress({ stage: 'trial', text: `Running the original against itself, ${formatSeconds(profile.run.seconds)} each time` });
    const baseline = await recordBaseline({ open, candidates: tried, signal, onProgress: (text) => host.progress({ stage: 'trial', text }) });
    if (!baseline.ok) {
      leave(tried, baseline.refusal.why);
      return;
    }
    const perturbations = perturbationsOf(parts.sources, request.command.args);
    const perturbed: NonNullable<TrialOptions['perturbed']> = new Map();
    const contenders: { candidate: Candidate; trial: Trial }[] = [];
    for (const [index, candidate] of tried.entries()) {
      if (signal.aborted || left() < 0) {
        leave([candidate], signal.aborted ? 'Cancelled before it was tried.' : 'The budget was used up before it was tried.');
        continue;
      }
      host.progress({ stage: 'trial', text: `Trying: ${candidate.title}`, fraction: (0.5 * index) / tried.length });
      const extra = seconds(Math.max(0, left() / (2 * (tried.length - index))));
      const trial = await tryCandidate(candidate, baseline.value, { open, interpreter, signal, extra, perturbations, perturbed });
      update(candidate, { ...decide(trial, null), trial, benchmark: null });
      if (trial.equivalence !== 'different') contenders.push({ candidate, trial });
    }
    const onUpdate = (benchmark: Benchmark): void => {
      const contender = contenders.find(({ candidate }) => candidate.id === benchmark.candidate);
      if (contender !== undefined) update(contender.candidate, { ...decide(contender.trial, benchmark), trial: contender.trial, benchmark });
    };
    const onProgress = (text: string, fraction: number): void => host.progress({ stage: 'benchmark', text, fraction: 0.5 + fraction / 2 });
    await benchmarkCandidates({ open, contenders, machine, budget: left(), signal, onUpdate, onProgress });
    await sweepPools(request, host, { parts, machine, open, left });
  });
}

/** Null: it may be rerun. */
function reasonNotToRerun(request: PipelineRequest, profile: Profile): string | null {
  const { exitCode, stopped, seconds: time } = profile.run;
  if (stopped !== undefined) return `The profiled run was stopped (${stopped}), so there is no whole run to compare with.`;
  if (time * LEAST_RERUNS > request.budget)
    return `One run takes ${formatSeconds(time)}, and a proof needs at least ${LEAST_RERUNS} within the budget of ${formatSeconds(request.budget)}. Give a larger --budget or a smaller input.`;
  if (exitCode !== 0 && profile.run.signal !== undefined) return `The script was ended by ${profile.run.signal}, so its results cannot be compared.`;
  return null;
}

/** What reruns may do; null: nobody agreed. */
async function agreed(request: PipelineRequest, host: PipelineHost, parts: ReportParts, root: string): Promise<RerunScope['allow'] | null> {
  const { effects } = parts.profile;
  const question = consentNeeded(effects, root);
  const { sha256 } = parts.source;
  if (question !== null && !request.yes && !(await consentRemembered(sha256, effects))) {
    if (host.ask === null || !(await host.ask(question))) return null;
    await rememberConsent(sha256, effects);
  }
  return allowedEffects(effects);
}

/** A rerun may take a good deal longer than the profiled run, but not for ever, and may print no more than a good deal more. */
function rerunLimits(profile: Profile): RerunScope['limits'] {
  return { seconds: seconds(10 + 5 * profile.run.seconds), memory: null, output: bytes(64 * 1024 * 1024) };
}

/** Measures proven pools at several worker counts, while budget remains. */
async function sweepPools(
  request: PipelineRequest,
  host: PipelineHost,
  o: { parts: Findings; machine: Machine; open: OpenRerun; left: () => Seconds },
): Promise<void> {
  for (const candidate of o.parts.candidates) {
    const result = o.parts.results.get(candidate.id);
    const benchmark = result?.benchmark ?? null;
    const pool = candidate.family === 'process-pool' || candidate.family === 'thread-pool';
    if (!pool || result?.status !== 'proven' || benchmark === null || host.signal.aborted || o.left() <= 0) continue;
    host.progress({ stage: 'benchmark', text: `Measuring other worker counts: ${candidate.title}` });
    const hotBefore = seconds(Math.max(0, ...(result.trial?.hot?.before ?? [])));
    const { open, machine } = o;
    benchmark.sweep = await sweepWorkers({ open, candidate, before: benchmark.before.wall, hotBefore, machine, workers: request.workers, budget: o.left(), signal: host.signal }); // prettier-ignore
    host.partial(buildReport(o.parts));
  }
}
