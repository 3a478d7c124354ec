import type { Accumulator, AccumulatorOp, Expr, FunctionIR, LoopIR, Stmt } from '../types';
import { comparePositions } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { boundNames, childExprs, eachExpr, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { functionsCalled } from './called-values';
import { classesNamed, hiddenMethods } from './classes';
import { functionIn, resolveIn, type Environment } from './environment';
import { typeOf } from './value-types';
import { gatheringPlaces, type Found } from './accumulator-idioms';

/**
 * Names that gather over the trips: every place that names them belongs to an idiom of gathering, with one operator. A name that is looked at anywhere
 * else in the loop is not among them.
 */
export function accumulatorsOf(loop: LoopIR, env: Environment, before: readonly Stmt[]): Accumulator[] {
  const own = new Set(loop.target ? boundNames(loop.target) : []);
  const found = gatheringPlaces(loop.body, [], env).filter((one) => !own.has(rootOf(one.accumulator.name)));
  const byName = new Map<string, Found[]>();
  for (const one of found) byName.set(one.accumulator.name, [...(byName.get(one.accumulator.name) ?? []), one]);
  const mentions = mentionsIn(loop);
  const result: Accumulator[] = [];
  for (const [name, places] of byName) {
    const ops = new Set(places.map((place) => place.accumulator.op));
    const initial = initOf(name, before);
    const uses = new Set(places.flatMap((place) => place.uses));
    const op = commonOp(ops);
    if (!op || isLookedAt(name, uses, mentions, env)) continue;
    const refined = refine(op, name, places, initial, env);
    if (!refined) continue;
    const type = typeOf(env, placeExpr(name, places));
    const about = { op: refined === 'keep' ? op : refined, init: initial, ...(type === null ? {} : { type }) };
    for (const { accumulator } of places) result.push({ ...accumulator, ...about });
  }
  return result.sort((a, b) => comparePositions(a.statement.start, b.statement.start));
}

const rootOf = (name: string): string => name.split('.')[0] ?? name;

/** Is the place named anywhere but in the idioms? Of a field: its object by itself, or a field of that name of any other object. */
function isLookedAt(name: string, uses: ReadonlySet<Expr>, mentions: ReadonlyMap<string, readonly Expr[]>, env: Environment): boolean {
  const at = name.lastIndexOf('.');
  if (at < 0) return (mentions.get(name) ?? []).some((expr) => !uses.has(expr));
  const field = name.slice(at + 1);
  if (hiddenMethods(env.modules).has(field)) return true;
  const fields = (mentions.get(`.${field}`) ?? []).filter((expr) => !uses.has(expr));
  const root = rootOf(name);
  // The object itself may stand there only to reach another of its fields, and only where no method of it is called.
  const bare = (mentions.get(root) ?? []).filter((expr) => !uses.has(expr) && !(mentions.get(`${root}.`) ?? []).includes(expr));
  return fields.length > 0 || bare.length > 0 || (mentions.get('(') ?? []).some((expr) => mayRead(expr, field, env, new Set()));
}

/** May a call look at a field of that name, through a function of the user's own? */
export function mayRead(call: Expr, field: string, env: Environment, seen: Set<FunctionIR>, unknown = false): boolean {
  if (call.kind !== 'call') return false;
  if (unknown && functionIn(env, call.callee) === null && resolveIn(env, call.callee) === null) return true;
  const named = [call.callee, ...call.args, ...call.keywords.map((keyword) => keyword.value)];
  return named
    .flatMap((expr) => functionsCalled(expr, env))
    .some((fn) => {
      if (seen.has(fn)) return false;
      seen.add(fn);
      const module = env.modules.find((one) => one.file === fn.file) ?? env.module;
      const inside: Environment = { module, modules: env.modules, owner: fn, body: fn.body, values: {} };
      return [...eachStmt(fn.body)].some((statement) =>
        stmtExprs(statement).some((top) =>
          [...eachExpr(top)].some(
            (part) =>
              (part.kind === 'attribute' && part.attribute === field) ||
              (part.kind === 'call' && (mayRead(part, field, inside, seen) || resolveIn(inside, part.callee) === 'builtins.getattr')),
          ),
        ),
      );
    });
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
  const whole = typeOf(env, placeExpr(name, places));
  const types: (string | null)[] = [
    sampled ?? whole,
    init ? typeOf(env, init) : null,
    ...places.map((place) => typeOf(env, place.accumulator.value)),
  ];
  // An operator of a class of the user's own may do anything.
  const isOwn = (type: string | null): boolean => type !== null && classesNamed(env, type).length > 0;
  const holders = types.slice(0, 2);
  if (holders.some(isOwn)) return null;
  const keeps = op === 'append' || op === 'extend' || op === 'add' || op === 'entry' || op === 'group';
  if (!keeps && (types.some(isOwn) || (holders.every((type) => type === null) && hiddenMethods(env.modules).has('__iadd__')))) return null;
  if (op === '+' || op === 'count') {
    if (types.includes('str') || types.includes('bytes')) return 'string';
    if (types.includes('list') || types.includes('tuple')) return 'extend';
    return 'keep';
  }
  if (op === 'add' && sampled !== undefined && sampled !== 'set') return null;
  // Of two equal things a set keeps the first, and `a | b` of dictionaries the value of the second.
  if (op === 'add' && types.slice(2).some(isOwn) && hiddenMethods(env.modules).has('__eq__')) return null;
  if (op === '|' && types.some((type) => type !== null && /(^|\.)(dict|defaultdict|OrderedDict|ChainMap)$/.test(type))) return null;
  if (op === 'append' && sampled !== undefined && !/^(list|deque|collections\.deque|bytearray|array)$/.test(sampled)) return null;
  const holder = holders.find((type) => type !== null) ?? null;
  if (op === 'dict') {
    if (holder === null || !/(^|\.)(dict|Counter|defaultdict|OrderedDict|list|ndarray|array)$/.test(holder)) return null;
    const added = types.slice(2);
    return added.includes('list') ? 'group' : added.includes('str') || added.includes('tuple') || added.includes('bytes') ? null : 'keep';
  }
  // `[[] for _ in range(k)]`: as good as a dictionary by number.
  if (op === 'group' && init?.kind === 'loop' && init.loop.body.every((one) => one.kind === 'emit' && one.value.kind === 'collection' && one.value.items.length === 0)) return 'keep'; // prettier-ignore
  if (op === 'entry' || op === 'group') return holder !== null && /(^|\.)(dict|Counter|defaultdict|OrderedDict)$/.test(holder) ? 'keep' : null;
  return 'keep';
}

const placeExpr = (name: string, places: readonly Found[]): Expr =>
  places.flatMap((place) => place.uses).find((use) => dottedName(use) === name) ?? {
    kind: 'name',
    name,
    span: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  };

/** Every name expression of the loop by its name: the loop's own space, bodies and comprehensions included. */
function mentionsIn(loop: LoopIR): Map<string, Expr[]> {
  const found = new Map<string, Expr[]>();
  const called = new Set<Expr>();
  const note = (name: string, expr: Expr): void => {
    const known = found.get(name);
    if (known) known.push(expr);
    else found.set(name, [expr]);
  };
  const inExpr = (top: Expr): void => {
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'name') note(expr.name, expr);
      else if (expr.kind === 'attribute') {
        note(`.${expr.attribute}`, expr);
        if (expr.object.kind === 'name' && !called.has(expr)) note(`${expr.object.name}.`, expr.object);
      } else if (expr.kind === 'call') {
        called.add(expr.callee);
        note('(', expr);
      } else if (expr.kind === 'named') note(expr.name, expr);
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
