import type { Expr, IndexSpace, LoopIR, Stmt } from '../types';

/** The expressions right under an expression, in the order that they are evaluated. A lambda's body is not evaluated there, but it is under it. */
export function childExprs(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'attribute':
      return [expr.object];
    case 'subscript':
      return [expr.object, expr.index];
    case 'slice':
      return [expr.lower, expr.upper, expr.step].filter((part) => part !== null);
    case 'call':
      return [expr.callee, ...expr.args, ...expr.keywords.map((keyword) => keyword.value)];
    case 'unary':
      return [expr.operand];
    case 'binary':
    case 'logical':
      return [expr.left, expr.right];
    case 'compare':
      return [expr.first, ...expr.rest.map((part) => part.right)];
    case 'conditional':
      return [expr.test, expr.then, expr.otherwise];
    case 'collection':
      return expr.items;
    case 'dict':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'format':
      return expr.parts;
    case 'named':
    case 'spread':
    case 'await':
      return [expr.value];
    case 'lambda':
      return [expr.body];
    case 'yield':
      return expr.value ? [expr.value] : [];
    case 'loop':
      return loopExprs(expr.loop);
    case 'opaque':
      return expr.parts ?? [];
    default:
      return [];
  }
}

/** Expressions of an index space, outermost first. */
export function spaceExprs(space: IndexSpace): Expr[] {
  switch (space.kind) {
    case 'range':
      return [space.start, space.stop, space.step].filter((part) => part !== null);
    case 'sequence':
      return [space.value];
    case 'enumerate':
      return [...spaceExprs(space.of), ...(space.start ? [space.start] : [])];
    case 'zip':
      return space.parts.flatMap(spaceExprs);
    case 'dict':
      return [space.mapping];
    case 'rows':
      return [space.frame];
    case 'reversed':
      return spaceExprs(space.of);
    case 'while':
      return [space.test];
  }
}

/** Every expression that stands directly in a loop: its space, its target, and those of its statements. */
export function loopExprs(loop: LoopIR): Expr[] {
  const inner = [...loop.body, ...loop.otherwise].flatMap(function all(statement: Stmt): Expr[] {
    return statement.kind === 'loop' ? loopExprs(statement.loop) : [...stmtExprs(statement), ...nestedBlocks(statement).flat().flatMap(all)];
  });
  return [...spaceExprs(loop.space), ...(loop.target ? [loop.target] : []), ...inner];
}

/** Expressions of the statement itself, not those of the statements inside it. */
export function stmtExprs(statement: Stmt): Expr[] {
  switch (statement.kind) {
    case 'assign':
      return [statement.value, ...statement.targets];
    case 'augment':
      return [statement.target, statement.value];
    case 'expression':
      return [statement.value];
    case 'emit':
      return statement.key ? [statement.key, statement.value] : [statement.value];
    case 'if':
      return [statement.test];
    case 'return':
    case 'raise':
      return statement.value ? [statement.value] : [];
    case 'loop':
      return [...spaceExprs(statement.loop.space), ...(statement.loop.target ? [statement.loop.target] : [])];
    case 'with':
      return statement.items.flatMap((item) => (item.target ? [item.context, item.target] : [item.context]));
    case 'try':
      return statement.handlers.flatMap((handler) => (handler.type ? [handler.type] : []));
    default:
      return [];
  }
}

export function nestedBlocks(statement: Stmt): Stmt[][] {
  switch (statement.kind) {
    case 'if':
      return [statement.then, statement.otherwise];
    case 'loop':
      return [statement.loop.body, statement.loop.otherwise];
    case 'with':
      return [statement.body];
    case 'try':
      return [statement.body, ...statement.handlers.map((handler) => handler.body), statement.otherwise, statement.finally];
    default:
      return [];
  }
}

/** Every statement, parents first, in text order; statements inside comprehensions are not among them. */
export function* eachStmt(body: readonly Stmt[]): Generator<Stmt> {
  // A stack, not recursion: generators within generators cost their depth at every step.
  const open = [...body].reverse();
  for (let statement = open.pop(); statement; statement = open.pop()) {
    yield statement;
    const blocks = nestedBlocks(statement);
    for (let block = blocks.pop(); block; block = blocks.pop()) for (let at = block.length - 1; at >= 0; at -= 1) open.push(block[at] as Stmt);
  }
}

/** An expression and everything under it. */
export function* eachExpr(expr: Expr): Generator<Expr> {
  const open = [expr];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    const children = childExprs(next);
    for (let at = children.length - 1; at >= 0; at -= 1) open.push(children[at] as Expr);
  }
}

/** Names that a target binds; subscripts and attributes bind none. */
export function boundNames(target: Expr): string[] {
  switch (target.kind) {
    case 'name':
      return [target.name];
    case 'collection':
      return target.items.flatMap(boundNames);
    case 'spread':
      return boundNames(target.value);
    case 'opaque':
      return target.writes;
    default:
      return [];
  }
}

/** Names bound and names read anywhere in statements, without order. */
export function stmtNames(body: readonly Stmt[]): { reads: Set<string>; writes: Set<string> } {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const bind = (names: readonly string[]): void => names.forEach((name) => writes.add(name));
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') statement.targets.forEach((target) => bind(boundNames(target)));
    if (statement.kind === 'augment') bind(boundNames(statement.target));
    if (statement.kind === 'loop' && statement.loop.target) bind(boundNames(statement.loop.target));
    if (statement.kind === 'with') statement.items.forEach((item) => item.target && bind(boundNames(item.target)));
    if (statement.kind === 'try') statement.handlers.forEach((handler) => handler.name !== null && writes.add(handler.name));
    if (statement.kind === 'opaque') {
      bind(statement.writes);
      statement.reads.forEach((name) => reads.add(name));
    }
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) {
        if (expr.kind === 'name') reads.add(expr.name);
        else if (expr.kind === 'named') writes.add(expr.name);
        else if (expr.kind === 'opaque') {
          bind(expr.writes);
          expr.reads.forEach((name) => reads.add(name));
        }
      }
    }
  }
  return { reads, writes };
}

/** Numbers, names that are not written, their lengths and attributes, and arithmetic on those: the same in every trip. */
export function isPlainValue(expr: Expr, written: ReadonlySet<string>): boolean {
  switch (expr.kind) {
    case 'number':
      return true;
    case 'name':
      return !written.has(expr.name);
    case 'attribute':
      return isPlainValue(expr.object, written);
    case 'unary':
    case 'binary':
      return childExprs(expr).every((child) => isPlainValue(child, written));
    case 'subscript':
      return expr.index.kind === 'number' && isPlainValue(expr.object, written);
    case 'call':
      return expr.callee.kind === 'name' && expr.callee.name === 'len' && expr.args.every((arg) => isPlainValue(arg, written));
    default:
      return false;
  }
}
