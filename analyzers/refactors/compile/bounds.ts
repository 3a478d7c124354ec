/** How large the ints that come in may be: the widest bounds for which no step of a kernel leaves 64 bits. */
import type { Span, Stmt } from '../../types';
import { aliasesIn } from './aliases';
import { callsItself, isInteger, type Functions } from './functions';
import { fieldPlace, type Inference, type RecordField } from './inferred';
import { fits, join, range, TOP, type Range } from './intervals';
import { holdsIntegers, isScalar, type Kind } from './kinds';
import { namesUsed } from './names';
import type { Piece } from './piece';
import type { HeadCheck } from './range-question';
import { judgeRanges } from './ranges';
import { constantOf, type Start } from './start';

const BOUNDS = [2 ** 62, 2 ** 53, 2 ** 40, 2 ** 31, 2 ** 24, 2 ** 20, 2 ** 16, 2 ** 12, 2 ** 10];
/** Python ends a recursion at a thousand calls within each other; a kernel at the end of its stack, with the whole process. */
const DEEPEST = 2 ** 9;
/** A bound below this is worth a check inside the loops in its place. */
const ROOMY = 2 ** 16;
/** A bound below this may keep out what a program works with: it is widened name by name. */
const WIDE = 2 ** 31;
const WIDER = [2 ** 62, 2 ** 53, WIDE];
const MOST_WIDENED = 8;

export interface BoundQuestion {
  piece: Piece;
  body: readonly Stmt[];
  starts: ReadonlyMap<string, Start>;
  inference: Inference;
  functions: Functions;
  fields: ReadonlyMap<string, RecordField[]>;
}
/** Bounds by the name of what comes in, and by the place of a field. */
export type Judged = { ok: true; checks: HeadCheck[]; bounds: Map<string, Range> } | { ok: false; at: Span };
type Answer = { ok: true; checks: HeadCheck[] } | { ok: false; at: Span };

/** A check inside of loops stands where only narrow bounds would do without one. */
export function judgeBounds({ piece, body, starts, inference, functions, fields }: BoundQuestion): Judged {
  const integers = new Set<string>();
  const containers = new Set<string>();
  const known = new Map<string, Range>();
  for (const [name, kind] of inference.kinds) {
    if (holdsIntegers(kind) && !inference.mixed.has(name)) integers.add(name);
    if (!isScalar(kind)) containers.add(name);
  }
  for (const name of namesUsed(body).needed) {
    const constant = constantOf(piece, name);
    if (!constant?.range || starts.has(name)) continue;
    const at = inference.given.find((one) => one.name === name)?.span ?? piece.span;
    if (!fits(constant.range)) return { ok: false, at };
    known.set(name, constant.range);
    integers.add(name);
  }
  /** What may be any int, with the largest that was seen of it. */
  const open = new Map<string, number>();
  for (const [name, { kind, range: given, seen }] of starts) {
    if (!integers.has(name)) continue;
    if (given !== null || isBool(kind)) known.set(name, given ?? range(0, 1));
    else open.set(name, seen ?? 0);
  }
  const places = [...fields].flatMap(([id, all]) => all.filter(({ kind }) => kind.kind !== 'float').map((field) => ({ ...field, place: `${id}.${field.name}` }))); // prettier-ignore
  for (const { place, kind } of places) {
    integers.add(place);
    containers.add(place);
    if (kind.kind === 'bool') known.set(place, range(0, 1));
    else open.set(place, 0);
  }
  const aliases = aliasesIn(body, inference);
  const judge = (bounds: ReadonlyMap<string, Range>): Answer => {
    const start = new Map([...known, ...bounds]);
    functions.judgeAnew();
    // A callee may be called after any number of stores.
    for (const { place, kind, written } of places) functions.fields.set(place, written && kind.kind === 'int' ? TOP : (start.get(place) ?? TOP));
    const answer = judgeRanges({
      body,
      start,
      integers,
      containers,
      isInteger: (call) => isInteger(inference, call),
      aliases,
      fieldOf: (expr) => fieldPlace(inference, expr),
      callRange: (call, args, object) => functions.callRange(call, args, object),
    });
    const overflow = functions.overflow;
    if (!answer.ok || overflow) return { ok: false, at: answer.ok ? (overflow?.span ?? piece.span) : answer.at };
    return { ok: true, checks: [...answer.checks, ...functions.checks] };
  };

  const recursive = functions.all().some((one) => callsItself(one.function, (callee) => functions.own(callee) === one.function));
  const sizes = recursive ? [DEEPEST].filter((size) => [...open.values()].every((seen) => size > seen)) : BOUNDS;
  const negative = [...open.keys()].some((name) => (piece.values[name]?.value ?? 0) < 0);
  const upwards = negative ? [] : sizes.map((size) => range(0, size));
  // A recursion that counts down to 0 never ends from below.
  const tried = recursive && !negative ? upwards : [...sizes.map((size) => range(-size, size)), ...upwards];
  let last: Span = piece.span;
  let checked: { bounds: Map<string, Range>; checks: HeadCheck[] } | null = null;
  for (const bound of open.size > 0 ? tried : [range(0, 0)]) {
    // What was seen to be larger is let in all the same.
    const bounds = new Map([...open].map(([name, seen]) => [name, seen < bound.hi ? bound : wideEnough(bound, seen)]));
    const answer = judge(bounds);
    if (!answer.ok) {
      last = answer.at;
      continue;
    }
    const { checks } = answer;
    const found = { bounds, checks };
    // A check in a loop is cheap, but none is better.
    if (checks.length === 0 && (bound.hi >= ROOMY || recursive || open.size === 0)) {
      if (!recursive) widen(found, judge);
      return { ok: true, ...found };
    }
    checked ??= found;
  }
  return checked ? { ok: true, ...checked } : { ok: false, at: last };
}

const wideEnough = (bound: Range, seen: number): Range => {
  const size = BOUNDS.findLast((one) => one > seen) ?? bound.hi;
  return join(bound, range(bound.lo < 0 ? -size : 0, size));
};

/** As wide for each name as the others let it be. */
function widen(found: { bounds: Map<string, Range>; checks: HeadCheck[] }, judge: (bounds: ReadonlyMap<string, Range>) => Answer): void {
  const narrow = [...found.bounds].filter(([, { hi }]) => hi < WIDE);
  for (const [name, { lo }] of narrow.slice(0, MOST_WIDENED)) {
    for (const size of WIDER) {
      const wider = new Map(found.bounds).set(name, range(lo < 0 ? -size : 0, size));
      const answer = judge(wider);
      if (!answer.ok || answer.checks.length > 0) continue;
      found.bounds = wider;
      break;
    }
  }
  // What the functions that are called were judged by has to be that which was found.
  judge(found.bounds);
}

const isBool = (kind: Kind): boolean => kind.kind === 'bool' || (kind.kind === 'list' && kind.of !== null && isBool(kind.of)) || (kind.kind === 'array' && kind.of === 'bool'); // prettier-ignore
