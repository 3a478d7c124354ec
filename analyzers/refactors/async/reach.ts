/** Which coroutines run when an event loop is started. */
import type { FunctionIR, Span, Stmt } from '../../types';
import { eachStmt, eachExpr, stmtExprs } from '../../syntax/python-walk';
import type { Call } from './known-calls';
import type { Context } from '../refactor';

export const callsIn = (statements: readonly Stmt[]): Call[] =>
  [...eachStmt(statements)].flatMap((stmt) =>
    stmtExprs(stmt).flatMap((top) => [...eachExpr(top)].flatMap((expr) => (expr.kind === 'call' ? [expr] : []))),
  );

/** `asyncio.run(main())`, `loop.run_until_complete(main())`. */
export function startsEventLoop(call: Call, file: string, cx: Context): boolean {
  const path = cx.resolve(call.callee, file, call.span.start);
  return path === 'asyncio.run' || (call.callee.kind === 'attribute' && call.callee.attribute === 'run_until_complete');
}

/** The one coroutine function that the program starts its event loop with; null where there are several. */
export function entryOf(cx: Context): FunctionIR | null {
  const started = cx.files.flatMap((file) => {
    const { body, functions } = cx.syntax(file);
    const starts = [body, ...functions.map((fn) => fn.body)].flatMap(callsIn).filter((call) => startsEventLoop(call, file, cx));
    return starts.flatMap(({ args }) => args.slice(0, 1).flatMap((arg) => (arg.kind === 'call' ? calledBy(arg, file, cx) : [])));
  });
  const [entry, another] = new Set(started);
  return entry?.async === true && !another ? entry : null;
}

/** The coroutine functions that run for an event loop started in these lines, those that start others first; none where none is started there. */
export function coroutinesFrom(file: string, hot: Span, cx: Context): FunctionIR[] {
  const { body, functions } = cx.syntax(file);
  const starts = [body, ...functions.map((fn) => fn.body)].flatMap(callsIn).filter(({ span }) => span.start.line >= hot.start.line && span.start.line <= hot.end.line).filter((call) => startsEventLoop(call, file, cx)); // prettier-ignore
  if (starts.length === 0) return [];
  const named = starts.flatMap(({ args }) => args.flatMap((arg) => (arg.kind === 'call' ? [arg] : [])));
  return spread(named, file, cx).filter((fn) => fn.async);
}

/** The functions that statements call, and what those call. */
export const reachedIn = (statements: readonly Stmt[], file: string, cx: Context): FunctionIR[] => spread(callsIn(statements), file, cx);

/** The functions of the program's own that a call may run. A method is taken for each of its name: too much is reached rather than too little. */
export function calledBy({ callee }: Call, file: string, cx: Context): FunctionIR[] {
  const own = cx.functionOf(callee, file);
  if (own) return [own];
  if (callee.kind !== 'attribute' || cx.resolve(callee, file, callee.span.start) !== null) return [];
  return cx.files.flatMap((each) => cx.syntax(each).functions.filter((fn) => fn.method && fn.name === callee.attribute));
}

function spread(calls: readonly Call[], file: string, cx: Context): FunctionIR[] {
  const reached = new Set(calls.flatMap((call) => calledBy(call, file, cx)));
  for (const fn of reached) for (const call of callsIn(fn.body)) for (const next of calledBy(call, fn.file, cx)) reached.add(next);
  return [...reached];
}
