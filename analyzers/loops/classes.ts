import type { Expr, FunctionIR } from '../types';
import { childOf } from '../syntax/plain-tree';
import type { PythonModule } from '../syntax/python-module';
import { resolveName } from '../syntax/python-names';
import type { Scope } from '../syntax/python-scopes';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import type { Environment } from './environment';

/** A class that the user's own files define. */
export interface OwnClass {
  module: PythonModule;
  qualname: string;
  scope: Scope;
}

/** The last part of the name that a file is imported by: a package's own name for its `__init__.py`. */
export function moduleName(file: string): string {
  const parts = file.replace(/\.py$/, '').split(/[\\/]/);
  return (parts.at(-1) === '__init__' ? parts.at(-2) : parts.at(-1)) ?? '';
}

/** `<file>:Limiter` -> 'module.Limiter', where the user's own file defines such a class. */
export function ownClassType(env: Environment, path: string): string | null {
  const at = path.lastIndexOf(':');
  const [file, qualname] = [path.slice(0, at), path.slice(at + 1)];
  const module = at < 0 ? undefined : env.modules.find((one) => one.file === file);
  if (!module?.scopes.some((scope) => scope.kind === 'class' && scope.qualname === qualname)) return null;
  return `${moduleName(file)}.${qualname}`;
}

/** The classes of the user's own that a type names: `__main__.Session`, `pkg.mod.Session`. */
export function classesNamed(env: Environment, type: string): OwnClass[] {
  let all = classes.get(env.modules);
  if (!all) {
    all = env.modules.flatMap((module) =>
      module.scopes.flatMap((scope) => (scope.kind === 'class' ? [{ module, qualname: scope.qualname, scope }] : [])),
    );
    classes.set(env.modules, all);
  }
  return all.filter(({ module, qualname }) => {
    if (!type.endsWith(`.${qualname}`)) return false;
    const home = type
      .slice(0, -qualname.length - 1)
      .split('.')
      .at(-1);
    return home === '__main__' || home === moduleName(module.file);
  });
}
const classes = new WeakMap<readonly PythonModule[], OwnClass[]>();

/** The type of `self`: the class that the function looked at is a method of. */
export function typeOfSelf(env: Environment, name: string): string | null {
  const { owner, module } = env;
  if (owner?.method !== true || owner.params[0]?.name !== name) return null;
  if (owner.decorators.some((decorator) => /^(staticmethod|classmethod)\b/.test(decorator))) return null;
  return `${moduleName(module.file)}.${owner.qualname.slice(0, owner.qualname.lastIndexOf('.'))}`;
}

export const hasBases = (scope: Scope): boolean => {
  const bases = childOf(scope.node, 'superclasses');
  return bases !== null && bases.children.some((child) => child.named && child.type !== 'keyword_argument');
};

/** The method that a call on an object of that type runs, inherited from another class of the user's own perhaps; null where there are several or none. */
export function methodNamed(env: Environment, type: string, method: string, hops = 0): FunctionIR | null {
  const classes = classesNamed(env, type);
  const found = classes.flatMap(({ module, qualname }) => module.functions.filter((fn) => fn.qualname === `${qualname}.${method}`));
  const [only, ...others] = found;
  if (only !== undefined) return others.length === 0 ? only : null;
  const [own, ...more] = classes;
  if (!own || more.length > 0 || hops > 5) return null;
  for (const base of basesOf(env, own)) {
    const inherited = methodNamed(env, base, method, hops + 1);
    if (inherited) return inherited;
  }
  return null;
}

/** Types of the bases that are classes of the user's own. */
export function basesOf(env: Environment, { module, qualname }: OwnClass): string[] {
  const own = module.classes.find((one) => one.qualname === qualname);
  return (own?.bases ?? []).flatMap((base) => {
    const path = resolveName(module, base, base.span.start);
    if (path === null) return [];
    if (path.includes(':')) return ownClassType(env, path) ?? [];
    const name = path.slice(path.lastIndexOf('.') + 1);
    const homes = env.modules.filter((one) => one !== module && one.scopes.some((scope) => scope.kind === 'class' && scope.qualname === name));
    const [home, ...others] = homes;
    return home && others.length === 0 ? [`${moduleName(home.file)}.${name}`] : [];
  });
}

/** Methods of classes that derive from a method's class and replace it: `self.step()` may run any of them. */
export function overridesOf(env: Environment, fn: FunctionIR): FunctionIR[] {
  const at = fn.qualname.lastIndexOf('.');
  if (!fn.method || at < 0) return [];
  const derived = derivedFrom(env, fn.qualname.slice(0, at));
  if (derived.size === 0) return [];
  return env.modules.flatMap((module) =>
    module.functions.filter((one) => one.method && one.name === fn.name && derived.has(one.qualname.split('.').at(-2) ?? '')),
  );
}

/** Names of the classes that derive from one of that name, through others perhaps. */
function derivedFrom(env: Environment, qualname: string): ReadonlySet<string> {
  const name = qualname.split('.').at(-1) ?? '';
  const derived = new Set([name]);
  for (let size = 0; size !== derived.size;) {
    size = derived.size;
    for (const one of env.modules.flatMap((module) => module.classes)) {
      const bases = one.bases.map((base) => (base.kind === 'attribute' ? base.attribute : base.kind === 'name' ? base.name : ''));
      if (bases.some((base) => derived.has(base))) derived.add(one.qualname.split('.').at(-1) ?? '');
    }
  }
  derived.delete(name);
  return derived;
}

/** A value that an attribute is given, with the method that gives it. */
export interface AttributeValue {
  value: Expr | null;
  env: Environment;
}
const attributes = new WeakMap<readonly PythonModule[], Map<string, AttributeValue[]>>();

/**
 * Every value that the attribute of a class's objects is given, by its own methods; null where other code stores to an attribute of that name, or where
 * the class has bases whose methods may.
 */
export function attributeValues(env: Environment, type: string, attribute: string): readonly AttributeValue[] | null {
  const [only, ...others] = classesNamed(env, type);
  if (!only || others.length > 0 || hasBases(only.scope)) return null;
  const all = attributesOf(env);
  if (all.has(`?.${attribute}`)) return null;
  const derived = derivedFrom(env, only.qualname);
  const givenThere = [...all.keys()].some((key) => key.endsWith(`.${attribute}`) && derived.has(key.slice(0, -attribute.length - 1).split(/[.:]/).at(-1) ?? '')); // prettier-ignore
  if (givenThere) return null;
  return all.get(`${only.module.file}:${only.qualname}.${attribute}`) ?? null;
}

/**
 * What makes a field's value anew for an object of a data class that a call makes: `tags: list = field(default_factory=list)`. Null where the call gives
 * the field a value, or anything stores to a field of that name.
 */
export function fieldFactory(env: Environment, type: string, attribute: string, made: Expr): Expr | null {
  const [only, ...others] = classesNamed(env, type);
  const own = only?.module.classes.find((one) => one.qualname === only.qualname);
  if (made.kind !== 'call' || !only || !own || others.length > 0 || own.bases.length > 0 || isStoredTo(env, attribute)) return null;
  if (own.decorators?.some((one) => /^(dataclasses\.)?dataclass\b/.test(one)) !== true) return null;
  // Fields without a value come first; of the class's own variables, which are no fields, the body does not tell.
  const plain = own.body.findIndex((one) => one.kind !== 'pass');
  const variables = Object.values(only.module.imports).some((path) => /^typing(_extensions)?(\.ClassVar)?$/.test(path));
  const given = made.args.length > plain || variables || made.args.some((arg) => arg.kind === 'spread') || made.keywords.some(({ name }) => name === attribute || name === ''); // prettier-ignore
  const [field] = own.body.flatMap((one) => (one.kind === 'assign' && one.targets[0]?.kind === 'name' && one.targets[0].name === attribute ? [one.value] : [])); // prettier-ignore
  return given || field?.kind !== 'call' ? null : (field.keywords.find(({ name }) => name === 'default_factory')?.value ?? null);
}

const isStoredTo = (env: Environment, attribute: string): boolean =>
  [...attributesOf(env).keys()].some((key) => key.endsWith(`.${attribute}`) || key === '?.');

function attributesOf(env: Environment): Map<string, AttributeValue[]> {
  let all = attributes.get(env.modules);
  if (!all) attributes.set(env.modules, (all = storedAttributes(env)));
  return all;
}

/** By `<file>:Class.attribute` where a method stores to its own object, by `?.attribute` where anything else does. */
function storedAttributes({ modules }: Environment): Map<string, AttributeValue[]> {
  const found = new Map<string, AttributeValue[]>();
  const note = (target: Expr, value: Expr | null, env: Environment): void => {
    if (target.kind === 'collection') {
      const paired = value?.kind === 'collection' && value.items.length === target.items.length;
      target.items.forEach((item, index) => note(item, paired ? (value.items[index] ?? null) : null, env));
    }
    if (target.kind !== 'attribute') return;
    const own = target.object.kind === 'name' && typeOfSelf(env, target.object.name) !== null;
    const key = own && env.owner ? `${env.module.file}:${env.owner.qualname.slice(0, env.owner.qualname.lastIndexOf('.'))}` : '?';
    found.set(`${key}.${target.attribute}`, [...(found.get(`${key}.${target.attribute}`) ?? []), { value, env }]);
  };
  for (const module of modules) {
    for (const owner of [null, ...module.functions]) {
      const body = owner?.body ?? module.body;
      const env: Environment = { module, modules, owner, body, values: {} };
      for (const statement of eachStmt(body)) {
        if (statement.kind === 'assign') statement.targets.forEach((target) => note(target, statement.value, env));
        if (statement.kind === 'loop' && statement.loop.target) note(statement.loop.target, null, env);
        if (statement.kind === 'with') statement.items.forEach((item) => item.target && note(item.target, item.context, env));
        for (const top of stmtExprs(statement)) {
          for (const expr of eachExpr(top)) {
            if (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'setattr') found.set('?.', []);
          }
        }
      }
    }
  }
  return found;
}

/** Methods that run without a call being written: properties by their name, operators by their special method. */
export function hiddenMethods(modules: readonly PythonModule[]): ReadonlyMap<string, readonly FunctionIR[]> {
  const cached = hidden.get(modules);
  if (cached) return cached;
  const found = new Map<string, FunctionIR[]>();
  for (const fn of modules.flatMap((module) => module.functions)) {
    if (!fn.method || /^__(init|new|post_init|del)__$/.test(fn.name)) continue;
    const property = fn.decorators.some((decorator) => /^(functools\.)?(cached_)?property$|\.setter$/.test(decorator));
    if (property || /^__\w+__$/.test(fn.name)) found.set(fn.name, [...(found.get(fn.name) ?? []), fn]);
  }
  hidden.set(modules, found);
  return found;
}
const hidden = new WeakMap<readonly PythonModule[], ReadonlyMap<string, readonly FunctionIR[]>>();
