import type { CostModel, Hotspot, Span } from '../../types';
import type { Context } from '../refactor';

/** A search among so many items costs about what a look-up by hash does. */
const EQUAL_LENGTH = 4;
/** The most of a hot part that one of these remedies takes away: what drives it stays. */
const MOST_SAVED = 0.985;

/**
 * What it gains to make a step cheap whose places take a known part of the hot time, callees included. Unknown sizes give a wide range.
 * @param left the part of the step's time that stays, 0 to 1.
 */
export function savingCost(hotspot: Hotspot, places: readonly { file: string; span: Span }[], left: number, cx: Context): CostModel {
  const inside = cx.secondsIn?.(places) ?? null;
  if (inside === null || !(hotspot.seconds > 0)) return { kind: 'factor', low: 1.1, high: 30 };
  const share = Math.min(1, inside / hotspot.seconds);
  // Other things may stand in the same lines.
  const saved = Math.min(MOST_SAVED, share * (1 - left));
  return { kind: 'factor', low: 1 / (1 - 0.6 * saved), high: 1 / (1 - saved) };
}

/** The part of the time that a search of a list still takes once it is a look-up. */
export const searchLeft = (length: number | undefined): number => (length === undefined || length === 0 ? 0.02 : Math.min(1, EQUAL_LENGTH / length));

export const placesOf = (parts: readonly { span: Span }[], { file }: { file: string }): { file: string; span: Span }[] => parts.map(({ span }) => ({ file, span })); // prettier-ignore
