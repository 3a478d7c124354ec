import type { Expr, Span, Verdict } from '../../types';
import { lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr, stmtExprs } from '../../syntax/python-walk';
import { defineRefactor, type Context } from '../refactor';
import { lengthOf } from '../task/lengths';
import { chunkEdits, chunkSizeOf } from '../task/pool-chunks';
import type { PoolMatch } from '../task/pool-hoist';
import { comparableNames, isProcesses, poolsNear, type PoolCall } from '../task/pools';
import { joinedImports, orderedEdits } from '../task/text';

/** Fewer items than this are no crowd: a message for each of them costs next to nothing. */
const crowd = 200;

export const refactor = defineRefactor<PoolMatch>({
  id: 'pool-chunksize',
  family: 'chunk',
  title: 'Hand items to the pool in pieces',
  match: (facts, verdict, cx) => inPieces(facts.file, facts.hotspot.span, verdict, cx),
  matchFunction: (facts, verdict, cx) => inPieces(facts.file, facts.hotspot.span, verdict, cx),
  matchLine: (facts, verdict, cx) => inPieces(facts.file, facts.hotspot.span, verdict, cx),
  rewrite: (match) => match.edits,
});

function inPieces(file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<PoolMatch> | undefined {
  for (const pool of poolsNear(file, hot, cx)) {
    if (!isProcesses(pool)) continue;
    for (const used of pool.calls) {
      const found = chunkSizeOf(pool, used);
      const explicit = found?.size?.kind === 'number' && Number(found.size.text) === 1;
      const alone = found !== null && found.size === null && (pool.kind === 'process-executor' || used.method.startsWith('imap'));
      if (!explicit && !alone) continue;
      const items = used.call.args[1];
      const length = items ? lengthOf(items, pool, cx) : null;
      if (length !== null && Number(length.replaceAll('_', '')) < crowd) {
        return refuse('few-items', `The pool (${lineOf(used.call.span)}) is given ${length} items: a message for each costs next to nothing, and shares the work out best.`, 'Leave it as it is.', used.call.span); // prettier-ignore
      }
      const made = chunkEdits(pool, used, cx, 1);
      if (!made) continue;
      const exact = atOnce(used, pool.kind === 'process-pool', cx, file);
      return ok({
        file,
        region: used.statement.kind === 'loop' || used.statement.kind === 'with' ? pool.statement.span : used.statement.span,
        captures: comparableNames(pool, [used.statement], cx),
        title: 'Hand items to the pool in pieces',
        cost: { kind: 'factor', low: 0.8, high: verdict.bottleneck === 'overhead' ? 15 : 2 },
        assumptions: exact ? [] : ['No task fails: a failing one takes the results of its piece along.'],
        guarded: exact,
        tolerance: 0,
        requires: [],
        workers: null,
        edits: orderedEdits([...joinedImports(made.imports, cx.text(file)), ...made.edits]),
      });
    }
  }
  return undefined;
}

/** Everything is taken before anybody sees a part of it: `list(pool.map(f, xs))`. */
function atOnce({ call, statement, method }: PoolCall, isList: boolean, cx: Context, file: string): boolean {
  if (isList && !method.startsWith('imap')) return true;
  const takes = (expr: Expr): boolean => /^builtins\.(list|tuple|sum|sorted)$/.test(cx.resolve(expr, file, expr.span.start) ?? '');
  return stmtExprs(statement)
    .flatMap((top) => [...eachExpr(top)])
    .some((expr) => expr.kind === 'call' && expr.args.includes(call) && takes(expr.callee));
}
