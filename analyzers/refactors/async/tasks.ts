/** Coroutines that run side by side: what is handed to `asyncio.gather` and to tasks. */
import type { Expr, FunctionIR, Span, Stmt } from '../../types';
import { boundNames, eachExpr, eachStmt, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import { countOf } from './loop';
import { calledBy, reachedIn } from './reach';
import type { Call } from './known-calls';
import type { Context } from '../refactor';

/** A statement that starts tasks. */
export interface Start {
  file: string;
  statement: Span;
  /** Names that the statement gives a value. */
  names: string[];
  /** Of each kind of task: the call that makes its coroutine, and the functions that it runs. */
  tasks: { call: Call; runs: readonly FunctionIR[] }[];
  /** How many tasks there are; Infinity where the text does not tell. */
  count: number;
  /** Whoever is done first is seen first. */
  byCompletion: boolean;
}

const TOGETHER = /^asyncio\.(gather|create_task|ensure_future|wait|as_completed)$/;
const BY_COMPLETION = /^asyncio\.(wait|as_completed)$/;

/** Every place in the program that starts tasks, where what they run is plain from names. */
export function taskStarts(cx: Context): Start[] {
  return cx.files.flatMap((file) => {
    const { body, functions } = cx.syntax(file);
    return [body, ...functions.filter((fn) => fn.async).map((fn) => fn.body)].flatMap((block) => startsIn(block, false, file, cx));
  });
}

function startsIn(block: readonly Stmt[], repeated: boolean, file: string, cx: Context): Start[] {
  return block.flatMap((stmt): Start[] => {
    const inner = nestedBlocks(stmt).flatMap((nested) => startsIn(nested, repeated || stmt.kind === 'loop', file, cx));
    const exprs = stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]);
    const starters = exprs.filter((expr): expr is Call => expr.kind === 'call' && startsTasks(expr, file, cx));
    const tasks = starters.flatMap(({ args }) => args.flatMap((arg) => coroutinesIn(arg, stmt, file, cx)));
    if (tasks.length === 0) return inner;
    const byCompletion = starters.some(({ callee, span }) => BY_COMPLETION.test(cx.resolve(callee, file, span.start) ?? ''));
    const names = stmt.kind === 'assign' ? stmt.targets.flatMap(boundNames) : [];
    const counts = exprs.flatMap((expr) => (expr.kind === 'loop' ? [countOf(expr.loop)] : []));
    const count = repeated || counts.some(Number.isNaN) ? Infinity : Math.max(tasks.length, ...counts);
    return [{ file, statement: stmt.span, names, tasks, count, byCompletion }, ...inner];
  });
}

const startsTasks = ({ callee, span }: Call, file: string, cx: Context): boolean =>
  TOGETHER.test(cx.resolve(callee, file, span.start) ?? '') || (callee.kind === 'attribute' && callee.attribute === 'create_task');

/** Calls of coroutine functions in an argument, or in what the function gives to the variable that is handed over. */
function coroutinesIn(arg: Expr, stmt: Stmt, file: string, cx: Context): Start['tasks'] {
  const given = (name: string): Expr[] => {
    const around = cx.syntax(file).functions.find((fn) => fn.span.start.line <= stmt.span.start.line && stmt.span.end.line <= fn.span.end.line);
    return [...eachStmt(around?.body ?? cx.syntax(file).body)].flatMap((one) => (one.kind === 'assign' && one.targets.some((target) => target.kind === 'name' && target.name === name) ? [one.value] : []));
  };
  const value = arg.kind === 'spread' ? arg.value : arg;
  const exprs = (value.kind === 'name' ? given(value.name) : [value]).flatMap((one) => [...eachExpr(one)]);
  return exprs.flatMap((expr) => {
    if (expr.kind !== 'call') return [];
    const called = calledBy(expr, file, cx).filter((fn) => fn.async);
    return called.length > 0 ? [{ call: expr, runs: called.flatMap((fn) => [fn, ...reachedIn(fn.body, fn.file, cx)]) }] : [];
  });
} // prettier-ignore
