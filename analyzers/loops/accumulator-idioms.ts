import type { Accumulator, AccumulatorOp, Expr, Stmt } from '../types';
import { dottedName } from '../syntax/python-loops';
import { nestedBlocks } from '../syntax/python-walk';
import { entryAttempted, entryUnderTest, type EntryIdiom } from './entry-idioms';
import { resolveIn, type Environment } from './environment';
import { keyOf } from './expression-key';
import { typeOf } from './value-types';

type Guards = Accumulator['guards'];
/** One place that accumulates, with the expressions that name the accumulator and are part of the idiom. */
export interface Found {
  accumulator: Accumulator;
  uses: Expr[];
}

/** Every place of a block that has the form of gathering, whatever else the loop does with the name. */
export function gatheringPlaces(body: readonly Stmt[], guards: Guards, env: Environment): Found[] {
  return body.flatMap((statement): Found[] => {
    if (statement.kind === 'if') {
      const { test } = statement;
      const whole = [...extremeOf(statement, guards), ...entryFound(entryUnderTest(statement, guards), statement)];
      if (whole.length > 0) return whole;
      return [
        ...gatheringPlaces(statement.then, [...guards, { test, negated: false }], env),
        ...gatheringPlaces(statement.otherwise, [...guards, { test, negated: true }], env),
      ];
    }
    if (statement.kind === 'loop') return gatheringPlaces(statement.loop.body, guards, env);
    if (statement.kind === 'with') return gatheringPlaces(statement.body, guards, env);
    // What an exception skips is not among the guards: the loop's flow has the try.
    const attempted = statement.kind === 'try' ? entryFound(entryAttempted(statement, guards), statement) : [];
    if (attempted.length > 0) return attempted;
    if (statement.kind === 'try') return nestedBlocks(statement).flatMap((block) => gatheringPlaces(block, guards, env));
    return ofStatement(statement, guards, env);
  });
}

function entryFound(idiom: EntryIdiom | null, { span }: Stmt): Found[] {
  if (idiom === null) return [];
  const { holders, ...entry } = idiom;
  return [{ accumulator: { ...entry, statement: span, init: null }, uses: holders.flatMap(namesOf) }];
}

function ofStatement(statement: Stmt, guards: Guards, env: Environment): Found[] {
  const make = (name: string, op: AccumulatorOp, value: Expr, uses: Expr[]): Found[] => [
    { accumulator: { name, op, value, guards, statement: statement.span, init: null }, uses },
  ];
  if (statement.kind === 'augment') {
    const { target, value } = statement;
    const op = augmentedOp(statement.op, value);
    if (!op) return [];
    const added = statement.op === '-' ? negated(value) : value;
    const name = dottedName(target);
    if (name !== null) return make(name, op, added, namesOf(target));
    const held = holderOf(target);
    return held && (op === '+' || op === 'count') ? make(held.name, 'dict', added, held.uses) : [];
  }
  if (statement.kind === 'assign' && statement.targets.length === 1) return ofAssign(statement, guards, env, make);
  if (statement.kind !== 'expression' || statement.value.kind !== 'call') return [];
  const { callee, args, keywords } = statement.value;
  const [value] = args;
  if (callee.kind !== 'attribute' || !value || args.length !== 1 || keywords.length > 0 || value.kind === 'spread') return [];
  // An array's push is a list's append; what else may have a method of that name is not known in Python.
  const attribute = callee.attribute === 'push' && env.module.language !== undefined ? 'append' : callee.attribute;
  const name = dottedName(callee.object);
  const adds = attribute === 'append' || attribute === 'extend' || attribute === 'add';
  if (name !== null) {
    if (adds) return make(name, attribute, value, namesOf(callee.object));
    const type = attribute === 'update' ? typeOf(env, callee.object) : null;
    return type === 'Counter' ? make(name, 'dict', value, namesOf(callee.object)) : type === 'set' ? make(name, 'add', value, namesOf(callee.object)) : []; // prettier-ignore
  }
  // `groups[k].append(v)`, `groups.setdefault(k, []).append(v)`
  const inner = callee.object;
  if (!adds) return [];
  if (inner.kind === 'subscript') {
    const held = inner.object.kind === 'subscript' ? null : holderOf(inner);
    return held ? make(held.name, 'group', value, held.uses) : [];
  }
  const entry = inner.kind === 'call' && inner.callee.kind === 'attribute' && inner.callee.attribute === 'setdefault' ? inner.callee.object : null;
  const grouped = entry && dottedName(entry);
  const empty = inner.kind === 'call' ? inner.args[1] : undefined;
  const fresh = (empty?.kind === 'collection' && empty.items.length === 0) || (empty?.kind === 'call' && empty.args.length === 0);
  return entry && grouped !== null && fresh ? make(grouped, 'group', value, namesOf(entry)) : [];
}

/** The names that a place is written with, down to its root: they are part of the idiom. */
function namesOf(place: Expr): Expr[] {
  return place.kind === 'attribute' ? [place, ...namesOf(place.object)] : [place];
}

/** Of `bins[k]` and `table[i][j]`: what holds the entry. */
function holderOf(target: Expr): { name: string; uses: Expr[] } | null {
  let at = target;
  while (at.kind === 'subscript') at = at.object;
  const name = at === target ? null : dottedName(at);
  return name === null ? null : { name, uses: namesOf(at) };
}

function augmentedOp(op: string, value: Expr): AccumulatorOp | null {
  if (op === '+' && value.kind === 'number' && value.text === '1') return 'count';
  if (op === '+' || op === '-') return '+';
  return op === '*' || op === '&' || op === '|' || op === '^' ? op : null;
}

const negated = (value: Expr): Expr => ({ kind: 'unary', op: '-', operand: value, span: { start: value.span.start, end: value.span.start } });

type Make = (name: string, op: AccumulatorOp, value: Expr, uses: Expr[]) => Found[];

function ofAssign(statement: Stmt & { kind: 'assign' }, guards: Guards, env: Environment, make: Make): Found[] {
  const [target] = statement.targets;
  const { value } = statement;
  if (target?.kind === 'subscript' && dottedName(target.object) !== null) return ofEntry(target, value, make);
  if (target?.kind !== 'name') return [];
  const { name } = target;
  // `t = t + x if x > 0 else t`
  if (value.kind === 'conditional') {
    const { test, then, otherwise } = value;
    const kept = [then, otherwise].findIndex((part) => part.kind === 'name' && part.name === name);
    const [other, same] = kept === 0 ? [otherwise, then] : [then, otherwise];
    if (kept < 0) return [];
    const guard = { test, negated: kept === 0 };
    return ofAssign({ ...statement, value: other }, [...guards, guard], env, (one, op, added, uses) => [
      { accumulator: { name: one, op, value: added, guards: [...guards, guard], statement: statement.span, init: null }, uses: [...uses, same] },
    ]);
  }
  // A flag: set to the same constant wherever it is set.
  if (value.kind === 'constant' && guards.length > 0 && (value.value === 'True' || value.value === 'False')) {
    return make(name, value.value === 'True' ? 'or' : 'and', value, [target]);
  }
  const is = (expr: Expr | undefined): expr is Expr & { kind: 'name' } => expr?.kind === 'name' && expr.name === name;
  if (value.kind === 'logical') {
    if (is(value.left)) return make(name, value.op, value.right, [target, value.left]);
    return is(value.right) ? make(name, value.op, value.left, [target, value.right]) : [];
  }
  if (value.kind === 'call' && value.args.length === 2 && value.keywords.length === 0) {
    const path = resolveIn(env, value.callee);
    const [a, b] = value.args;
    if ((path !== 'builtins.max' && path !== 'builtins.min') || !a || !b) return [];
    const op = path === 'builtins.max' ? 'max' : 'min';
    if (is(a)) return make(name, op, b, [target, a]);
    return is(b) ? make(name, op, a, [target, b]) : [];
  }
  return ofBinary(name, target, value, make);
}

/** `x = x + a + b`: the name is the leftmost of a chain of one operator, or the right of a commutative one. */
function ofBinary(name: string, target: Expr, value: Expr, make: Make): Found[] {
  if (value.kind !== 'binary') return [];
  const is = (expr: Expr): boolean => expr.kind === 'name' && expr.name === name;
  const { op, left, right } = value;
  if (op === '-' && is(left)) return make(name, '+', negated(right), [target, left]);
  const kind = op === '+' || op === '*' || op === '&' || op === '|' || op === '^' ? op : null;
  if (!kind) return [];
  if (is(left)) return make(name, kind === '+' && right.kind === 'number' && right.text === '1' ? 'count' : kind, right, [target, left]);
  // Text and lists do not commute, and nothing says here that these are numbers.
  if (is(right)) return kind === '+' && !(left.kind === 'number' || left.kind === 'binary') ? [] : make(name, kind, left, [target, right]);
  const chain: Expr[] = [right];
  let at = left;
  while (at.kind === 'binary' && at.op === op) {
    chain.unshift(at.right);
    at = at.left;
  }
  const [first, ...rest] = chain;
  if (!is(at) || !first || at === left) return [];
  const empty = { start: first.span.start, end: first.span.start };
  const joined = rest.reduce((sum: Expr, one): Expr => ({ kind: 'binary', op, left: sum, right: one, span: empty }), first);
  return make(name, kind, joined, [target, at]);
}

/** `d[k] = d.get(k, 0) + v` and `d[k] = d[k] + v`. */
function ofEntry(target: Expr & { kind: 'subscript' }, value: Expr, make: Make): Found[] {
  const { object, index } = target;
  const name = dottedName(object);
  if (name === null) return [];
  const replaced = (): Found[] => (index.kind === 'slice' || object.kind !== 'name' ? [] : make(object.name, 'entry', value, [object]));
  if (value.kind !== 'binary' || value.op !== '+') return replaced();
  const { left, right } = value;
  const same = (expr: Expr | undefined): boolean => expr !== undefined && keyOf(expr) === keyOf(index);
  if (left.kind === 'subscript' && dottedName(left.object) === name && same(left.index)) {
    return make(name, 'dict', right, [...namesOf(object), ...namesOf(left.object)]);
  }
  const get = left.kind === 'call' && left.callee.kind === 'attribute' && left.callee.attribute === 'get' ? left : null;
  if (get?.callee.kind !== 'attribute' || dottedName(get.callee.object) !== name) return replaced();
  const zero = get.args[1];
  const uses = [...namesOf(object), ...namesOf(get.callee.object)];
  return same(get.args[0]) && zero?.kind === 'number' && Number(zero.text) === 0 ? make(name, 'dict', right, uses) : [];
}

/** `if v < best: best = v`, with what is remembered of the best beside it. */
function extremeOf(statement: Stmt & { kind: 'if' }, guards: Guards): Found[] {
  const { test, otherwise } = statement;
  const first = test.kind === 'logical' && test.op === 'or' ? test.left : null;
  const compare = first && test.kind === 'logical' ? test.right : test;
  if (compare.kind !== 'compare' || compare.rest.length !== 1 || otherwise.length > 0) return [];
  const [only] = compare.rest;
  if (!only || !/^[<>]=?$/.test(only.op)) return [];
  const pairs = statement.then.flatMap((inner) => pairsOf(inner));
  if (pairs.length === 0 || pairs.some((pair) => pair === null)) return [];
  const assigned = pairs.filter((pair) => pair !== null);
  for (const [best, value] of [
    [compare.first, only.right],
    [only.right, compare.first],
  ] as const) {
    if (best.kind !== 'name') continue;
    const own = assigned.find((pair) => pair.target.name === best.name);
    if (!own || keyOf(own.value) !== keyOf(value)) continue;
    const unset = first ? isNoneTest(first, best.name) : null;
    if (first && !unset) return [];
    const smaller = only.op.startsWith('<') === (best === only.right);
    // With a tie `<=` takes the later one, so that what stands beside it is not that of the earliest.
    if (assigned.length > 1 && only.op.endsWith('=')) return [];
    const uses = [best, own.target, ...(unset ? [unset] : [])];
    const at = { guards, statement: statement.span, init: null };
    const others = assigned.filter((pair) => pair !== own).map((pair): Found => ({ accumulator: { name: pair.target.name, op: smaller ? 'argmin' : 'argmax', value: pair.value, ...at }, uses: [pair.target] })); // prettier-ignore
    return [{ accumulator: { name: best.name, op: smaller ? 'min' : 'max', value: own.value, ...at }, uses }, ...others];
  }
  return [];
}

function pairsOf(statement: Stmt): ({ target: Expr & { kind: 'name' }; value: Expr } | null)[] {
  const [target] = statement.kind === 'assign' ? statement.targets : [];
  if (statement.kind !== 'assign' || statement.targets.length !== 1 || !target) return [null];
  if (target.kind === 'name') return [{ target, value: statement.value }];
  const { value } = statement;
  if (target.kind !== 'collection' || value.kind !== 'collection' || target.items.length !== value.items.length) return [null];
  return target.items.map((item, index) => {
    const given = value.items[index];
    return item.kind === 'name' && given ? { target: item, value: given } : null;
  });
}

function isNoneTest(test: Expr, name: string): Expr | null {
  const [only] = test.kind === 'compare' ? test.rest : [];
  const none = only?.op === 'is' && only.right.kind === 'constant' && only.right.value === 'None';
  return test.kind === 'compare' && test.rest.length === 1 && none && test.first.kind === 'name' && test.first.name === name ? test.first : null;
}
