/** What a report says about one file, ready to be shown. Pure, so that it can be tested without an editor. */
import type { Report, ReportCandidate, ReportHotspot } from '../../analyzers/types';
import { candidateText, hotspotText, lineText } from '../wording';

export type Heat = 'low' | 'medium' | 'high';
/** `line` is 0-based, as the report measured it. */
export interface HotLine {
  line: number;
  heat: Heat;
  text: string;
}
export interface HotspotMark {
  hotspot: ReportHotspot;
  /** 0-based. */
  startLine: number;
  endLine: number;
  text: string;
  /** Proven, the recommended one first, then by how much they gain. */
  proven: ReportCandidate[];
  /** Looked at, but not to be applied: rejected, blocked or untried. */
  others: ReportCandidate[];
}
export interface FileMarks {
  lines: HotLine[];
  hotspots: HotspotMark[];
}
export const noMarks: FileMarks = { lines: [], hotspots: [] };

/** Lines below this share are not worth a person's eyes. */
const smallestShare = 0.01;

export function marksOf(report: Report, isFile: (path: string) => boolean): FileMarks {
  const lines = report.lines
    .filter((line) => line.share >= smallestShare && isFile(line.file))
    .map((line) => ({ line: line.line - 1, heat: heatOf(line.share), text: lineText(line) }));
  const hotspots = report.hotspots.filter((hotspot) => isFile(hotspot.file)).map((hotspot) => markOf(hotspot, report));
  return { lines, hotspots };
}

function markOf(hotspot: ReportHotspot, report: Report): HotspotMark {
  const here = report.candidates.filter((candidate) => candidate.hotspots.includes(hotspot.id));
  const recommended = report.recommendation.kind === 'apply' ? report.recommendation.candidate : null;
  const rank = (candidate: ReportCandidate): number => (candidate.id === recommended ? Infinity : (candidate.measured?.mid ?? 0));
  return {
    hotspot,
    startLine: hotspot.startLine - 1,
    endLine: hotspot.endLine - 1,
    text: hotspotText(hotspot),
    proven: here.filter((candidate) => candidate.status === 'proven').sort((a, b) => rank(b) - rank(a)),
    others: here.filter((candidate) => candidate.status !== 'proven'),
  };
}

export function heatOf(share: number): Heat {
  return share > 0.4 ? 'high' : share > 0.1 ? 'medium' : 'low';
}

/** One sentence for the problem list. */
export function diagnosticText(mark: HotspotMark): string {
  const best = mark.proven[0];
  return best === undefined ? `${mark.text}.` : `${mark.text}. ${candidateText(best)}.`;
}

/** A change of the text, as the editor tells it: the replaced lines (0-based, both included) and how many lines stand there now. */
export interface LineChange {
  startLine: number;
  startCharacter: number;
  endLine: number;
  newLines: number;
}

/** Where a measured line stands after a change; null when it was deleted or rewritten across lines. */
export function shiftLine(line: number, change: LineChange): number | null {
  const { startLine, endLine, newLines, startCharacter } = change;
  const added = newLines - (endLine - startLine);
  // Text put in right before a line's first character moves the line, it does not change it.
  if (line > endLine || (line === startLine && startLine === endLine && startCharacter === 0 && added > 0)) return line + added;
  if (line < startLine || startLine === endLine) return line;
  return line === startLine && startCharacter > 0 ? line : null;
}
