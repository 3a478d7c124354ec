/** Where names stand in a program's code: what is asked once for each function, and so is looked up once for all. */
import type { Expr, Stmt } from '../types';
import type { PythonModule } from '../syntax/python-module';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { Environment } from './environment';

/** A name, or an attribute of that name, as it stands in an expression. */
export interface Mention {
  expr: Expr;
  env: Environment;
  /** The call that it is the callee of. */
  call: (Expr & { kind: 'call' }) | null;
}
export interface MentionsOfName {
  places: readonly Mention[];
  /** It is read where the code could not be taken apart. */
  opaque: boolean;
  /** It stands in a default value or a decorator. */
  heads: boolean;
}

/** Statements whose parts are read as functions and classes of their own. */
export const DEFINES = /^(import_|future_import|function_def|class_def|decorated_def|type_alias)/;

/** The code of a module: its own level, its functions, and the bodies of its classes. */
export function bodiesOf(module: PythonModule, modules: readonly PythonModule[]): { body: readonly Stmt[]; env: Environment }[] {
  return [null, ...module.functions, ...module.classes].map((owner) => {
    const body = owner?.body ?? module.body;
    const fn = owner !== null && 'params' in owner ? owner : null;
    return { body, env: { module, modules, owner: fn, body, values: {} } };
  });
}

const nameOf = (expr: Expr): string | null => (expr.kind === 'name' ? expr.name : expr.kind === 'attribute' ? expr.attribute : null);

/** Does a name stand in a default value or a decorator of one of the module's functions? */
export const inHeads = (module: PythonModule, name: string): boolean =>
  module.functions.some(
    ({ params, decorators }) =>
      params.some((param) => param.default !== null && [...eachExpr(param.default)].some((part) => nameOf(part) === name)) ||
      decorators.some((text) => text.includes(name)),
  );

const known = new WeakMap<readonly PythonModule[], Mentions>();

/** Of one set of modules, read once. */
export function mentionsIn(modules: readonly PythonModule[]): Mentions {
  let mentions = known.get(modules);
  if (!mentions) known.set(modules, (mentions = new Mentions(modules)));
  return mentions;
}

class Mentions {
  readonly #modules: readonly PythonModule[];
  readonly #places = new Map<string, Mention[]>();
  readonly #opaque = new Set<string>();

  constructor(modules: readonly PythonModule[]) {
    this.#modules = modules;
    for (const module of modules) {
      for (const { body, env } of bodiesOf(module, modules)) {
        for (const statement of eachStmt(body)) {
          if (statement.kind === 'opaque' && !DEFINES.test(statement.what)) this.#isOpaque(statement.reads);
          for (const top of stmtExprs(statement)) this.#read(top, env);
        }
      }
    }
  }

  of(name: string): MentionsOfName {
    return { places: this.#places.get(name) ?? [], opaque: this.#opaque.has(name), heads: this.#modules.some((module) => inHeads(module, name)) };
  }

  #isOpaque(reads: readonly string[]): void {
    for (const name of reads) this.#opaque.add(name);
  }

  #read(top: Expr, env: Environment): void {
    const callees = new Map<Expr, Expr & { kind: 'call' }>();
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'call') callees.set(expr.callee, expr);
      if (expr.kind === 'opaque') this.#isOpaque(expr.reads);
      const name = nameOf(expr);
      if (name === null) continue;
      const mention = { expr, env, call: callees.get(expr) ?? null };
      this.#add(name, mention);
      // `from m import f as g`: a g is an f as well.
      const imported = expr.kind === 'name' ? env.module.imports[name]?.split('.').at(-1) : undefined;
      if (imported !== undefined && imported !== name) this.#add(imported, mention);
    }
  }

  #add(name: string, mention: Mention): void {
    const places = this.#places.get(name);
    if (places) places.push(mention);
    else this.#places.set(name, [mention]);
  }
}
