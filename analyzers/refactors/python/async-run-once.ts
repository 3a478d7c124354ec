import type { FunctionIR, LoopFacts } from '../../types';
import type { Outcome } from '../../platform/result';
import type { EditMatch } from '../algorithm/edit';
import { gatherLoop } from '../async/gather';
import type { Find } from '../async/loop';
import { defineRefactor, type Context } from '../refactor';
import { namesOf } from '../task/names';

export const refactor = defineRefactor<EditMatch>({
  id: 'async-run-once',
  family: 'async',
  title: 'Start one event loop for all calls',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (verdict.bottleneck !== 'io-wait' && verdict.bottleneck !== 'overhead' && verdict.bottleneck !== 'mixed') return undefined;
    const { file, ir, statement, depth } = facts;
    const owner = facts.owner ?? moduleAsOwner(facts, cx);
    return owner ? gatherLoop({ file, owner, ir, statement, depth, types: {} }, started(file, cx), cx, 'run') : undefined;
  },

  rewrite: (match) => match.edits,
});

/** `asyncio.run(ask(x))` */
const started =
  (file: string, cx: Context): Find =>
  (expr) => {
    if (expr.kind !== 'call' || cx.resolve(expr.callee, file, expr.span.start) !== 'asyncio.run') return null;
    const [call, another] = expr.args;
    return call?.kind === 'call' && !another && expr.keywords.length === 0 ? { call, text: cx.slice(file, call.span) } : null;
  };

/** The module's own statements, where no function can see what the loop changes. */
function moduleAsOwner({ file, ir }: LoopFacts, cx: Context): FunctionIR | null {
  const { body, functions } = cx.syntax(file);
  const { writes, stores, reads } = namesOf({ stmts: ir.body });
  const shared = new Set([...cx.syntax(file).globals, ...functions.flatMap(namesFromOutside)]);
  const hidden = (name: string): boolean => !shared.has(name);
  const called = new Set(functions.map(({ name }) => name));
  if (![...writes, ...stores].every(hidden) || ![...reads].every((name) => called.has(name) || hidden(name) || name in cx.syntax(file).imports))
    return null;
  const whole = { start: { line: 0, character: 0 }, end: ir.span.end };
  return {
    name: '<module>',
    qualname: '<module>',
    file,
    span: whole,
    params: [],
    body,
    decorators: [],
    async: false,
    topLevel: false,
    method: false,
  };
}

/** Names that a function reads or stores into and does not bind itself. */
function namesFromOutside({ params, body }: FunctionIR): string[] {
  const { reads, writes, stores } = namesOf({ stmts: body });
  const own = new Set([...params.map(({ name }) => name), ...writes]);
  return [...reads, ...stores].filter((name) => !own.has(name));
}
