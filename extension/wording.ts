/** Every sentence that the editor builds out of a report. Pure: takes plain data, returns text; numbers only through platform/units. */
import { formatInterval, formatRatio, formatSeconds, formatShare } from '../analyzers/platform/units';
import type { Bottleneck, Refusal, Report, ReportCandidate, ReportHotspot, Seconds } from '../analyzers/types';

const bottlenecks: Record<Bottleneck, string> = {
  'cpu-python': 'CPU-bound Python',
  'cpu-native': 'CPU-bound native code',
  'io-wait': 'waiting for input or output',
  memory: 'bound by memory',
  gil: 'threads waiting for the GIL',
  overhead: 'overhead of its own parallelism',
  'event-loop': 'blocks the event loop',
  'parallel-already': 'parallel already',
  mixed: 'several costs mixed',
  'too-short': 'too short to judge',
};
export const bottleneckText = (bottleneck: Bottleneck): string => bottlenecks[bottleneck];

/** "62 % of the run, CPU-bound Python" */
export function hotspotText(hotspot: ReportHotspot): string {
  return `${formatShare(hotspot.share)} of the run, ${bottleneckText(hotspot.bottleneck)}`;
}

/** "Vectorize with NumPy: 12x [11, 13], proven" */
export function candidateText(candidate: ReportCandidate): string {
  const { title, status, measured, predicted } = candidate;
  switch (status) {
    case 'proven':
      return measured === null ? `${title}: proven` : `${title}: ${formatInterval(measured)}, proven`;
    case 'rejected':
      return measured === null ? `${title}: not offered` : `${title}: ${formatInterval(measured)}, not offered`;
    case 'untried':
      return predicted === null
        ? `${title}: not measured yet`
        : `${title}: perhaps ${formatRatio(predicted.low)} to ${formatRatio(predicted.high)}, not measured yet`;
    case 'blocked':
      return `${title}: not possible here`;
  }
}

/** One sentence: why a candidate cannot be applied. */
export function whyNot(candidate: ReportCandidate): string {
  if (candidate.refusal !== null) return `${sentence(candidate.refusal.why)} ${sentence(candidate.refusal.toDo)}`.trim();
  if (candidate.status === 'untried') return `${sentence(candidate.reason)} Hotloop offers only what it has proved: run "Hotloop: Find Speedups".`;
  return sentence(candidate.reason);
}

export function refusalText(refusal: Refusal): string {
  return `${sentence(refusal.why)} ${sentence(refusal.toDo)}`.trim();
}

export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Written behind a hot line. */
export function lineText(line: Report['lines'][number]): string {
  const total = line.python + line.native + line.wait;
  const parts = [formatShare(line.share), formatSeconds(total as Seconds)];
  if (total > 0 && line.wait / total >= 0.5) parts.push('waiting');
  else if (total > 0 && line.native / total >= 0.5) parts.push('native');
  return parts.join(' · ');
}

/** The end of an analysis in one sentence. */
export function summary(report: Report): string {
  const took = formatSeconds(report.run.seconds);
  if (report.recommendation.kind === 'apply') {
    const { candidate: id } = report.recommendation;
    const best = report.candidates.find((candidate) => candidate.id === id);
    if (best !== undefined) return sentence(candidateText(best));
  }
  const hottest = report.hotspots[0];
  const where = hottest === undefined ? 'No part of it stands out.' : `Line ${hottest.startLine}: ${hotspotText(hottest)}.`;
  if (report.depth === 'profile') return `Ran in ${took}. ${where}`;
  if (report.depth === 'advise') {
    const ways = report.candidates.filter((candidate) => candidate.status === 'untried').length;
    return `Ran in ${took}. ${where} ${ways === 0 ? 'No way to make it faster was found.' : `${count(ways, 'way')} to make it faster, not measured yet.`}`;
  }
  const why = report.recommendation.kind === 'leave' ? sentence(report.recommendation.why) : '';
  return `Ran in ${took}. ${why}`.trim();
}

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** What the person agrees to before Find Speedups starts. `last` is the wall time of the last measured run of the same script. */
export function runPlan(script: string, last: Seconds | null, budget: Seconds): { message: string; detail: string } {
  const once = 'once as you start it, in a terminal, with all it does';
  const again =
    last === null
      ? `then again in a copy of the project, to test and time each way: about a dozen runs, within ${formatSeconds(budget)}`
      : `then again in a copy of the project, to test and time each way: about ${count(rerunsWithin(last, budget), 'run')}, within ${formatSeconds(budget)}`;
  const took = last === null ? '' : ` The last run took ${formatSeconds(last)}.`;
  return {
    message: `Find speedups for ${script}?`,
    detail: `Hotloop runs it ${once}; ${again}.${took}\n\nYour files are left alone: nothing is changed until you apply a speedup.\n\n"Advice only" runs it once and predicts, without proof.`,
  };
}

/** Two runs to compare, then rounds until the budget is spent. A dozen is what a proof of a short script takes. */
export function rerunsWithin(last: Seconds, budget: Seconds): number {
  return Math.max(2, Math.min(12, Math.floor(budget / Math.max(last, 0.05))));
}
