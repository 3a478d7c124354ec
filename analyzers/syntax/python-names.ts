import { comparePositions, holds } from '../platform/span';
import type { Expr, FunctionIR, Position } from '../types';
import { dottedName } from './python-loops';
import type { ClassIR, PythonModule } from './python-module';
import type { Binding, Scope } from './python-scopes';

/** Names of CPython 3.8 to 3.13 that need no import. */
const BUILTINS = new Set(
  (
    'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod ' +
    'enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list ' +
    'locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum ' +
    'super tuple type vars zip __import__ __name__ __file__ NotImplemented BaseException Exception ArithmeticError AssertionError AttributeError BufferError ' +
    'EOFError FileExistsError FileNotFoundError FloatingPointError GeneratorExit ImportError IndexError InterruptedError IsADirectoryError KeyError ' +
    'KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError IOError OverflowError ' +
    'PermissionError RecursionError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError SystemExit TimeoutError TypeError ' +
    'UnboundLocalError UnicodeError UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError Warning ConnectionError BrokenPipeError'
  ).split(' '),
);
/** Builtins that no common module's `import *` replaces. */
const SURE = new Set(['len', 'range', 'enumerate', 'zip', 'print', 'list', 'dict', 'tuple', 'set', 'int', 'float', 'str', 'bool', 'isinstance']);
/** What `from math import *` brings. */
const MATH = new Set(
  ('acos acosh asin asinh atan atan2 atanh ceil comb copysign cos cosh degrees dist e erf erfc exp expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot ' +
    'inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc').split(' '),
); // prettier-ignore

/** The innermost scope around a place. */
export function scopeAt(module: PythonModule, at: Position): Scope | null {
  const { scopes } = module;
  const top = scopes[0] ?? null;
  if (!indexOf(module).ordered) return scopes.reduce((found, scope) => (scope.kind !== 'module' && holds(scope.span, at) ? scope : found), top);
  // The last one that begins before the place is the innermost around it, or lies within that.
  let [low, high] = [0, scopes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const start = scopes[middle]?.span.start;
    if (start && comparePositions(start, at) <= 0) low = middle;
    else high = middle - 1;
  }
  let scope = scopes[low] ?? null;
  while (scope && scope.kind !== 'module' && !holds(scope.span, at)) scope = scope.parent === null ? null : (scopes[scope.parent] ?? null);
  return scope ?? top;
}

/** What is looked up again and again in one module. */
interface NameIndex {
  /** Scopes stand in the order of their starts, inner ones after the one around them. */
  ordered: boolean;
  wildcards: readonly string[];
  functions: ReadonlyMap<string, readonly FunctionIR[]>;
}
const indexes = new WeakMap<PythonModule, NameIndex>();

function indexOf(module: PythonModule): NameIndex {
  let index = indexes.get(module);
  if (index) return index;
  const functions = new Map<string, FunctionIR[]>();
  for (const fn of module.functions) {
    const known = functions.get(fn.qualname);
    if (known) known.push(fn);
    else functions.set(fn.qualname, [fn]);
  }
  const ordered = module.scopes.every(({ span: { start } }, at) => {
    const before = module.scopes[at - 1]?.span.start;
    return at < 2 || !before || comparePositions(before, start) <= 0;
  });
  index = { ordered, wildcards: module.scopes.flatMap((scope) => scope.wildcards), functions };
  indexes.set(module, index);
  return index;
}

/** The scope that a name belongs to, seen from a scope; null when only builtins or a wildcard import can hold it. */
export function scopeOfName(module: PythonModule, name: string, from: Scope | null): Scope | null {
  const [top] = module.scopes;
  for (let scope = from, first = true; scope; first = false) {
    if (scope.globals.has(name)) return top?.bindings.has(name) ? top : null;
    // A class body's names are seen by its own statements only.
    if (scope.bindings.has(name) && !scope.nonlocals.has(name) && (first || scope.kind !== 'class')) return scope;
    scope = scope.parent === null ? null : (module.scopes[scope.parent] ?? null);
  }
  return null;
}

/** The single meaning of a name in its scope; null where it is bound in more ways than one. */
function meaningOf(bindings: readonly Binding[]): Binding | null {
  const imports = bindings.filter((binding) => binding.kind === 'import');
  const [first] = imports.length > 0 ? imports : bindings;
  if (!first) return null;
  // try: import x / except ImportError: import y as x is two meanings.
  const one =
    imports.length > 0 ? imports.length === bindings.length && imports.every((binding) => binding.path === first.path) : bindings.length === 1;
  return one ? first : null;
}

/**
 * The dotted path that a written name stands for: `np.sqrt` -> 'numpy.sqrt', `sum` -> 'builtins.sum'; a function or class of the file itself -> its
 * qualname after ':' ('<file>:Class.method' would be a method). Null when it is a variable, bound twice, or unknown.
 */
export function resolveName(module: PythonModule, expr: Expr, at: Position): string | null {
  const written = dottedName(expr);
  if (written === null) return null;
  const [head = '', ...rest] = written.split('.');
  const scope = scopeOfName(module, head, scopeAt(module, at));
  const dotted = (path: string): string => [path, ...rest].join('.');
  if (scope) {
    // `a.b` imported as `import a.b` binds `a`: the rest is written out.
    const meaning = meaningOf(scope.bindings.get(head) ?? []);
    if (meaning?.kind === 'import' && meaning.path !== undefined) return dotted(meaning.path);
    if (meaning && (meaning.kind === 'function' || meaning.kind === 'class')) return `${module.file}:${dotted(qualnameIn(scope, head))}`;
    return null;
  }
  const { wildcards } = indexOf(module);
  if (wildcards.includes('math') && MATH.has(head)) return wildcards.length === 1 ? dotted(`math.${head}`) : null;
  const sure = wildcards.every((path) => path === 'math') || SURE.has(head);
  return BUILTINS.has(head) && sure && !module.globals.includes(head) ? dotted(`builtins.${head}`) : null;
}

function qualnameIn(scope: Scope, name: string): string {
  if (scope.kind === 'module') return name;
  return scope.kind === 'class' ? `${scope.qualname}.${name}` : `${scope.qualname}.<locals>.${name}`;
}

/** The one function of that qualname; null where there are several or none. */
function functionNamed(module: PythonModule, qualname: string): FunctionIR | null {
  const found = indexOf(module).functions.get(qualname);
  return found?.length === 1 ? (found[0] ?? null) : null;
}

/**
 * The user's own function that a callee names: in the same file, imported from another of the user's files, or a method called on `self`.
 * Null for anything else, and where the name has more than one meaning.
 */
export function functionOf(modules: readonly PythonModule[], module: PythonModule, callee: Expr): FunctionIR | null {
  const at = callee.span.start;
  const resolved = resolveName(module, callee, at);
  if (resolved === null) return methodOf(module, callee, at);
  const own = resolved.startsWith(`${module.file}:`) ? resolved.slice(module.file.length + 1) : null;
  if (own !== null) return functionNamed(module, own);
  if (resolved.startsWith('builtins.')) return null;
  return imported(modules, module, resolved, functionNamed);
}

/** The user's own class that an expression names, in the same file or imported from another of the user's files, and the module that it is written in. */
export function classOf(modules: readonly PythonModule[], module: PythonModule, named: Expr): { module: PythonModule; ir: ClassIR } | null {
  const resolved = resolveName(module, named, named.span.start);
  if (resolved === null || resolved.startsWith('builtins.')) return null;
  const own = resolved.startsWith(`${module.file}:`) ? resolved.slice(module.file.length + 1) : null;
  const classNamed = (home: PythonModule, qualname: string): { module: PythonModule; ir: ClassIR } | null => {
    const [ir, another] = home.classes.filter((one) => one.qualname === qualname);
    return ir && !another ? { module: home, ir } : null;
  };
  return own === null ? imported(modules, module, resolved, classNamed) : classNamed(module, own);
}

function methodOf(module: PythonModule, callee: Expr, at: Position): FunctionIR | null {
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name') return null;
  const self = callee.object.name;
  const scope = scopeAt(module, at);
  const owner =
    scope === null
      ? undefined
      : indexOf(module)
          .functions.get(scope.qualname)
          ?.find((each) => each.method);
  if (!owner || owner.params[0]?.name !== self || owner.decorators.includes('staticmethod')) return null;
  return functionNamed(module, `${owner.qualname.slice(0, owner.qualname.lastIndexOf('.'))}.${callee.attribute}`);
}

/** What a dotted path means in another of the user's modules; `find` looks a qualified name up there. */
function imported<T>(
  modules: readonly PythonModule[],
  from: PythonModule,
  path: string,
  find: (module: PythonModule, qualname: string) => T | null,
  hops = 0,
): T | null {
  const parts = path.replace(/^\.+/, '').split('.');
  for (let split = parts.length - 1; split >= 0; split -= 1) {
    const target = moduleAt(modules, from, path, parts.slice(0, split));
    if (!target) continue;
    const qualname = parts.slice(split).join('.');
    const found = find(target, qualname);
    if (found) return found;
    // The name may itself be imported there, as a package's __init__ does.
    const [head = '', ...rest] = parts.slice(split);
    const again = target.imports[head];
    if (again !== undefined && hops < 5) return imported(modules, target, [again, ...rest].join('.'), find, hops + 1);
  }
  return null;
}

/** The user's module of a dotted path: relative to the importing file's folder, or anywhere that the path ends alike and only one does. */
function moduleAt(modules: readonly PythonModule[], from: PythonModule, path: string, parts: readonly string[]): PythonModule | null {
  const dots = /^\.*/.exec(path)?.[0].length ?? 0;
  const folder = from.file.replaceAll('\\', '/').split('/').slice(0, -1);
  const named = (base: readonly string[]): PythonModule | undefined => {
    const stem = [...base, ...parts].join('/');
    return modules.find((each) => {
      const file = each.file.replaceAll('\\', '/');
      return file === `${stem}.py` || file === `${stem}/__init__.py`;
    });
  };
  if (dots > 0) return named(folder.slice(0, folder.length - (dots - 1))) ?? null;
  if (parts.length === 0) return null;
  // Beside the file first, then in the folders around it, as sys.path of a script or of `-m` in the project root has them.
  for (let length = folder.length; length > 0; length -= 1) {
    const found = named(folder.slice(0, length));
    if (found) return found;
  }
  return null;
}
