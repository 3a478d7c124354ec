import type { CallFact, Expr, FunctionIR, IoKind, Purity, Span, Stmt } from '../types';
import { dottedName } from '../syntax/python-loops';
import { childOf } from '../syntax/plain-tree';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { knownCall, methodCall, type Effectfulness } from './call-table';
import { drawOf, sharedDraw, SharedGenerator } from './generators';
import { functionIn, isFresh, isLocallyMade, moduleName, resolveIn, rootName, typeOf, valuesGiven, type Environment } from './environment';

type Call = Expr & { kind: 'call' };
/** What is known to tie trips together stands above what is only not known. */
const WORST: readonly Purity[] = ['pure', 'reads', 'io', 'unknown', 'rng', 'mutates'];
/** What has to stay in order stands above what only waits. */
const IO: readonly IoKind[] = ['sleep', 'disk', 'subprocess', 'network', 'database', 'console'];
const HARMLESS_DECORATORS = /^(functools\.)?(lru_cache|cache|cached_property|wraps|singledispatch|total_ordering)\b|^(staticmethod|classmethod|property|profile|override|final)\b|^(\w+\.)*(njit|jit|vectorize|contextmanager|asynccontextmanager|typing\.\w+|overload)\b/; // prettier-ignore

export const lineOf = (span: Span): string => `line ${span.start.line + 1}`;

/** Judges calls by tables for what is known, and by their bodies for the user's own functions. One judge serves one set of modules. */
export class PurityJudge {
  readonly #functions = new Map<FunctionIR, Effectfulness | null>();
  readonly #globals = new Map<FunctionIR, Set<string>>();
  readonly #shared = new SharedGenerator();

  factOf(call: Call, env: Environment): CallFact {
    const { written, resolved, effect } = this.judge(call, env);
    return {
      written,
      resolved,
      span: call.span,
      purity: effect.purity,
      io: effect.io,
      why: `\`${written}\` (${lineOf(call.span)}) ${effect.why}.`,
      ...(effect.advances === undefined ? {} : { advances: effect.advances }),
      ...(effect.purity === 'rng' && effect.draws?.from === 'seeded' ? { reseeds: true as const } : {}),
    };
  }

  judge(call: Call, env: Environment): { written: string; resolved: string | null; effect: Effectfulness } {
    const written = writtenOf(call.callee);
    const resolved = resolveIn(env, call.callee);
    const own = functionIn(env, call.callee) ?? methodIn(env, call.callee);
    const judged = own ? this.ofFunction(own, env) : this.#ofOther(call, resolved, env);
    const effect = drawOf(call, judged, env) ?? judged;
    const shown = own ? nameOfFunction(own, resolved) : resolved;
    return { written, resolved: shown, effect: this.#withArguments(call, effect, env) };
  }

  /** Variables of its module that a called function of the user's own reads, by itself or through others. */
  globalsRead(call: Call, env: Environment): ReadonlySet<string> {
    const given = [call.callee, ...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const own = given.flatMap((expr) => functionIn(env, expr) ?? []);
    return new Set(own.flatMap((fn) => [...(this.#globals.get(fn) ?? [])]));
  }

  /** What calling a function of the user's own does, through everything that it calls. */
  ofFunction(fn: FunctionIR, from: Environment): Effectfulness {
    const done = this.#functions.get(fn);
    if (done !== undefined) return done ?? PURE;
    // A function that calls itself does nothing by that call that it does not do elsewhere.
    this.#functions.set(fn, null);
    const module = from.modules.find((one) => one.file === fn.file) ?? from.module;
    const effect = this.#ofBody(fn, { module, modules: from.modules, owner: fn, body: fn.body, values: {} });
    this.#functions.set(fn, effect);
    return effect;
  }

  #ofOther(call: Call, resolved: string | null, env: Environment): Effectfulness {
    if (resolved !== null && !resolved.includes(':')) {
      const known = knownCall(
        resolved,
        call.args.length,
        call.keywords.map((keyword) => keyword.name),
      );
      return known ?? unknown(`comes from a library that Hotloop knows nothing of`);
    }
    if (resolved !== null) return this.#ofClass(resolved.slice(resolved.lastIndexOf(':') + 1), env);
    const { callee } = call;
    if (callee.kind === 'attribute') {
      const type = typeOf(env, callee.object);
      if (type !== null && classesNamed(env, type).length > 0) return unknown(`is a method of \`${type}\` that Hotloop has not found`);
      return (
        methodCall(callee.attribute, type) ??
        unknown(type === null ? 'is a method of an object whose type is not known' : `is a method of ${type}, which Hotloop does not know`)
      );
    }
    if (callee.kind === 'name') {
      const given = valuesGiven(env, callee.name);
      const [only] = given ?? [];
      if (only?.kind === 'lambda' && given?.length === 1) return this.#ofExpr(only.body, env);
    }
    if (callee.kind === 'lambda') return this.#ofExpr(callee.body, env);
    return unknown('may be any function');
  }

  #ofClass(qualname: string, env: Environment): Effectfulness {
    const scope = env.module.scopes.find((one) => one.kind === 'class' && one.qualname === qualname);
    const init = env.module.functions.find((fn) => fn.qualname === `${qualname}.__init__`);
    if (!scope) return unknown('is defined more than once or made at run time');
    if (!init) return childOf(scope.node, 'superclasses') ? unknown('is a class whose base Hotloop has not read') : PURE;
    const effect = this.ofFunction(init, env);
    // What a new object writes to itself nobody else can see.
    return effect.purity === 'mutates' && effect.why.includes('its own object') ? { ...PURE, why: 'makes an object' } : effect;
  }

  #ofExpr(expr: Expr, env: Environment): Effectfulness {
    const found = [...eachExpr(expr)].flatMap((part) => (part.kind === 'call' ? [this.judge(part, env).effect] : []));
    return worst(found);
  }

  /** A function given as an argument may be called: `sorted(xs, key=score)`. */
  #withArguments(call: Call, effect: Effectfulness, env: Environment): Effectfulness {
    const given = [...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const functions = given.flatMap((arg) => {
      const own = arg.kind === 'name' || arg.kind === 'attribute' ? functionIn(env, arg) : null;
      return own ? [{ ...this.ofFunction(own, env), name: own.name }] : [];
    });
    const calls = functions.map((one): Effectfulness => ({ purity: one.purity, io: one.io, why: `may call \`${one.name}\`, which ${one.why}` }));
    return calls.length === 0 ? effect : worst([effect, ...calls]);
  }

  #ofBody(fn: FunctionIR, env: Environment): Effectfulness {
    const strange = fn.decorators.find((decorator) => !HARMLESS_DECORATORS.test(decorator));
    if (strange !== undefined) return unknown(`is decorated with @${strange.split('(')[0] ?? strange}, which may do anything`);
    const found: Effectfulness[] = [];
    const globals = new Set<string>();
    this.#globals.set(fn, globals);
    for (const statement of eachStmt(fn.body)) {
      found.push(...this.#ofStatement(statement, env));
      for (const top of stmtExprs(statement)) {
        for (const expr of eachExpr(top)) {
          found.push(...this.#ofPart(expr, env));
          if (expr.kind === 'name' && readsGlobal(expr.name, env)) globals.add(expr.name);
          if (expr.kind === 'call') for (const name of this.globalsRead(expr, env)) globals.add(name);
        }
      }
    }
    const effect = worst(found);
    return effect.purity === 'rng' && effect.draws === undefined && this.#shared.seeds(fn, env) ? { ...effect, draws: { from: 'seeded' } } : effect;
  }

  #ofStatement(statement: Stmt, env: Environment): Effectfulness[] {
    switch (statement.kind) {
      case 'assign':
        return statement.targets.flatMap((target) => storesOf(target, env));
      case 'augment':
        return storesOf(statement.target, env);
      case 'loop':
        return statement.loop.target ? storesOf(statement.loop.target, env) : [];
      case 'with':
        return statement.items.flatMap((item) => (item.target ? storesOf(item.target, env) : []));
      case 'scope': {
        const written = statement.names.filter((name) => writtenIn(env, name));
        return written.map((name) => mutates(`writes the ${statement.type} \`${name}\` (${lineOf(statement.span)})`));
      }
      case 'opaque': {
        if (/^(import_|function_def|class_def|decorated_def|type_alias)/.test(statement.what)) return [];
        if (statement.what === 'delete_statement') {
          const changed = statement.reads.find((name) => !statement.writes.includes(name) && !isLocallyMade(env, name));
          return changed === undefined ? [] : [mutates(`deletes from \`${changed}\` (${lineOf(statement.span)})`)];
        }
        return [unknown(`has a statement that Hotloop does not read (${lineOf(statement.span)})`)];
      }
      default:
        return [];
    }
  }

  #ofPart(expr: Expr, env: Environment): Effectfulness[] {
    if (expr.kind === 'await') return [unknown(`waits in an event loop (${lineOf(expr.span)})`)];
    if (expr.kind === 'opaque') return [unknown(`has an expression that Hotloop does not read (${lineOf(expr.span)})`)];
    if (expr.kind === 'name')
      return readsGlobal(expr.name, env) ? [{ purity: 'reads', io: null, why: `reads the module's \`${expr.name}\` (${lineOf(expr.span)})` }] : [];
    if (expr.kind !== 'call') return [];
    const { written, effect } = this.judge(expr, env);
    if (effect.purity === 'mutates' && changesOnlyOwn(expr, env)) return [];
    if (effect.purity === 'pure') return [];
    const subject = effect.purity === 'mutates' ? changedBy(expr, env) : null;
    if (subject !== null) return [mutates(`changes ${subject} by \`${written}\` (${lineOf(expr.span)})`)];
    return [{ ...effect, why: `calls \`${written}\` (${lineOf(expr.span)}), which ${effect.why}` }];
  }
}

/** The classes of the user's own that a sampled type names: `__main__.Session`, `pkg.mod.Session`. */
function classesNamed(env: Environment, type: string): { file: string; qualname: string }[] {
  return env.modules.flatMap((module) => {
    return module.scopes.flatMap(({ kind, qualname }) => {
      if (kind !== 'class' || !type.endsWith(`.${qualname}`)) return [];
      const home = type
        .slice(0, -qualname.length - 1)
        .split('.')
        .at(-1);
      return home === '__main__' || home === moduleName(module.file) ? [{ file: module.file, qualname }] : [];
    });
  });
}

/** The method of a class of the user's own that a call on an object of known type runs; null where it is inherited, or there are several. */
function methodIn(env: Environment, callee: Expr): FunctionIR | null {
  if (callee.kind !== 'attribute') return null;
  const type = typeOf(env, callee.object);
  if (type === null) return null;
  const found = classesNamed(env, type).flatMap(({ file, qualname }) =>
    env.modules.flatMap((module) => (module.file === file ? module.functions.filter((fn) => fn.qualname === `${qualname}.${callee.attribute}`) : [])),
  );
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? only : null;
}

const PURE: Effectfulness = { purity: 'pure', io: null, why: 'only computes' };
const unknown = (why: string): Effectfulness => ({ purity: 'unknown', io: null, why });
const mutates = (why: string): Effectfulness => ({ purity: 'mutates', io: null, why });

function worst(found: readonly Effectfulness[]): Effectfulness {
  let result = PURE;
  const draw = worstDraw(found.filter((one) => one.purity === 'rng'));
  for (const one of found) if (one.purity !== 'rng' && WORST.indexOf(one.purity) > WORST.indexOf(result.purity)) result = one;
  if (draw !== undefined && result.purity !== 'mutates') {
    // A draw that may turn out harmless would take with it what stands beside it.
    result = result.purity === 'pure' || result.purity === 'reads' ? draw : sharedDraw(draw);
  }
  // What waits stays known even where something worse hides the word for it.
  const kinds = found.flatMap((one) => (one.io ? [one.io] : []));
  const waits = kinds.sort((a, b) => IO.indexOf(b) - IO.indexOf(a))[0] ?? null;
  return { ...result, io: waits };
}

/** Draws of two kinds depend on more than either. */
function worstDraw(found: readonly Effectfulness[]): Effectfulness | undefined {
  const plain = found.find((one) => one.draws === undefined);
  const [first] = found;
  if (plain || !first || found.every((one) => JSON.stringify(one.draws) === JSON.stringify(first.draws))) return plain ?? first;
  return sharedDraw(first);
}

/** A stored-to place that is not the function's own. */
function storesOf(target: Expr, env: Environment): Effectfulness[] {
  if (target.kind === 'collection') return target.items.flatMap((item) => storesOf(item, env));
  if (target.kind !== 'subscript' && target.kind !== 'attribute') return [];
  const root = rootName(target);
  if (root !== null && isLocallyMade(env, root)) return [];
  const place = target.kind === 'attribute' && target.object.kind === 'name' ? `${target.object.name}.${target.attribute}` : null;
  return [mutates(`changes ${subjectOf(root, env, place)} (${lineOf(target.span)})`)];
}

function subjectOf(root: string | null, env: Environment, place: string | null = null): string {
  if (root === null) return 'an object that it is given';
  const { owner } = env;
  if (owner?.method === true && owner.params[0]?.name === root && !owner.decorators.includes('staticmethod'))
    return `its own object, \`${place ?? `${root}.`}\``;
  if (owner?.params.some((param) => param.name === root)) return `its argument \`${root}\``;
  return assignedInside(env, root) ? `what \`${root}\` holds` : `the global \`${root}\``;
}

const assignedInside = (env: Environment, name: string): boolean =>
  env.module.scopes.some(
    (scope) => scope.kind === 'function' && scope.qualname === env.owner?.qualname && scope.bindings.has(name) && !scope.globals.has(name),
  );

/** `row.append(v)` on a list that the function made; `heappush(heap, v)` and `fill(row)` likewise. */
function changesOnlyOwn(call: Call, env: Environment): boolean {
  const path = resolveIn(env, call.callee);
  const own = functionIn(env, call.callee) !== null;
  if (own && call.callee.kind === 'attribute' && (path === null || path.includes(':'))) return false;
  const method = path === null && !own && call.callee.kind === 'attribute';
  const changed = method ? [call.callee] : own ? [...call.args, ...call.keywords.map((keyword) => keyword.value)] : call.args.slice(0, 1);
  return changed.every((expr) => {
    const root = rootName(expr);
    return root === null ? !method && isFresh(env, expr) : isLocallyMade(env, root);
  });
}

function changedBy(call: Call, env: Environment): string | null {
  if (call.callee.kind !== 'attribute' || resolveIn(env, call.callee) !== null || functionIn(env, call.callee)) return null;
  return subjectOf(rootName(call.callee), env);
}

function writtenIn(env: Environment, name: string): boolean {
  for (const statement of eachStmt(env.body)) {
    const targets = statement.kind === 'assign' ? statement.targets : statement.kind === 'augment' ? [statement.target] : [];
    if (targets.some((target) => target.kind === 'name' && target.name === name)) return true;
    if (statement.kind === 'loop' && statement.loop.target && rootName(statement.loop.target) === name) return true;
    if (statement.kind === 'opaque' && statement.writes.includes(name)) return true;
    if (
      statement.kind === 'assign' &&
      statement.targets.some((target) => target.kind === 'collection' && target.items.some((item) => item.kind === 'name' && item.name === name))
    )
      return true;
  }
  return false;
}

function readsGlobal(name: string, env: Environment): boolean {
  if (assignedInside(env, name)) return false;
  const bindings = env.module.scopes[0]?.bindings.get(name);
  return bindings !== undefined && bindings.some((binding) => binding.kind === 'assignment') && !Object.hasOwn(env.module.outline.constants, name);
}

/** A callee as a person would call it: `math.sqrt`, `.append` of something longer. */
function writtenOf(callee: Expr): string {
  const dotted = dottedName(callee);
  if (dotted !== null) return dotted;
  if (callee.kind !== 'attribute') return '(...)';
  const root = rootName(callee);
  return root === null ? `(...).${callee.attribute}` : `${root}...${callee.attribute}`;
}

/** `pkg.mod:f`, from how it is imported; `<file>:f` in the file itself. */
function nameOfFunction(fn: FunctionIR, resolved: string | null): string {
  if (resolved === null || resolved.includes(':')) return `${fn.file}:${fn.qualname}`;
  const module = resolved.endsWith(`.${fn.qualname}`) ? resolved.slice(0, -fn.qualname.length - 1) : resolved;
  return `${module}:${fn.qualname}`;
}
