/** A loop inside another loop: the pool is made once, around the outermost one, and takes the items of each trip's inner loop. */
import type { LoopFacts, Span, Stmt } from '../../types';
import { within } from '../../platform/span';
import { eachStmt } from '../../syntax/python-walk';
import { stepsTo } from '../algorithm/code';
import type { Context } from '../refactor';
import type { TaskModule } from './module';
import { exprsIn, namesOf } from './names';
import { LineBlock } from './text';

type Loop = Stmt & { kind: 'loop' };

/** undefined: a pool around the loops would not last, or not all of them are statements. */
export function outermostLoop(facts: LoopFacts, body: readonly Stmt[]): Loop | undefined {
  const loops = stepsTo(body, facts.statement).flatMap(({ stmt }) => (stmt.kind === 'loop' && !within(stmt.span, facts.statement) ? [stmt] : []));
  const [outer] = loops;
  if (!outer || loops.length !== facts.depth || loops.some(({ loop }) => loop.async || loop.form !== outer.loop.form)) return undefined;
  const pauses = [...exprsIn(outer)].some((expr) => expr.kind === 'yield' || expr.kind === 'await');
  return pauses ? undefined : outer;
}

/** Names whose values may be others in the next trip of the outer loop: workers that are told once would keep the first. */
export function changedAround(outer: Stmt, facts: LoopFacts, module: TaskModule): (name: string) => boolean {
  const { writes, stores } = namesOf({ stmts: [outer] });
  const handed = new Set<string>();
  for (const expr of exprsIn(outer)) {
    if (expr.kind !== 'call' || within(expr.span, facts.ir.span)) continue;
    const receiver = expr.callee.kind === 'attribute' ? [expr.callee.object] : [];
    for (const name of namesOf({ exprs: [...receiver, ...expr.args, ...expr.keywords.map(({ value }) => value)] }).reads) handed.add(name);
  }
  const global = (name: string): boolean => module.binds(name) && module.isChanged(name);
  return (name) => writes.has(name) || stores.has(name) || handed.has(name) || global(name);
}

/** The outer loop's lines before and behind the inner statement, one level deeper. */
export function linesAround(
  outer: Span,
  inner: Span,
  file: string,
  cx: Context,
  fixed: ReadonlySet<number>,
  from: string,
  to: string,
): [string[], string[]] {
  const lines = cx.text(file).split('\n');
  const last = outer.end.character === 0 && outer.end.line > outer.start.line ? outer.end.line - 1 : outer.end.line;
  const block = (first: number, end: number): string[] => {
    if (end < first) return [];
    const span = { start: { line: first, character: 0 }, end: { line: end, character: (lines[end] ?? '').length } };
    return LineBlock.of(cx.text(file), span, [], fixed).moved(from, to);
  };
  return [block(outer.start.line, inner.start.line - 1), block(inner.end.line + 1, last)];
}

/** What is compared when the outer loop ends, beside what the inner one leaves. */
export function leftByOuter(outer: Stmt, facts: LoopFacts, cx: Context): string[] {
  const own = cx.loops?.find(({ ir, file }) => file === facts.file && within(ir.span, outer.span) && within(outer.span, ir.span));
  const accumulated = own ? [...own.liveOut, ...own.accumulators.map(({ name }) => name)] : [];
  const made = new Set([...eachStmt([outer])].flatMap((stmt) => (stmt.kind === 'assign' ? [...namesOf({ stmts: [stmt] }).writes] : [])));
  return accumulated.filter((name) => !name.includes('.') && (made.has(name) || own?.accumulators.some((one) => one.name === name)));
}
