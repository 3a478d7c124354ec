/**
 * script -> profile -> hotspots -> loops -> verdict -> refactors -> trial -> benchmark -> report.
 * The only file that sees all stages. It holds no knowledge of its own: it hands each stage's plain result to the next.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Analysis, Findings } from './analysis';
import { judgeLoops, watchUnasked } from './evidence-run';
import { findHotspots, hotFunctions } from './hotspots/rank';
import { analyzeLoops } from './loops/analyze';
import { addRepeats, analyzeFunctions } from './loops/functions';
import { ok, refuse, type Outcome } from './platform/result';
import { bytes, formatBytes } from './platform/units';
import { profilePython } from './profile/python';
import { candidateOfPatch, readPatch, type PatchedFile } from './refactors/patch';
import { buildContext } from './refactors/context';
import { refactors } from './refactors/index';
import { proposeCandidates } from './refactors/propose';
import { buildReport } from './report/build';
import { predictionOutcomes, proofEvidence, prove } from './proof';
import { checkEdits } from './run/check-edits';
import { findPython } from './run/interpreter';
import { mainFile } from './run/main-file';
import { projectRoot } from './run/project';
import { sweepLeftovers } from './run/sweep';
import { loadSyntax } from './syntax/parser';
import type { PipelineHost, PipelineRequest } from './request';
import { readModule } from './syntax/python-module';
import type { Candidate, Command, Interpreter, Machine, Report, Source, Verdict } from './types';
import { classifyHotspot, classifyRun } from './verdict/classify';
import { predict } from './verdict/cost-model';
import { predictionErrors, recordOutcomes, widened } from './verdict/predictions';
import { findParallelFindings } from './verdict/parallel/findings';
import { measureMachine } from './verdict/machine';

export type { ConsentQuestion, PipelineHost, PipelineRequest } from './request';

export type RunPipeline = (request: PipelineRequest, host: PipelineHost) => Promise<Outcome<Report>>;

// Enough to be of use in a large project, and few enough to be read in a second.
const MOST_FILES = 400;
const MOST_FILE_BYTES = 2_000_000;

export const runPipeline: RunPipeline = async (request, host) => {
  await sweepLeftovers();
  await loadSyntax();
  const python = await findPython({ explicit: request.python, cwd: request.command.cwd });
  if (!python.ok) return python;
  const interpreter = python.value;
  const main = await mainSource(request.command);
  if (!main.ok) return main;
  const folders = [request.command.cwd, projectRoot(request.command, request.workspace), path.dirname(main.value.path)];
  const patched = request.patch === null ? null : await readPatch(request.patch, folders);
  if (patched?.ok === false) return patched;
  const analysis = await analyse(request, host, interpreter, main.value, patched?.value ?? null);
  if (!analysis.ok) return analysis;
  const { parts } = analysis.value;
  host.partial(buildReport(parts));
  if (request.depth === 'prove') {
    await prove(request, host, interpreter, analysis.value);
    const evidence = await proofEvidence(parts, request);
    if (request.given === undefined) await recordOutcomes(predictionOutcomes(evidence.proofs));
    host.proved?.(evidence);
  }
  return ok(buildReport(parts));
};

async function mainSource(command: Command): Promise<Outcome<Source>> {
  const file = await mainFile(command);
  if (!file.ok) return file;
  const source = await readSource(file.value);
  if (source === null && (await sizeOf(file.value)) > MOST_FILE_BYTES) {
    const why = `${file.value} has more than ${formatBytes(bytes(MOST_FILE_BYTES))}, more than a person writes.`;
    return refuse('too-large', why, 'Keep its data in a file of their own, and try again.');
  }
  return source ?? refuse('unreadable', `${file.value} cannot be read as UTF-8 text.`, 'Save it as UTF-8 and try again.');
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

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
async function analyse(
  request: PipelineRequest,
  host: PipelineHost,
  interpreter: Interpreter,
  source: Source,
  patched: readonly PatchedFile[] | null,
): Promise<Outcome<Analysis>> {
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
  const verdicts = new Map<string, Verdict>(hotspots.map((hotspot) => [hotspot.id, classifyHotspot(hotspot, profile, modules, machine)]));
  const parts: Findings = {
    depth: request.depth, source, root, profile, hotspots, facts, verdicts, verdict: classifyRun(profile, machine, modules), machine,
    ...judgeLoops(facts), findings: findParallelFindings(modules, profile, Object.keys(process.env)),
    sources, candidates: [], blocked: [], results: new Map(), notes,
  }; // prettier-ignore
  const analysis: Analysis = { profile, files, root, machine, parts };
  if (request.given !== undefined) await proposeGiven(request.given, parts, interpreter);
  else if (patched !== null) await proposePatch(patched, parts, interpreter);
  else {
    await watchUnasked(request, host, interpreter, analysis);
    if (machine !== null) await propose({ ...analysis, machine }, interpreter, source.path);
  }
  return ok(analysis);
}

/** The person's own change in place of ours. */
async function proposePatch(patched: readonly PatchedFile[], parts: Findings, interpreter: Interpreter): Promise<void> {
  const made = candidateOfPatch(patched, parts.sources, parts.hotspots);
  const readable = made.ok ? await checkEdits(interpreter, parts.sources, made.value.edits) : made;
  if (made.ok && readable.ok) parts.candidates.push(made.value);
  else if (!readable.ok) {
    const named = { id: 'patch', refactor: 'patch', family: 'algorithm', title: 'Your patch', hotspots: [] } as const;
    parts.blocked.push({ ...named, hotspots: [], refusal: readable.refusal });
  }
}

/** Candidates of an earlier proof in place of ours, made for the files as they are. */
async function proposeGiven(given: readonly Candidate[], parts: Findings, interpreter: Interpreter): Promise<void> {
  for (const candidate of given) {
    const { id, refactor, family, title, hotspots, edits } = candidate;
    const other = edits.find(({ file, sha256 }) => !parts.sources.some((source) => source.path === file && source.sha256 === sha256));
    const readable =
      other === undefined
        ? await checkEdits(interpreter, parts.sources, edits)
        : refuse('file-changed', `The change was made for another ${other.file}, or the run did not use it.`, 'Prove it anew.');
    if (readable.ok) parts.candidates.push(candidate);
    else parts.blocked.push({ id, refactor, family, title, hotspots, refusal: readable.refusal });
  }
}

/** Asks the refactors, drops what the interpreter cannot read, and predicts. */
async function propose(
  { profile, files, root, machine, parts }: Analysis & { machine: Machine },
  interpreter: Interpreter,
  main: string,
): Promise<void> {
  const loops = parts.facts.map((facts) => ({ facts, verdict: parts.verdicts.get(facts.hotspot.id) ?? parts.verdict }));
  const modules = files.map((file) => file.module);
  const functions = analyzeFunctions(hotFunctions(profile, modules, root), parts.hotspots, modules, profile);
  addRepeats(functions, parts.facts);
  const hot = functions.map((facts) => ({ facts, verdict: classifyHotspot(facts.hotspot, profile, modules, machine) }));
  const lines = parts.hotspots.filter(({ kind }) => kind === 'line').map((hotspot) => ({ hotspot, file: hotspot.file }));
  const judged = lines.map((facts) => ({ facts, verdict: parts.verdicts.get(facts.hotspot.id) ?? parts.verdict }));
  const proposals = proposeCandidates(refactors, loops, hot, buildContext({ files, main, interpreter, machine, stacks: profile.stacks }), judged);
  parts.blocked = proposals.blocked;
  const errors = await predictionErrors();
  for (const candidate of proposals.candidates) {
    const readable = await checkEdits(interpreter, parts.sources, candidate.edits);
    if (!readable.ok) {
      const { id, refactor, family, title, hotspots } = candidate;
      parts.blocked.push({ id, refactor, family, title, hotspots, refusal: readable.refusal });
      continue;
    }
    const at = candidate.id.slice(candidate.refactor.length + 1);
    const facts = [...parts.facts, ...functions, ...lines].find(({ hotspot }) => hotspot.id === at);
    const error = errors.get(candidate.refactor);
    if (facts !== undefined) candidate.predicted = widened(predict(candidate.cost, facts, profile, machine), error);
    if (error !== undefined) candidate.predictionError = error;
    parts.candidates.push(candidate);
  }
}
