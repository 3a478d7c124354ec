import type { LoopIR } from '../types';
import { affineOf, sum, type Affine, type IndexScope } from './affine';
import { integerOf, type Positions } from './positions';

/** What the bounds of a loop's index say of two places: with them, some that look alike can never meet. */
export interface IndexBounds {
  /** The index may be below zero, where Python counts from the end. */
  mayWrap(index: Affine): boolean;
  /** No trip's first index is any trip's second index. */
  apart(first: Affine, second: Affine): boolean;
}

interface Range {
  start: Affine;
  stop: Affine;
  step: number;
}

/** Of a loop over `range`; others have no bounds that are plain to see. */
export function boundsOf(loop: LoopIR, positions: Positions, scope: IndexScope): IndexBounds {
  const ranges = new Map<string, Range>();
  const { space, target } = loop;
  if (space.kind === 'range' && target?.kind === 'name' && positions.index.has(target.name)) {
    const step = space.step === null ? 1 : integerOf(space.step);
    const start = space.start === null ? { constant: 0, terms: new Map<string, number>() } : affineOf(space.start, scope);
    const stop = affineOf(space.stop, scope);
    if (start && stop && step !== null && step !== 0) ranges.set(target.name, { start, stop, step });
  }
  const own = (index: Affine): { range: Range; by: number } | null => {
    const found = [...index.terms].filter(([name]) => positions.index.has(name));
    const [only] = found;
    const range = only && found.length === 1 ? ranges.get(only[0]) : undefined;
    return only && range ? { range, by: only[1] } : null;
  };
  /** The least that the index can be, where that is a plain number or surely not below zero. */
  const least = (index: Affine): number | null => {
    const moving = own(index);
    const others = [...index.terms].filter(([name]) => !positions.index.has(name));
    // A length or a bound is taken not to be below zero; what is taken away from it, nobody knows.
    if (others.some(([, count]) => count < 0)) return null;
    if (!moving) return others.length === index.terms.size ? index.constant : null;
    const { range, by } = moving;
    const low = by * range.step > 0 ? range.start : range.stop;
    if ([...low.terms.values()].some((count) => count * by < 0)) return null;
    return index.constant + by * low.constant + (by * range.step > 0 ? 0 : range.step < 0 ? by : by * -1);
  };
  return {
    mayWrap: (index) => {
      const low = least(index);
      return low !== null && low < 0;
    },
    apart: (first, second) => {
      const [one, two] = [own(first), own(second)];
      const [a, b] = [least(first), least(second)];
      if (a === null || b === null || a < 0 || b < 0) return false;
      const difference = sum(second, first, -1);
      if (one && two && one.by === two.by && one.range === two.range) {
        if ([...difference.terms.keys()].some((name) => positions.index.has(name))) return false;
        // Farther apart than the index ever goes: `a[i]` and `a[i + n]` in range(n).
        const extent = sum(one.range.stop, one.range.start, -1);
        const reach = { constant: extent.constant * one.by, terms: new Map([...extent.terms].map(([name, count]) => [name, count * one.by])) };
        return [sum(difference, reach, -1), sum({ constant: -difference.constant, terms: negatedTerms(difference) }, reach, -1)].some(
          (rest) => one.range.step > 0 && one.by > 0 && rest.terms.size === 0 && rest.constant >= 0,
        );
      }
      // `2 * i` and `4 * i + 1`: no whole number solves it.
      const names = new Set([...first.terms.keys(), ...second.terms.keys()]);
      const counts = [...names].flatMap((name) => [first.terms.get(name) ?? 0, second.terms.get(name) ?? 0]).filter((count) => count !== 0);
      const common = counts.reduce(gcd, 0);
      if (common !== 0 && difference.constant % common !== 0) return true;
      return rangesApart(first, second, own);
    },
  };
}

const negatedTerms = (value: Affine): Map<string, number> => new Map([...value.terms].map(([name, count]) => [name, -count]));
const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** Both with plain numbers for bounds: the ranges of values do not touch. */
function rangesApart(first: Affine, second: Affine, own: (index: Affine) => { range: Range; by: number } | null): boolean {
  const span = (index: Affine): [number, number] | null => {
    if (index.terms.size === 0) return [index.constant, index.constant];
    const moving = own(index);
    if (!moving || index.terms.size > 1 || moving.range.start.terms.size + moving.range.stop.terms.size > 0) return null;
    const { range, by } = moving;
    const last = range.stop.constant - Math.sign(range.step);
    const ends = [by * range.start.constant + index.constant, by * last + index.constant];
    return [Math.min(...ends), Math.max(...ends)];
  };
  const [one, two] = [span(first), span(second)];
  return one !== null && two !== null && (one[1] < two[0] || two[1] < one[0]);
}
