import type { Expr, FunctionIR, Span } from '../../types';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { ok } from '../../platform/result';
import { codeOfFunction, inside, moduleCode, stepsTo, valuesGiven, type Code } from './code';
import { mergeInsertions, type Draft, type EditMatch } from './edit';
import { reachedFrom } from '../memoize/sites';
import type { Context, Match } from '../refactor';

/** More places than these say nothing new. */
const MOST_REGIONS = 6;

export interface Caller {
  code: Code;
  call: Expr & { kind: 'call' };
  /** The outermost loop of its code that the call stands in, else its statement: it is entered once, and not in every trip. */
  region: Span;
}

/** Calls of a function from code that it does not lead back to. Those of a method are known by its name alone. */
export function callersOf(fn: FunctionIR, cx: Context): Caller[] {
  const reached = reachedFrom(fn, cx);
  const codes = cx.files.flatMap((file) => [moduleCode(file, cx), ...cx.syntax(file).functions.map((one) => codeOfFunction(one, cx))]);
  return codes
    .filter(({ file, owner }) => owner === null || !reached.has(`${file}::${owner.qualname}`))
    .flatMap((code) =>
      callsOf(code)
        .filter(({ callee }) => {
          const named = cx.functionOf(callee, code.file);
          if (named !== null) return named === fn;
          return fn.method
            ? callee.kind === 'attribute' && callee.attribute === fn.name
            : callee.kind === 'name' && isMadeBy(fn, callee.name, code, cx);
        })
        .map((call) => ({ code, call, region: regionAround(code, call.span) })),
    );
}

/** `solve = make_solver(...)`: a function within that one which was handed out. */
function isMadeBy(fn: FunctionIR, name: string, code: Code, cx: Context): boolean {
  const maker = fn.qualname.slice(0, Math.max(0, fn.qualname.lastIndexOf('.<locals>.')));
  return (
    maker !== '' && valuesGiven(name, code).some((value) => value?.kind === 'call' && cx.functionOf(value.callee, code.file)?.qualname === maker)
  );
}

const callsOf = ({ body }: Code): Caller['call'][] =>
  [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt)).flatMap((top) => [...eachExpr(top)].filter((expr) => expr.kind === 'call'));

function regionAround({ body }: Code, call: Span): Span {
  const steps = stepsTo(body, call);
  const loop = steps.find(({ stmt }) => stmt.kind === 'loop');
  return (loop ?? steps[steps.length - 1])?.stmt.span ?? call;
}

/** Where callers of a function are timed: their statements or loops, those within others left out. */
export function callerRegions(fn: FunctionIR, cx: Context): NonNullable<Match['regions']> {
  const callers = callersOf(fn, cx);
  // A loop that is itself in a function called by another of these loops would be entered again and again, and says nothing new.
  const spans = new Map(callers.map(({ code, region }) => [`${code.file}:${region.start.line}`, { file: code.file, span: region, captures: [] }]));
  const all = [...spans.values()];
  return all.filter((one) => !all.some((other) => other !== one && other.file === one.file && inside(one.span, other.span))).slice(0, MOST_REGIONS);
}

/** A match for a change of a function, or of what it works on, that is timed where the function is called. */
export function finishFunction(fn: FunctionIR, draft: Draft, cx: Context): { ok: true; value: EditMatch } | undefined {
  const regions = callerRegions(fn, cx);
  const [first] = regions;
  if (first === undefined) return undefined;
  const { title, cost, tolerance = 0, requires = [] } = draft;
  const assumptions = [...new Set(draft.assumptions)];
  const edits = mergeInsertions(draft.edits);
  return ok({ file: first.file, region: first.span, captures: [], regions, title, cost, assumptions, guarded: assumptions.length === 0, tolerance, requires, workers: null, edits }); // prettier-ignore
}
