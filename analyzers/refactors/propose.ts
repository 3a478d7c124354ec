import type { Outcome } from '../platform/result';
import type { Blocked, Candidate, Edit, Family, FunctionFacts, Hotspot, LineFacts, LoopFacts, Region, Verdict } from '../types';
import type { Context, Match, Refactor } from './refactor';

export interface Proposals {
  candidates: Candidate[];
  blocked: Blocked[];
}

/** The order in which remedies are preferred where they gain the same; a later family has to be clearly better to win. */
export const preference: readonly Family[] = [
  'anti-pattern', 'algorithm', 'memoize', 'vectorize', 'compile', 'process-pool', 'chunk', 'shared-memory', 'thread-pool', 'async', 'worker-threads', 'promise-all', 'async-fs',
  'distributed', 'gpu', 'combination', 'runtime',
]; // prettier-ignore

interface Judged<F> {
  facts: F;
  verdict: Verdict;
}

/**
 * Asks every refactor about every hot loop, every hot function and every hot line.
 * A refactor that gives the same edits for two of them is heard once, for the first; or for a line that has more of the time, as the line does where the
 * event loop was started: what a coroutine waits for is on no stack of its own.
 */
export function proposeCandidates(
  refactors: readonly Refactor[],
  loops: readonly Judged<LoopFacts>[],
  functions: readonly Judged<FunctionFacts>[],
  context: Context,
  lines: readonly Judged<LineFacts>[] = [],
): Proposals {
  const cx: Context = { ...context, loops: loops.map(({ facts }) => facts) };
  const candidates: Candidate[] = [];
  const blocked: Blocked[] = [];
  const secondsOf = new Map([...loops, ...functions].map(({ facts: { hotspot } }) => [hotspot.id, hotspot.seconds]));
  const add = (refactor: Refactor, { id: at, kind, seconds }: Hotspot, hotspots: string[], outcome: Outcome<Match> | undefined): void => {
    if (outcome === undefined) return;
    const shared = { id: `${refactor.id}@${at}`, refactor: refactor.id, family: refactor.family, hotspots };
    if (!outcome.ok) {
      blocked.push({ ...shared, title: refactor.title, refusal: outcome.refusal });
      return;
    }
    const match = outcome.value;
    const edits = refactor.rewrite(match, cx);
    if (edits.length === 0) return;
    const known = candidates.find((other) => sameEdits(other.edits, edits));
    if (known) {
      const hotter = kind === 'line' && known.refactor === refactor.id && known.hotspots.every((id) => seconds > (secondsOf.get(id) ?? 0));
      if (hotter) Object.assign(known, { id: shared.id, hotspots: [...known.hotspots, at] });
      return;
    }
    const regions = match.regions ?? [{ file: match.file, span: match.region, captures: match.captures }];
    candidates.push({
      ...shared,
      title: match.title,
      parts: [],
      edits,
      regions: regions.map(({ file, span, captures }) => regionOf({ file, region: span, captures }, edits)),
      cost: match.cost,
      predicted: null,
      assumptions: match.assumptions,
      requires: match.requires,
      tolerance: match.tolerance,
      guarded: match.guarded,
      workers: match.workers,
    });
  };
  for (const refactor of refactors) {
    for (const { facts, verdict } of loops) add(refactor, facts.hotspot, [facts.hotspot.id], refactor.match?.(facts, verdict, cx));
    for (const { facts, verdict } of functions) {
      add(refactor, facts.hotspot, facts.hotspots, refactor.matchFunction?.(facts, verdict, cx));
    }
    for (const { facts, verdict } of lines) add(refactor, facts.hotspot, [facts.hotspot.id], refactor.matchLine?.(facts, verdict, cx));
  }
  const rank = (family: Family): number => preference.indexOf(family);
  candidates.sort((a, b) => rank(a.family) - rank(b.family));
  return { candidates, blocked };
}

function sameEdits(a: readonly Edit[], b: readonly Edit[]): boolean {
  const key = (edits: readonly Edit[]): string => JSON.stringify(edits.map(({ file, start, end, newText }) => [file, start, end, newText]));
  return key(a) === key(b);
}

/** Where the replaced statements lie before and after the edits, in whole lines from 1. */
export function regionOf(match: Pick<Match, 'file' | 'region' | 'captures'>, edits: readonly Edit[]): Region {
  const { start, end } = match.region;
  const lastLine = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const before = { startLine: start.line + 1, endLine: lastLine + 1 };
  return { file: match.file, before, after: regionAfter(match.file, before, edits), captures: match.captures };
}

/** Where whole lines (from 1) lie once the edits are made: what an edit adds inside them counts as theirs, what stands right above them does not. */
export function regionAfter(file: string, before: Region['before'], edits: readonly Edit[]): Region['after'] {
  const first = before.startLine - 1;
  const last = before.endLine - 1;
  let startShift = 0;
  let endShift = 0;
  for (const edit of edits) {
    if (edit.file !== file) continue;
    const added = edit.newText.split('\n').length - 1 - (edit.end.line - edit.start.line);
    const above = edit.end.line < first || (edit.end.line === first && edit.end.character === 0);
    if (above) startShift += added;
    if (edit.start.line <= last) endShift += added;
  }
  return { startLine: before.startLine + startShift, endLine: before.endLine + endShift };
}
