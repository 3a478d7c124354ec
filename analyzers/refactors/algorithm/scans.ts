import type { Expr, IndexSpace, LoopFacts, LoopIR, Span, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import { clauseNames, mentions, stepsTo, type Code } from './code';
import { isRepeatable, keyOf } from './edit';
import type { Context } from '../refactor';

type Assignment = Stmt & { kind: 'assign' };
type Compare = Expr & { kind: 'compare' };

/** `for item in items: if item.key == wanted:` inside a hot loop. */
export interface Scan {
  inner: LoopIR;
  /** What stands between `in` and the colon. */
  walked: Span;
  /** What is walked over by item or by position; the first of them is `list`. */
  held: readonly Expr[];
  list: Expr;
  place: string;
  target: Expr;
  /** `code = item["code"]`: what the loop calls parts of the item before it compares. */
  setup: readonly Assignment[];
  key: Expr;
  wanted: Expr;
  /** `items[j] + a == b`: what is looked for is `wanted` with `a` taken off, which only whole numbers allow. */
  moved: { op: '+' | '-'; by: Expr } | null;
  /** The comparison, with what is tested together with it. */
  test: Expr;
  /** `if item.key != wanted: continue` */
  skips: boolean;
  comprehension: boolean;
}

/** Calls that take what a generator gives before anything else happens. */
const TAKERS = new Set('next list tuple set frozenset sorted sum any all min max dict len enumerate iter Counter'.split(' '));

export const scansIn = ({ body, sink }: LoopIR): Scan[] => scansInBody(body, sink !== null);

export function scansInBody(body: readonly Stmt[], comprehension = false): Scan[] {
  const found: Scan[] = [];
  const inExpr = (expr: Expr): void => {
    const taken = new Set(
      [...eachExpr(expr)].flatMap((part) => (part.kind === 'call' && TAKERS.has(dottedName(part.callee) ?? '') ? part.args : [])),
    );
    for (const part of eachExpr(expr)) {
      // What looks for its items later may look for something else by then.
      if (part.kind === 'loop' && (!isLater(part.loop) || taken.has(part))) inLoop(part.loop, true);
    }
  };
  const inLoop = (inner: LoopIR, comprehension: boolean): void => {
    const scan = scanOf(inner, comprehension);
    if (scan && !found.some((each) => each.inner === inner)) found.push(scan);
    inStmts(inner.body, comprehension);
  };
  const inStmts = (body: readonly Stmt[], comprehension: boolean): void => {
    for (const stmt of body) {
      if (stmt.kind === 'loop') inLoop(stmt.loop, comprehension);
      else {
        stmtExprs(stmt).forEach(inExpr);
        nestedBlocks(stmt).forEach((block) => inStmts(block, comprehension));
      }
    }
  };
  inStmts(body, comprehension);
  return found;
}

const isLater = ({ form, sink }: LoopIR): boolean => (form === 'generator' || form === 'map') && (sink?.consumer ?? null) === null;

function scanOf(inner: LoopIR, comprehension: boolean): Scan | null {
  const { space, target } = inner;
  if (target === null || inner.async || !isPlainTarget(target)) return null;
  const { setup, rest } = setupOf(inner);
  const bound = [target, ...setup.flatMap(({ targets }) => targets)].flatMap(boundNames);
  const isOfItem = (expr: Expr): boolean => bound.some((name) => mentions(expr, name));
  const tested = testOf(inner, rest, isOfItem);
  if (tested === null) return null;
  const { compare, test, skips } = tested;
  const [side, other] = isOfItem(compare.first) ? sidesOf(compare) : sidesOf(compare).reverse();
  if (!side || !other || isOfItem(other)) return null;
  const { key, moved } = keyIn(side, isOfItem);
  const held = heldBy(space, target, [key, ...setup.map(({ value }) => value)]);
  const [list] = held ?? [];
  const place = list ? dottedName(list) : null;
  if (!held || !list || place === null || held.some((one) => dottedName(one) === null)) return null;
  if (!isRepeatable(key) || !isRepeatable(other) || (moved !== null && !isRepeatable(moved.by))) return null;
  return { inner, walked: space.span, held, list, place, target, setup, key, wanted: other, moved, test, skips, comprehension };
}

const sidesOf = ({ first, rest }: Compare): Expr[] => [first, ...rest.map(({ right }) => right)];
/** What the key is made of, all of it. */
export const basisOf = ({ key, setup }: Pick<Scan, 'key' | 'setup'>): Expr[] => [key, ...setup.map(({ value }) => value)];

/** Names for parts of the item, given at the start of the loop and never again. */
function setupOf({ body, form }: LoopIR): { setup: Assignment[]; rest: readonly Stmt[] } {
  const setup: Assignment[] = [];
  for (const stmt of form === 'for' ? body : []) {
    if (stmt.kind !== 'assign' || stmt.targets.length !== 1 || !stmt.targets.every(isPlainTarget) || !isRepeatable(stmt.value)) break;
    setup.push(stmt);
  }
  return { setup, rest: body.slice(setup.length) };
}

/** The comparison that decides whether a trip does anything at all. */
function testOf(
  { sink }: LoopIR,
  [first, ...rest]: readonly Stmt[],
  isOfItem: (expr: Expr) => boolean,
): { compare: Compare; test: Expr; skips: boolean } | null {
  const compared = (test: Expr, op: '==' | '!=', skips: boolean): ReturnType<typeof testOf> => {
    const parts = partsOf(test, op === '==' ? 'and' : 'or');
    const at = parts.findIndex((part) => part.kind === 'compare' && part.rest.length === 1 && part.rest[0]?.op === op && sidesOf(part).filter(isOfItem).length === 1); // prettier-ignore
    const compare = parts[at];
    // What is asked before it is no longer asked of the other items: it must be nothing that anybody would miss.
    return compare?.kind === 'compare' && parts.slice(0, at).every(isQuiet) ? { compare, test, skips } : null;
  };
  if (first?.kind === 'emit' && first.key === null) {
    // `any(item.key == wanted for item in items)`: what the other items give makes no difference.
    const consumer = sink?.consumer?.extra.length === 0 ? sink.consumer.name : null;
    if (consumer === 'any' || consumer === 'sum') return compared(first.value, '==', false);
    return consumer === 'all' ? compared(first.value, '!=', true) : null;
  }
  if (first?.kind !== 'if') return null;
  // `if item.key != wanted: continue` leaves the same trips over.
  const skips = first.then.length === 1 && first.then[0]?.kind === 'continue' && first.otherwise.length === 0;
  if (!skips && (rest.length > 0 || first.otherwise.length > 0)) return null;
  return compared(first.test, skips ? '!=' : '==', skips);
}

const partsOf = (test: Expr, op: 'and' | 'or'): Expr[] => (test.kind === 'logical' && test.op === op ? [...partsOf(test.left, op), ...partsOf(test.right, op)] : [test]); // prettier-ignore
const isQuiet = (part: Expr): boolean => (part.kind === 'compare' ? sidesOf(part).every(isRepeatable) : isRepeatable(part.kind === 'unary' ? part.operand : part)); // prettier-ignore
const isPlainTarget = (target: Expr): boolean => target.kind === 'name' || (target.kind === 'collection' && target.items.every(isPlainTarget));

/** What of a side belongs to the item, and what is added to it or taken off. */
function keyIn(side: Expr, isOfItem: (expr: Expr) => boolean): { key: Expr; moved: Scan['moved'] } {
  if (side.kind !== 'binary' || (side.op !== '+' && side.op !== '-')) return { key: side, moved: null };
  const [left, right] = [side.left, side.right].map(isOfItem);
  if (left && !right) return { key: side.left, moved: { op: side.op === '+' ? '-' : '+', by: side.right } };
  if (right && !left && side.op === '+') return { key: side.right, moved: { op: '-', by: side.left } };
  return { key: side, moved: null };
}

/** What a loop walks over; null where a second walk might find something else. */
function heldBy(space: IndexSpace, target: Expr, basis: readonly Expr[]): Expr[] | null {
  switch (space.kind) {
    case 'sequence':
      return [space.value];
    case 'dict':
      return [space.mapping];
    case 'enumerate':
      return space.of.kind === 'sequence' && (space.start === null || isRepeatable(space.start)) ? [space.of.value] : null;
    case 'zip': {
      const parts = space.parts.map((part) => (part.kind === 'sequence' ? part.value : null));
      return parts.includes(null) ? null : parts.filter((part) => part !== null);
    }
    case 'range': {
      if (target.kind !== 'name' || space.step !== null || !spaceExprs(space).every((part) => isRepeatable(part) || isLengthCall(part))) return null;
      const parts = basis.flatMap((expr) => [...eachExpr(expr)]);
      const lists = parts.flatMap((part) => (part.kind === 'subscript' && part.index.kind === 'name' && part.index.name === target.name ? [part.object] : [])); // prettier-ignore
      const [first] = lists;
      return first && lists.every((one) => keyOf(one) === keyOf(first)) ? [first] : null;
    }
    default:
      return null;
  }
}

const isLengthCall = (expr: Expr): boolean => expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args.length === 1 && isRepeatable(expr.args[0] as Expr); // prettier-ignore

/** The part of the positions that a trip of the hot loop walks over. */
export interface Window {
  /** What is walked over for the index. */
  walked: string;
  /** What is tested besides; null where every trip walks over all of them. */
  test: { asked: string; skipped: string } | null;
}

/** Null where the bounds of the inner loop move in another way than with a position of an outer one. */
export function windowOf({ inner, walked, place, target }: Scan, facts: LoopFacts, code: Code, cx: Context): Window | null {
  const { space } = inner;
  const text = (span: Span): string => cx.slice(code.file, span);
  const moving = new Set([...facts.writes, ...facts.indices, ...clauseNames(facts.ir)]);
  const moves = (expr: Expr | null): boolean => expr !== null && [...eachExpr(expr)].some((part) => part.kind === 'name' && moving.has(part.name));
  const whole = { walked: text(walked), test: null };
  if (space.kind === 'enumerate') return moves(space.start) ? null : whole;
  if (space.kind !== 'range' || target.kind !== 'name') return whole;
  const { start, stop } = space;
  if (!moves(start) && !moves(stop)) return whole;
  if (start !== null && moves(start)) {
    const next = start.kind === 'binary' && start.op === '+' && start.right.kind === 'number' && start.right.text === '1';
    const from = next ? start.left : start;
    if (moves(stop) || from.kind !== 'name' || !countsUp(from.name, inner, facts)) return null;
    const [asked, skipped] = next ? ['>', '<='] : ['>=', '<'];
    return { walked: `range(${text(stop.span)})`, test: { asked: `${target.name} ${asked} ${from.name}`, skipped: `${target.name} ${skipped} ${from.name}` } }; // prettier-ignore
  }
  if (stop.kind !== 'name' || (start !== null && !isNatural(start)) || !countsUp(stop.name, inner, facts)) return null;
  const from = start === null ? '' : `${text(start.span)}, `;
  return { walked: `range(${from}len(${place}))`, test: { asked: `${target.name} < ${stop.name}`, skipped: `${target.name} >= ${stop.name}` } };
}

const isNatural = (expr: Expr): boolean => expr.kind === 'number' && /^\d+$/.test(expr.text);

/** A loop around the inner one gives the name 0 or more, and nothing else does. */
function countsUp(name: string, inner: LoopIR, facts: LoopFacts): boolean {
  const around = [facts.ir, ...stepsTo(facts.ir.body, inner.span).flatMap(({ stmt }) => (stmt.kind === 'loop' ? [stmt.loop] : []))];
  const binds = around.filter(({ target }) => target !== null && boundNames(target).includes(name));
  const [loop, another] = binds;
  if (!loop || another || isRebound(name, facts.ir.body.filter((stmt) => stmt.kind !== 'loop' || stmt.loop !== loop))) return false; // prettier-ignore
  const { space, target, body } = loop;
  if (isRebound(name, body)) return false;
  if (space.kind === 'range') return target?.kind === 'name' && space.step === null && (space.start === null || isNatural(space.start));
  return space.kind === 'enumerate' && space.start === null && target?.kind === 'collection' && target.items[0]?.kind === 'name' && target.items[0].name === name; // prettier-ignore
}

/** Given another value in the inner loop, which then goes on with it. */
export function isRebound(name: string, body: readonly Stmt[]): boolean {
  return body.some((stmt, index) => {
    const targets = stmt.kind === 'assign' ? stmt.targets : stmt.kind === 'augment' ? [stmt.target] : stmt.kind === 'loop' && stmt.loop.target ? [stmt.loop.target] : []; // prettier-ignore
    const given = targets.some((target) => boundNames(target).includes(name)) || (stmt.kind === 'opaque' && stmt.writes.includes(name));
    const leaves = body.slice(index + 1).some(({ kind }) => kind === 'break' || kind === 'return');
    const named = stmtExprs(stmt).some((expr) => [...eachExpr(expr)].some((part) => part.kind === 'named' && part.name === name));
    return (given && !leaves) || named || nestedBlocks(stmt).some((block) => isRebound(name, block));
  });
}

export const namesIn = (expr: Expr): string[] => [...eachExpr(expr)].flatMap((part) => (part.kind === 'name' ? [part.name] : []));

/** Goes through the list item by item, whose key is compared as it is. */
export const isPlainScan = ({ inner, moved, setup }: Scan): boolean => inner.space.kind === 'sequence' && moved === null && setup.length === 0;
