/** What a call runs, and what a function's statements store to, as far as the text tells. */
import type { CallFact, Expr, FunctionIR, Span, Stmt } from '../types';
import { lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { scopeAt, scopeOfName } from '../syntax/python-names';
import type { Scope } from '../syntax/python-scopes';
import { eachExpr, eachStmt } from '../syntax/python-walk';
import { changeOf } from './changes';
import { basesOf, classesNamed, methodNamed, typeOfSelf } from './classes';
import { freshnessOf } from './freshness';
import { changing, purityOf, type Effectfulness } from './effect';
import { assignmentsOf, functionIn, isLocal, resolveIn, rootName, valuesGiven, type Environment } from './environment';
import { typeOf } from './value-types';

type Call = Expr & { kind: 'call' };

/** A function that is given to one that calls it: `key=`, the first argument of `map`. */
export function functionsGiven(call: Call, resolved: string | null): Expr[] {
  const named = call.keywords.flatMap(({ name, value }) => (/^(key|func|function|default_factory|initializer)$/.test(name) ? [value] : []));
  const [first, second] = call.args;
  const taken =
    resolved === null
      ? []
      : /^(builtins\.(map|filter)|functools\.reduce|itertools\.(starmap|takewhile|dropwhile|filterfalse))$/.test(resolved)
        ? [first]
        : /^(itertools\.(accumulate|groupby))$/.test(resolved)
          ? [second]
          : [];
  return [...named, ...taken.filter((expr) => expr !== undefined)];
}

/** Does a name from outside of the trip hold what a function made that is not the user's own and gives back no plain value? */
export function isStrange(expr: Expr, env: Environment): boolean {
  if (expr.kind !== 'name' || env.trip?.has(expr.name) === true) return false;
  return (valuesGiven(env, expr.name) ?? []).some(
    (value) => value?.kind === 'call' && functionIn(env, value.callee) === null && freshnessOf(env, value) === 0,
  );
}

/** `list`, `Counter`, `lambda: [0, 0]`: the same new value, whenever it is called. */
export function makesPlainly(factory: Expr, env: Environment): boolean {
  if (factory.kind === 'lambda') {
    return [...eachExpr(factory.body)].every((part) => {
      if (part.kind === 'name')
        return /^(builtins|collections)\./.test(resolveIn(env, part) ?? '') || Object.hasOwn(env.module.outline.constants, part.name);
      return part.kind !== 'attribute' || resolveIn(env, part) !== null;
    });
  }
  if (factory.kind === 'constant') return true;
  const path = resolveIn(env, factory);
  return path !== null && /^(builtins\.\w+|collections\.\w+|decimal\.Decimal|fractions\.Fraction|datetime\.timedelta|array\.array)$/.test(path);
}

/** `__call__` of an object of one of the user's own classes. */
export function callMethodIn(env: Environment, expr: Expr): FunctionIR | null {
  if (expr.kind !== 'name' && expr.kind !== 'attribute' && expr.kind !== 'call') return null;
  const type = typeOf(env, expr);
  return type !== null && classesNamed(env, type).length > 0 ? methodNamed(env, type, '__call__') : null;
}

/** What a decorator's name stands for; its text where it is no name of the file or of a builtin. */
export function pathOfDecorator(text: string, span: Span, env: Environment): string {
  const written = /^[\w.]+/.exec(text)?.[0] ?? text;
  const [head = '', ...rest] = written.split('.');
  const name: Expr = { kind: 'name', name: head, span };
  const whole = rest.reduce((object: Expr, attribute): Expr => ({ kind: 'attribute', object, attribute, span }), name);
  const resolved = resolveIn(env, whole);
  if (resolved !== null) return resolved;
  return scopeOfName(env.module, head, scopeAt(env.module, span.start)) === null ? written : `?${written}`;
}
export const HARMLESS_DECORATORS = /^(functools\.(lru_cache|cache|cached_property|wraps|singledispatch|total_ordering)|builtins\.(staticmethod|classmethod|property)|profile|numba\.(\w+\.)*(njit|jit|vectorize|guvectorize)|contextlib\.(async)?contextmanager|(typing|typing_extensions)\.\w+|abc\.\w+)$/; // prettier-ignore
export const HARMLESS_CLASS_DECORATORS =
  /^(dataclasses\.dataclass|attr\.\w+|attrs\.\w+|functools\.total_ordering|enum\.unique|(typing|typing_extensions)\.\w+)$/;

/** Does a method give the attribute, wherever it does, only what is new? */
export function makesAttribute(fn: FunctionIR, attribute: string, depth: number, from: Environment): boolean {
  const module = from.modules.find((one) => one.file === fn.file) ?? from.module;
  const env: Environment = { module, modules: from.modules, owner: fn, body: fn.body, values: {} };
  const [self] = fn.params;
  const given = [...eachStmt(fn.body)].flatMap((statement) => {
    if (statement.kind !== 'assign') return [];
    const stored = statement.targets.some((target) => target.kind === 'attribute' && target.attribute === attribute && target.object.kind === 'name' && target.object.name === self?.name); // prettier-ignore
    return stored ? [statement.value] : [];
  });
  return given.length > 0 && given.every((value) => freshnessOf(env, value) >= (depth > 2 ? 2 : 1));
}

export const factFor = (written: string, span: Span, effect: Effectfulness): CallFact => ({
  written,
  resolved: null,
  span,
  purity: purityOf(effect),
  io: effect.io,
  why: `\`${written}\` (${lineOf(span)}) ${effect.why}.`,
});

export function withoutOrder(effect: Effectfulness): Effectfulness {
  const rest = { ...effect };
  delete rest.ordered;
  return rest;
}

/** Bases that do nothing when an object is made: `Exception`, `NamedTuple`, `Enum`. */
export function hasPlainBases(qualname: string, env: Environment): boolean {
  const own = env.module.classes.find((one) => one.qualname === qualname);
  const plain = /^(builtins\.(object|\w*(Error|Exception|Warning))|typing\.(NamedTuple|Generic|Protocol)|abc\.ABC|enum\.\w+)$/;
  return own !== undefined && own.bases.every((base) => plain.test(resolveIn(env, base) ?? ''));
}

/** The method of a class of the user's own that a call on an object of known type runs; null where it is inherited, or there are several. */
export function methodIn(env: Environment, callee: Expr): FunctionIR | null {
  if (callee.kind !== 'attribute') return null;
  if (isSuper(env, callee.object)) return methodOfBase(env, callee.attribute);
  const type = typeOf(env, callee.object);
  return type === null ? null : methodNamed(env, type, callee.attribute);
}

export const isSuper = (env: Environment, expr: Expr): boolean => expr.kind === 'call' && resolveIn(env, expr.callee) === 'builtins.super';

export function methodOfBase(env: Environment, method: string): FunctionIR | null {
  const [self] = env.owner?.params ?? [];
  const type = self ? typeOfSelf(env, self.name) : null;
  const [own] = type === null ? [] : classesNamed(env, type);
  const found = own ? basesOf(env, own).flatMap((base) => methodNamed(env, base, method) ?? []) : [];
  return found[0] ?? null;
}

/** A stored-to place that is not the function's own. */
export function storesOf(target: Expr, env: Environment): Effectfulness[] {
  if (target.kind === 'collection') return target.items.flatMap((item) => storesOf(item, env));
  if (target.kind === 'spread') return storesOf(target.value, env);
  if (target.kind !== 'subscript' && target.kind !== 'attribute') return [];
  const attribute = target.kind === 'attribute' ? target.attribute : null;
  const where = lineOf(target.span);
  return changeOf({ place: target.object, depth: 1, attribute }, env, (subject) => `changes ${subject} (${where})`).map((change) => changing(change));
}

/** `rows += more` changes the list that a parameter or a global holds; of numbers and text it makes new ones. */
export function grows(statement: Stmt & { kind: 'augment' }, env: Environment): Effectfulness[] {
  if (statement.target.kind !== 'name') return [];
  const type = typeOf(env, statement.value) ?? typeOf(env, statement.target);
  if (type === null || !/^(list|set|dict|deque|bytearray|ndarray|Counter|defaultdict)$/.test(type)) return [];
  const why = (subject: string): string => `changes ${subject} (${lineOf(statement.span)})`;
  return changeOf({ place: statement.target, depth: 1, attribute: null }, env, why).map((change) => changing(change));
}

export function writtenIn(env: Environment, name: string): boolean {
  if (assignmentsOf(env.body).has(name)) return true;
  return [...eachStmt(env.body)].some(
    (statement) => statement.kind === 'augment' && statement.target.kind === 'name' && statement.target.name === name,
  );
}

export function readsGlobal(name: string, env: Environment): boolean {
  if (isLocal(env, name)) return false;
  const bindings = env.module.scopes[0]?.bindings.get(name);
  return bindings !== undefined && bindings.some((binding) => binding.kind === 'assignment') && !Object.hasOwn(env.module.outline.constants, name);
}

/** A callee as a person would call it: `math.sqrt`, `.append` of something longer. */
export function writtenOf(callee: Expr): string {
  const dotted = dottedName(callee);
  if (dotted !== null) return dotted;
  if (callee.kind !== 'attribute') return '(...)';
  const root = rootName(callee);
  return root === null ? `(...).${callee.attribute}` : `${root}...${callee.attribute}`;
}

/** `pkg.mod:f`, from how it is imported; `<file>:f` in the file itself. */
export function nameOfFunction(fn: FunctionIR, resolved: string | null): string {
  if (resolved === null || resolved.includes(':')) return `${fn.file}:${fn.qualname}`;
  const module = resolved.endsWith(`.${fn.qualname}`) ? resolved.slice(0, -fn.qualname.length - 1) : resolved;
  return `${module}:${fn.qualname}`;
}

/** A variable that functions share: a module's by its name, one of an enclosing function with that function's. Null: a name of a builtin or a class body. */
export const outerName = (scope: Scope | null, name: string): string | null =>
  scope === null || scope.kind === 'class' ? null : scope.kind === 'module' ? name : `${scope.qualname}>${name}`;
export const shownName = (key: string): string => key.slice(key.indexOf('>') + 1);
