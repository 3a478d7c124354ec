import type { IoKind, Purity } from '../types';

/** Something that a call changes, as the called function sees it. */
export interface Change {
  /** The object that it is a method of, an argument, a variable that lives outside of the function, or nobody knows what. */
  of: 'object' | 'argument' | 'outside' | 'unknown';
  /** Of an argument: its parameter, or its position where only a table knows the function. Of a variable: its name. */
  name: string | number | null;
  /** 1: the thing itself; 2: something right inside it; and so on. */
  depth: number;
  /** Completes "`name` …" */
  why: string;
  /** Only where a file, a socket or a cursor stands is changed. */
  stream?: true;
}

/** What a call does as far as a loop's trips are concerned. */
export interface Effectfulness {
  /** Apart from what it changes. */
  purity: Exclude<Purity, 'mutates'>;
  io: IoKind | null;
  /** Completes "`name` …" */
  why: string;
  changes?: readonly Change[];
  /** It leaves something behind that shows in which order calls were made, as a line in a file that others write too: completes "`name` …" */
  ordered?: string;
  /** Random draws that do not depend on other calls: from a generator that the function is given, or from the shared one that it seeds first. */
  draws?: { from: 'parameter'; name: string } | { from: 'seeded' };
  /** The trip's own generator that it draws from. */
  advances?: string;
}

export const PURE: Effectfulness = { purity: 'pure', io: null, why: 'only computes' };
export const READS: Effectfulness = { purity: 'reads', io: null, why: 'only looks at its object' };
export const unknownEffect = (why: string): Effectfulness => ({ purity: 'unknown', io: null, why });
export const changing = (change: Change, effect: Effectfulness = PURE): Effectfulness => ({ ...effect, why: change.why, changes: [change] });

/** What is known to tie trips together stands above what is only not known. */
const WORST: readonly Effectfulness['purity'][] = ['pure', 'reads', 'io', 'unknown', 'rng'];
/** What has to stay in order stands above what only waits. */
const IO: readonly IoKind[] = ['sleep', 'disk', 'subprocess', 'network', 'database', 'console'];
const CHANGES: readonly Change['of'][] = ['argument', 'object', 'unknown', 'outside'];

export const isChanging = (effect: Effectfulness): boolean => (effect.changes ?? []).length > 0;
export const purityOf = (effect: Effectfulness): Purity => (isChanging(effect) ? 'mutates' : effect.purity);

/** The same effect, of which nothing better is known than that others draw from the same generator. */
export function sharedDraw(effect: Effectfulness): Effectfulness {
  const shared = { ...effect };
  delete shared.draws;
  delete shared.advances;
  return shared;
}

/** Everything that several parts do, under the reason that counts most. */
export function together(found: readonly Effectfulness[]): Effectfulness {
  let result = PURE;
  const draw = worstDraw(found.filter((one) => one.purity === 'rng'));
  for (const one of found) if (one.purity !== 'rng' && WORST.indexOf(one.purity) > WORST.indexOf(result.purity)) result = one;
  if (draw !== undefined) {
    // A draw that may turn out harmless would take with it what stands beside it.
    result = result.purity === 'pure' || result.purity === 'reads' ? draw : sharedDraw(draw);
  }
  // What waits stays known even where something worse hides the word for it.
  const kinds = found.flatMap((one) => (one.io ? [one.io] : []));
  const io = kinds.sort((a, b) => IO.indexOf(b) - IO.indexOf(a))[0] ?? null;
  const changes = distinct(found.flatMap((one) => one.changes ?? []));
  const ordered = found.find((one) => one.ordered !== undefined)?.ordered;
  const whole = { ...result, io, ...(ordered === undefined ? {} : { ordered }) };
  delete whole.changes;
  const [first] = changes;
  return first ? { ...whole, why: first.why, changes } : whole;
}

export const isHarmless = (effect: Effectfulness): boolean =>
  !isChanging(effect) && effect.ordered === undefined && (effect.purity === 'pure' || effect.purity === 'reads');

/**
 * The effect of a function that is called as a value: which argument is which parameter is not known, and its object is nobody's at the call.
 * `kept`: it may change arguments that it was given beforehand.
 */
export function detached(effect: Effectfulness, kept: boolean): Effectfulness {
  const drawn = effect.purity === 'rng' ? sharedDraw(effect) : effect;
  // Which file it is, its arguments say, and those are not known here.
  const shared = effect.io === 'disk' ? { ...drawn, ordered: effect.ordered ?? 'may use a file that other trips use' } : drawn;
  if (!isChanging(effect)) return shared;
  const changes = (effect.changes ?? []).map((change): Change =>
    change.of === 'outside' ? change : { ...change, of: kept || change.of === 'object' ? 'outside' : 'unknown', name: null },
  );
  return { ...shared, changes };
}

/** The same without what it changes, under a reason of its own. */
export function unchanging(effect: Effectfulness): Effectfulness {
  const rest = { ...effect };
  delete rest.changes;
  if (!isChanging(effect)) return rest;
  const why = rest.purity === 'rng' ? 'draws from a random generator, so each trip depends on the ones before it' : rest.io !== null ? 'reads or writes what is only its own' : 'only computes'; // prettier-ignore
  return { ...rest, why };
}

/** The gravest first. */
function distinct(changes: readonly Change[]): Change[] {
  const seen = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.of} ${change.name} ${Math.min(change.depth, 3)}`;
    if (!seen.has(key)) seen.set(key, change);
  }
  return [...seen.values()].sort((a, b) => CHANGES.indexOf(b.of) - CHANGES.indexOf(a.of));
}

/** Draws of two kinds depend on more than either. */
function worstDraw(found: readonly Effectfulness[]): Effectfulness | undefined {
  const plain = found.find((one) => one.draws === undefined);
  const [first] = found;
  if (plain || !first || found.every((one) => JSON.stringify(one.draws) === JSON.stringify(first.draws))) return plain ?? first;
  return sharedDraw(first);
}
