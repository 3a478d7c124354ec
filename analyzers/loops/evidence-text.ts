import { formatBytes, formatSeconds, formatShare } from '../platform/units';
import type { LoopEvidence } from '../types';

const MOST_NAMES = 8;

/** What a watched run saw of a loop, as lines to stand below its facts in `hotloop advise --explain`. */
export function explainEvidence(evidence: LoopEvidence): string {
  const { entries, trips, tripsPerEntry, tripSeconds, wait, pickled, mutated, repeats, witnesses, reordered } = evidence;
  const each = (title: string, items: readonly string[]): string[] =>
    items.length > 0 ? [`    ${title}:`, ...items.map((item) => `      ${item}`)] : [];
  const spread = entries > 1 ? `, ${tripsPerEntry.least} to ${tripsPerEntry.most} an entry, ${tripsPerEntry.median} in the middle` : '';
  const watched = evidence.watched > 0 ? `, ${evidence.random} of them drew random numbers, ${evidence.effects} had an effect on the outside` : '';
  return [
    '  seen in a watched run:',
    `    ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${trips} trips${spread}`,
    ...(tripSeconds === null
      ? []
      : [`    a trip takes ${formatSeconds(tripSeconds.median)}, one in ten more than ${formatSeconds(tripSeconds.p90)}`]),
    ...(wait === null ? [] : [`    ${formatShare(wait)} of it is waiting`]),
    `    ${evidence.shadowed} trips watched at every access${watched}`,
    ...each(
      'trips that touch the same thing',
      witnesses.map(({ kind, what, first, second }) => `${kind}: ${what}, trip ${first.trip + 1} (line ${first.line}) and trip ${second.trip + 1} (line ${second.line})`), // prettier-ignore
    ),
    ...each(
      'changed, and made outside of the trip',
      mutated.map(({ name, line }) => `${name} (line ${line})`),
    ),
    ...each(
      'in another order',
      reordered.map(({ order, same, difference }) => `${order}: ${same ? 'the same' : (difference ?? 'something else')}`),
    ),
    ...each(
      'calls with repeated arguments',
      repeats.map(
        ({ callee, calls, sampled, distinct }) => `${callee}: ${calls} calls, about ${Math.round(distinct)} different, by the first ${sampled}`,
      ),
    ),
    ...each(
      'pickled',
      Object.entries(pickled)
        .slice(0, MOST_NAMES)
        .map(([name, one]) => `${name}: ${'bytes' in one ? formatBytes(one.bytes) : one.problem}`),
    ),
    ...each('but', evidence.notes),
  ].join('\n');
}
