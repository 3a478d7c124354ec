import type { Expr, Span, Verdict } from '../../types';
import { before, lineOf } from '../../platform/span';
import { ok, refuse, type Outcome } from '../../platform/result';
import { eachExpr, eachStmt, stmtExprs } from '../../syntax/python-walk';
import type { EditMatch } from '../algorithm/edit';
import { Independence } from '../async/independence';
import { reachedIn } from '../async/reach';
import { defineRefactor, type Context } from '../refactor';
import { ownBacklog } from '../task/backlog';
import { exprsIn } from '../task/names';
import { comparableNames, isProcesses, poolsNear, type Pool } from '../task/pools';

/** As many as wait at once where a loop is given a pool of its own. */
const MANY = 32;
const WAITS = /^(time\.sleep|urllib\.request\.urlopen|(requests|httpx)\.\w+|socket\.(socket|create_connection)|http\.client\.HTTPS?Connection)$/;

export const refactor = defineRefactor<EditMatch>({
  id: 'thread-pool-size',
  family: 'thread-pool',
  title: 'Let more threads wait at once',
  match: (facts, verdict, cx) => (facts.ir.language === 'python' ? enlarged(facts.file, facts.hotspot.span, verdict, cx) : undefined),
  matchFunction: (facts, verdict, cx) => enlarged(facts.file, facts.hotspot.span, verdict, cx),
  matchLine: (facts, verdict, cx) => enlarged(facts.file, facts.hotspot.span, verdict, cx),
  rewrite: (match) => match.edits,
});

function enlarged(file: string, hot: Span, verdict: Verdict, cx: Context): Outcome<EditMatch> | undefined {
  if (verdict.bottleneck !== 'io-wait') return undefined;
  for (const pool of poolsNear(file, hot, cx)) {
    const size = isProcesses(pool) || pool.escapes ? null : sizeOf(pool, cx);
    const number = Number(size?.text);
    const many = Math.min(MANY, (ownBacklog(cx) ?? MANY) + 1);
    if (size === null || !(number * 2 <= many) || !pool.calls.some((used) => waits(used.worker, cx))) continue;
    const no = number === 1 ? whyOneByOne(pool, cx) : null;
    if (no) return no;
    const region = regionOf(pool);
    return ok({
      file,
      region: region.span,
      captures: comparableNames(pool, region.statements, cx).filter((name) => isReadAfter(name, pool, region.span, cx)),
      title: `Let ${many} threads wait in place of ${number}`,
      cost: { kind: 'factor', low: 1, high: many / number },
      assumptions: [
        `Who is asked copes with ${many} questions at once.`,
        number === 1 ? 'The tasks do not need each other.' : 'The tasks come to the same in whatever order they are done, as they have to already.',
      ],
      guarded: false,
      tolerance: 0,
      requires: [],
      workers: null,
      edits: [cx.edit(file, size.span, String(many))],
    });
  }
  return undefined;
}

/** The number of threads as the program writes it: in the call, or as a constant that nothing else uses. */
function sizeOf({ file, made }: Pool, cx: Context): (Expr & { kind: 'number' }) | null {
  const given = made.keywords.find(({ name }) => name === 'max_workers' || name === 'processes')?.value ?? made.args[0];
  if (given?.kind === 'number') return given;
  if (given?.kind !== 'name' || cx.module(file).constants[given.name] === undefined) return null;
  const { name } = given;
  const uses = [...eachStmt(cx.syntax(file).body), ...cx.syntax(file).functions.flatMap((fn) => [...eachStmt(fn.body)])]
    .flatMap((stmt) => stmtExprs(stmt).flatMap((top) => [...eachExpr(top)]))
    .filter((expr) => expr.kind === 'name' && expr.name === name);
  const constant = cx.syntax(file).body.find((stmt) => stmt.kind === 'assign' && stmt.targets.some((target) => target.kind === 'name' && target.name === name)); // prettier-ignore
  const others = cx.files.some((each) => each !== file && cx.text(each).includes(name));
  return constant?.kind === 'assign' && constant.value.kind === 'number' && uses.length === 2 && !others ? constant.value : null;
}

/** A task that asks somebody or pauses, by itself or through functions that it calls. */
function waits(worker: Pool['calls'][number]['worker'], cx: Context): boolean {
  if (!worker) return false;
  const exprs = [worker, ...reachedIn(worker.body, worker.file, cx)].flatMap((fn) => fn.body.flatMap((stmt) => [...exprsIn(stmt)].map((expr) => ({ expr, file: fn.file })))); // prettier-ignore
  return exprs.some(({ expr, file }) => expr.kind === 'call' && WAITS.test(cx.resolve(expr.callee, file, expr.span.start) ?? ''));
}

/** One thread does one task after another, and the program may count on that. */
function whyOneByOne(pool: Pool, cx: Context): Outcome<EditMatch> | null {
  const { file, statement, block } = pool;
  const ordered = [statement, ...block].flatMap((stmt) => [...exprsIn(stmt)]).find((expr) => expr.kind === 'call' && /^concurrent\.futures\.(as_completed|wait)$/.test(cx.resolve(expr.callee, file, expr.span.start) ?? '')); // prettier-ignore
  const unordered = pool.calls.find(({ method }) => method === 'imap_unordered')?.call ?? ordered;
  if (unordered) {
    return refuse('completion-order', `The results are taken in the order in which they are done (${lineOf(unordered.span)}), which one thread keeps and several do not.`, 'Take the results in the order of the tasks.', unordered.span); // prettier-ignore
  }
  for (const { work, call } of pool.calls) {
    const no = work ? new Independence(cx).whyNot({ kind: 'call', callee: work, args: [], keywords: [], span: call.span }, file) : null;
    if (no) return { ok: false, refusal: no };
  }
  return null;
}

/** What a loop over the results leaves in its own names depends on which of them came last. */
const isReadAfter = (name: string, { owner, file }: Pool, { end }: Span, cx: Context): boolean =>
  [...eachStmt(owner?.body ?? cx.syntax(file).body)]
    .filter(({ span }) => before(end, span.start))
    .some((stmt) => stmtExprs(stmt).some((top) => [...eachExpr(top)].some((expr) => expr.kind === 'name' && expr.name === name)));

/** From where the pool is made to where the last result is there. */
function regionOf({ statement, form, block, calls, endings }: Pool): { span: Span; statements: Pool['block'] } {
  if (form === 'with') return { span: statement.span, statements: [statement] };
  const used = [...calls.map((call) => call.around[0] ?? call.statement), ...endings];
  const last = Math.max(block.indexOf(statement), ...used.map((stmt) => block.indexOf(stmt)));
  const statements = block.slice(block.indexOf(statement), last + 1);
  return { span: { start: statement.span.start, end: statements.at(-1)?.span.end ?? statement.span.end }, statements };
}
