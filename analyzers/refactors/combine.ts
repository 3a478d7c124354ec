import type { Candidate, Edit } from '../types';
import { mergeEdits } from './edit-merge';
import { regionAfter } from './propose';

/**
 * One candidate out of several that were proven alone, the best first; null where fewer than two fit together.
 * They fit when their edits go together and none works on a loop inside another's lines; of two that do not fit, the better one stays.
 */
export function combineCandidates(proven: readonly Candidate[]): Candidate | null {
  const parts: Candidate[] = [];
  let edits: Edit[] = [];
  for (const candidate of proven) {
    const merged = parts.every((part) => isApart(part, candidate)) ? mergeEdits(edits, candidate.edits) : null;
    if (merged === null) continue;
    parts.push(candidate);
    edits = merged;
  }
  if (parts.length < 2) return null;
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

/** Whole lines of one region lie inside of none of the other's. */
function isApart(a: Candidate, b: Candidate): boolean {
  return a.regions.every((one) =>
    b.regions.every((two) => one.file !== two.file || one.before.endLine < two.before.startLine || two.before.endLine < one.before.startLine),
  );
}
