import type { Expr, FunctionIR, LoopFacts, LoopIR, Span, Stmt } from '../../types';
import { dottedName } from '../../syntax/python-loops';
import type { PythonModule } from '../../syntax/python-module';
import { scopeAt, scopeOfName } from '../../syntax/python-names';
import type { Scope } from '../../syntax/python-scopes';
import { boundNames, childExprs, eachExpr, eachStmt, nestedBlocks, spaceExprs, stmtExprs } from '../../syntax/python-walk';
import type { Context } from '../refactor';

/** The statements among which a name lives: a function's body or the module's level. */
export interface Code {
  file: string;
  module: PythonModule;
  owner: FunctionIR | null;
  body: readonly Stmt[];
}
/** A statement among its neighbours. */
export interface Step {
  stmt: Stmt;
  block: readonly Stmt[];
  index: number;
}
/** Where in its statement, or in a comprehension, an expression stands. */
export type Slot = 'value' | 'target' | 'test' | 'space';
/** One place where a variable or a field (`self.items`) is named. */
export interface Use {
  expr: Expr;
  /** Expressions around it in its statement, innermost first. */
  parents: readonly Expr[];
  slot: Slot;
  stmt: Stmt;
  /** Statements around it, outermost first; the last one is its own. */
  around: readonly Step[];
}
export interface Uses {
  here: readonly Use[];
  /** The first place that uses it in a way that cannot be seen through: `del`, a lambda, a nested function. */
  hidden: Span | null;
}

/** Null in a class body. */
export function codeOf(facts: Pick<LoopFacts, 'file' | 'owner' | 'hotspot'>, cx: Context): Code | null {
  const module = cx.syntax(facts.file);
  if (facts.owner === null && facts.hotspot.qualname !== '<module>') return null;
  return { file: facts.file, module, owner: facts.owner, body: facts.owner?.body ?? module.body };
}

export const codeOfFunction = (fn: FunctionIR, cx: Context): Code => ({ file: fn.file, module: cx.syntax(fn.file), owner: fn, body: fn.body });
export const moduleCode = (file: string, cx: Context): Code => ({ file, module: cx.syntax(file), owner: null, body: cx.syntax(file).body });

const beforeOrAt = (a: Span['start'], b: Span['start']): boolean => a.line < b.line || (a.line === b.line && a.character <= b.character);
export const inside = (inner: Span, outer: Span): boolean => beforeOrAt(outer.start, inner.start) && beforeOrAt(inner.end, outer.end);
export const sameSpan = (a: Span, b: Span): boolean => inside(a, b) && inside(b, a);

/** The statements around a place, outermost first. */
export function stepsTo(body: readonly Stmt[], span: Span): Step[] {
  const index = body.findIndex((stmt) => inside(span, stmt.span));
  const stmt = body[index];
  if (stmt === undefined) return [];
  const within = nestedBlocks(stmt).map((block) => stepsTo(block, span));
  return [{ stmt, block: body, index }, ...(within.find((steps) => steps.length > 0) ?? [])];
}

export const rootOf = (place: string): string => place.split('.')[0] ?? place;

/** Every use of a variable or field in some code. A name that a comprehension binds for itself counts as hidden: it is another variable. */
export function usesOf(place: string, code: Code, from: readonly Stmt[] = code.body): Uses {
  const { here, hidden } = usesHere(place, code, from);
  return { here, hidden: hidden ?? definitionsThatUse(rootOf(place), code)[0]?.span ?? null };
}

/** The same, functions within left out: for whoever looks into those, too. */
export const usesHere = (place: string, code: Code, from: readonly Stmt[] = code.body): Uses =>
  findUses((expr) => dottedName(expr) === place, rootOf(place), from);

/** Every use of a field of that name, of whatever object. */
export const usesOfField = (field: string, code: Code): readonly Use[] =>
  findUses((expr) => expr.kind === 'attribute' && expr.attribute === field, null, code.body).here;

/** The first place that may get at a field of that name without being one of its uses: `del self.items[0]`, `match`, `setattr(self, name, ...)`, `self.__dict__`. */
export function hiddenUseOfField(field: string, { body, file }: Code, cx: Context): Span | null {
  const word = new RegExp(`\\b${field}\\b`);
  const reaches = (expr: Expr): boolean => {
    if (expr.kind === 'opaque') return word.test(cx.slice(file, expr.span));
    if (expr.kind === 'attribute') return expr.attribute === '__dict__' || (expr.object.kind === 'call' && pathOf(expr.object) === 'builtins.vars');
    if (expr.kind !== 'call') return false;
    const stores = /^(builtins\.(set|del)attr|__(set|del)attr__)$/.test(pathOf(expr));
    if (!stores && !/^(builtins\.getattr|operator\.attrgetter)$/.test(pathOf(expr))) return false;
    const names = expr.args.slice(0, 2).filter((arg) => arg.kind === 'string');
    return names.length === 0 ? stores : names.some(({ span }) => word.test(cx.slice(file, span)));
  };
  const pathOf = ({ callee }: Expr & { kind: 'call' }): string =>
    callee.kind === 'attribute' && callee.attribute.startsWith('__') ? callee.attribute : (cx.resolve(callee, file, callee.span.start) ?? '');
  for (const stmt of eachStmt(body)) {
    if (stmt.kind === 'opaque' && !isDefinition(stmt) && word.test(cx.slice(file, stmt.span))) return stmt.span;
    const found = stmtExprs(stmt)
      .flatMap((top) => [...eachExpr(top)])
      .find(reaches);
    if (found) return found.span;
  }
  return null;
}

function findUses(isUse: (expr: Expr) => boolean, root: string | null, from: readonly Stmt[]): Uses {
  const here: Use[] = [];
  let hidden: Span | null = null;
  const isHidden = (names: readonly string[]): boolean => root !== null && names.includes(root);
  const inExpr = (expr: Expr, parents: readonly Expr[], slot: Slot, stmt: Stmt, around: readonly Step[]): void => {
    if (isUse(expr)) {
      here.push({ expr, parents, slot, stmt, around });
      return;
    }
    if (expr.kind === 'opaque' && isHidden([...expr.reads, ...expr.writes])) hidden ??= expr.span;
    if (expr.kind === 'named' && isHidden([expr.name])) hidden ??= expr.span;
    if (expr.kind === 'lambda' && root !== null && mentions(expr.body, root) && !expr.params.includes(root)) hidden ??= expr.span;
    if (expr.kind === 'loop') {
      if (isHidden(clauseNames(expr.loop))) hidden ??= expr.span;
      inLoop(expr.loop, [expr, ...parents], stmt, around);
      return;
    }
    for (const child of childExprs(expr)) inExpr(child, [expr, ...parents], slotWithin(expr, child, slot), stmt, around);
  };
  const inLoop = (loop: LoopIR, parents: readonly Expr[], stmt: Stmt, around: readonly Step[]): void => {
    for (const expr of spaceExprs(loop.space)) inExpr(expr, parents, 'space', stmt, around);
    if (loop.target) inExpr(loop.target, parents, 'target', stmt, around);
    const bodies = (body: readonly Stmt[]): void => {
      for (const inner of body) {
        if (inner.kind === 'loop') inLoop(inner.loop, parents, stmt, around);
        else {
          for (const expr of stmtExprs(inner)) inExpr(expr, parents, inner.kind === 'if' ? 'test' : 'value', stmt, around);
          nestedBlocks(inner).forEach(bodies);
        }
      }
    };
    bodies(loop.body);
  };
  const inStmts = (body: readonly Stmt[], around: readonly Step[]): void => {
    for (const [index, stmt] of body.entries()) {
      const steps = [...around, { stmt, block: body, index }];
      if (stmt.kind === 'opaque' && !isDefinition(stmt) && isHidden([...stmt.reads, ...stmt.writes])) hidden ??= stmt.span;
      if (stmt.kind === 'try' && isHidden(stmt.handlers.flatMap(({ name }) => name ?? []))) hidden ??= stmt.span;
      for (const { expr, slot } of slotsOf(stmt)) inExpr(expr, [], slot, stmt, steps);
      for (const block of nestedBlocks(stmt)) inStmts(block, steps);
    }
  };
  inStmts(from, []);
  return { here, hidden };
}

/** What is stored to, or only tested, is so down to the name: `rows[i].total = 0`, `if ready and items`. */
function slotWithin(expr: Expr, child: Expr, slot: Slot): Slot {
  if (slot === 'target') return ((expr.kind === 'subscript' || expr.kind === 'attribute') && expr.object === child) || expr.kind === 'collection' || expr.kind === 'spread' ? 'target' : 'value'; // prettier-ignore
  return slot === 'test' && (expr.kind === 'logical' || (expr.kind === 'unary' && expr.op === 'not')) ? 'test' : 'value';
}

const isDefinition = (stmt: Stmt & { kind: 'opaque' }): boolean => /definition/.test(stmt.what);

/** Functions, and classes, that reach the same variable from inside. */
export function definitionsThatUse(name: string, { module, owner }: Code): Scope[] {
  const home = scopeOfName(module, name, owner ? scopeAt(module, owner.span.start) : (module.scopes[0] ?? null));
  if (home === null) return [];
  return module.scopes.filter(
    (scope) =>
      scope !== home &&
      scope.kind !== 'module' &&
      !(owner && scope.qualname === owner.qualname && sameSpan(scope.span, owner.span)) &&
      (scope.reads.has(name) || scope.globals.has(name) || scope.nonlocals.has(name)) &&
      scopeOfName(module, name, scope) === home,
  );
}

function slotsOf(stmt: Stmt): { expr: Expr; slot: Slot }[] {
  switch (stmt.kind) {
    case 'assign':
      return [{ expr: stmt.value, slot: 'value' }, ...stmt.targets.map((expr) => ({ expr, slot: 'target' as const }))];
    case 'augment':
      return [
        { expr: stmt.value, slot: 'value' },
        { expr: stmt.target, slot: 'target' },
      ];
    case 'if':
      return [{ expr: stmt.test, slot: 'test' }];
    case 'loop': {
      const slot = stmt.loop.space.kind === 'while' ? 'test' : 'space';
      return [
        ...spaceExprs(stmt.loop.space).map((expr) => ({ expr, slot }) as const),
        ...(stmt.loop.target ? [{ expr: stmt.loop.target, slot: 'target' as const }] : []),
      ];
    }
    case 'with':
      return stmt.items.flatMap((item) => [
        { expr: item.context, slot: 'value' as const },
        ...(item.target ? [{ expr: item.target, slot: 'target' as const }] : []),
      ]);
    default:
      return stmtExprs(stmt).map((expr) => ({ expr, slot: 'value' }));
  }
}

export function mentions(expr: Expr, name: string): boolean {
  if ((expr.kind === 'name' || expr.kind === 'named') && expr.name === name) return true;
  if (expr.kind === 'opaque' && (expr.reads.includes(name) || expr.writes.includes(name))) return true;
  return childExprs(expr).some((child) => mentions(child, name));
}

/** Names that a comprehension's clauses bind. */
export function clauseNames(loop: LoopIR): string[] {
  const inner = [...eachStmt(loop.body)].flatMap((stmt) => (stmt.kind === 'loop' && stmt.loop.target ? boundNames(stmt.loop.target) : []));
  return [...(loop.target ? boundNames(loop.target) : []), ...inner];
}

/** The value that a name is given by statements of the code, in text order; null for one that is not plain to see. */
export function valuesGiven(name: string, { body }: Pick<Code, 'body'>): (Expr | null)[] {
  const given: (Expr | null)[] = [];
  const assign = (target: Expr, value: Expr | null): void => {
    if (target.kind === 'name' && target.name === name) given.push(value);
    else if (target.kind === 'collection') {
      const paired =
        value?.kind === 'collection' && value.items.length === target.items.length && !value.items.some((item) => item.kind === 'spread');
      target.items.forEach((item, index) => assign(item, paired ? (value.items[index] ?? null) : null));
    } else if (boundNames(target).includes(name)) given.push(null);
  };
  for (const stmt of eachStmt(body)) {
    if (stmt.kind === 'assign') for (const target of stmt.targets) assign(target, stmt.value);
    if (stmt.kind === 'augment' && stmt.target.kind === 'name' && stmt.target.name === name) given.push(null);
    if (stmt.kind === 'loop' && stmt.loop.target) assign(stmt.loop.target, null);
    if (stmt.kind === 'with') for (const item of stmt.items) if (item.target) assign(item.target, null);
    if (stmt.kind === 'opaque' && stmt.writes.includes(name)) given.push(null);
    if (stmt.kind === 'try' && stmt.handlers.some((handler) => handler.name === name)) given.push(null);
  }
  return given;
}

/** The code in which a name lives, seen from some other code; null where it is a builtin, an import's or unknown. */
export function homeOf(name: string, code: Code, cx: Context): Code | null {
  const scope = scopeOfName(code.module, name, code.owner ? scopeAt(code.module, code.owner.span.start) : (code.module.scopes[0] ?? null));
  if (scope === null) return null;
  if (scope.kind === 'module') return moduleCode(code.file, cx);
  if (code.owner !== null && scope.qualname === code.owner.qualname) return code;
  const fn = code.module.functions.find((each) => each.qualname === scope.qualname && sameSpan(each.span, scope.span));
  return fn ? codeOfFunction(fn, cx) : null;
}

export const isParameter = (name: string, { owner }: Code): boolean => owner?.params.some((param) => param.name === name) === true;

/** Every value that the methods of the class give a field (`self.items`), each with the code that it stands in; null where one is not plain to see. */
export function fieldValues(place: string, code: Code, cx: Context): { value: Expr; code: Code }[] | null {
  const [self, field, ...more] = place.split('.');
  const { owner } = code;
  if (!owner?.method || owner.params[0]?.name !== self || field === undefined || more.length > 0) return null;
  const home = owner.qualname.slice(0, owner.qualname.lastIndexOf('.') + 1);
  const methods = code.module.functions.filter((fn) => fn.method && fn.qualname.startsWith(home) && !fn.qualname.slice(home.length).includes('.'));
  const found: { value: Expr; code: Code }[] = [];
  for (const fn of methods) {
    const inner = codeOfFunction(fn, cx);
    for (const use of usesOf(`${fn.params[0]?.name ?? self}.${field}`, inner).here) {
      if (use.slot !== 'target') continue;
      if (use.parents.length > 0) {
        if (use.parents[0]?.kind === 'collection') return null;
        continue;
      }
      if (use.stmt.kind !== 'assign') return null;
      found.push({ value: use.stmt.value, code: inner });
    }
  }
  return found.length > 0 ? found : null;
}
