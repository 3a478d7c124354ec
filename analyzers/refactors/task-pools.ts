/** Pools of workers that a file already has: where each is made, and what it is asked to do. */
import type { Expr, FunctionIR, Span, Stmt } from '../types';
import type { PythonModule } from '../syntax/python-module';
import { eachExpr, nestedBlocks, stmtExprs } from '../syntax/python-walk';
import type { Context } from './refactor';
import type { Call } from './task-calls';
import { within } from './task-names';

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
