import type { Expr, FunctionIR, Span, Stmt, UnsettledValue } from '../types';
import { before, lineOf, within } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import type { PythonModule } from '../syntax/python-module';
import { functionOf, resolveName, scopeAt, scopeOfName } from '../syntax/python-names';
import type { Scope } from '../syntax/python-scopes';
import { boundNames, eachExpr, eachStmt, stmtExprs, stmtNames } from '../syntax/python-walk';
import { calledValues } from './called-values';
import { moduleName } from './classes';
import type { Environment } from './environment';
import type { PurityJudge } from './purity';

/** Library state that is no call: another value may stand there at a later time. */
const LIBRARY_STATE = /^(os\.environ|os\.name|sys\.(argv|path|modules|stdin|stdout|stderr|flags))\b/;
/** Looks at what it is given, nothing else. */
const LOOKS_AT_ARGUMENT = /^builtins\.(hasattr|id|len)$|^csv\./;

/**
 * What the functions read beside their arguments that may be another at a later call: variables that are given or changed after the first function
 * could first be called, attributes that are stored to, the clock. Empty where equal arguments always meet the same surroundings, as far as names tell.
 */
export function unsettledValues(fns: readonly FunctionIR[], modules: readonly PythonModule[], judge: PurityJudge): UnsettledValue[] {
  const [first] = fns;
  if (first === undefined) return [];
  const look = new Surroundings(first, modules, judge);
  const found = fns.flatMap((fn) => look.readBy(fn));
  return found.filter((one, index) => found.findIndex((other) => other.name === one.name) === index);
}

class Surroundings {
  readonly #stored: ReadonlySet<string>;
  /** Something writes variables by names that are made at run time. */
  readonly #byText: boolean;

  constructor(
    private readonly first: FunctionIR,
    private readonly modules: readonly PythonModule[],
    private readonly judge: PurityJudge,
  ) {
    this.#stored = storedAttributes(modules);
    this.#byText = modules.some((one) => one.scopes.some(({ reads }) => reads.has('globals') || reads.has('exec')));
  }

  readBy(fn: FunctionIR): UnsettledValue[] {
    const module = this.modules.find((one) => one.file === fn.file);
    if (module === undefined) return [];
    const scope = scopeAt(module, fn.body[0]?.span.start ?? fn.span.start);
    const found: UnsettledValue[] = [];
    for (const expr of exprsOf(fn.body)) {
      if (expr.kind === 'name') found.push(...this.#name(expr, module, scope, fn));
      if (expr.kind === 'attribute') found.push(...this.#attribute(expr, module));
      if (expr.kind === 'call') found.push(...this.#call(expr, module, fn));
    }
    return found;
  }

  #name(expr: Expr & { kind: 'name' }, module: PythonModule, scope: Scope | null, fn: FunctionIR): UnsettledValue[] {
    const { name } = expr;
    const home = scopeOfName(module, name, scope);
    if (home === null || home === scope) return [];
    if (home.kind === 'function') return home.qualname.startsWith(`${fn.qualname}.`) ? [] : this.#closure(name, module, home, fn);
    const bindings = home.bindings.get(name) ?? [];
    const imported = bindings.find(({ kind }) => kind === 'import')?.path;
    if (imported !== undefined && bindings.length === 1) return this.#imported(imported, module);
    if (bindings.every(({ kind }) => kind === 'function' || kind === 'class') && bindings.length === 1) return [];
    return this.#variable(name, module);
  }

  /** `from settings import RATE`: a variable of another of the user's files. */
  #imported(path: string, from: PythonModule): UnsettledValue[] {
    const parts = path.replace(/^\.+/, '').split('.');
    const name = parts.pop() ?? '';
    const home = this.modules.find((one) => one !== from && parts.length > 0 && moduleName(one.file) === parts.at(-1));
    const kinds = home?.scopes[0]?.bindings.get(name) ?? [];
    return home !== undefined && kinds.some(({ kind }) => kind === 'assignment') ? this.#variable(name, home) : [];
  }

  #attribute(expr: Expr & { kind: 'attribute' }, module: PythonModule): UnsettledValue[] {
    const written = dottedName(expr);
    if (written === null) return [];
    const resolved = resolveName(module, expr, expr.span.start);
    if (resolved === null) return [];
    const unsettled = (why: string): UnsettledValue[] => [{ name: written, why, span: expr.span }];
    if (LIBRARY_STATE.test(resolved))
      return unsettled(`\`${written}\` (${lineOf(expr.span)}) belongs to the process, and may be changed at any time`);
    if (functionOf(this.modules, module, expr) !== null) return [];
    const [root = ''] = written.split('.');
    const own = resolved.includes(':') || this.modules.some((one) => moduleName(one.file) === (module.imports[root] ?? '').split('.').at(-1));
    if (!own) return [];
    if (this.#stored.has(expr.attribute)) return unsettled(`an attribute \`${expr.attribute}\` is stored to somewhere`);
    return resolved.includes(':') ? [] : this.#imported(resolved, module);
  }

  #call(call: Expr & { kind: 'call' }, module: PythonModule, fn: FunctionIR): UnsettledValue[] {
    const env: Environment = { module, modules: this.modules, owner: fn, body: fn.body, values: {} };
    const { written, resolved, effect, own } = this.judge.judge(call, env);
    if (
      own === null &&
      resolved === null &&
      (calledValues(call.callee, env) ?? []).some(({ expr }) => expr.kind === 'lambda' && !within(expr.span, fn.span))
    )
      return [{ name: written, why: `\`${written}\` (${lineOf(call.span)}) may be a function from elsewhere`, span: call.span }];
    if (own !== null || resolved === null || resolved.includes(':') || LOOKS_AT_ARGUMENT.test(resolved)) return [];
    if (effect.ordered === undefined && effect.purity !== 'reads') {
      const context = resolved.startsWith('decimal.') ? this.#contextChange() : null;
      return context === null ? [] : [{ name: written, why: `the precision of decimal numbers is set in ${lineOf(context)}`, span: call.span }];
    }
    const why = effect.ordered === undefined ? 'may give something else at another time' : effect.why;
    return [{ name: written, why: `\`${written}\` (${lineOf(call.span)}) ${why}`, span: call.span }];
  }

  /** Where a function, a loop or anything behind the first call sets the context of decimal numbers. */
  #contextChange(): Span | null {
    for (const module of this.modules) {
      const loops = module.body.filter(({ kind }) => kind === 'loop');
      const later = this.#lateStatements(activeStatements(module.body), module);
      for (const body of [...module.functions.map((fn) => fn.body), loops, later]) {
        const found = exprsOf(body).find((expr) => expr.kind === 'call' && /^decimal\.(get|set|local)context$/.test(resolveName(module, expr.callee, expr.span.start) ?? '')); // prettier-ignore
        if (found !== undefined) return found.span;
      }
    }
    return null;
  }

  /** A variable of the function around: settled where it is a parameter, or given once, and nobody changes what it holds. */
  #closure(name: string, module: PythonModule, home: Scope, fn: FunctionIR): UnsettledValue[] {
    const owner = module.functions.find(({ qualname, span }) => qualname === home.qualname && within(span, home.span));
    const bindings = home.bindings.get(name) ?? [];
    if (owner === undefined) return [];
    if (bindings.length === 1 && (bindings[0]?.kind === 'function' || bindings[0]?.kind === 'class')) return [];
    const unsettled = (span: Span, does: string): UnsettledValue[] => [{ name, why: `\`${name}\` of the function around it ${does} (${lineOf(span)})`, span }]; // prettier-ignore
    const inner = module.functions.filter((one) => one.qualname.startsWith(`${owner.qualname}.<locals>.`) && within(one.span, owner.span));
    const [given, again] = bindings;
    if (again !== undefined) return unsettled(again.span, 'is given a value more than once');
    if (given?.kind === 'assignment') {
      const loop = [...eachStmt(owner.body)].find((one) => one.kind === 'loop' && within(given.span, one.span) && !within(fn.span, one.span));
      if (loop !== undefined) return unsettled(loop.span, 'is given a value in a loop');
    }
    if (module.scopes.some((one) => one.nonlocals.has(name) && within(one.span, owner.span))) return unsettled(fn.span, 'is `nonlocal` somewhere');
    for (const one of [owner, ...inner]) {
      const change = this.#changeIn(name, one, module).find((span) => !before(span.end, fn.span.start));
      if (change !== undefined) return unsettled(change, 'is changed');
    }
    return [];
  }

  /** Where a function's statements, nested functions not included, change what a name of the function around or its own holds. */
  #changeIn(name: string, fn: FunctionIR, module: PythonModule): Span[] {
    const env: Environment = { module, modules: this.modules, owner: fn, body: fn.body, values: {} };
    const found: Span[] = [];
    const stores = (target: Expr): void => {
      if (target.kind === 'collection') target.items.forEach(stores);
      if ((target.kind === 'subscript' || target.kind === 'attribute') && rootOf(target) === name) found.push(target.span);
    };
    for (const statement of eachStmt(fn.body)) {
      if (statement.kind === 'assign') statement.targets.forEach(stores);
      if (statement.kind === 'augment') {
        stores(statement.target);
        if (statement.target.kind === 'name' && statement.target.name === name) found.push(statement.span);
      }
      if (statement.kind === 'loop' && statement.loop.target) stores(statement.loop.target);
      if (statement.kind === 'opaque' && statement.what === 'delete_statement' && statement.reads.includes(name)) found.push(statement.span);
      for (const expr of stmtExprs(statement).flatMap((top) => [...eachExpr(top)])) {
        if (expr.kind !== 'call') continue;
        for (const change of this.judge.factOf(expr, env).changed) if ('place' in change && rootOf(change.place) === name) found.push(expr.span);
      }
    }
    return found;
  }

  /** A variable of a module: settled where everything that gives or changes it is over before the function is first called. */
  #variable(name: string, module: PythonModule): UnsettledValue[] {
    const unsettled = (span: Span, does: string): UnsettledValue[] => [{ name, why: `\`${name}\` ${does} (${lineOf(span)})`, span }];
    const bindings = module.scopes[0]?.bindings.get(name) ?? [];
    const shown = bindings[0]?.span ?? this.first.span;
    if (module.globals.includes(name)) return unsettled(shown, 'is written by a function that declares it `global`');
    if (this.#byText) return unsettled(shown, 'may be written by its name through `globals()`');
    const all = activeStatements(module.body);
    const late = this.#lateStatements(all, module);
    const [start] = late;
    if (start !== undefined) {
      const given = bindings.find(({ span }) => !before(span.start, start.span.start));
      if (given !== undefined) return unsettled(given.span, 'is given a value after the first call');
    }
    const names = aliasesOf(name, all);
    const changed = this.#changedBy({ ...this.first, name: '<module>', qualname: '<module>', params: [], body: late, decorators: [], method: false }, names, module); // prettier-ignore
    if (changed !== null) return unsettled(start?.span ?? shown, `is changed after the first call: it ${changed}`);
    const reached = namesBehind(late, module);
    for (const other of this.modules) {
      for (const fn of other.functions) {
        const early = other === module && late.length > 0 && !fn.qualname.split('.').some((part) => reached.has(part));
        const does = early ? null : this.#changedBy(fn, names, other);
        if (does !== null) return unsettled(fn.span, `is changed by \`${fn.qualname}\``);
      }
      if (other === module) continue;
      if (this.#stored.has(name) && importsModule(other, module)) return unsettled(shown, `may be stored to from ${other.file}`);
    }
    return [];
  }

  /** Statements of the module level from the first one on that may come to call the function. */
  #lateStatements(all: readonly Stmt[], module: PythonModule): Stmt[] {
    if (module.file !== this.first.file) return [];
    const index = all.findIndex((statement) => namesBehind([statement], module).has(this.first.name));
    return index < 0 ? [] : all.slice(index);
  }

  #changedBy(fn: FunctionIR, names: ReadonlySet<string>, module: PythonModule): string | null {
    const effect = this.judge.ofFunction(fn, { module, modules: this.modules, owner: fn, body: fn.body, values: {} });
    return effect.changes?.find((change) => change.of === 'outside' && typeof change.name === 'string' && names.has(change.name))?.why ?? null;
  }
}

const exprsOf = (body: readonly Stmt[]): Expr[] =>
  [...eachStmt(body)].flatMap((statement) => stmtExprs(statement)).flatMap((top) => [...eachExpr(top)]);

function rootOf(place: Expr): string | null {
  let at = place;
  for (;;) {
    if (at.kind === 'name') return at.name;
    if (at.kind === 'subscript' || at.kind === 'attribute') at = at.object;
    else if (at.kind === 'call' && at.callee.kind === 'attribute') at = at.callee.object;
    else return null;
  }
}

/** What runs when the module is loaded or started, definitions and imports left out, the `__main__` guard taken apart. */
function activeStatements(body: readonly Stmt[]): Stmt[] {
  return body.flatMap((statement): Stmt[] => {
    if (statement.kind === 'opaque')
      return /^(import_|future_|function_def|class_def|decorated_def|type_alias)/.test(statement.what) ? [] : [statement];
    if (statement.kind === 'if' && isGuard(statement.test)) return activeStatements([...statement.then, ...statement.otherwise]);
    return [statement];
  });
}

const isGuard = (test: Expr): boolean =>
  test.kind === 'compare' && [test.first, ...test.rest.map(({ right }) => right)].some((part) => part.kind === 'name' && part.name === '__name__');

/** Names that statements lead to, through the module's functions and classes. */
function namesBehind(statements: readonly Stmt[], module: PythonModule): Set<string> {
  const seen = new Set<string>();
  const pending = [...stmtNames(statements).reads];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { kind, names, reads } of module.outline.statements) {
      if ((kind === 'function' || kind === 'class') && names.includes(name)) pending.push(...reads);
    }
  }
  return seen;
}

/** Names of the module that may hold the same object. */
function aliasesOf(name: string, statements: readonly Stmt[]): Set<string> {
  const found = new Set([name]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const statement of eachStmt(statements)) {
      if (statement.kind !== 'assign') continue;
      const held = statement.value.kind === 'collection' ? statement.value.items : [statement.value];
      if (held.some((value) => value.kind === 'name' && found.has(value.name)))
        statement.targets.flatMap(boundNames).forEach((one) => found.add(one));
    }
  }
  return found;
}

function importsModule(from: PythonModule, module: PythonModule): boolean {
  const name = moduleName(module.file);
  return Object.values(from.imports).some((path) => path.split('.').includes(name));
}

/** Attributes that any statement stores to; those that a method stores to its own object are the object's. */
function storedAttributes(modules: readonly PythonModule[]): Set<string> {
  const found = new Set<string>();
  for (const module of modules) {
    for (const fn of [null, ...module.functions]) {
      const self = fn?.method === true && !fn.decorators.some((one) => /^(static|class)method\b/.test(one)) ? fn.params[0]?.name : undefined;
      const note = (target: Expr): void => {
        if (target.kind === 'collection') target.items.forEach(note);
        if (target.kind === 'attribute' && !(target.object.kind === 'name' && target.object.name === self)) found.add(target.attribute);
        if (target.kind === 'subscript') note(target.object);
      };
      for (const statement of eachStmt(fn?.body ?? module.body)) {
        if (statement.kind === 'assign') statement.targets.forEach(note);
        if (statement.kind === 'augment') note(statement.target);
      }
    }
  }
  return found;
}
