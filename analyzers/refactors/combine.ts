import type { Candidate, Edit, Position } from '../types';
import { regionAfter } from './propose';

/**
 * One candidate out of several that were proven alone, the best first; null where fewer than two fit together.
 * They fit when their edits do not touch and none works on a loop inside another's lines. An edit that two of them make alike, as an import is, is made once.
 */
export function combineCandidates(proven: readonly Candidate[]): Candidate | null {
  const parts: Candidate[] = [];
  for (const candidate of proven) if (parts.every((part) => fit(part, candidate))) parts.push(candidate);
  if (parts.length < 2) return null;
  const edits = withoutTwins(parts.flatMap((part) => part.edits));
  const gains = parts.map((part): number => part.predicted?.mid ?? 1);
  const slowest = parts.find((part) => part.workers !== null) ?? parts[0];
  if (slowest === undefined) return null;
  const hotspots = [...new Set(parts.flatMap((part) => part.hotspots))];
  return {
    id: `combination@${hotspots.join('+')}`,
    refactor: 'combination',
    family: 'combination',
    title: `Combine: ${parts.map((part) => part.title).join('; ')}`,
    hotspots,
    parts: parts.map((part) => part.id),
    edits,
    regions: parts.flatMap((part) => part.regions.map((region) => ({ ...region, after: regionAfter(region.file, region.before, edits) }))),
    cost: { kind: 'factor', low: Math.max(...gains), high: gains.reduce((product, gain) => product * gain, 1) },
    predicted: null,
    assumptions: [...new Set(parts.flatMap((part) => part.assumptions))],
    requires: [...new Set(parts.flatMap((part) => part.requires))],
    tolerance: Math.max(...parts.map((part) => part.tolerance)),
    guarded: parts.every((part) => part.guarded),
    workers: slowest.workers,
  };
}

function fit(a: Candidate, b: Candidate): boolean {
  const apart = a.regions.every((one) =>
    b.regions.every((two) => one.file !== two.file || one.before.endLine < two.before.startLine || two.before.endLine < one.before.startLine),
  );
  return apart && a.edits.every((one) => b.edits.every((two) => isTwin(one, two) || !touch(one, two)));
}

const isTwin = (a: Edit, b: Edit): boolean => a.file === b.file && same(a.start, b.start) && same(a.end, b.end) && a.newText === b.newText;
const same = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;
const before = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.character < b.character);

/** Two insertions at one place do not touch: both are made, one after the other. */
function touch(a: Edit, b: Edit): boolean {
  if (a.file !== b.file) return false;
  if (same(a.start, a.end) || same(b.start, b.end)) {
    const [point, other] = same(a.start, a.end) ? [a.start, b] : [b.start, a];
    return before(other.start, point) && before(point, other.end);
  }
  return before(a.start, b.end) && before(b.start, a.end);
}

const withoutTwins = (edits: readonly Edit[]): Edit[] => edits.filter((edit, index) => !edits.slice(0, index).some((other) => isTwin(edit, other)));
