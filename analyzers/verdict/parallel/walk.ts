/** Every call and statement of a module with what stands around it: the function, its loops, its `with`s, the guard of the main module. */
import { resolveName } from '../../syntax/python-names';
import type { PythonModule } from '../../syntax/python-module';
import { childExprs, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import type { Expr, FunctionIR, LoopIR, Stmt } from '../../types';

export type Call = Expr & { kind: 'call' };
/** Where in the program something stands. */
export interface Place {
  module: PythonModule;
  /** Null at module level and in the body of a class. */
  owner: FunctionIR | null;
  /** Qualified name of the class whose body it stands in. */
  inClass: string | null;
  /** Loops around it in the same function, outermost first, comprehensions included. */
  loops: readonly LoopIR[];
  /** Contexts of the `with` statements around it, outermost first. */
  contexts: readonly Expr[];
  /** Under `if __name__ == '__main__'`. */
  guarded: boolean;
  /** In the body of a lambda: it runs later, or somewhere else. */
  deferred: boolean;
  statement: Stmt;
}
export interface CallSite extends Place {
  call: Call;
  /** Dotted path of what is called, as names resolve. */
  path: string | null;
  awaited: boolean;
  /** It stands in an attribute: `call().attribute`. */
  then: string | null;
}
export interface StatementSite extends Place {
  statement: Stmt;
}
export interface LoopSite {
  loop: LoopIR;
  /** Around the loop. */
  place: Place;
}
export interface Walk {
  calls: CallSite[];
  statements: StatementSite[];
  loops: LoopSite[];
}

type Around = Omit<Place, 'statement'>;

export function walkModule(module: PythonModule): Walk {
  const walk: Walk = { calls: [], statements: [], loops: [] };
  const top: Around = { module, owner: null, inClass: null, loops: [], contexts: [], guarded: false, deferred: false };
  inBlock(module.body, top, walk);
  for (const { qualname, body } of module.classes) inBlock(body, { ...top, inClass: qualname }, walk);
  for (const owner of module.functions) {
    inBlock(owner.body, { ...top, owner }, walk);
  }
  return walk;
}

function inBlock(block: readonly Stmt[], around: Around, walk: Walk): void {
  for (const statement of block) inStatement(statement, around, walk);
}

function inStatement(statement: Stmt, around: Around, walk: Walk): void {
  const place: Place = { ...around, statement };
  walk.statements.push(place);
  if (statement.kind === 'loop') {
    inLoop(statement.loop, place, walk);
    return;
  }
  for (const expr of stmtExprs(statement)) inExpr(expr, place, walk);
  if (statement.kind === 'with') {
    const contexts = [...around.contexts, ...statement.items.map((item) => item.context)];
    inBlock(statement.body, { ...around, contexts }, walk);
  } else if (statement.kind === 'if' && isGuard(statement.test)) {
    inBlock(statement.then, { ...around, guarded: true }, walk);
    inBlock(statement.otherwise, around, walk);
  } else for (const block of nestedBlocks(statement)) inBlock(block, around, walk);
}

function inLoop(loop: LoopIR, place: Place, walk: Walk): void {
  walk.loops.push({ loop, place });
  const inside = { ...place, loops: [...place.loops, loop] };
  // What a for loop runs over is evaluated once, before it.
  for (const expr of spaceExprs(loop.space)) inExpr(expr, loop.space.kind === 'while' ? inside : place, walk);
  if (loop.target) inExpr(loop.target, inside, walk);
  inBlock(loop.body, inside, walk);
  inBlock(loop.otherwise, place, walk);
}

function inExpr(expr: Expr, place: Place, walk: Walk, awaited = false, then: string | null = null): void {
  if (expr.kind === 'call')
    walk.calls.push({ ...place, call: expr, path: resolveName(place.module, expr.callee, expr.callee.span.start), awaited, then });
  if (expr.kind === 'loop') {
    inLoop(expr.loop, place, walk);
    return;
  }
  const around = expr.kind === 'lambda' ? { ...place, deferred: true } : place;
  for (const child of childExprs(expr)) inExpr(child, around, walk, expr.kind === 'await', expr.kind === 'attribute' ? expr.attribute : null);
}

/** `__name__ == '__main__'`, either way round. */
export function isGuard(test: Expr): boolean {
  if (test.kind !== 'compare' || test.rest.length !== 1 || test.rest[0]?.op !== '==') return false;
  const sides = [test.first, test.rest[0].right];
  return (
    sides.some((side) => side.kind === 'name' && side.name === '__name__') &&
    sides.some((side) => side.kind === 'string' && /^(['"])__main__\1$/.test(side.text))
  );
}
