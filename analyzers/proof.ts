/** The second half of the pipeline: trials and benchmarks of what was proposed. */
import { stat } from 'node:fs/promises';
import type { Analysis, Findings } from './analysis';
import { benchmarkCandidates } from './benchmark/schedule';
import { decide } from './benchmark/decision';
import { benchmarkOfLoser, benchmarkOfTrial } from './benchmark/trial-runs';
import { sweepWorkers } from './benchmark/sweep';
import { fileHash } from './platform/file-hash';
import { bytes, formatInterval, formatSeconds, seconds } from './platform/units';
import { addEvidence } from './evidence-run';
import { combineCandidates } from './refactors/combine';
import { buildReport, type CandidateResult, type ReportParts } from './report/build';
import type { ProofEvidence, ProofRecord } from './report/bundle';
import type { PipelineHost, PipelineRequest } from './request';
import { rerunsOf } from './reruns';
import { allowedEffects, consentNeeded, consentRemembered, rememberConsent } from './run/consent';
import { withBenchmarkLock } from './run/lock';
import type { OpenRerun } from './run/rerun';
import type { RerunScope } from './run/sandboxed-rerun';
import { findScaling, scaledRerun, type Scaling } from './trial/scaling';
import { sizesOf } from './trial/sizes';
import { recordBaseline, smallerInputs, tryCandidate, type Baseline, type SmallerInputs } from './trial/trial';
import type { Benchmark, Candidate, Interpreter, Machine, Profile, Seconds, Trial } from './types';
import type { PredictionOutcome } from './verdict/predictions';

/** Reruns that a proof with rounds needs: two of the original, one of the candidate, and rounds of both. */
const USUAL_RERUNS = 4;
/** A longer script is run once as it is and once with each candidate: only a gain of two or more can be told by that. */
const LEAST_RERUNS = 1.5;
/** A smaller input is looked for that fits so many times into the budget. */
const SCALED = 20;
const SEED = 20_240_117;
const MOST_TRIED = 8;
/** A sweep over worker counts takes at most so many times the script's own time. */
const SWEEP = 4;
/** What a part has to gain alone to be part of a combination. */
const LEAST_HELP = 1.03;
/** Share of the time that is kept for measuring what the trials find equivalent. */
const MEASURING = 0.55;

/** Trials and benchmarks. Whatever stands in the way becomes the reason why candidates stay untried. */
export async function prove(request: PipelineRequest, host: PipelineHost, interpreter: Interpreter, analysis: Analysis): Promise<void> {
  const { parts, profile, machine, root } = analysis;
  const { signal } = host;
  const leave = (candidates: readonly Candidate[], reason: string): void => {
    for (const candidate of candidates) parts.results.set(candidate.id, { status: 'untried', reason, trial: null, benchmark: null });
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
  // One that is predicted to lose is measured all the same: "don't" with numbers is a result. More of them would only take the others' time.
  const [, ...hopeless] = possible.filter((candidate) => candidate.predicted !== null && candidate.predicted.high < 1);
  leave(hopeless, 'It is predicted to be slower, as another one is that was tried.');
  const promising = possible.filter((candidate) => !hopeless.includes(candidate));
  const tried = promising.slice(0, MOST_TRIED);
  leave(promising.slice(MOST_TRIED), 'Others were predicted to gain more, and were tried first.');
  if (machine === null || tried.length === 0) return;
  const no = reasonNotToRerun(request, profile);
  if (no !== null) {
    leave(tried, no);
    return;
  }
  const allow = await agreed(request, host, parts, root);
  if (allow === null) {
    const what = isForeign(request)
      ? 'Proving a change from elsewhere runs its code'
      : 'Running the script again would repeat effects outside its folder';
    leave(tried, `${what}, and nobody agreed to that. Pass --yes to agree.`);
    return;
  }

  if (!isForeign(request)) await addEvidence(request, host, interpreter, analysis, allow);
  // Longer than the profiled run, but not for ever.
  const longest = seconds(10 + 5 * profile.run.seconds);
  const openWhole = rerunsOf(request, interpreter, analysis, { allow, longest, signal });
  host.progress({ stage: 'trial', text: 'Waiting until no other Hotloop measures on this machine' });
  await withBenchmarkLock(signal, async () => {
    // The wait for the lock is not the script's fault, so the budget starts here.
    const start = performance.now();
    const left = (): Seconds => seconds(request.budget - (performance.now() - start) / 1000);
    const onProgress = (text: string): void => host.progress({ stage: 'trial', text });
    const tooLong = reasonToScale(request, profile);
    const sizes = sizesOf(analysis.files, request.command.args);
    const scaling = tooLong === null ? null : await findScaling({ open: openWhole, sizes, candidates: tried, whole: profile.run.seconds, wanted: seconds(request.budget / SCALED), seed: SEED, signal, onProgress }); // prettier-ignore
    if (tooLong !== null && scaling === null) {
      leave(tried, `${tooLong} No number in it was found that makes it shorter. Give a larger --budget or a smaller input.`);
      return;
    }
    const open = scaling === null ? openWhole : scaledRerun(openWhole, scaling);
    const long = scaling === null && profile.run.seconds * USUAL_RERUNS > request.budget;
    const once = scaling?.seconds ?? profile.run.seconds;
    onProgress(`Running the original${long ? '' : ' against itself'}, ${formatSeconds(once)} each time`);
    const baseline = await recordBaseline({ open, candidates: tried, signal, runs: long ? 1 : 2, onProgress });
    if (!baseline.ok) {
      leave(tried, baseline.refusal.why);
      return;
    }
    const smaller = smallerInputs(analysis.files, request.command.args, once);
    const proof = new Proof(host, analysis, machine, open, interpreter, baseline.value, smaller, left, {
      long,
      scaling,
      tooLong,
    });
    const losers = tried.filter((candidate) => candidate.predicted !== null && candidate.predicted.high < 1);
    await proof.run(tried.filter((candidate) => !losers.includes(candidate)));
    // A change that is too small to be proven alone may still be worth having beside others: what counts is that the whole is proven.
    const helpful = tried.filter((candidate) => proof.gain(candidate) >= LEAST_HELP).sort((a, b) => proof.gain(b) - proof.gain(a));
    const combination = isForeign(request) ? null : combineCandidates(helpful);
    if (combination !== null && left() > 0 && !signal.aborted) {
      parts.candidates.push(combination);
      await proof.run([combination]);
    }
    // The numbers of a "don't" can wait until what may win is measured.
    await proof.run(losers);
    await sweepPools(request, host, { parts, machine, open, left });
  });
}

/** Null: it may be rerun. */
function reasonNotToRerun(request: PipelineRequest, profile: Profile): string | null {
  const { exitCode, stopped } = profile.run;
  if (stopped !== undefined && stopped !== 'limit') return `The profiled run was stopped (${stopped}), so there is no whole run to compare with.`;
  if (stopped === undefined && exitCode !== 0 && profile.run.signal !== undefined)
    return `The script was ended by ${profile.run.signal}, so its results cannot be compared.`;
  return null;
}

/** Null: the budget has room for whole runs. */
function reasonToScale(request: PipelineRequest, profile: Profile): string | null {
  const { stopped, seconds: time } = profile.run;
  if (stopped === 'limit') return `The profiled run was stopped after ${formatSeconds(time)}, so there is no whole run to compare with.`;
  if (time * LEAST_RERUNS <= request.budget) return null;
  return `One run takes ${formatSeconds(time)}, and a proof needs one of the original and one of the candidate within the budget of ${formatSeconds(request.budget)}.`;
}

/** What was told on a smaller input says so, wherever it is read. */
function onScale(result: CandidateResult, { scaling, tooLong }: { scaling: Scaling | null; tooLong: string | null }): CandidateResult {
  if (scaling === null || tooLong === null || result.trial === null) return result;
  const text = `Compared and measured on a smaller input, ${scaling.title}. ${tooLong} On the whole input it may gain more or less, and what it needs of memory grows with it.`;
  const { benchmark } = result;
  const told = benchmark === null ? null : { ...benchmark, warnings: [{ code: 'smaller-input', text }, ...benchmark.warnings] };
  const reason = `${result.reason} On a smaller input: ${scaling.title}.`;
  // What it costs to start weighs more on a smaller input, so a loss there says nothing of the whole.
  const lost = result.status === 'rejected' && benchmark !== null && result.trial.equivalence !== 'different';
  if (lost) return { ...result, status: 'untried', reason: `It gives the same result on a smaller input (${scaling.title}), which is too small to tell what it gains: ${formatInterval(benchmark.ratio)}. ${tooLong}`, benchmark: told }; // prettier-ignore
  return { ...result, reason, benchmark: told };
}

/** A patch or a bundle is code from somewhere. */
const isForeign = ({ patch, given }: PipelineRequest): boolean => patch !== null || given !== undefined;

/** What reruns may do; null: nobody agreed. */
async function agreed(request: PipelineRequest, host: PipelineHost, parts: ReportParts, root: string): Promise<RerunScope['allow'] | null> {
  const { effects } = parts.profile;
  const question = consentNeeded(effects, root);
  const { sha256 } = parts.source;
  // A yes that was given to another is none for it.
  if (isForeign(request) && !request.yes) {
    const text = question?.text ?? 'To prove the change, the changed program is run several times, on a copy of its folder. Run it?';
    return host.ask !== null && (await host.ask({ effects: question?.effects ?? [], text })) ? allowedEffects(effects) : null;
  }
  if (question !== null && !request.yes && !(await consentRemembered(sha256, effects))) {
    if (host.ask === null || !(await host.ask(question))) return null;
    await rememberConsent(sha256, effects);
  }
  return allowedEffects(effects);
}

/** What the report leaves out of a proof. */
export async function proofEvidence({ sources, machine, candidates, results }: Findings, { budget, stdin }: PipelineRequest): Promise<ProofEvidence> {
  const proofs = candidates.flatMap((candidate) => {
    const result = results.get(candidate.id);
    return result === undefined ? [] : [{ candidate, ...result }];
  });
  const files = sources.map(({ path, sha256 }) => ({ path, sha256 }));
  const standardInput = stdin === null || stdin === 'inherit' ? null : { sha256: await fileHash(stdin), size: bytes((await stat(stdin)).size) };
  return { files, machine, seed: SEED, budget, standardInput, proofs };
}

/** Predictions that were put to the test on the whole input. */
export function predictionOutcomes(proofs: readonly ProofRecord[]): PredictionOutcome[] {
  return proofs.flatMap(({ candidate: { refactor, predicted }, benchmark }) => {
    if (predicted === null || benchmark === null || benchmark.warnings.some(({ code }) => code === 'smaller-input')) return [];
    return [{ refactor, predicted, measured: benchmark.ratio.mid }];
  });
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
    benchmark.sweep = await sweepWorkers({ open, candidate, before: benchmark.before.wall, hotBefore, machine, workers: request.workers, budget: seconds(Math.min(o.left(), SWEEP * o.parts.profile.run.seconds)), signal: host.signal }); // prettier-ignore
    host.partial(buildReport(o.parts));
  }
}

/** Tries and measures candidates of one script, all against the same baseline and within one budget. */
class Proof {
  constructor(
    private readonly host: PipelineHost,
    private readonly analysis: Analysis,
    private readonly machine: Machine,
    private readonly open: OpenRerun,
    private readonly interpreter: Interpreter,
    private readonly baseline: Baseline,
    private readonly smaller: SmallerInputs,
    private readonly left: () => Seconds,
    /** `long`: one run takes so much of the budget that there is time for one pair of runs a candidate. `scaling`: a smaller input is run in its place. */
    private readonly basis: { long: boolean; scaling: Scaling | null; tooLong: string | null },
  ) {}

  /** The speedup that was measured for an equivalent candidate; 0 where nothing was. */
  gain(candidate: Candidate): number {
    return this.analysis.parts.results.get(candidate.id)?.benchmark?.ratio.mid ?? 0;
  }

  async run(candidates: readonly Candidate[]): Promise<void> {
    const { open, interpreter, machine, host, left } = this;
    const { signal } = host;
    const contenders: { candidate: Candidate; trial: Trial }[] = [];
    const forTrials = left() * (this.basis.long ? 1 : 1 - MEASURING);
    const begun = left();
    for (const [index, candidate] of candidates.entries()) {
      // The best predictions come first; without time to measure them, more trials would prove nothing.
      const spent = begun - left();
      if (signal.aborted || left() < 0 || (contenders.length > 0 && spent > forTrials)) {
        const reason = signal.aborted ? 'Cancelled before it was tried.' : 'The budget was used up before it was tried: give a larger --budget.';
        this.#update(candidate, { status: 'untried', reason, trial: null, benchmark: null });
        continue;
      }
      host.progress({ stage: 'trial', text: `Trying: ${candidate.title}`, fraction: (0.5 * index) / candidates.length });
      const extra = seconds(Math.max(0, (forTrials - spent) / (candidates.length - index)));
      const { smaller } = this;
      const { long } = this.basis;
      const trial = await tryCandidate(candidate, this.baseline, {
        open,
        interpreter,
        signal,
        extra,
        smaller,
        onlyWinners: long,
      });
      const lost = benchmarkOfLoser(trial, machine);
      const told = lost ?? (long && trial.equivalence !== 'different' ? benchmarkOfTrial(trial, this.analysis.profile.run.seconds, machine) : null);
      this.#update(candidate, { ...decide(trial, told), trial, benchmark: told });
      if (trial.equivalence !== 'different' && lost === null) contenders.push({ candidate, trial });
    }
    const onUpdate = (benchmark: Benchmark): void => {
      const contender = contenders.find(({ candidate }) => candidate.id === benchmark.candidate);
      if (contender !== undefined) this.#update(contender.candidate, { ...decide(contender.trial, benchmark), trial: contender.trial, benchmark });
    };
    const onProgress = (text: string, fraction: number): void => host.progress({ stage: 'benchmark', text, fraction: 0.5 + fraction / 2 });
    const round = contenders.reduce<number>((sum, { trial }) => sum + Math.max(0, ...(trial.wholeRuns?.after ?? [])), this.baseline.seconds);
    if (contenders.length > 0 && (!this.basis.long || round < left()))
      await benchmarkCandidates({ open, contenders, machine, budget: left(), signal, onUpdate, onProgress });
  }

  #update(candidate: Candidate, result: CandidateResult): void {
    this.analysis.parts.results.set(candidate.id, onScale(result, this.basis));
    this.host.partial(buildReport(this.analysis.parts));
  }
}
