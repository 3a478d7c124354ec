import type { CostModel, Edit, Expr, FunctionFacts, LoopFacts, Stmt } from '../../types';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import { codeOf, codeOfFunction, type Code } from '../algorithm/code';
import { finishFunction } from '../algorithm/callers';
import { placesOf, savingCost } from '../algorithm/cost';
import { finish, type Draft, type EditMatch } from '../algorithm/edit';
import { definitionAbove, isKnownAbove } from '../algorithm/definition';
import { isLazy, tripExprs, waitsForIo } from '../algorithm/loop';
import { defineRefactor, type Context } from '../refactor';

type Call = Expr & { kind: 'call' };
/** `re.search(pattern, text)`: with how many arguments that a compiled pattern takes as well, flags left out. */
interface Matching {
  call: Call;
  method: string;
  pattern: Expr;
  flags: Expr | null;
  others: Expr[];
  keywords: Call['keywords'];
}

/** Where the flags stand among the arguments that are given by position. */
const FLAGS_AT: Record<string, number> = { match: 2, search: 2, fullmatch: 2, findall: 2, finditer: 2, sub: 4, subn: 4, split: 3, compile: 1 };
/** The `re` module remembers so many patterns; a program that uses more has each of them compiled again and again. */
const ENTRIES = 4096;
/** A call of the module takes about a microsecond where it remembers the pattern, and a hundred times that where it does not. */
const COMPILED = 20e-6;

/** Regular expressions that a hot loop, or a function that it calls, hands to the `re` module as text. */
export const refactor = defineRefactor<EditMatch>({
  id: 'regex-compile',
  family: 'algorithm',
  title: 'Compile each pattern once',

  match(facts, verdict, cx): Outcome<EditMatch> | undefined {
    const code = codeOf(facts, cx);
    if (facts.ir.language !== 'python' || waitsForIo(verdict, facts) || code === null || isLazy(facts)) return undefined;
    const trips = facts.trips ?? facts.evidence?.trips ?? null;
    const draft = draftOf(tripExprs(facts.ir), trips, facts, code, cx);
    return draft?.ok === true ? ok(finish(facts, code, draft.value)) : draft;
  },

  matchFunction(facts, verdict, cx): Outcome<EditMatch> | undefined {
    if (waitsForIo(verdict, facts) || cx.syntax(facts.file).language === 'javascript') return undefined;
    const code = codeOfFunction(facts.function, cx);
    const draft = draftOf(exprsIn(code.body), facts.repeats?.calls ?? null, facts, code, cx);
    return draft?.ok === true ? finishFunction(facts.function, draft.value, cx) : draft;
  },

  rewrite: (match) => match.edits,
});

const exprsIn = (body: readonly Stmt[]): Expr[] => [...eachStmt(body)].flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]));

function draftOf(
  exprs: readonly Expr[],
  trips: number | null,
  facts: LoopFacts | FunctionFacts,
  code: Code,
  cx: Context,
): Outcome<Draft> | undefined {
  const found = exprs.flatMap((expr) => matchingOf(expr, code, cx) ?? []);
  const [first] = found;
  if (first === undefined) return undefined;
  const shown = found.find(({ flags }) => flags !== null && /DEBUG/.test(cx.slice(code.file, flags.span)));
  if (shown) return refuse('debug', 'A pattern that is compiled with `re.DEBUG` prints what it is made of each time.', 'Leave out the flag.', shown.call.span); // prettier-ignore
  const name = cx.freshName('compile_pattern', code.file);
  const cache = cx.importName(code.file, 'functools', { name: 'lru_cache' });
  const edits: Edit[] = cache.edit ? [cache.edit] : [];
  const compile = cx.slice(code.file, first.call.callee.span).replace(/\w+$/, 'compile');
  const compiled = first.call.callee.kind === 'attribute' ? compile : cx.importName(code.file, 're', { name: 'compile' }).written;
  edits.push(definitionAbove(first.call, [`${name} = ${cache.written}(maxsize=${ENTRIES})(${compiled})`], code, cx));
  const text = (expr: Expr): string => cx.slice(code.file, expr.span);
  for (const { call, method, pattern, flags, others, keywords } of found) {
    const made = `${name}(${[pattern, ...(flags ? [flags] : [])].map(text).join(', ')})`;
    const given = [...others.map(text), ...keywords.map((keyword) => `${keyword.name}=${text(keyword.value)}`)];
    edits.push(cx.edit(code.file, call.span, method === 'compile' ? made : `${made}.${method}(${given.join(', ')})`));
  }
  return ok({ title: `Compile ${found.length > 1 ? 'each pattern' : 'the pattern'} once`, edits, cost: costOf(found, trips, facts, code, cx), assumptions: ['Every pattern is a text, or bytes.'] }); // prettier-ignore
}

function costOf(found: readonly Matching[], trips: number | null, facts: LoopFacts | FunctionFacts, code: Code, cx: Context): CostModel {
  const places = placesOf(
    found.map(({ call }) => call),
    code,
  );
  const each = (cx.secondsIn?.(places) ?? 0) / Math.max(1, trips ?? 1) / found.length;
  return trips !== null && each > COMPILED ? savingCost(facts.hotspot, places, 0.2, cx) : { kind: 'factor', low: 1.02, high: 1.4 };
}

function matchingOf(expr: Expr, code: Code, cx: Context): Matching | null {
  if (expr.kind !== 'call' || !isKnownAbove(expr.callee, code)) return null;
  const method = /^re\.(\w+)$/.exec(cx.resolve(expr.callee, code.file, expr.span.start) ?? '')?.[1] ?? '';
  const at = FLAGS_AT[method];
  const [pattern, ...rest] = expr.args;
  if (at === undefined || pattern === undefined || expr.args.some(({ kind }) => kind === 'spread') || expr.keywords.some(({ name }) => name === '')) return null; // prettier-ignore
  const named = expr.keywords.find(({ name }) => name === 'flags')?.value ?? null;
  const flags = expr.args[at] ?? named;
  const keywords = expr.keywords.filter(({ name }) => name !== 'flags');
  // What a compiled pattern calls its arguments: `string`, `repl`, `count`, `maxsplit`.
  if (keywords.some(({ name }) => !/^(string|repl|count|maxsplit)$/.test(name)) || rest.length > at) return null;
  return { call: expr, method, pattern, flags, others: rest.slice(0, at - 1), keywords };
}
