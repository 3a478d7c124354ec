/**
 * Workers that take items from one queue and put what they make of them into another:
 *
 *     def work(tasks, results):                          def work(n):
 *         while True:                                        return slow(n)
 *             n = tasks.get()                ->
 *             if n is None:
 *                 break
 *             results.put(slow(n))
 */
import type { Expr, FunctionIR, LoopIR, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import { boundNames, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import type { Call } from './calls';
import { exprsIn, namesOf } from './names';

export interface QueueWorker {
  worker: FunctionIR;
  loop: Stmt & { kind: 'loop' };
  /** The name of an item in the worker. */
  item: string;
  /** The worker's parameters or module variables that are the two queues. */
  tasks: string;
  results: string;
  /** What is done for an item, without what deals with the queues. */
  body: readonly Stmt[];
  /** `results.put(value)`, or `results.append(value)` where threads share a list: the last thing done for an item. */
  put: Stmt;
  toList: boolean;
  value: Expr;
  /** Statements that only deal with the queues. */
  dealing: readonly Stmt[];
}

/** null: the function does something else beside that. */
export function queueWorkerOf(worker: FunctionIR, cx: Context): QueueWorker | null {
  const [loop, another] = worker.body.filter(({ kind }) => kind !== 'pass' && kind !== 'scope');
  if (loop?.kind !== 'loop' || another || loop.loop.otherwise.length > 0 || worker.decorators.length > 0 || worker.async) return null;
  const taken = takenFrom(loop.loop, worker, cx);
  if (!taken) return null;
  const done = taken.rest.filter((stmt) => callOn(stmt, taken.tasks, 'task_done'));
  const work = taken.rest.filter((stmt) => !done.includes(stmt));
  const put = work.at(-1);
  const call = put?.kind === 'expression' && put.value.kind === 'call' ? put.value : null;
  const results = call?.callee.kind === 'attribute' && /^(put|append)$/.test(call.callee.attribute) ? dottedName(call.callee.object) : null;
  const toList = call?.callee.kind === 'attribute' && call.callee.attribute === 'append';
  const [value, more] = call?.args ?? [];
  if (!put || !call || results === null || !value || more || call.keywords.length > 0 || results === taken.tasks) return null;
  const body = work.slice(0, -1);
  const inside = body.flatMap((stmt) => [...exprsIn(stmt)]).concat([...exprsIn({ kind: 'expression', value, span: value.span })]);
  const uses = inside.some((expr) => [taken.tasks, results].includes(dottedName(expr) ?? ''));
  const ends = [...eachStmt(body)].some(({ kind }) => kind === 'return' || kind === 'continue' || kind === 'break');
  const code: Stmt[] = [...body, { kind: 'expression', value, span: value.span }];
  const kept = [...namesOf({ stmts: code }).writes].some((name) => name !== taken.item && !isSetFirst(name, code));
  return uses || ends || kept
    ? null
    : { worker, loop, item: taken.item, tasks: taken.tasks, results, body, put, toList, value, dealing: [...taken.dealing, ...done] };
}

/** Is the name given a value on every way, before anything reads it? Otherwise it may still hold that of an earlier item. */
function isSetFirst(name: string, code: readonly Stmt[]): boolean {
  const at = code.findIndex((stmt) => mentions(stmt, name));
  const stmt = code[at];
  if (!stmt || sets(stmt, name)) return true;
  const blocks = nestedBlocks(stmt);
  if (blocks.length === 0 || code.slice(at + 1).some((later) => mentions(later, name))) return false;
  if (stmt.kind === 'loop' && stmt.loop.target && boundNames(stmt.loop.target).includes(name))
    return !namesOf({ exprs: headOf(stmt) }).reads.has(name);
  return !namesOf({ exprs: headOf(stmt) }).reads.has(name) && blocks.every((block) => isSetFirst(name, block));
}

function mentions(stmt: Stmt, name: string): boolean {
  const { reads, writes } = namesOf({ stmts: [stmt] });
  return reads.has(name) || writes.has(name);
}

function sets(stmt: Stmt, name: string): boolean {
  if (stmt.kind === 'assign')
    return stmt.targets.some((target) => boundNames(target).includes(name)) && !namesOf({ exprs: [stmt.value] }).reads.has(name);
  if (stmt.kind !== 'if' || namesOf({ exprs: [stmt.test] }).reads.has(name)) return false;
  const within = (block: readonly Stmt[]): boolean => {
    const first = block.find((one) => mentions(one, name));
    return first !== undefined && sets(first, name);
  };
  return within(stmt.then) && within(stmt.otherwise);
}

/** What a compound statement evaluates itself. */
const headOf = (stmt: Stmt): Expr[] => (stmt.kind === 'loop' ? spaceExprs(stmt.loop.space) : stmtExprs(stmt));

interface Taken {
  item: string;
  tasks: string;
  dealing: Stmt[];
  rest: Stmt[];
}

/** `while True: n = tasks.get(); if n is None: break`, or `for n in iter(tasks.get, None)`. */
function takenFrom(loop: LoopIR, { file }: FunctionIR, cx: Context): Taken | null {
  const { space, target, body } = loop;
  if (loop.form === 'for') {
    const call = space.kind === 'sequence' && space.value.kind === 'call' ? space.value : null;
    const [get, end] = call?.args ?? [];
    if (!call || target?.kind !== 'name' || end === undefined || cx.resolve(call.callee, file, call.span.start) !== 'builtins.iter') return null;
    const tasks = get?.kind === 'attribute' && get.attribute === 'get' ? dottedName(get.object) : null;
    return tasks === null ? null : { item: target.name, tasks, dealing: [], rest: body };
  }
  if (space.kind !== 'while' || space.test.kind !== 'constant' || space.test.value !== 'True') return null;
  const [first, second, ...rest] = body;
  const [name, another] = first?.kind === 'assign' ? first.targets : [];
  const get = first?.kind === 'assign' && first.value.kind === 'call' ? first.value : null;
  if (!first || name?.kind !== 'name' || another || get?.callee.kind !== 'attribute' || get.callee.attribute !== 'get' || get.args.length + get.keywords.length > 0) return null; // prettier-ignore
  const tasks = dottedName(get.callee.object);
  if (tasks === null || !second || !endsAt(second, name.name, tasks)) return null;
  return { item: name.name, tasks, dealing: [first, second], rest };
}

/** `if n is None: break` */
function endsAt(stmt: Stmt, item: string, tasks: string): boolean {
  if (stmt.kind !== 'if' || stmt.otherwise.length > 0 || stmt.test.kind !== 'compare') return false;
  const { first, rest } = stmt.test;
  const [only, more] = rest;
  if (first.kind !== 'name' || first.name !== item || !only || more || (only.op !== 'is' && only.op !== '==')) return false;
  const last = stmt.then.at(-1);
  const before = stmt.then.slice(0, -1).every((one) => callOn(one, tasks, 'task_done'));
  return before && (last?.kind === 'break' || (last?.kind === 'return' && last.value === null));
}

/** `queue.method(...)`, as a statement of its own. */
export function callOn(stmt: Stmt | undefined, queue: string, method: string): Call | null {
  const call = stmt?.kind === 'expression' && stmt.value.kind === 'call' ? stmt.value : null;
  return call?.callee.kind === 'attribute' && call.callee.attribute === method && dottedName(call.callee.object) === queue ? call : null;
}
