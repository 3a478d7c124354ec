import type { Expr, Stmt } from '../../types';
import { childExprs, eachExpr, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';

/** A call in a loop counts for as many: how often the loop goes round is not known, but it may be more than once. */
const MANY = 2;
const NEVER = -Infinity;

interface Paths {
  /** Most calls on a way that goes on behind the statements; -Infinity where there is none. */
  through: number;
  /** Most calls on a way that leaves the function in them. */
  left: number;
}

/** The most calls that one execution of a body can make, loops taken for two rounds: two in different branches count as one. */
export function mostCalls(body: readonly Stmt[], isCounted: (call: Expr & { kind: 'call' }) => boolean): number {
  const inExpr = (expr: Expr): number => {
    if (expr.kind === 'conditional') return inExpr(expr.test) + Math.max(inExpr(expr.then), inExpr(expr.otherwise));
    if (expr.kind === 'lambda') return 0;
    if (expr.kind === 'loop') {
      const { space, body: trips } = expr.loop;
      const once = Math.max(0, worst(inBlock(trips)));
      return sum(spaceExprs(space).map(inExpr)) + MANY * once;
    }
    return (expr.kind === 'call' && isCounted(expr) ? 1 : 0) + sum(childExprs(expr).map(inExpr));
  };
  const inBlock = (statements: readonly Stmt[]): Paths => {
    let at: Paths = { through: 0, left: NEVER };
    for (const statement of statements) {
      const next = inStatement(statement);
      at = { through: at.through + next.through, left: Math.max(at.left, at.through + next.left) };
      if (at.through === NEVER) break;
    }
    return at;
  };
  const inStatement = (statement: Stmt): Paths => {
    const own = sum(stmtExprs(statement).map(inExpr));
    switch (statement.kind) {
      case 'return':
      case 'raise':
        return { through: NEVER, left: own };
      case 'if': {
        const [then, otherwise] = [inBlock(statement.then), inBlock(statement.otherwise)];
        return { through: own + Math.max(then.through, otherwise.through), left: own + Math.max(then.left, otherwise.left) };
      }
      case 'loop': {
        const trip = inBlock(statement.loop.body);
        const after = inBlock(statement.loop.otherwise);
        const rounds = own + MANY * Math.max(0, trip.through);
        return { through: rounds + Math.max(0, after.through), left: Math.max(rounds + trip.left, rounds + after.left) };
      }
      default: {
        const blocks = nestedBlocks(statement).map(inBlock);
        const most = sum(blocks.map((block) => Math.max(0, worst(block))));
        return { through: own + most, left: blocks.some((block) => block.left > NEVER) ? own + most : NEVER };
      }
    }
  };
  return Math.max(0, worst(inBlock(body)));
}

const worst = ({ through, left }: Paths): number => Math.max(through, left);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Every call in a body, nested definitions not included. */
export function callsIn(body: readonly Stmt[]): (Expr & { kind: 'call' })[] {
  const own = body.flatMap((statement): (Expr & { kind: 'call' })[] => [
    ...stmtExprs(statement).flatMap((top) => [...eachExpr(top)].filter((expr) => expr.kind === 'call')),
    ...nestedBlocks(statement).flatMap(callsIn),
  ]);
  return own;
}
