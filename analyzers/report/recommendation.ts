import { formatInterval, formatRatio, formatSeconds, formatShare, ratio } from '../platform/units';
import type { Family, Report, ReportCandidate } from '../types';

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

/** The proven candidate to apply by the order of preference, or why nothing should be changed, with the numbers. */
export function recommend(report: Pick<Report, 'depth' | 'run' | 'candidates' | 'hotspots'>): Report['recommendation'] {
  const gain = ({ measured }: ReportCandidate): number => measured?.mid ?? 0;
  const proven = report.candidates
    .filter(({ status, measured }) => status === 'proven' && measured !== null)
    .map((candidate) => ({ candidate, rung: rungOf(candidate, report.candidates) }))
    .sort((a, b) => a.rung - b.rung || gain(b.candidate) - gain(a.candidate));
  let best = proven[0];
  for (const next of proven) {
    if (best !== undefined && gain(next.candidate) >= gain(best.candidate) * (next.rung > best.rung ? LOWER_RUNG_GAIN : 1)) best = next;
  }
  return best === undefined ? { kind: 'leave', why: whyLeave(report) } : { kind: 'apply', candidate: best.candidate.id };
}

function whyLeave({ depth, run, candidates, hotspots }: Pick<Report, 'depth' | 'run' | 'candidates' | 'hotspots'>): string {
  const [hottest] = hotspots;
  const took = `The run took ${formatSeconds(run.seconds)}`;
  const where =
    hottest === undefined
      ? `${took}, and no part of it stands out.`
      : `${took}, ${formatShare(hottest.share)} of it in ${lines(hottest)} (${formatSeconds(hottest.seconds)}).`;
  if (depth === 'profile') return `${where} Speedups were not looked for.`;

  const measured = candidates.filter((candidate) => candidate.measured !== null);
  const [fastest] = [...measured].sort((a, b) => (b.measured?.mid ?? 0) - (a.measured?.mid ?? 0));
  if (fastest?.measured) {
    const which = measured.length === 1 ? 'The only way that was measured' : `The best of ${measured.length} ways that were measured`;
    return `${which}, ${fastest.title}, gave ${formatInterval(fastest.measured)} on the whole run: ${formatSeconds(fastest.measured.beforeSeconds)} before, ${formatSeconds(fastest.measured.afterSeconds)} after. ${fastest.status === 'rejected' ? 'That is not offered.' : ''}`.trim();
  }
  const open = candidates.filter(({ status }) => status === 'untried');
  const promise = Math.max(0, ...open.map(({ predicted }) => predicted?.high ?? 0));
  if (open.length > 0) {
    const might = promise > 0 ? `, predicted to gain up to ${formatRatio(ratio(promise))}` : '';
    const reason = depth === 'prove' && open[0] !== undefined ? ` ${open[0].reason}` : '';
    return `Nothing is proven yet: ${open.length === 1 ? 'one way is' : `${open.length} ways are`} untried${might}.${reason}`;
  }
  const rejected = candidates.find(({ status }) => status === 'rejected');
  if (rejected !== undefined) return `${where} ${rejected.title} was tried and is not offered. ${rejected.reason}`;
  const blocked = candidates.find(({ refusal }) => refusal !== null);
  if (blocked?.refusal) return `${where} No safe change fits. ${blocked.title}: ${blocked.refusal.why}`;
  return `${where} Hotloop knows no change that would make it faster.`;
}

function lines({ startLine, endLine }: { startLine: number; endLine: number }): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
}
