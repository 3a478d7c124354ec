import type { Expr, FunctionFacts, LoopFacts, LoopIR, Stmt, Verdict } from '../../types';
import { eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import { inside, sameSpan } from './code';
import type { Context } from '../refactor';

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

/** Its trips run later, or never: whoever takes its items decides. */
export const isLazy = ({ ir }: LoopFacts): boolean => (ir.form === 'generator' || ir.form === 'map') && (ir.sink?.consumer ?? null) === null;

/** What waits for something outside gains nothing from less work. Waiting alone may be for memory, or for a core of a busy machine. */
export function waitsForIo({ bottleneck }: Verdict, facts: LoopFacts | FunctionFacts): boolean {
  const outside = 'ir' in facts ? [...facts.calls, ...facts.effects].some(({ io }) => io !== null) : facts.io !== null;
  return bottleneck === 'io-wait' && outside;
}
