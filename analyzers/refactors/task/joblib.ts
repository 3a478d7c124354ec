/** `Parallel(n_jobs=4, prefer="threads")(delayed(work)(x) for x in xs)`: threads that compute take turns, and tasks that are tiny cost less than handing them over. */
import type { Edit, Expr, FunctionIR, Position, Refusal, Span, Stmt, Verdict } from '../../types';
import { lineOf, within } from '../../platform/span';
import { ok, type Outcome } from '../../platform/result';
import { boundNames, eachExpr, nestedBlocks, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';
import { type Call } from './calls';
import type { PoolMatch } from './pool-hoist';
import { extent, linesOf } from './pool-text';
import { orderedEdits } from './text';
import { readWorker } from './workers';

interface Use {
  statement: Stmt;
  /** `Parallel(...)(...)` and its `Parallel(...)`. */
  call: Call;
  made: Call;
  /** `delayed(work)(x)`, and `work`. */
  task: Call;
  work: Expr;
  worker: FunctionIR;
}

/** undefined: joblib is not used here, or as it should be. */
export function plainerJoblib(file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<PoolMatch> | undefined {
  for (const use of usesOfJoblib(file, cx)) {
    const { shares, functions, waits } = readWorker(use.worker, cx);
    const near =
      within(hot, use.statement.span) || within(use.statement.span, hot) || functions.some((fn) => fn.file === file && within(hot, fn.span));
    const threads = use.made.keywords.filter(({ name, value }) => (name === 'backend' || name === 'prefer') && value.kind === 'string' && /^["']thread(s|ing)["']$/.test(value.text)); // prettier-ignore
    const tiny = verdict.bottleneck === 'overhead';
    if (!near || (!tiny && (threads.length === 0 || waits || !cx.interpreter.gil))) continue;
    const [shared] = shares;
    if (shared) return { ok: false, refusal: { ...shared, why: `${shared.why} Whether it still did so where it ran otherwise is not certain.` } };
    const no = whyNot(use, tiny);
    if (no) return { ok: false, refusal: no };
    return ok(matchOf(use, file, tiny ? asLoop(use, file, cx) : threads.map(({ value }) => withoutKeyword(use.made, value, file, cx)), tiny, cx));
  }
  return undefined;
}

function whyNot({ made, worker }: Use, tiny: boolean): Refusal | null {
  if (made.keywords.some(({ name }) => name === '' || name === 'return_as' || name === 'timeout' || (tiny && name === 'verbose'))) {
    return { code: 'other-results', why: `What \`Parallel\` (${lineOf(made.span)}) is asked for is more than a list of results.`, toDo: 'Leave it as it is, or take the results as a list.', span: made.span }; // prettier-ignore
  }
  if (tiny || worker.topLevel) return null;
  return { code: 'unpicklable', why: `\`${worker.name}\` (${lineOf(worker.span)}) is defined inside another function or class, whose variables another process would get as copies.`, toDo: 'Move it to the top level of its module.', span: worker.span }; // prettier-ignore
}

function matchOf({ statement }: Use, file: string, edits: Edit[], tiny: boolean, cx: Context): PoolMatch {
  return {
    file,
    region: statement.span,
    captures: statement.kind === 'assign' ? statement.targets.flatMap((target) => boundNames(target)) : [],
    title: tiny ? 'Do it in a plain loop, without workers' : 'Compute in processes, not in threads',
    cost: { kind: 'factor', low: tiny ? 0.5 : 0.8, high: tiny ? 12 : Math.max(1.2, cx.machine.effectiveCores * 1.1) },
    assumptions: tiny ? [] : ['What the tasks are given and what they return can be pickled.'],
    guarded: false,
    tolerance: 0,
    requires: [],
    workers: null,
    edits: orderedEdits(edits),
  };
}

function usesOfJoblib(file: string, cx: Context): Use[] {
  const module = cx.syntax(file);
  const resolves = (expr: Expr, path: string): boolean => cx.resolve(expr, file, expr.span.start)?.endsWith(path) === true;
  const found: Use[] = [];
  const look = (statement: Stmt): void => {
    for (const call of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
      if (call.kind !== 'call' || call.callee.kind !== 'call' || !resolves(call.callee.callee, 'joblib.Parallel')) continue;
      const [items, another] = call.args;
      const [emit, more] = items?.kind === 'loop' ? items.loop.body : [];
      const task = emit?.kind === 'emit' && !more ? emit.value : null;
      if (another || task?.kind !== 'call' || task.callee.kind !== 'call' || !resolves(task.callee.callee, 'joblib.delayed')) continue;
      const [work] = task.callee.args;
      const worker = work ? cx.functionOf(work, file) : null;
      if (work && worker) found.push({ statement, call, made: call.callee, task, work, worker });
    }
    nestedBlocks(statement).flat().forEach(look);
  };
  [...module.body, ...module.functions.flatMap((fn) => fn.body)].forEach(look);
  return found;
}

const left = (at: Position, by: number): Position => ({ line: at.line, character: at.character - by });

/** `[work(x) for x in xs]` */
function asLoop({ call, made, task, work }: Use, file: string, cx: Context): Edit[] {
  const opened = { line: made.span.end.line, character: made.span.end.character + 1 };
  return [
    ...importsDropped(file, cx),
    cx.edit(file, { start: call.span.start, end: opened }, '['),
    cx.edit(file, { start: task.span.start, end: work.span.start }, ''),
    cx.edit(file, { start: work.span.end, end: task.callee.span.end }, ''),
    cx.edit(file, { start: left(call.span.end, 1), end: call.span.end }, ']'),
  ];
}

/** `from joblib import Parallel, delayed`, where this was their only use. */
function importsDropped(file: string, cx: Context): Edit[] {
  const text = cx.text(file);
  const once = (name: string): boolean => (text.match(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g')) ?? []).length === 2;
  const statement = cx
    .module(file)
    .statements.find(({ kind, names }) => kind === 'import' && names.includes('Parallel') && names.includes('delayed'));
  if (statement?.names.length !== 2 || !statement.names.every(once)) return [];
  const [first, last] = extent(statement);
  const lines = linesOf(file, cx);
  const blank = (line: number): boolean => line < 0 || (lines[line] ?? '').trim() === '';
  let end = last + 1;
  while (end < lines.length && blank(first - 1) && blank(end)) end += 1;
  return [cx.edit(file, { start: { line: first, character: 0 }, end: { line: end, character: 0 } }, '')];
}

function withoutKeyword(made: Call, value: Expr, file: string, cx: Context): Edit {
  const keywords = made.keywords.filter((keyword) => keyword.value !== value).map(({ name, value: kept }) => `${name}=${cx.slice(file, kept.span)}`);
  const given = [...made.args.map((arg) => cx.slice(file, arg.span)), ...keywords];
  return cx.edit(file, { start: made.callee.span.end, end: made.span.end }, `(${given.join(', ')})`);
}
