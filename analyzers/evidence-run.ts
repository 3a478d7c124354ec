/** One more run of the original that watches its hot loops, before anything is proposed. Part of the pipeline. */
import type { Analysis, Findings } from './analysis';
import { explainFacts } from './loops/explain';
import { gatherEvidence } from './loops/evidence';
import { explainEvidence } from './loops/evidence-text';
import { formatSeconds, seconds } from './platform/units';
import type { PipelineHost, PipelineRequest } from './request';
import { rerunsOf } from './reruns';
import { allowedEffects, consentNeeded, consentRemembered } from './run/consent';
import type { RerunScope } from './run/sandboxed-rerun';
import type { Interpreter, LoopFacts } from './types';
import { judgeLoop } from './verdict/lattice';

/** Part of the budget that watching may take, and how much longer than the script itself it may run. */
const SHARE = 0.3;
const LONGER = 1.5;
const START = 2;

/** Watches the hot loops where no question has to be asked for a rerun, and the script is short enough for it. */
export async function watchUnasked(request: PipelineRequest, host: PipelineHost, interpreter: Interpreter, analysis: Analysis): Promise<void> {
  const { effects, run } = analysis.profile;
  if (request.depth === 'profile' || run.stopped !== undefined) return;
  const asked = consentNeeded(effects, analysis.root) !== null;
  const agreed = request.depth === 'prove' && (request.yes || (await consentRemembered(analysis.parts.source.sha256, effects)));
  if (!asked || agreed) await addEvidence(request, host, interpreter, analysis, allowedEffects(effects));
}

/**
 * Runs the original with its hot loops watched, and judges them anew. Where nothing could be seen a note tells why.
 * Costs at most half as much again as the script takes, and usually less: it ends when enough was seen.
 */
export async function addEvidence(
  request: PipelineRequest,
  host: PipelineHost,
  interpreter: Interpreter,
  analysis: Analysis,
  allow: RerunScope['allow'],
): Promise<void> {
  const { parts, profile, root, files } = analysis;
  const { signal } = host;
  const once = profile.run.seconds;
  const limit = seconds(START + LONGER * once);
  if (parts.facts.length === 0 || signal.aborted || parts.facts.some(({ evidence }) => evidence !== undefined)) return;
  // A half-done effect on the outside would stay.
  const endEarly = allow.kinds.every((kind) => kind === 'file-write' || kind === 'file-delete') && consentNeeded(profile.effects, root) === null;
  if ((endEarly ? Math.min(once, limit) : once) > request.budget * SHARE) return;
  host.progress({ stage: 'loops', text: `Watching the hot loops in one more run, ${formatSeconds(seconds(LONGER * once))} at most` });
  const longest = seconds(5 + (endEarly ? limit : 3 * once + START));
  const open = rerunsOf(request, interpreter, analysis, { allow, longest, signal });
  const modules = files.map((file) => file.module);
  const gathered = await gatherEvidence({ facts: parts.facts, modules, open, interpreter, signal, limit, endEarly });
  if (!gathered.ok) {
    if (gathered.refusal.code !== 'cancelled') parts.notes = [...parts.notes, `The hot loops could not be watched: ${gathered.refusal.why}`];
    return;
  }
  for (const facts of parts.facts) {
    const evidence = gathered.value.get(facts.hotspot.id);
    if (evidence !== undefined) facts.evidence = evidence;
  }
  Object.assign(parts, judgeLoops(parts.facts));
}

/** What is known of each loop, by hotspot: the verdict on its order and the facts in words. */
export function judgeLoops(loops: readonly LoopFacts[]): Pick<Findings, 'legalities' | 'explained'> {
  const explain = (loop: LoopFacts): string =>
    [explainFacts(loop), ...(loop.evidence === undefined ? [] : [explainEvidence(loop.evidence)])].join('\n');
  return {
    legalities: new Map(loops.map((loop) => [loop.hotspot.id, judgeLoop(loop)])),
    explained: new Map(loops.map((loop) => [loop.hotspot.id, explain(loop)])),
  };
}
