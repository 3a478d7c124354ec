import type { Expr, FunctionIR, Stmt, ValueFact } from '../types';
import { functionOf, resolveName, scopeAt, scopeOfName } from '../syntax/python-names';
import type { PythonModule } from '../syntax/python-module';
import type { Scope } from '../syntax/python-scopes';
import { boundNames, eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';

/** What is known around a piece of code: the names of its function, and what the profile saw in them. */
export interface Environment {
  module: PythonModule;
  modules: readonly PythonModule[];
  owner: FunctionIR | null;
  body: readonly Stmt[];
  values: Record<string, ValueFact>;
  /** Of one trip of a loop: random generators that it makes and seeds for itself. Absent where a whole function is looked at. */
  generators?: ReadonlySet<string>;
  /** Of one trip of a loop: the names that it gives a value, the loop's own among them. Absent where a whole function is looked at. */
  trip?: ReadonlySet<string>;
}

export const resolveIn = (env: Environment, expr: Expr): string | null => resolveName(env.module, expr, expr.span.start);
export const functionIn = (env: Environment, callee: Expr): FunctionIR | null => functionOf(env.modules, env.module, callee);

/** Every value that a body gives each name; null for one that is not plain to see. Augmented assignment keeps the object. */
export type Assignments = Map<string, (Expr | null)[]>;
interface Given {
  values: Assignments;
  /** What loops of the body walk over, by the names of their targets. */
  walked: Map<string, Expr[]>;
}
const known = new WeakMap<readonly Stmt[], Given>();

export const assignmentsOf = (body: readonly Stmt[]): Assignments => givenIn(body).values;
/** The expressions that the loops of a body take a name's values from. */
export const walkedFor = (body: readonly Stmt[], name: string): readonly Expr[] => givenIn(body).walked.get(name) ?? [];

function givenIn(body: readonly Stmt[]): Given {
  const cached = known.get(body);
  if (cached) return cached;
  const values: Assignments = new Map();
  const walked = new Map<string, Expr[]>();
  const give = (name: string, value: Expr | null): void => {
    const all = values.get(name);
    if (all) all.push(value);
    else values.set(name, [value]);
  };
  const assign = (target: Expr, value: Expr | null): void => {
    if (target.kind === 'name') give(target.name, value);
    else if (target.kind === 'collection') {
      const paired =
        value?.kind === 'collection' && value.items.length === target.items.length && !value.items.some((item) => item.kind === 'spread');
      target.items.forEach((item, index) => assign(item, paired ? (value.items[index] ?? null) : null));
    } else for (const name of boundNames(target)) give(name, null);
  };
  for (const statement of eachStmt(body)) {
    if (statement.kind === 'assign') for (const target of statement.targets) assign(target, statement.value);
    if (statement.kind === 'loop' && statement.loop.target) {
      assign(statement.loop.target, null);
      for (const name of boundNames(statement.loop.target)) walked.set(name, [...(walked.get(name) ?? []), ...spaceExprs(statement.loop.space)]);
    }
    if (statement.kind === 'with') for (const item of statement.items) if (item.target) assign(item.target, item.context);
    if (statement.kind === 'try') for (const handler of statement.handlers) if (handler.name !== null) give(handler.name, null);
    if (statement.kind === 'opaque') for (const name of statement.writes) give(name, null);
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) if (expr.kind === 'named') give(expr.name, expr.value);
    }
  }
  const found = { values, walked };
  known.set(body, found);
  return found;
}

/** Is the name a local of the function that is looked at, parameters included? */
export function isLocal(env: Environment, name: string): boolean {
  const scope = env.owner && scopeOfName(env.module, name, ownScope(env));
  return scope?.kind === 'function' && scope.qualname === env.owner?.qualname;
}

/** The scope of the function that is looked at, or the module's. */
export function ownScope({ module, owner }: Environment): Scope | null {
  if (!owner) return module.scopes[0] ?? null;
  let scope = scopes.get(owner);
  if (!scope) scopes.set(owner, (scope = { found: scopeAt(module, owner.span.start) }));
  return scope.found;
}
const scopes = new WeakMap<FunctionIR, { found: Scope | null }>();

export const isParameter = (env: Environment, name: string): boolean => env.owner?.params.some((param) => param.name === name) === true;

/** The values given to a name where it lives: in the function, or at module level. Null: it comes from elsewhere (a parameter, a closure, an import). */
export function valuesGiven(env: Environment, name: string): (Expr | null)[] | null {
  const { owner, module } = env;
  if (owner) {
    if (isParameter(env, name)) return null;
    const own = assignmentsOf(env.body).get(name);
    const scope = scopeOfName(module, name, ownScope(env));
    if (own && scope?.kind !== 'module') return own;
    if (scope?.kind !== 'module') return null;
  }
  // Any function that declares the name global may have given it something else.
  return module.globals.includes(name) ? null : (assignmentsOf(module.body).get(name) ?? null);
}

/** The name that a place is reached from: `d[k].items` -> d, `d.setdefault(k, []).append` -> d. */
export function rootName(expr: Expr): string | null {
  return pathOf(expr)?.root ?? null;
}

/** A place as the name that it is reached from and the way there. */
export interface Path {
  root: string;
  /** Attributes and subscripts between the name and the place: 0 is the object that the name holds. */
  steps: number;
  /** The first of them, where it is an attribute. */
  attribute: string | null;
}

export function pathOf(expr: Expr): Path | null {
  let at = expr;
  let steps = 0;
  let attribute: string | null = null;
  for (;;) {
    switch (at.kind) {
      case 'name':
        return { root: at.name, steps, attribute };
      case 'attribute':
        attribute = at.attribute;
        steps += 1;
        at = at.object;
        break;
      case 'subscript':
        attribute = null;
        steps += 1;
        at = at.object;
        break;
      case 'call':
        if (at.callee.kind !== 'attribute') return null;
        attribute = null;
        steps += 1;
        at = at.callee.object;
        break;
      case 'spread':
      case 'await':
        at = at.value;
        break;
      default:
        return null;
    }
  }
}

/** May an expression have another value in another call of the function, or in another trip of the loop? */
export function varies(env: Environment, expr: Expr, depth = 0): boolean {
  if (depth > 6) return true;
  for (const part of eachExpr(expr)) {
    if (part.kind === 'opaque' || part.kind === 'await') return true;
    if (part.kind !== 'name') continue;
    if (env.trip ? !env.trip.has(part.name) : !isLocal(env, part.name)) continue;
    const given = env.trip ? (assignmentsOf(env.body).get(part.name) ?? [null]) : (valuesGiven(env, part.name) ?? [null]);
    if (given.some((value) => value === null || varies(env, value, depth + 1))) return true;
  }
  return false;
}
