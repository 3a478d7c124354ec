/** Pools of workers that a file already has: where each is made, and what it is asked to do. */
import type { Expr, FunctionIR, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import type { PythonModule } from '../../syntax/python-module';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn, namesOf } from './names';

export type PoolKind = 'process-executor' | 'thread-executor' | 'process-pool' | 'thread-pool';
const kinds: Record<string, PoolKind> = {
  'concurrent.futures.ProcessPoolExecutor': 'process-executor',
  'concurrent.futures.process.ProcessPoolExecutor': 'process-executor',
  'concurrent.futures.ThreadPoolExecutor': 'thread-executor',
  'concurrent.futures.thread.ThreadPoolExecutor': 'thread-executor',
  'multiprocessing.Pool': 'process-pool',
  'multiprocessing.pool.Pool': 'process-pool',
  'multiprocessing.pool.ThreadPool': 'thread-pool',
  'multiprocessing.dummy.Pool': 'thread-pool',
};

/** `pool.map(work, items)` */
export interface PoolCall {
  method: string;
  call: Call;
  /** The smallest statement that it stands in, and all around that, outermost first. */
  statement: Stmt;
  around: readonly Stmt[];
  /** What the workers run: the function itself, or the one that `partial` wraps. */
  work: Expr | null;
  worker: FunctionIR | null;
}
export interface Pool {
  file: string;
  kind: PoolKind;
  name: string;
  made: Call;
  /** `with Pool() as pool:`, or `pool = Pool()` where statements next to it use and close it. */
  form: 'with' | 'assign';
  statement: Stmt;
  /** What stands beside the statement, in its block. */
  block: readonly Stmt[];
  /** Statements around it in its function, outermost first. */
  around: readonly Stmt[];
  owner: FunctionIR | null;
  calls: PoolCall[];
  /** `pool.close()` and so on, each a statement of its own. */
  endings: Stmt[];
  /** The pool itself is handed on, or asked for something that is not known here. */
  escapes: boolean;
}

export const isProcesses = (pool: Pool): boolean => pool.kind === 'process-executor' || pool.kind === 'process-pool';
export const isExecutor = (pool: Pool): boolean => pool.kind === 'process-executor' || pool.kind === 'thread-executor';

const working = new Set(['map', 'imap', 'imap_unordered', 'starmap', 'submit', 'apply', 'apply_async', 'map_async', 'starmap_async']);
const ending = new Set(['close', 'join', 'terminate', 'shutdown']);

/** Every pool of a file that a plain name holds, in text order. */
export function poolsOf(file: string, cx: Context): Pool[] {
  const module = cx.syntax(file);
  const found = poolsIn(module.body, null, module, cx);
  for (const owner of module.functions) found.push(...poolsIn(owner.body, owner, module, cx));
  return found;
}

/** The pools that a hot place has to do with: it holds one, one holds it, or it is what the workers of one run. */
export function poolsNear(file: string, hot: Span, cx: Context): Pool[] {
  const touches = (a: Span, b: Span): boolean => within(a, b) || within(b, a) || (a.start.line <= b.start.line && b.start.line <= a.end.line);
  return poolsOf(file, cx).filter((pool) => {
    const places = [pool.statement.span, ...pool.calls.map(({ call }) => call.span), ...(pool.owner === null ? [] : [headerOf(pool.owner)])];
    if (places.some((place) => touches(hot, place))) return true;
    return pool.calls.some(({ worker }) => worker?.file === file && within(hot, worker.span));
  });
}

const headerOf = ({ span }: FunctionIR): Span => ({ start: span.start, end: span.start });

function poolsIn(body: readonly Stmt[], owner: FunctionIR | null, module: PythonModule, cx: Context): Pool[] {
  const found: Pool[] = [];
  const look = (block: readonly Stmt[], around: readonly Stmt[]): void => {
    for (const [index, statement] of block.entries()) {
      const made = madeBy(statement);
      const kind = made ? kinds[cx.resolve(made.call.callee, module.file, made.call.span.start) ?? ''] : undefined;
      if (made && kind !== undefined) {
        const uses = made.form === 'with' && statement.kind === 'with' ? statement.body : block.slice(index + 1);
        // A pool that is made again under its name is another one.
        const outside = made.form === 'assign' && around.length === 0 && mentions(made.name, block.slice(0, index));
        const pool: Pool = { file: module.file, kind, name: made.name, made: made.call, form: made.form, statement, block, around, owner, calls: [], endings: [], escapes: outside }; // prettier-ignore
        readUses(pool, uses, cx);
        found.push(pool);
      }
      for (const inner of nestedBlocks(statement)) look(inner, [...around, statement]);
    }
  };
  look(body, []);
  return found;
}

function madeBy(statement: Stmt): { call: Call; name: string; form: Pool['form'] } | null {
  if (statement.kind === 'with') {
    const [item, another] = statement.items;
    if (!item || another || item.context.kind !== 'call' || item.target?.kind !== 'name') return null;
    return { call: item.context, name: item.target.name, form: 'with' };
  }
  if (statement.kind !== 'assign' || statement.value.kind !== 'call') return null;
  const [target, another] = statement.targets;
  return target?.kind === 'name' && !another ? { call: statement.value, name: target.name, form: 'assign' } : null;
}

const mentions = (name: string, block: readonly Stmt[]): boolean =>
  block.some((stmt) => [...stmtExprs(stmt)].some((top) => [...eachExpr(top)].some((expr) => expr.kind === 'name' && expr.name === name)));

function readUses(pool: Pool, block: readonly Stmt[], cx: Context): void {
  const look = (statements: readonly Stmt[], around: readonly Stmt[]): void => {
    for (const statement of statements) {
      const receivers = new Set<Expr>();
      for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
        if (expr.kind === 'name' && expr.name === pool.name && !receivers.has(expr)) pool.escapes = true;
        if (expr.kind !== 'call' || expr.callee.kind !== 'attribute') continue;
        const { object, attribute } = expr.callee;
        if (object.kind !== 'name' || object.name !== pool.name) continue;
        receivers.add(object);
        if (ending.has(attribute)) {
          if (statement.kind === 'expression' && statement.value === expr) pool.endings.push(statement);
          else pool.escapes = true;
        } else if (working.has(attribute)) {
          const work = workOf(expr.args[0] ?? null, pool.file, cx);
          const worker = work === null ? null : cx.functionOf(work, pool.file);
          pool.calls.push({ method: attribute, call: expr, statement, around, work, worker });
        } else pool.escapes = true;
      }
      if (statement.kind === 'opaque' && statement.reads.includes(pool.name)) pool.escapes = true;
      for (const inner of nestedBlocks(statement)) look(inner, [...around, statement]);
    }
  };
  look(block, []);
}

/** `work` of `partial(work, 3)`. */
function workOf(given: Expr | null, file: string, cx: Context): Expr | null {
  if (given?.kind !== 'call') return given;
  const wrapped = cx.resolve(given.callee, file, given.span.start) === 'functools.partial' ? given.args[0] : undefined;
  return wrapped ?? null;
}

/** Names with values that can be compared when the statements end: no futures, and no results that are still on their way. */
export function comparableNames(pool: Pool, stmts: readonly Stmt[], cx: Context): string[] {
  const handles = new Set([pool.name, 'self']);
  const gives = (expr: Expr): boolean => {
    if (expr.kind === 'name') return handles.has(expr.name);
    if (expr.kind === 'call') {
      const used = pool.calls.find(({ call }) => call === expr);
      if (used) return isExecutor(pool) || /^imap|async$/.test(used.method);
      const path = cx.resolve(expr.callee, pool.file, expr.span.start) ?? '';
      return (
        /^concurrent\.futures\.(as_completed|wait)$|^builtins\.(enumerate|zip|list|tuple|iter)$/.test(path) &&
        path !== 'builtins.list' &&
        expr.args.some(gives)
      );
    }
    if (expr.kind === 'collection') return expr.items.some(gives);
    if (expr.kind === 'loop')
      return [...eachStmt(expr.loop.body)].some((stmt) => stmt.kind === 'emit' && (gives(stmt.value) || (stmt.key !== null && gives(stmt.key))));
    return expr.kind === 'dict' && expr.entries.some(({ key, value }) => gives(key) || gives(value));
  };
  const spaceOf = (stmt: Stmt & { kind: 'loop' }): Expr[] => {
    return stmtExprs({ ...stmt, loop: { ...stmt.loop, body: [], otherwise: [], target: null } });
  };
  for (const stmt of eachStmt(stmts)) {
    if (stmt.kind === 'assign' && gives(stmt.value)) for (const target of stmt.targets) for (const name of boundNames(target)) handles.add(name);
    // Items of results that arrive in order are values; futures are not.
    if (stmt.kind === 'loop' && stmt.loop.target && spaceOf(stmt).some((expr) => gives(expr) && !isLazyMap(expr, pool))) for (const name of boundNames(stmt.loop.target)) handles.add(name); // prettier-ignore
    if (stmt.kind === 'expression' && stmt.value.kind === 'call' && stmt.value.callee.kind === 'attribute' && stmt.value.args.some(gives)) {
      const { object } = stmt.value.callee;
      if (object.kind === 'name') handles.add(object.name);
    }
  }
  const names = namesOf({ stmts });
  const filled = stmts
    .flatMap((stmt) => [...exprsIn(stmt)])
    .flatMap((expr) => {
      const callee = expr.kind === 'call' && expr.callee.kind === 'attribute' ? expr.callee : null;
      return callee?.object.kind === 'name' && /^(append|extend|add|update)$/.test(callee.attribute) ? [callee.object.name] : [];
    });
  const at = stmts[0]?.span.start ?? pool.made.span.start;
  return [...new Set([...names.writes, ...names.stores, ...filled])].filter(
    (name) => !handles.has(name) && cx.resolve({ kind: 'name', name, span: { start: at, end: at } }, pool.file, at) === null,
  );
}

const isLazyMap = (expr: Expr, pool: Pool): boolean => pool.calls.some(({ call, method }) => call === expr && /^(map|imap)/.test(method));
