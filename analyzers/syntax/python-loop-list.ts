import { comparePositions } from '../platform/span';
import type { Expr, FunctionIR, LoopIR, Span, Stmt } from '../types';
import { childExprs, nestedBlocks, spaceExprs, stmtExprs } from './python-walk';

/** One loop of a module and where it stands. */
export interface ModuleLoop {
  ir: LoopIR;
  /** The function that it is in; null at module level and in a class body. */
  owner: FunctionIR | null;
  /** Of the owner, '<module>' at module level. */
  qualname: string;
  /** Counts the loops of that qualname in text order, from 0. */
  ordinal: number;
  /** How many loops of the same function are around it. */
  depth: number;
  /** Index of the loop right around it in the module's list. */
  parent: number | null;
  /** The whole statement: the loop itself, or the statement that holds the comprehension. */
  statement: Span;
}

/** Where loops are looked for: the module's level, a class body or a function's body. */
export interface LoopHome {
  owner: FunctionIR | null;
  qualname: string;
  body: readonly Stmt[];
}

/** Every loop of the homes, each home's in text order. `isElif` tells the span of an `elif`, which is no statement of its own. */
export function findLoops(homes: readonly LoopHome[], isElif: (span: Span) => boolean): ModuleLoop[] {
  const loops: ModuleLoop[] = [];
  const counted = new Map<string, number>();
  for (const { owner, qualname, body } of homes) {
    const found: { ir: LoopIR; parent: LoopIR | null; depth: number; statement: Span }[] = [];
    const inLoop = (ir: LoopIR, parent: LoopIR | null, depth: number, statement: Span, lazy: boolean): void => {
      found.push({ ir, parent, depth, statement });
      // The first iterable is evaluated once, before the loop.
      for (const expr of spaceExprs(ir.space))
        inExpr(expr, ir.space.kind === 'while' ? ir : parent, ir.space.kind === 'while' ? depth + 1 : depth, statement);
      for (const child of ir.body) inStmt(child, ir, depth + 1, lazy ? statement : null);
      for (const child of ir.otherwise) inStmt(child, parent, depth, lazy ? statement : null);
    };
    const inExpr = (expr: Expr, parent: LoopIR | null, depth: number, statement: Span): void => {
      if (expr.kind === 'loop') inLoop(expr.loop, parent, depth, statement, true);
      else for (const child of childExprs(expr)) inExpr(child, parent, depth, statement);
    };
    /** `around`: the statement that holds a comprehension; inside it nothing is a statement of its own. */
    const inStmt = (statement: Stmt, parent: LoopIR | null, depth: number, around: Span | null): void => {
      const span = around ?? statement.span;
      if (statement.kind === 'loop') {
        inLoop(statement.loop, parent, depth, span, around !== null);
        return;
      }
      for (const expr of stmtExprs(statement)) inExpr(expr, parent, depth, span);
      const [only, ...others] = statement.kind === 'if' ? statement.otherwise : [];
      for (const block of nestedBlocks(statement)) {
        for (const child of block) {
          if (child === only && others.length === 0 && child.kind === 'if' && around === null && isElif(child.span))
            inElif(child, parent, depth, span);
          else inStmt(child, parent, depth, around);
        }
      }
    };
    const inElif = (statement: Stmt & { kind: 'if' }, parent: LoopIR | null, depth: number, whole: Span): void => {
      inExpr(statement.test, parent, depth, whole);
      for (const child of statement.then) inStmt(child, parent, depth, null);
      const [only, ...others] = statement.otherwise;
      if (only?.kind === 'if' && others.length === 0 && isElif(only.span)) inElif(only, parent, depth, whole);
      else for (const child of statement.otherwise) inStmt(child, parent, depth, null);
    };
    for (const statement of body) inStmt(statement, null, 0, null);
    found.sort((a, b) => comparePositions(a.ir.span.start, b.ir.span.start) || comparePositions(b.ir.span.end, a.ir.span.end) || a.depth - b.depth);
    const base = loops.length;
    const at = new Map(found.map((one, index) => [one.ir, base + index]));
    for (const { ir, parent, depth, statement } of found) {
      const ordinal = counted.get(qualname) ?? 0;
      counted.set(qualname, ordinal + 1);
      loops.push({ ir, owner, qualname, ordinal, depth, parent: parent ? (at.get(parent) ?? null) : null, statement });
    }
  }
  return loops;
}
