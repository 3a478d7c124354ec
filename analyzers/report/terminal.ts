/** The report in plain words for a terminal. */
import path from 'node:path';
import { createColors } from 'picocolors';
import { formatBytes, formatInterval, formatSeconds, formatShare, seconds } from '../platform/units';
import type { Report, ReportCandidate, ReportHotspot } from '../types';
import { basisWords, commandWords, confidenceWords, equivalenceWords, kindsOfTime, predictionErrorWords, statusWords, verdictWords } from './words';

export interface TerminalOptions {
  colour: boolean;
  /** Characters a line. */
  width: number;
  /** All the evidence, assumptions, masks, warnings, refusals and diffs. */
  explain: boolean;
  /** Where the report was written, for the command that applies it; null: nowhere. */
  reportFile: string | null;
}

/** Control characters of others could rewrite the screen. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
export const plain = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
const clip = (text: string, width: number): string => (text.length > width ? `${text.slice(0, Math.max(1, width - 1))}…` : text);

/** Columns as wide as their longest cell; two spaces between. */
function columns(rows: readonly string[][], paint: (cell: string, row: number, column: number) => string = (cell) => cell): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) =>
    row
      .map((cell, column) => paint(column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0), index, column))
      .join('  ')
      .trimEnd(),
  );
}

export function renderTerminal(report: Report, { colour, width, explain, reportFile }: TerminalOptions): string {
  const c = createColors(colour);
  const { run, verdict } = report;
  const ended =
    run.stopped === 'limit'
      ? ', stopped at the time limit'
      : run.stopped !== undefined
        ? ', stopped'
        : run.exitCode === 0
          ? ''
          : `, exit code ${run.exitCode}`;
  const out: string[] = [
    `${c.bold(plain(clip(commandWords(report), width - 40)))}  ${formatSeconds(run.seconds)} wall, ${formatSeconds(run.cpuSeconds)} CPU, ${formatBytes(run.peakMemory)}${ended}`,
    '',
    `${c.bold('Verdict')}  ${verdictWords(verdict)} (${confidenceWords(verdict.confidence)})`,
    ...verdict.because.map(({ text }) => `  ${plain(text)}`),
  ];
  out.push(...section(c.bold('Hot lines'), hotLines(report, width, explain, c.dim)));
  out.push(...section(c.bold('Parallel code'), findingRows(report, width, c.dim)));
  if (explain) out.push(...section(c.bold('Hot loops'), report.hotspots.flatMap(loopRows)));
  const blocked = report.candidates.filter(({ status }) => status === 'blocked').length;
  const folded = !explain && blocked > MOST_BLOCKED;
  const rows = candidateRows(folded ? report.candidates.filter(({ status }) => status !== 'blocked') : report.candidates, c);
  const rest = folded ? [c.dim(`${blocked} ${rows.length > 0 ? 'more ways' : 'ways'} are not possible here; --explain tells why.`)] : [];
  out.push(...section(c.bold('Candidates'), [...rows, ...rest]));
  if (explain) for (const candidate of report.candidates) out.push('', ...details(candidate, c.bold, c.dim));
  const { recommendation } = report;
  const chosen = recommendation.kind === 'apply' ? report.candidates.find(({ id }) => id === recommendation.candidate) : undefined;
  if (recommendation.kind === 'leave') out.push('', `${c.bold('Leave it as it is.')} ${plain(recommendation.why)}`);
  else {
    const title = plain(chosen?.title ?? recommendation.candidate);
    out.push('', `${c.green(c.bold(`Apply: ${title}.`))} ${plain(chosen?.reason ?? '')}`);
    if (chosen?.equivalence) out.push(`  ${equivalenceWords[chosen.equivalence]}${toleranceText(chosen)}`);
    if (chosen?.measured) out.push(`  95 % intervals, ${chosen.measured.rounds} rounds, ${basisWords[chosen.measured.basis]}`);
    for (const { text } of chosen?.warnings ?? []) out.push(`  ${c.yellow('Warning:')} ${plain(text)}`);
    const apply = `hotloop apply ${reportFile ?? 'REPORT.json'} --candidate '${plain(recommendation.candidate)}'`;
    out.push(c.dim(`  ${apply}${reportFile === null ? ', with a report written by --json REPORT.json' : ''}`));
  }
  if (report.notes.length > 0) out.push('', ...report.notes.map((note) => `${c.yellow('Note:')} ${plain(note)}`));
  return `${out.join('\n')}\n`;
}

/** So many that are not possible stand beside the others; more of them would bury what is. */
const MOST_BLOCKED = 3;

const section = (title: string, rows: string[]): string[] => (rows.length === 0 ? [] : ['', title, ...rows.map((row) => `  ${row}`)]);

function hotLines(report: Report, width: number, explain: boolean, dim: (text: string) => string): string[] {
  const shown = report.lines.slice(0, explain ? 30 : 8);
  const rows = shown.map((line) => [
    formatShare(line.share).padStart(5),
    formatSeconds(seconds(line.python + line.native + line.wait)).padStart(8),
    plain(`${path.basename(line.file)}:${line.line}`),
    kindsOfTime([line]),
  ]);
  return columns(rows).map((row, index) => {
    const text = plain(shown[index]?.text ?? '');
    const room = width - row.length - 4;
    return room > 12 ? `${row}  ${dim(clip(text, room))}` : row;
  });
}

const legalityWords: Record<NonNullable<ReportHotspot['legality']>['verdict'], string> = {
  independent: 'its trips can run in any order',
  observed: 'on this input its trips can run in any order',
  blocked: 'its trips have to run in this order',
  unknown: 'whether its trips can run in another order is not known',
};

function loopRows({ explained, legality }: ReportHotspot): string[] {
  if (explained === undefined) return [];
  const judged = legality === undefined ? [] : [`  so: ${legalityWords[legality.verdict]}`, ...legality.steps.map(({ text }) => `    ${text}`)];
  return [...explained.split('\n'), ...judged].map(plain);
}

function findingRows(report: Report, width: number, dim: (text: string) => string): string[] {
  return (report.findings ?? []).flatMap(({ file, span, why, toDo, certainty, share }) => {
    const place = plain(`${path.basename(file)}:${span.start.line + 1}`);
    const tags = [...(share === undefined ? [] : [`${formatShare(share)} of the run`]), ...(certainty === 'likely' ? ['likely'] : [])];
    const head = tags.length > 0 ? `${place}  ${dim(tags.join(', '))}` : place;
    return [head, ...wrapped(plain(why), width - 4).map((row) => `  ${row}`), ...wrapped(plain(toDo), width - 4).map((row) => dim(`  ${row}`))];
  });
}

/** Lines of whole words, none longer than the width where words are not. */
function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

function candidateRows(candidates: readonly ReportCandidate[], c: ReturnType<typeof createColors>): string[] {
  if (candidates.length === 0) return [];
  const rows = candidates.map((candidate) => [
    statusWords[candidate.status],
    plain(candidate.title),
    candidate.predicted === null ? '' : formatInterval(candidate.predicted),
    candidate.measured === null ? '' : formatInterval(candidate.measured),
    candidate.measured?.hot ? formatInterval(candidate.measured.hot) : '',
  ]);
  const colours = { proven: c.green, rejected: c.red, blocked: c.dim, untried: c.yellow };
  const head = ['', '', 'predicted', 'measured', 'hot lines'];
  const table = columns([head, ...rows], (cell, row, column) => {
    const status = candidates[row - 1]?.status;
    return row === 0 ? c.dim(cell) : column === 0 && status !== undefined ? colours[status](cell) : cell;
  });
  // A reason stands under what it explains; a proven one's is in the recommendation or says no more than the row.
  return table.flatMap((row, index) => {
    const candidate = candidates[index - 1];
    if (candidate === undefined || candidate.status === 'proven') return [row];
    const rows = [row, c.dim(`  ${plain(candidate.reason)}`)];
    return candidate.status === 'untried' && candidate.predictionError !== undefined
      ? [...rows, c.dim(`  ${predictionErrorWords(candidate.predictionError)}`)]
      : rows;
  });
}

function toleranceText({ tolerance }: ReportCandidate): string {
  return tolerance === null || tolerance === 0 ? '' : `, floats within a relative ${tolerance}`;
}

function details(candidate: ReportCandidate, bold: (text: string) => string, dim: (text: string) => string): string[] {
  const { measured, refusal } = candidate;
  const facts = [
    candidate.id,
    ...(measured === null
      ? []
      : [
          `${measured.rounds} rounds, ${basisWords[measured.basis]}: ${formatSeconds(measured.beforeSeconds)} before, ${formatSeconds(measured.afterSeconds)} after`,
        ]),
    ...(candidate.equivalence === null ? [] : [`results: ${equivalenceWords[candidate.equivalence]}${toleranceText(candidate)}`]),
    ...(refusal === null ? [] : [`what to do: ${refusal.toDo}`]),
    ...(candidate.predictionError === undefined ? [] : [predictionErrorWords(candidate.predictionError)]),
    ...candidate.assumptions.map((text) => `assumes: ${text}`),
    ...candidate.masked.map((text) => `not compared: ${text}`),
    ...candidate.warnings.map(({ text }) => `warning: ${text}`),
    ...candidate.sweep.map((point) => `${point.workers} workers: ${point.measured === null ? 'not measured' : formatInterval(point.measured)}`),
  ];
  return [bold(plain(candidate.title)), ...facts.map((fact) => `  ${plain(fact)}`), ...(candidate.diff ?? '').split('\n').filter(Boolean).map((line) => dim(`  ${plain(line)}`))]; // prettier-ignore
}

export interface DemoRow {
  name: string;
  report: Report;
}

/** Several scripts in one table: what holds each up, the advice with its proof, and what was measured and lost. */
export function demoTable(given: readonly DemoRow[]): string {
  const rows = given.flatMap(({ name, report }) => {
    const advised = report.recommendation.kind === 'apply' ? report.recommendation.candidate : null;
    const measured = report.candidates
      .filter((candidate) => candidate.measured !== null)
      .sort((a, b) => Number(b.id === advised) - Number(a.id === advised));
    const ways = measured.map((candidate) => [
      candidate.id === advised ? candidate.title : `${candidate.status === 'proven' ? 'also' : "don't"}: ${candidate.title}`,
      candidate.predicted === null ? '-' : formatInterval(candidate.predicted),
      candidate.measured === null ? '-' : formatInterval(candidate.measured),
      candidate.measured?.hot ? formatInterval(candidate.measured.hot) : '-',
      candidate.equivalence ?? '-',
    ]);
    if (advised === null) ways.unshift(['leave it as it is', '-', '-', '-', '-']);
    return ways.map((way, index) => [
      index === 0 ? name : '',
      index === 0 ? `${report.verdict.bottleneck}, ${formatSeconds(report.run.seconds)}` : '',
      ...way,
    ]);
  });
  const head = ['script', 'bottleneck, time', 'advice', 'predicted', 'measured, whole run [95 %]', 'hot lines [95 %]', 'equivalence'];
  const lines = columns([head, ...rows.map((row) => row.map(plain))]);
  return [lines[0], '─'.repeat(Math.max(...lines.map((line) => line.length))), ...lines.slice(1)].join('\n');
}
