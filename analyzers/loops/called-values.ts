/** What a call may run where its callee is no name of a function: an entry of a table of functions, a parameter that all callers give. */
import type { Expr, FunctionIR, Stmt } from '../types';
import { within } from '../platform/span';
import type { PythonModule } from '../syntax/python-module';
import { scopeOfName } from '../syntax/python-names';
import { eachExpr, eachStmt, spaceExprs, stmtExprs } from '../syntax/python-walk';
import { callMethodIn, methodIn } from './callables';
import { attributeValues, typeOfSelf } from './classes';
import { assignmentsOf, functionIn, isLocal, isParameter, ownScope, resolveIn, valuesGiven, walkedFor, type Environment } from './environment';
import { bodiesOf, DEFINES, inHeads, mentionsIn } from './mentions';
import { isGenerator } from './value-types';

/** An expression with the code that it stands in. */
export interface PlacedExpr {
  expr: Expr;
  env: Environment;
  /** It is called with arguments that were kept for it, beside those of the call. */
  partial?: true;
}

/** How a value was come by, and of which parameters the arguments are being looked for. */
type Trail = readonly string[];
const LONGEST_TRAIL = 8;
/** Methods and functions that look a table up and change nothing. */
const LOOKS = /^(get|keys|values|items|index|count|copy)$/;
const LOOKS_AT = /^builtins\.(len|list|tuple|sorted|set|dict|enumerate|zip|reversed|iter|max|min|print|any|all|repr|str)$/;

/** What these give back makes a tuple, or takes an item, when it is called. */
export const MAKES_PLAIN_CALLABLE = /^(collections\.namedtuple|typing\.NamedTuple|operator\.itemgetter)$/;

/** What was found out in one set of modules, by what was asked. */
class Answers<T> {
  readonly #known = new WeakMap<readonly PythonModule[], Map<string, T>>();

  of(modules: readonly PythonModule[], question: string, find: () => T): T {
    let known = this.#known.get(modules);
    if (!known) this.#known.set(modules, (known = new Map<string, T>()));
    if (!known.has(question)) known.set(question, find());
    return known.get(question) as T;
  }
}
const tables = new Answers<boolean>();
const passed = new Answers<PlacedExpr[] | null>();
const texts = new Answers<boolean>();

/** Everything that a callee may stand for: functions, classes, lambdas, builtins. Null where it may be anything else as well. */
export function calledValues(callee: Expr, env: Environment, trail: Trail = []): PlacedExpr[] | null {
  if (trail.length > LONGEST_TRAIL || env.module.language !== undefined) return null;
  const go = (expr: Expr, there = env): PlacedExpr[] | null => calledValues(expr, there, [...trail, '']);
  switch (callee.kind) {
    case 'lambda':
      return [{ expr: callee, env }];
    case 'conditional':
      return union([go(callee.then), go(callee.otherwise)]);
    case 'logical':
      return union([go(callee.left), go(callee.right)]);
    case 'subscript':
      return callee.index.kind === 'slice' ? null : entriesOf(callee.object, env, trail);
    case 'call': {
      if (callee.callee.kind === 'attribute' && callee.callee.attribute === 'get' && callee.keywords.length === 0)
        return union([entriesOf(callee.callee.object, env, trail), ...callee.args.slice(1).map((arg) => go(arg))]);
      if (MAKES_PLAIN_CALLABLE.test(resolveIn(env, callee.callee) ?? '')) return [{ expr: callee, env }];
      const [applied] = callee.args;
      const values = applied !== undefined && resolveIn(env, callee.callee) === 'functools.partial' ? go(applied) : null;
      return values?.map((value) => ({ ...value, partial: true as const })) ?? null;
    }
    case 'constant':
    case 'number':
    case 'string':
      // To call it ends the program.
      return [];
    case 'attribute': {
      if (isCallable(callee, env)) return [{ expr: callee, env }];
      const type = callee.object.kind === 'name' ? typeOfSelf(env, callee.object.name) : null;
      const given = type === null ? null : attributeValues(env, type, callee.attribute);
      return given === null || given.length === 0 ? null : union(given.map(({ value, env: there }) => value && go(value, there)));
    }
    case 'name':
      return isCallable(callee, env) ? [{ expr: callee, env }] : valuesOfName(callee.name, env, trail);
    default:
      return null;
  }
}

/** The user's own functions that a callee may stand for, by its name or as one of several values. */
export function functionsCalled(callee: Expr, env: Environment): FunctionIR[] {
  const own = functionFor(callee, env);
  if (own !== null) return [own];
  return (calledValues(callee, env) ?? []).flatMap((value) => functionFor(value.expr, value.env) ?? []);
}

const functionFor = (expr: Expr, env: Environment): FunctionIR | null => functionIn(env, expr) ?? methodIn(env, expr) ?? callMethodIn(env, expr);

const isCallable = (expr: Expr, env: Environment): boolean => functionFor(expr, env) !== null || resolveIn(env, expr) !== null;

/** Does calling it give something that is used up by whoever walks over it? Told only of what is called by its name elsewhere. */
export function givesIterator(expr: Expr, env: Environment): boolean {
  const lazy = (value: Expr, there: Environment): boolean =>
    value.kind === 'loop' ? value.loop.form === 'generator' && value.loop.sink?.consumer === undefined : value.kind === 'call' && ITERATORS.test(resolveIn(there, value.callee) ?? ''); // prettier-ignore
  if (expr.kind === 'lambda') return lazy(expr.body, env);
  const own = functionFor(expr, env);
  if (own === null) return ITERATORS.test(resolveIn(env, expr) ?? '');
  const module = env.modules.find((one) => one.file === own.file) ?? env.module;
  const inside: Environment = { module, modules: env.modules, owner: own, body: own.body, values: {} };
  return isGenerator(own) || [...eachStmt(own.body)].some((one) => one.kind === 'return' && one.value !== null && lazy(one.value, inside));
}
const ITERATORS = /^(builtins\.(iter|map|filter|zip|enumerate|reversed|open)|itertools\.\w+)$/;

function union(parts: readonly (PlacedExpr[] | null)[]): PlacedExpr[] | null {
  const known = parts.filter((part) => part !== null);
  return known.length < parts.length ? null : known.flat();
}

function valuesOfName(name: string, env: Environment, trail: Trail): PlacedExpr[] | null {
  if (trail.length > LONGEST_TRAIL) return null;
  const { owner, module } = env;
  if (owner !== null && isParameter(env, name)) {
    const key = `${owner.file}:${owner.qualname}(${name})`;
    // A function that hands its parameter to itself gives it nothing else.
    if (trail.includes(key)) return [];
    const given = passed.of(env.modules, `${owner.span.start.line} ${key}`, () => argumentsGiven(owner, name, env.modules));
    return given === null ? null : union(given.map(({ expr, env: there }) => calledValues(expr, there, [...trail, key])));
  }
  const scope = scopeOfName(module, name, ownScope(env));
  if (owner !== null && scope?.kind === 'function' && scope.qualname !== owner.qualname) {
    const around = module.functions.find((fn) => fn.qualname === scope.qualname && within(owner.span, fn.span));
    return around === undefined ? null : valuesOfName(name, { ...env, owner: around, body: around.body, values: {} }, [...trail, '']);
  }
  const given = valuesGiven(env, name);
  if (given === null || given.length === 0) return null;
  const walked = walkedFor(isLocal(env, name) ? env.body : module.body, name);
  const plain = given.filter((value) => value !== null);
  // Each walk over a table gives the name one value that is not plain to see.
  if (given.length - plain.length !== walked.length) return null;
  return union([...plain.map((value) => calledValues(value, env, [...trail, ''])), ...walked.map((table) => entriesOf(table, env, trail))]);
}

/** All that a table of functions holds, at any depth. Null where it may hold anything else, or anybody changes it or hands it on. */
function entriesOf(table: Expr, env: Environment, trail: Trail): PlacedExpr[] | null {
  if (trail.length > LONGEST_TRAIL) return null;
  const further = [...trail, ''];
  const settled = (name: string, owner: FunctionIR | null, given: readonly PlacedExpr[] | null): PlacedExpr[] | null =>
    given === null ||
    given.length === 0 ||
    !tables.of(env.modules, `${name} ${env.module.file} ${owner?.span.start.line ?? ''}`, () => isOnlyLookedUp(name, env, owner))
      ? null
      : union(given.map(({ expr, env: there }) => (expr.kind === 'collection' || expr.kind === 'dict' ? entriesOf(expr, there, further) : null)));
  switch (table.kind) {
    case 'collection':
    case 'dict': {
      const items = table.kind === 'collection' ? table.items : table.entries.flatMap(({ key, value }) => [key, value]);
      return union(
        items.map((item) => (item.kind === 'collection' || item.kind === 'dict' ? entriesOf(item, env, further) : calledValues(item, env, further))),
      );
    }
    // `TABLE.items()`, `TABLE[kind]` of a table of tables
    case 'call':
      return table.callee.kind === 'attribute' && LOOKS.test(table.callee.attribute) ? entriesOf(table.callee.object, env, further) : null;
    case 'subscript':
      return entriesOf(table.object, env, further);
    case 'name': {
      const given = isParameter(env, table.name) ? null : valuesGiven(env, table.name);
      const local = isLocal(env, table.name);
      if (given?.includes(null) !== false) return null;
      return settled(
        table.name,
        local ? env.owner : null,
        given.flatMap((expr) => (expr ? [{ expr, env }] : [])),
      );
    }
    case 'attribute': {
      const type = table.object.kind === 'name' ? typeOfSelf(env, table.object.name) : null;
      const given = type === null ? null : attributeValues(env, type, table.attribute);
      if (given === null || given.some(({ value }) => value === null)) return null;
      return settled(
        `.${table.attribute}`,
        null,
        given.flatMap(({ value, env: there }) => (value ? [{ expr: value, env: there }] : [])),
      );
    }
    default:
      return null;
  }
}

/** Is a name, or with a point before it a field, nowhere changed, nor handed to anybody who could change it? `owner`: whose local it is; null for all files. */
function isOnlyLookedUp(name: string, env: Environment, owner: FunctionIR | null): boolean {
  const is = (expr: Expr): boolean => (expr.kind === 'name' ? expr.name === name : expr.kind === 'attribute' && `.${expr.attribute}` === name);
  const elsewhere = (expr: Expr): boolean => !name.startsWith('.') && expr.kind === 'attribute' && expr.attribute === name;
  if (writesByText(env.modules)) return false;
  for (const module of owner === null ? env.modules : [env.module]) {
    if (module !== env.module && owner === null && Object.values(module.imports).some((path) => path.endsWith(`.${name}`) || path.endsWith('*')))
      return false;
    if (inHeads(module, name.replace('.', ''))) return false;
    for (const { body, env: there } of bodiesOf(module, env.modules)) {
      if (owner !== null && (there.owner === null || !within(there.owner.span, owner.span))) continue;
      for (const statement of eachStmt(body)) {
        if (!looksOnly(statement, there, (expr) => (is(expr) && (module === env.module || expr.kind === 'attribute')) || elsewhere(expr), name))
          return false;
      }
    }
  }
  return true;
}

/** Does anything name variables or fields by a text that is made at run time? */
const writesByText = (modules: readonly PythonModule[]): boolean =>
  texts.of(modules, '', () =>
    modules.some(({ scopes }) => scopes.some(({ reads }) => ['globals', 'exec', 'eval', 'vars', 'setattr'].some((name) => reads.has(name)))),
  );

function looksOnly(statement: Stmt, env: Environment, is: (expr: Expr) => boolean, name: string): boolean {
  if (statement.kind === 'opaque') return DEFINES.test(statement.what) || (!statement.reads.includes(name) && !statement.writes.includes(name));
  const looks = new Set<Expr>();
  const stores = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
  for (const target of stores) if (target.kind === 'name' || target.kind === 'attribute') looks.add(target);
  if (statement.kind === 'augment' && is(statement.target)) return false;
  if (statement.kind === 'loop') for (const walked of spaceExprs(statement.loop.space)) looks.add(walked);
  for (const top of stmtExprs(statement)) {
    const stored = stores.includes(top);
    for (const expr of eachExpr(top)) {
      if (expr.kind === 'subscript' && !stored) looks.add(expr.object);
      else if (expr.kind === 'call' && expr.callee.kind === 'attribute' && LOOKS.test(expr.callee.attribute)) looks.add(expr.callee.object);
      else if (expr.kind === 'call' && LOOKS_AT.test(resolveIn(env, expr.callee) ?? '')) for (const arg of expr.args) looks.add(arg);
      else if (expr.kind === 'compare') for (const { op, right } of expr.rest) if (op === 'in' || op === 'not in') looks.add(right);
      if (expr.kind === 'loop') for (const walked of spaceExprs(expr.loop.space)) looks.add(walked);
      if (expr.kind === 'opaque' && (expr.reads.includes(name) || expr.writes.includes(name))) return false;
    }
    for (const expr of eachExpr(top)) if (is(expr) && !looks.has(expr)) return false;
  }
  return true;
}

/** What every call of a function gives a parameter, its default among it. Null where the function is handed on, or a call does not say. */
function argumentsGiven(fn: FunctionIR, name: string, modules: readonly PythonModule[]): PlacedExpr[] | null {
  const index = fn.params.findIndex((param) => param.name === name);
  const param = fn.params[index];
  const rebound = assignmentsOf(fn.body).has(name) || [...eachStmt(fn.body)].some((one) => one.kind === 'augment' && one.target.kind === 'name' && one.target.name === name); // prettier-ignore
  if (param === undefined || param.kind === 'args' || param.kind === 'kwargs' || rebound || fn.decorators.length > 0) return null;
  // Other classes' methods of that name, and objects made by their class, would have to be told apart.
  if (fn.method) return null;
  const found: PlacedExpr[] = [];
  const home = modules.find((module) => module.file === fn.file);
  if (home === undefined) return null;
  if (param.default) found.push({ expr: param.default, env: { module: home, modules, owner: null, body: home.body, values: {} } });
  if (writesByText(modules)) return null;
  const { places, opaque, heads } = mentionsIn(modules).of(fn.name);
  if (opaque || heads) return null;
  for (const { expr, env, call } of places) {
    if (functionIn(env, expr) !== fn) continue;
    if (call === null || call.args.some((arg) => arg.kind === 'spread') || call.keywords.some((keyword) => keyword.name === '')) return null;
    const given = call.keywords.find((keyword) => keyword.name === name)?.value ?? (param.kind === 'plain' ? call.args[index] : undefined);
    if (given) found.push({ expr: given, env });
  }
  return found;
}
