import type { Expr, LoopFacts, Span, Stmt } from '../../types';
import { sameSpan } from '../../platform/span';
import type { PythonModule } from '../../syntax/python-module';
import { dottedName } from '../../syntax/python-loops';
import { childExprs, eachExpr, eachStmt, nestedBlocks, stmtExprs, stmtNames } from '../../syntax/python-walk';
import type { Context } from '../refactor';

type Call = Expr & { kind: 'call' };

/** What becomes of the values of a comprehension. */
export type Use =
  | { kind: 'list' }
  | { kind: 'array' }
  /** What `frame.apply(f, axis=1)` gives. `column`: it becomes one of the same frame. */
  | { kind: 'series'; frame: Expr; column: boolean }
  | { kind: 'reduce'; op: 'sum' | 'min' | 'max' | 'any' | 'all' | 'prod' | 'len'; start: Expr | null };

/** Where a loop stands: its statement among its neighbours, and for a comprehension what its value is used for. */
export interface Site {
  block: readonly Stmt[];
  index: number;
  statement: Stmt;
  /** The expression that array code replaces; null where the statement is the loop itself. */
  holder: Expr | null;
  use: Use | null;
  /** `name = ...` or `return ...` with nothing else on the right. */
  direct: { kind: 'assign'; name: string } | { kind: 'return' } | null;
  /** Loops around the statement, outermost first. */
  outers: readonly Stmt[];
  /** Other statements may be put before this one. */
  hoistable: boolean;
}

export function findSite(facts: LoopFacts, module: PythonModule, cx: Context): Site | null {
  const numpy = new Set(Object.entries(module.imports).flatMap(([alias, path]) => (path === 'numpy' ? [alias] : [])));
  const body = facts.owner?.body ?? module.body;
  for (const statement of eachStmt(body))
    if (statement.kind === 'assign' && makesArray(statement.value, numpy))
      for (const target of statement.targets) if (target.kind === 'name') numpy.add(target.name);
  const found = search(body, facts.ir.span, numpy);
  if (!found) return null;
  const { block, index, path, outers } = found;
  const statement = block[index];
  if (!statement) return null;
  if (path.length === 0) return { block, index, statement, holder: null, use: null, direct: null, outers, hoistable: true };
  return valueSite(block, index, statement, path, outers, facts, cx);
}

/** `np.asarray(xs) if ... else None`: arrays that array code made ahead of its loop. */
const makesArray = (value: Expr, numpy: ReadonlySet<string>): boolean =>
  value.kind === 'conditional' &&
  value.otherwise.kind === 'constant' &&
  value.otherwise.value === 'None' &&
  [...eachExpr(value.then)].some((expr) => expr.kind === 'name' && numpy.has(expr.name));

const storesSlice = (statement: Stmt): boolean =>
  statement.kind === 'assign' && statement.targets.some((target) => [...eachExpr(target)].some((expr) => expr.kind === 'slice'));

/** The loop beside its own array code is what that code falls back on. */
function isFallback(statement: Stmt, block: readonly Stmt[], numpy: ReadonlySet<string>): boolean {
  const uses = (body: readonly Stmt[]): boolean => [...stmtNames(body).reads].some((name) => numpy.has(name));
  if (statement.kind === 'try') return block !== statement.body && uses(statement.body);
  if (statement.kind !== 'if' || block !== statement.otherwise || uses(block)) return false;
  const tested = [...eachExpr(statement.test)].some((expr) => expr.kind === 'name' && numpy.has(expr.name));
  return tested || uses(statement.then) || statement.then.some(storesSlice);
}

/** Arrays that are tried before the loop. */
function triesArrays(statement: Stmt | undefined, numpy: ReadonlySet<string>): boolean {
  if (statement?.kind === 'if') return statement.then.some((inner) => triesArrays(inner, numpy));
  if (statement?.kind !== 'try' || ![...stmtNames(statement.body).reads].some((name) => numpy.has(name))) return false;
  const caught = statement.handlers.flatMap((handler) => (handler.type ? [...eachExpr(handler.type)] : []));
  return caught.some((type) => type.kind === 'name' && ['FloatingPointError', 'ArithmeticError'].includes(type.name));
}

/** What stands after the arrays that were tried: it runs where they failed. */
function followsArrays(statement: Stmt, before: Stmt | undefined, numpy: ReadonlySet<string>): boolean {
  if (statement.kind === 'if') return statement.test.kind === 'unary' && statement.test.op === 'not' && triesArrays(before, numpy);
  return statement.kind === 'return' && triesArrays(before, numpy);
}

function search(
  body: readonly Stmt[],
  span: Span,
  numpy: ReadonlySet<string>,
): { block: readonly Stmt[]; index: number; path: Expr[]; outers: Stmt[] } | null {
  for (const [index, statement] of body.entries()) {
    if (followsArrays(statement, body[index - 1], numpy)) continue;
    if (statement.kind === 'loop' && sameSpan(statement.loop.span, span)) return { block: body, index, path: [], outers: [] };
    for (const top of stmtExprs(statement)) {
      const path = pathTo(top, span);
      if (path) return { block: body, index, path, outers: [] };
    }
    for (const block of nestedBlocks(statement)) {
      const found = isFallback(statement, block, numpy) ? null : search(block, span, numpy);
      if (found) return { ...found, outers: statement.kind === 'loop' ? [statement, ...found.outers] : found.outers };
    }
  }
  return null;
}

function pathTo(expr: Expr, span: Span): Expr[] | null {
  if (expr.kind === 'loop' && sameSpan(expr.loop.span, span)) return [expr];
  if (expr.kind === 'loop') return null;
  for (const child of childExprs(expr)) {
    const path = pathTo(child, span);
    if (path) return [expr, ...path];
  }
  return null;
}

const reducers = new Set(['sum', 'min', 'max', 'any', 'all']);
/** Functions that turn their first argument into an array anyway. */
const arrayTakers =
  /^numpy\.(array|asarray|mean|sum|std|var|median|max|min|amax|amin|percentile|quantile|histogram|sort|cumsum|argmax|argmin|prod|ptp)$/;

function valueSite(
  block: readonly Stmt[],
  index: number,
  statement: Stmt,
  path: readonly Expr[],
  outers: readonly Stmt[],
  facts: LoopFacts,
  cx: Context,
): Site | null {
  const loop = path[path.length - 1];
  const above = path[path.length - 2];
  if (loop?.kind !== 'loop') return null;
  const parent: Call | null = above?.kind === 'call' && above.args[0] === loop ? above : null;
  const called = parent ? (cx.resolve(parent.callee, facts.file, parent.span.start) ?? '') : '';
  const name = called.replace(/^builtins\./, '');
  const alone = parent !== null && parent.args.length === 1 && parent.keywords.length === 0;
  const made = loop.loop.form === 'list-comprehension';
  let use: Use = { kind: 'list' };
  let holder: Expr = loop;
  const { space } = loop.loop;
  if (space.kind === 'rows' && space.by === 'apply') use = { kind: 'series', frame: space.frame, column: isColumnOf(space.frame, statement, loop) };
  else if (
    parent &&
    called.startsWith('builtins.') &&
    reducers.has(name) &&
    parent.keywords.length === 0 &&
    (alone || (name === 'sum' && parent.args.length === 2))
  ) {
    use = { kind: 'reduce', op: name as 'sum', start: parent.args[1] ?? null };
    holder = parent;
  } else if (parent && alone && called === 'math.prod') {
    use = { kind: 'reduce', op: 'prod', start: null };
    holder = parent;
  } else if (parent && alone && made && called === 'builtins.len') {
    use = { kind: 'reduce', op: 'len', start: null };
    holder = parent;
  } else if (parent && alone && called === 'builtins.list') holder = parent;
  else if (parent && made && (called === 'numpy.array' || called === 'numpy.asarray') && alone) {
    use = { kind: 'array' };
    holder = parent;
  } else if (parent && made && arrayTakers.test(called) && called !== 'numpy.array' && called !== 'numpy.asarray') use = { kind: 'array' };
  else if (!made && !(parent && alone && ['builtins.tuple', 'builtins.sorted', 'builtins.set'].includes(called))) return null;

  const outer = path.slice(0, path.indexOf(holder));
  const branching = outer.some((expr) => ['conditional', 'logical', 'lambda', 'loop', 'named', 'yield', 'await'].includes(expr.kind));
  const simple = ['assign', 'return', 'expression', 'augment'].includes(statement.kind);
  const hoistable = simple && !branching && !callsBefore(statement, path);
  let direct: Site['direct'] = null;
  if (outer.length === 0 && statement.kind === 'return') direct = { kind: 'return' };
  if (outer.length === 0 && statement.kind === 'assign' && statement.targets.length === 1 && statement.value === holder) {
    const [target] = statement.targets;
    if (target?.kind === 'name') direct = { kind: 'assign', name: target.name };
  }
  return { block, index, statement, holder, use, direct, outers, hoistable };
}

/** `frame['new'] = value` */
function isColumnOf(frame: Expr, statement: Stmt, value: Expr): boolean {
  const [target, ...more] = statement.kind === 'assign' && statement.value === value ? statement.targets : [];
  return target?.kind === 'subscript' && more.length === 0 && dottedName(target.object) === dottedName(frame) && target.index.kind === 'string';
}

/** True where the statement calls something beside the path, which might have to happen first. */
function callsBefore(statement: Stmt, path: readonly Expr[]): boolean {
  const inside = path[path.length - 1];
  for (const top of stmtExprs(statement)) {
    for (const expr of eachExpr(top)) {
      if (expr === inside) break;
      if (expr.kind !== 'call' || path.includes(expr)) continue;
      const plain = expr.callee.kind === 'name' && ['len', 'float', 'int', 'abs', 'round', 'range'].includes(expr.callee.name);
      if (!plain) return true;
    }
  }
  return false;
}
