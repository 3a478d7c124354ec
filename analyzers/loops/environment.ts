import type { Expr, FunctionIR, Stmt, ValueFact } from '../types';
import { functionOf, resolveName, scopeAt, scopeOfName } from '../syntax/python-names';
import type { PythonModule } from '../syntax/python-module';
import { boundNames, eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';

/** What is known around a piece of code: the names of its function, and what the profile saw in them. */
export interface Environment {
  module: PythonModule;
  modules: readonly PythonModule[];
  owner: FunctionIR | null;
  body: readonly Stmt[];
  values: Record<string, ValueFact>;
  /** Of one trip of a loop: random generators that it makes and seeds for itself. Absent where a whole function is looked at. */
  generators?: ReadonlySet<string>;
}

export const resolveIn = (env: Environment, expr: Expr): string | null => resolveName(env.module, expr, expr.span.start);
export const functionIn = (env: Environment, callee: Expr): FunctionIR | null => functionOf(env.modules, env.module, callee);

/** Every value that a body gives each name; null for one that is not plain to see. Augmented assignment keeps the object. */
export type Assignments = Map<string, (Expr | null)[]>;
const known = new WeakMap<readonly Stmt[], Assignments>();

export function assignmentsOf(body: readonly Stmt[]): Assignments {
  const cached = known.get(body);
  if (cached) return cached;
  const found: Assignments = new Map();
  const give = (name: string, value: Expr | null): void => {
    const values = found.get(name);
    if (values) values.push(value);
    else found.set(name, [value]);
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
    if (statement.kind === 'loop' && statement.loop.target) assign(statement.loop.target, null);
    if (statement.kind === 'with') for (const item of statement.items) if (item.target) assign(item.target, item.context);
    if (statement.kind === 'try') for (const handler of statement.handlers) if (handler.name !== null) give(handler.name, null);
    if (statement.kind === 'opaque') for (const name of statement.writes) give(name, null);
    for (const top of stmtExprs(statement)) {
      for (const expr of eachExpr(top)) if (expr.kind === 'named') give(expr.name, expr.value);
    }
  }
  known.set(body, found);
  return found;
}

/** The values given to a name where it lives: in the function, or at module level. Null: it comes from elsewhere (a parameter, a closure, an import). */
export function valuesGiven(env: Environment, name: string): (Expr | null)[] | null {
  const { owner, module } = env;
  if (owner) {
    if (owner.params.some((param) => param.name === name)) return null;
    const own = assignmentsOf(env.body).get(name);
    const scope = scopeOfName(module, name, scopeAt(module, owner.span.start));
    if (own && scope?.kind !== 'module') return own;
    if (scope?.kind !== 'module') return null;
  }
  // Any function that declares the name global may have given it something else.
  return module.globals.includes(name) ? null : (assignmentsOf(module.body).get(name) ?? null);
}

const CREATED: Record<string, string> = {
  'builtins.open': 'TextIOWrapper', 'gzip.open': 'TextIOWrapper', 'io.open': 'TextIOWrapper', 'pathlib.Path': 'Path', 'requests.Session': 'requests.Session',
  'requests.session': 'requests.Session', 'requests.get': 'requests.Response', 'httpx.Client': 'httpx.Client', 'sqlite3.connect': 'Connection', 'logging.getLogger': 'Logger',
  'random.Random': 'random.Random', 'numpy.random.default_rng': 'numpy.random.Generator', 'numpy.random.RandomState': 'numpy.random.RandomState', 'io.StringIO': 'StringIO',
  'io.BytesIO': 'BytesIO', 'urllib.request.urlopen': 'HTTPResponse', 'http.client.HTTPConnection': 'HTTPConnection', 'socket.socket': 'socket',
  'collections.Counter': 'Counter', 'collections.defaultdict': 'defaultdict', 'collections.deque': 'deque', 'collections.OrderedDict': 'OrderedDict', 'builtins.sorted': 'list',
  'builtins.input': 'str', 'builtins.repr': 'str', 'builtins.len': 'int', 'builtins.ord': 'int',
}; // prettier-ignore
const BUILTIN_TYPES = new Set(['list', 'dict', 'set', 'frozenset', 'tuple', 'str', 'bytes', 'bytearray', 'int', 'float', 'bool', 'complex', 'range']);
const NEW_ARRAY = /^numpy\.(zeros|ones|empty|full|array|arange|linspace|logspace|eye|identity|zeros_like|ones_like|empty_like|full_like|copy|tile|repeat|concatenate|stack|vstack|hstack|meshgrid|where|sort|cumsum|outer|dot|matmul|random\.(rand|randn|random|normal|uniform|randint))$/; // prettier-ignore
const TEXT_METHODS = new Set([
  'strip',
  'lstrip',
  'rstrip',
  'lower',
  'upper',
  'title',
  'replace',
  'format',
  'join',
  'decode',
  'zfill',
  'read_text',
  'readline',
]);

/** The type of an expression as far as its form, its assignments and the sampled frames tell; named as in ValueFact. */
export function typeOf(env: Environment, expr: Expr, depth = 0): string | null {
  if (depth > 8) return null;
  switch (expr.kind) {
    case 'number':
      return expr.type;
    case 'string':
      return /^\w*b/i.test(expr.text) ? 'bytes' : 'str';
    case 'format':
      return 'str';
    case 'compare':
      return 'bool';
    case 'collection':
      return expr.type;
    case 'dict':
      return 'dict';
    case 'loop':
      return expr.loop.sink?.type ?? null;
    case 'name': {
      const sampled = env.values[expr.name];
      if (sampled) return sampled.type;
      const given = valuesGiven(env, expr.name);
      if (!given || given.length === 0) return null;
      const types = new Set(given.map((value) => (value ? typeOf(env, value, depth + 1) : null)));
      const [only] = types;
      return types.size === 1 ? (only ?? null) : null;
    }
    case 'binary': {
      const left = typeOf(env, expr.left, depth + 1);
      const right = typeOf(env, expr.right, depth + 1);
      if (left === 'Path' || left === 'ndarray' || left === 'str') return left;
      if (right === 'ndarray') return right;
      if (left === 'list' || right === 'list') return 'list';
      if (left === 'float' || right === 'float') return 'float';
      return left === 'int' && right === 'int' ? (expr.op === '/' ? 'float' : 'int') : null;
    }
    case 'call': {
      const path = resolveIn(env, expr.callee);
      if (path !== null) {
        if (NEW_ARRAY.test(path)) return 'ndarray';
        const builtin = path.startsWith('builtins.') ? path.slice('builtins.'.length) : '';
        if (BUILTIN_TYPES.has(builtin)) return builtin;
        const own = ownClass(env, path);
        if (own !== null) return own;
        return Object.hasOwn(CREATED, path) ? (CREATED[path] ?? null) : null;
      }
      if (expr.callee.kind !== 'attribute') return null;
      const { object, attribute } = expr.callee;
      const type = typeOf(env, object, depth + 1);
      if (TEXT_METHODS.has(attribute) && (type === 'str' || type === 'bytes' || type === 'Path')) return 'str';
      if (attribute === 'split' && type === 'str') return 'list';
      if (attribute === 'copy' || (type === 'Connection' && attribute === 'cursor')) return type;
      return null;
    }
    default:
      return null;
  }
}

/** `<file>:Limiter` -> 'module.Limiter', where the user's own file defines such a class. */
function ownClass(env: Environment, path: string): string | null {
  const at = path.lastIndexOf(':');
  const [file, qualname] = [path.slice(0, at), path.slice(at + 1)];
  const module = at < 0 ? undefined : env.modules.find((one) => one.file === file);
  if (!module?.scopes.some((scope) => scope.kind === 'class' && scope.qualname === qualname)) return null;
  return `${moduleName(file)}.${qualname}`;
}

/** The last part of the name that a file is imported by: a package's own name for its `__init__.py`. */
export function moduleName(file: string): string {
  const parts = file.replace(/\.py$/, '').split(/[\\/]/);
  return (parts.at(-1) === '__init__' ? parts.at(-2) : parts.at(-1)) ?? '';
}

/** True for a value that is made on the spot, so that no other name can hold the same object. */
export function isFresh(env: Environment, value: Expr): boolean {
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'format':
    case 'constant':
    case 'collection':
    case 'dict':
    case 'binary':
    case 'compare':
    case 'loop':
      return true;
    case 'conditional':
      return isFresh(env, value.then) && isFresh(env, value.otherwise);
    case 'call': {
      const path = resolveIn(env, value.callee);
      if (path === null) return value.callee.kind === 'attribute' && /^(copy|split|tolist|astype|read|readlines|strip)$/.test(value.callee.attribute);
      return (
        /^(builtins\.(list|dict|set|sorted|bytearray|open|str|int|float)|collections\.\w+|copy\.(copy|deepcopy)|io\.(StringIO|BytesIO))$/.test(
          path,
        ) || NEW_ARRAY.test(path)
      );
    }
    default:
      return false;
  }
}

/** A name that holds only what its own function made: not a parameter, not a global, not another name for either. */
export function isOwn(env: Environment, name: string): boolean {
  const given = valuesGiven(env, name);
  return given !== null && given.length > 0 && given.every((value) => value !== null && isFresh(env, value));
}

/** As `isOwn`, and the name is a local of the function itself: a global list is made here, but it is not the function's alone. */
export function isLocallyMade(env: Environment, name: string): boolean {
  const scope = env.owner && scopeOfName(env.module, name, scopeAt(env.module, env.owner.span.start));
  return scope?.kind === 'function' && scope.qualname === env.owner?.qualname && isOwn(env, name);
}

/** The name that a place is reached from: `d[k].items` -> d, `d.setdefault(k, []).append` -> d. */
export function rootName(expr: Expr): string | null {
  let at = expr;
  for (;;) {
    if (at.kind === 'name') return at.name;
    if (at.kind === 'attribute' || at.kind === 'subscript') at = at.object;
    else if (at.kind === 'call' && at.callee.kind === 'attribute') at = at.callee.object;
    else if (at.kind === 'spread' || at.kind === 'await') at = at.value;
    else return null;
  }
}
