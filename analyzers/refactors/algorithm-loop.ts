import type { CostModel, Expr, LoopFacts, LoopIR, Stmt } from '../types';
import { eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { inside, sameSpan } from './algorithm-code';
import type { Context } from './refactor';

/** Expressions that every trip may evaluate again, those of inner loops and comprehensions included; not what the loop itself runs over. */
export function tripExprs(loop: LoopIR): Expr[] {
  const found: Expr[] = loop.space.kind === 'while' ? [loop.space.test] : [];
  const inStmts = (body: readonly Stmt[]): void => {
    for (const stmt of body) {
      if (stmt.kind === 'loop') found.push(...spaceExprs(stmt.loop.space));
      else found.push(...stmtExprs(stmt));
      nestedBlocks(stmt).forEach(inStmts);
    }
  };
  inStmts(loop.body);
  return found.flatMap((top) => [...eachExpr(top)]);
}

/** Facts of a hot loop of the same function around this one, the innermost first. */
export function loopsAround(facts: LoopFacts, cx: Context): LoopFacts[] {
  return (cx.loops ?? [])
    .filter(
      (other) =>
        other.file === facts.file &&
        other.hotspot.qualname === facts.hotspot.qualname &&
        inside(facts.ir.span, other.ir.span) &&
        !sameSpan(facts.ir.span, other.ir.span),
    )
    .sort((a, b) => b.depth - a.depth);
}

/** A step that cost `perItem` seconds for each of `length` items in every trip, and now costs next to nothing. Unknown sizes give a wide range. */
export function linearCost(facts: LoopFacts, length: number | undefined, perItem = 25e-9): CostModel {
  const trips = facts.trips ?? facts.evidence?.trips ?? null;
  if (length === undefined || trips === null || trips === 0) return { kind: 'factor', low: 1.1, high: 30 };
  // Inner loops make more of it than the trips tell, and a search may end early: half of it at least, all but a thirtieth at most.
  const saved = Math.min(0.97, (trips * length * perItem) / Math.max(facts.hotspot.seconds, 1e-3));
  return { kind: 'factor', low: Math.max(1.1, 1 / (1 - 0.4 * saved)), high: Math.max(4, 1 / (1 - saved)) };
}

/** Its trips run later, or never: whoever takes its items decides. */
export const isLazy = ({ ir }: LoopFacts): boolean => (ir.form === 'generator' || ir.form === 'map') && (ir.sink?.consumer ?? null) === null;
