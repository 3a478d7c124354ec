import type { Expr, LoopFacts, Span } from '../../types';
import type { Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm-edit';
import { gatherLoop, type Find, type SerialLoop } from '../async-gather';
import { defineRefactor, type Context } from '../refactor';

export const refactor = defineRefactor<EditMatch>({
  id: 'async-gather',
  family: 'async',
  title: 'Wait for several coroutines together',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const { owner, file, ir, statement, depth } = facts;
    if (owner === null || (verdict.bottleneck !== 'io-wait' && verdict.bottleneck !== 'event-loop')) return undefined;
    return gatherLoop({ file, owner, ir, statement, depth, types: typesOf(facts) }, awaited(file, cx), cx);
  },

  /** A loop that waits is on no stack: the time is found where the event loop was started. */
  matchLine({ hotspot, file }, verdict, cx): Outcome<EditMatch> | undefined {
    if (verdict.bottleneck !== 'io-wait' || !startsLoop(file, hotspot.span, cx)) return undefined;
    let refusal: Outcome<EditMatch> | undefined;
    for (const { ir, owner, statement, depth } of cx.syntax(file).loops) {
      if (owner === null) continue;
      const serial: SerialLoop = { file, owner, ir, statement, depth, types: {} };
      const outcome = gatherLoop(serial, awaited(file, cx), cx);
      if (outcome?.ok) return outcome;
      refusal ??= outcome;
    }
    return refusal;
  },

  rewrite: (match) => match.edits,
});

/** `await f(x)`, but not a pause. */
const awaited =
  (file: string, cx: Context): Find =>
  (expr) => {
    if (expr.kind !== 'await' || expr.value.kind !== 'call') return null;
    if (cx.resolve(expr.value.callee, file, expr.span.start) === 'asyncio.sleep') return null;
    return { call: expr.value, text: cx.slice(file, expr.value.span) };
  };

const typesOf = (facts: LoopFacts): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(facts.values).map(([name, { type }]) => [name, type]));

function startsLoop(file: string, hot: Span, cx: Context): boolean {
  const module = cx.syntax(file);
  const bodies = [module.body, ...module.functions.map(({ body }) => body)];
  const calls = bodies.flatMap((body) => [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt).flatMap((expr): Expr[] => [...eachExpr(expr)])));
  return calls.some((expr) => {
    if (expr.kind !== 'call' || expr.span.start.line < hot.start.line || expr.span.start.line > hot.end.line) return false;
    const path = cx.resolve(expr.callee, file, expr.span.start);
    return path === 'asyncio.run' || (expr.callee.kind === 'attribute' && expr.callee.attribute === 'run_until_complete');
  });
}
