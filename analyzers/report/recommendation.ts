import { formatInterval, formatRatio, formatSeconds, formatShare, ratio } from '../platform/units';
import type { Family, LoopFacts, Report, ReportCandidate } from '../types';
import { nextStep } from './next-step';

/** What the recommendation is made from. */
type Known = Pick<Report, 'depth' | 'source' | 'run' | 'verdict' | 'candidates' | 'hotspots' | 'findings'>;

// The lower a rung, the more a person has to understand and keep working afterwards.
const RUNGS: readonly (readonly Family[])[] = [
  ['anti-pattern', 'algorithm'],
  ['memoize'],
  ['vectorize'],
  ['compile'],
  ['process-pool', 'thread-pool', 'chunk', 'shared-memory', 'worker-threads'],
  ['async', 'promise-all', 'async-fs'],
  ['distributed'],
  ['gpu'],
  ['runtime'],
];
/** Families whose remedy is to wait for several things at once. */
const WAITING: ReadonlySet<Family> = new Set(['async', 'thread-pool', 'promise-all', 'async-fs']);
/** So much better must the result of a lower rung be. */
const LOWER_RUNG_GAIN = 1.5;

/** A combination is as hard to keep as its hardest part. */
function rungOf(candidate: ReportCandidate, all: readonly ReportCandidate[]): number {
  const rung = (family: Family): number => {
    const index = RUNGS.findIndex((families) => families.includes(family));
    return index < 0 ? RUNGS.length : index;
  };
  if (candidate.family !== 'combination') return rung(candidate.family);
  const parts = all.filter(({ id }) => candidate.parts.includes(id));
  return parts.length === 0 ? RUNGS.length : Math.max(...parts.map(({ family }) => rung(family)));
}

/** The proven candidate to apply by the order of preference, or why nothing should be changed, with the numbers and the next step that is left. */
export function recommend(report: Known, facts: readonly LoopFacts[] = []): Report['recommendation'] {
  const gain = ({ measured }: ReportCandidate): number => measured?.mid ?? 0;
  const proven = report.candidates
    .filter(({ status, measured }) => status === 'proven' && measured !== null)
    .map((candidate) => ({ candidate, rung: rungOf(candidate, report.candidates) }))
    .sort((a, b) => a.rung - b.rung || gain(b.candidate) - gain(a.candidate));
  let best = proven[0];
  for (const next of proven) {
    if (best !== undefined && gain(next.candidate) >= gain(best.candidate) * (next.rung > best.rung ? LOWER_RUNG_GAIN : 1)) best = next;
  }
  return best === undefined ? { kind: 'leave', why: whyLeave(report, facts) } : { kind: 'apply', candidate: best.candidate.id };
}

function whyLeave(report: Known, facts: readonly LoopFacts[]): string {
  const { depth, run, candidates, hotspots } = report;
  const [hottest] = hotspots;
  const took = `The run took ${formatSeconds(run.seconds)}`;
  const where =
    hottest === undefined
      ? `${took}, and no part of it stands out.`
      : `${took}, ${formatShare(hottest.share)} of it in ${lines(hottest)} (${formatSeconds(hottest.seconds)}).`;
  if (depth === 'profile') return `${where} Speedups were not looked for.`;

  const open = candidates.filter(({ status }) => status === 'untried');
  const next = open.some(mayGain) ? '' : nextStep(report, facts);
  return [...whyNot(where, report, open), next].filter((sentence) => sentence !== '').join(' ');
}

const mayGain = ({ predicted }: ReportCandidate): boolean => predicted === null || predicted.high >= 1;

/** Why none of the candidates is to be applied, in sentences. */
function whyNot(where: string, { depth, candidates, verdict }: Known, open: readonly ReportCandidate[]): string[] {
  const measured = candidates.filter((candidate) => candidate.measured !== null);
  const [fastest] = [...measured].sort((a, b) => (b.measured?.mid ?? 0) - (a.measured?.mid ?? 0));
  if (fastest?.measured) {
    const which = measured.length === 1 ? 'The only way that was measured' : `The best of ${measured.length} ways that were measured`;
    const times = `${formatSeconds(fastest.measured.beforeSeconds)} before, ${formatSeconds(fastest.measured.afterSeconds)} after`;
    return [`${which}, ${fastest.title}, gave ${formatInterval(fastest.measured)} on the whole run: ${times}.`, fastest.status === 'rejected' ? 'That is not offered.' : '']; // prettier-ignore
  }
  const promise = Math.max(0, ...open.map(({ predicted }) => predicted?.high ?? 0));
  if (open.length > 0 && !open.some(mayGain)) {
    const ways = open.length === 1 ? 'The only way that fits' : `Each of the ${open.length} ways that fit`;
    return [`${ways} is predicted to lose: ${formatRatio(ratio(promise))} at best.`];
  }
  if (open.length > 0) {
    const might = promise > 0 ? `, predicted to gain up to ${formatRatio(ratio(promise))}` : '';
    const reason = depth === 'prove' && open[0] !== undefined ? open[0].reason : '';
    return [`Nothing is proven yet: ${open.length === 1 ? 'one way is' : `${open.length} ways are`} untried${might}.`, reason];
  }
  const rejected = candidates.find(({ status }) => status === 'rejected');
  if (rejected !== undefined) return [where, `${rejected.title} was tried and is not offered.`, rejected.reason];
  const refused = candidates.filter(({ refusal }) => refusal !== null);
  const waits = verdict.bottleneck === 'io-wait' || verdict.bottleneck === 'event-loop';
  const blocked = refused.find(({ family }) => WAITING.has(family) === waits) ?? refused[0];
  if (blocked?.refusal) return [where, `No safe change fits. ${blocked.title}: ${blocked.refusal.why}`];
  return [where, 'Hotloop knows no change that would make it faster.'];
}

function lines({ startLine, endLine }: { startLine: number; endLine: number }): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
}
