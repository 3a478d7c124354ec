import type { LoopFacts } from '../../types';
import type { Outcome } from '../../platform/result';
import type { EditMatch } from '../algorithm/edit';
import { gatherLoop } from '../async/gather';
import type { Find } from '../async/loop';
import { defineRefactor, type Context } from '../refactor';
import { waitingOf } from '../task/calls';

export const refactor = defineRefactor<EditMatch>({
  id: 'async-blocking-calls',
  family: 'async',
  title: 'Wait for blocking calls of a coroutine in threads',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const { owner, file, ir, statement, depth } = facts;
    const [major, minor] = cx.interpreter.version;
    // asyncio.to_thread came with Python 3.9.
    if (owner === null || (major === 3 && minor < 9) || (verdict.bottleneck !== 'io-wait' && verdict.bottleneck !== 'event-loop')) return undefined;
    const types = Object.fromEntries(Object.entries(facts.values).map(([name, { type }]) => [name, type]));
    return gatherLoop({ file, owner, ir, statement, depth, types }, blocking(facts, cx), cx, 'threads');
  },

  rewrite: (match) => match.edits,
});

/** A call that stops the whole thread until it is done, but not a pause, which is there to take time. */
function blocking(facts: LoopFacts, cx: Context): Find {
  const { file } = facts;
  return (expr) => {
    if (expr.kind !== 'call' || expr.args.some(({ kind }) => kind === 'loop') || waitingOf(expr, facts) === null) return null;
    const path = cx.resolve(expr.callee, file, expr.span.start);
    if (path === 'time.sleep' || path?.startsWith('asyncio.') === true || cx.functionOf(expr.callee, file)?.async === true) return null;
    const asyncio = cx.importName(file, 'asyncio');
    const parts = [expr.callee, ...expr.args].map(({ span }) => cx.slice(file, span));
    const named = expr.keywords.map(({ name, value }) => `${name}=${cx.slice(file, value.span)}`);
    return { call: expr, text: `${asyncio.written}.to_thread(${[...parts, ...named].join(', ')})` };
  };
}
