import path from 'node:path';
import { formatBytes, formatInterval, formatSeconds, formatShare } from '../platform/units';
import type { Finding, Report, ReportCandidate } from '../types';
import { maskReport } from './export-mask';
import { basisWords, commandWords, confidenceWords, equivalenceWords, kindsOfTime, predictionErrorWords, statusWords, verdictWords } from './words';

/** Text of others must not become markup. */
const escape = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/[\\`*_[\]|#!~]/g, '\\$&'); // prettier-ignore

function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length)) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  // A bar ends a table cell even inside of code.
  return `${fence}${pad}${text.replace(/\s+/g, ' ').replace(/\|/g, '\\|')}${pad}${fence}`;
}

function block(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(2, ...[...text.matchAll(/^`+/gm)].map(([ticks]) => ticks.length)) + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The report as Markdown, arguments and the home folder masked. */
export function renderMarkdown(given: Report): string {
  const report = maskReport(given);
  const { run, verdict, recommendation, environment } = report;
  const chosen = recommendation.kind === 'apply' ? report.candidates.find(({ id }) => id === recommendation.candidate) : undefined;
  const advice =
    recommendation.kind === 'leave'
      ? `**Leave it as it is.** ${escape(recommendation.why)}`
      : chosen === undefined
        ? `**Apply ${code(recommendation.candidate)}.**`
        : `**${escape(chosen.title)}.** ${escape(chosen.reason)}`;
  const sections = [
    `# ${escape(path.basename(report.source.path))}: Hotloop report`,
    `${code(commandWords(report))} ran in ${formatSeconds(run.seconds)} (CPU ${formatSeconds(run.cpuSeconds)}, peak memory ${formatBytes(run.peakMemory)}, exit code ${run.exitCode}) with ${escape(`${environment.implementation} ${environment.version}`)} on ${environment.cores} cores.`,
    `## Verdict\n\n**${verdictWords(verdict)}** (${confidenceWords(verdict.confidence)}).\n\n${verdict.because.map(({ text }) => `- ${escape(text)}`).join('\n')}`,
    `## Recommendation\n\n${advice}`,
    report.lines.length === 0 ? '' : `## Hot lines\n\n${hotLines(report)}`,
    report.findings === undefined || report.findings.length === 0 ? '' : `## Parallel code\n\n${report.findings.map(finding).join('\n')}`,
    report.candidates.length === 0 ? '' : `## Candidates\n\n${candidates(report)}`,
    ...report.candidates.map(details),
    report.notes.length === 0 ? '' : `## Notes\n\n${report.notes.map((note) => `- ${escape(note)}`).join('\n')}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function hotLines(report: Report): string {
  const rows = report.lines
    .slice(0, 20)
    .map((line) => [
      `${escape(path.basename(line.file))}:${line.line}`,
      formatShare(line.share),
      formatSeconds((line.python + line.native + line.wait) as typeof line.python),
      kindsOfTime([line]),
      line.text === undefined ? '' : code(line.text),
    ]);
  return table(['line', 'share', 'time', 'spent in', 'code'], rows);
}

function finding({ file, span, why, toDo, certainty, share, code: name }: Finding): string {
  const tags = [code(name), ...(share === undefined ? [] : [`${formatShare(share)} of the run`]), ...(certainty === 'likely' ? ['likely'] : [])];
  return `- **${escape(`${path.basename(file)}:${span.start.line + 1}`)}** (${tags.join(', ')}): ${escape(why)} ${escape(toDo)}`;
}

function candidates(report: Report): string {
  const rows = report.candidates.map((candidate) => [
    escape(candidate.title),
    statusWords[candidate.status],
    candidate.predicted === null ? '' : formatInterval(candidate.predicted),
    candidate.measured === null ? '' : `${formatInterval(candidate.measured)}, ${basisWords[candidate.measured.basis]}`,
    candidate.measured?.hot ? formatInterval(candidate.measured.hot) : '',
    candidate.equivalence === null ? '' : equivalenceWords[candidate.equivalence],
  ]);
  return table(['candidate', 'status', 'predicted', 'measured, whole run [95 %]', 'hot lines [95 %]', 'results'], rows);
}

function details(candidate: ReportCandidate): string {
  const points = [
    ...(candidate.refusal === null ? [] : [candidate.refusal.toDo]),
    ...(candidate.predictionError === undefined ? [] : [predictionErrorWords(candidate.predictionError)]),
    ...candidate.assumptions.map((text) => `Assumes: ${text}`),
    ...candidate.masked.map((text) => `Not compared: ${text}`),
    ...candidate.warnings.map(({ text }) => `Warning: ${text}`),
    ...(candidate.tolerance ? [`Floats may differ by a relative ${candidate.tolerance}.`] : []),
    ...(candidate.peakMemory === null
      ? []
      : [`Peak memory: ${formatBytes(candidate.peakMemory[0])} before, ${formatBytes(candidate.peakMemory[1])} after.`]),
  ];
  const list = points.map((point) => `- ${escape(point)}`).join('\n');
  const diff = candidate.diff === undefined ? '' : block('diff', candidate.diff);
  return [`### ${escape(candidate.title)}`, code(candidate.id), escape(candidate.reason), list, diff].filter((part) => part !== '').join('\n\n');
}
