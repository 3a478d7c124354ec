import type { Expr, LoopIR, Stmt } from '../../types';
import { childExprs } from '../../syntax/python-walk';
import type { Replacement } from './text';

/** An expression that the task computes and the loop finds under a name. */
export interface Hoist {
  expr: Expr;
  /** The expression as the person wrote it: of an inner loop, what is computed in its trips, while `expr` is the list of it all. */
  origin: Expr;
  /** Text of an `expr` that stands nowhere in the file. */
  written: string | null;
  /** What changes in the loop besides `origin`, which becomes `inLoop`: the inner loops' headers. */
  headers: Replacement[];
  inLoop: string;
  name: string;
  /** The loop asks a future for it where the call stood, so that its error arrives there and nowhere else. */
  awaited: boolean;
  /** The tests that it stands under in the loop, outermost first. */
  tests: { test: Expr; negated: boolean }[];
  /** `y = f(x)`: the whole statement goes, because the loop's own header binds y. */
  statement: Stmt | null;
  at: number;
}
export const plainHoist = (expr: Expr, name: string): Pick<Hoist, 'expr' | 'origin' | 'written' | 'headers' | 'inLoop' | 'name' | 'awaited'> => ({
  expr,
  origin: expr,
  written: null,
  headers: [],
  inLoop: name,
  name,
  awaited: false,
});

/** A generator is no result: it works only once somebody asks for its items, and cannot be sent to another process. */
export const isGenerator = (expr: Expr): boolean => expr.kind === 'loop' && expr.loop.sink?.type === 'generator';

/** Evaluated again it gives the same items. */
export function isStable(space: LoopIR['space']): boolean {
  const stable = (expr: Expr): boolean => expr.kind === 'name' || (expr.kind === 'attribute' && stable(expr.object));
  if (space.kind === 'enumerate' || space.kind === 'reversed') return isStable(space.of);
  if (space.kind === 'zip') return space.parts.every(isStable);
  return space.kind === 'range' || (space.kind === 'sequence' && stable(space.value)) || (space.kind === 'dict' && stable(space.mapping));
}

/** `text if test else None` under the tests that the value stands under. */
export function conditional(text: string, tests: Hoist['tests'], textOf: (expr: Expr) => string): string {
  if (tests.length === 0) return text;
  const written = tests.map(({ test, negated }) => {
    const simple = ['compare', 'call', 'name', 'attribute', 'subscript', 'binary'].includes(test.kind);
    const bare = simple || (!negated && tests.length === 1 && test.kind === 'logical');
    return `${negated ? 'not ' : ''}${bare ? textOf(test) : `(${textOf(test)})`}`;
  });
  return `${text} if ${written.join(' and ')} else None`;
}

/** Children that are evaluated whenever the expression is. */
export function alwaysEvaluated(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'logical':
      return [expr.left];
    case 'conditional':
      return [expr.test];
    case 'compare':
      return [expr.first, ...expr.rest.slice(0, 1).map((part) => part.right)];
    case 'loop':
    case 'lambda':
      return [];
    default:
      return childExprs(expr);
  }
}
