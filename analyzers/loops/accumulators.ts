import type { Accumulator, AccumulatorOp, Expr, LoopIR, Stmt } from '../types';
import { childExprs, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { resolveIn, type Environment } from './environment';
import { typeOf } from './value-types';
import { keyOf } from './expression-key';

type Guards = Accumulator['guards'];
/** One place that accumulates, with the expressions that name the accumulator and are part of the idiom. */
interface Found {
  accumulator: Accumulator;
  uses: Expr[];
}

/**
 * Names that gather over the trips: every place that names them belongs to an idiom of gathering, with one operator. A name that is looked at anywhere
 * else in the loop is not among them.
 */
export function accumulatorsOf(loop: LoopIR, env: Environment, before: readonly Stmt[]): Accumulator[] {
  const found = inBlock(loop.body, [], env);
  const byName = new Map<string, Found[]>();
  for (const one of found) byName.set(one.accumulator.name, [...(byName.get(one.accumulator.name) ?? []), one]);
  const mentions = mentionsIn(loop);
  const result: Accumulator[] = [];
  for (const [name, places] of byName) {
    const ops = new Set(places.map((place) => place.accumulator.op));
    const initial = initOf(name, before);
    const uses = new Set(places.flatMap((place) => place.uses));
    const elsewhere = (mentions.get(name) ?? []).some((expr) => !uses.has(expr));
    const op = commonOp(ops);
    if (elsewhere || !op) continue;
    const refined = refine(op, name, places, initial, env);
    if (!refined) continue;
    for (const { accumulator } of places) result.push({ ...accumulator, op: refined === 'keep' ? op : refined, init: initial });
  }
  return result.sort((a, b) => a.statement.start.line - b.statement.start.line || a.statement.start.character - b.statement.start.character);
}

/** Adding and counting mix; nothing else does. */
function commonOp(ops: ReadonlySet<AccumulatorOp>): AccumulatorOp | null {
  const [only] = ops;
  if (ops.size === 1 && only) return only;
  const all = [...ops];
  if (all.every((op) => op === '+' || op === 'count')) return '+';
  if (all.every((op) => op === 'append' || op === 'extend')) return 'extend';
  return null;
}

/** `+=` means text, lists or numbers; only the values tell. Null: it is no gathering that trips may be taken apart for. */
function refine(op: AccumulatorOp, name: string, places: readonly Found[], init: Expr | null, env: Environment): AccumulatorOp | 'keep' | null {
  const sampled = env.values[name]?.type;
  const types = [sampled, init ? typeOf(env, init) : null, ...places.map((place) => typeOf(env, place.accumulator.value))];
  if (op === '+' || op === 'count') {
    if (types.includes('str') || types.includes('bytes')) return 'string';
    if (types.includes('list') || types.includes('tuple')) return 'extend';
    return 'keep';
  }
  if (op === 'add' && sampled !== undefined && sampled !== 'set') return null;
  if (op === 'append' && sampled !== undefined && !/^(list|deque|collections\.deque|bytearray|array)$/.test(sampled)) return null;
  if (op === 'dict' && !types.slice(0, 2).some((type) => type && /(^|\.)(dict|Counter|defaultdict|OrderedDict)$/.test(type))) return null;
  return 'keep';
}

function inBlock(body: readonly Stmt[], guards: Guards, env: Environment): Found[] {
  return body.flatMap((statement): Found[] => {
    if (statement.kind === 'if') {
      const { test } = statement;
      const extreme = extremeOf(statement, guards);
      if (extreme.length > 0) return extreme;
      return [
        ...inBlock(statement.then, [...guards, { test, negated: false }], env),
        ...inBlock(statement.otherwise, [...guards, { test, negated: true }], env),
      ];
    }
    if (statement.kind === 'loop') return inBlock(statement.loop.body, guards, env);
    if (statement.kind === 'with') return inBlock(statement.body, guards, env);
    // What an exception skips is not among the guards: the loop's flow has the try.
    if (statement.kind === 'try') return nestedBlocks(statement).flatMap((block) => inBlock(block, guards, env));
    return ofStatement(statement, guards, env);
  });
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
    if (target.kind === 'name') return make(target.name, op, added, [target]);
    if (target.kind === 'subscript' && target.object.kind === 'name' && (op === '+' || op === 'count')) {
      return make(target.object.name, 'dict', added, [target.object]);
    }
    return [];
  }
  if (statement.kind === 'assign' && statement.targets.length === 1) return ofAssign(statement, guards, env, make);
  if (statement.kind !== 'expression' || statement.value.kind !== 'call') return [];
  const { callee, args, keywords } = statement.value;
  const [value] = args;
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || !value || args.length !== 1 || keywords.length > 0 || value.kind === 'spread')
    return [];
  // An array's push is a list's append; what else may have a method of that name is not known in Python.
  const attribute = callee.attribute === 'push' && env.module.language !== undefined ? 'append' : callee.attribute;
  if (attribute === 'append' || attribute === 'extend' || attribute === 'add') return make(callee.object.name, attribute, value, [callee.object]);
  return [];
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
  if (target?.kind === 'subscript' && target.object.kind === 'name') return ofEntry(target, value, make);
  if (target?.kind !== 'name') return [];
  const { name } = target;
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
  if (object.kind !== 'name' || value.kind !== 'binary' || value.op !== '+') return [];
  const { left, right } = value;
  const same = (expr: Expr | undefined): boolean => expr !== undefined && keyOf(expr) === keyOf(index);
  if (left.kind === 'subscript' && left.object.kind === 'name' && left.object.name === object.name && same(left.index)) {
    return make(object.name, 'dict', right, [object, left.object]);
  }
  const get = left.kind === 'call' && left.callee.kind === 'attribute' && left.callee.attribute === 'get' ? left : null;
  if (get?.callee.kind !== 'attribute' || get.callee.object.kind !== 'name' || get.callee.object.name !== object.name) return [];
  const zero = get.args[1];
  return same(get.args[0]) && zero?.kind === 'number' && Number(zero.text) === 0 ? make(object.name, 'dict', right, [object, get.callee.object]) : [];
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

/** Every name expression of the loop by its name: the loop's own space, bodies and comprehensions included. */
function mentionsIn(loop: LoopIR): Map<string, Expr[]> {
  const found = new Map<string, Expr[]>();
  const note = (name: string, expr: Expr): void => {
    const known = found.get(name);
    if (known) known.push(expr);
    else found.set(name, [expr]);
  };
  const inExpr = (top: Expr): void => {
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'name') note(expr.name, expr);
      else if (expr.kind === 'named') note(expr.name, expr);
      else if (expr.kind === 'opaque') for (const name of [...expr.reads, ...expr.writes]) note(name, expr);
    }
  };
  const inStmts = (body: readonly Stmt[]): void => {
    for (const statement of body) {
      if (statement.kind === 'opaque') {
        const marker: Expr = { kind: 'opaque', what: statement.what, reads: [], writes: [], span: statement.span };
        for (const name of [...statement.reads, ...statement.writes]) note(name, marker);
      }
      stmtExprs(statement).forEach(inExpr);
      nestedBlocks(statement).forEach(inStmts);
    }
  };
  spaceExprs(loop.space).forEach(inExpr);
  inStmts(loop.body);
  return found;
}

/** The value that a name is given in the statements right before the loop, nothing between naming it again. */
export function initOf(name: string, before: readonly Stmt[]): Expr | null {
  for (const statement of [...before].reverse()) {
    if (statement.kind === 'assign') {
      for (const target of statement.targets) {
        if (target.kind === 'name' && target.name === name) return statement.value;
        const { value } = statement;
        if (target.kind !== 'collection') continue;
        const at = target.items.findIndex((item) => item.kind === 'name' && item.name === name);
        if (at < 0) continue;
        const spread = target.items.some((item) => item.kind === 'spread');
        return !spread && value.kind === 'collection' && value.items.length === target.items.length ? (value.items[at] ?? null) : null;
      }
    }
    if (mentions(statement, name)) return null;
  }
  return null;
}

function mentions(statement: Stmt, name: string): boolean {
  if (statement.kind === 'opaque') return statement.reads.includes(name) || statement.writes.includes(name);
  const inExpr = (expr: Expr): boolean =>
    ((expr.kind === 'name' || expr.kind === 'named') && expr.name === name) ||
    (expr.kind === 'opaque' && expr.reads.includes(name)) ||
    childExprs(expr).some(inExpr);
  return stmtExprs(statement).some(inExpr) || nestedBlocks(statement).some((block) => block.some((inner) => mentions(inner, name)));
}
