import type { CallFact, Expr, FunctionIR, Span, Stmt, ValueFact } from '../types';
import { dottedName } from '../syntax/python-loops';
import type { PythonModule } from '../syntax/python-module';
import { describeExpr } from '../syntax/python-print';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { CONSUMERS } from './call-names';
import { knownCall, methodCall } from './call-table';
import { changedBy, changeOf, type Changed } from './changes';
import { basesOf, classesNamed, hasBases, hiddenMethods, methodNamed, overridesOf, typeOfSelf } from './classes';
import { changing, isChanging, PURE, purityOf, together, unchanging, unknownEffect, type Change, type Effectfulness } from './effect';
import { assignmentsOf, functionIn, isLocal, resolveIn, rootName, valuesGiven, varies, type Environment } from './environment';
import { drawOf, SharedGenerator } from './generators';
import { PATH_METHODS } from './method-names';
import { isIterator, typeOf } from './value-types';

type Call = Expr & { kind: 'call' };
const HARMLESS_DECORATORS = /^(functools\.)?(lru_cache|cache|cached_property|wraps|singledispatch|total_ordering)\b|^(staticmethod|classmethod|property|profile|override|final)\b|^(\w+\.)*(njit|jit|vectorize|contextmanager|asynccontextmanager|typing\.\w+|overload)\b/; // prettier-ignore

export const lineOf = (span: Span): string => `line ${span.start.line + 1}`;

/** A call with what is known of it, and what it changes where it stands. */
export interface JudgedCall {
  fact: CallFact;
  effect: Effectfulness;
  changed: readonly Changed[];
}

/** Judges calls by tables for what is known, and by their bodies for the user's own functions. One judge serves one set of modules. */
export class PurityJudge {
  readonly #functions = new Map<FunctionIR, Effectfulness | null>();
  readonly #globals = new Map<FunctionIR, Set<string>>();
  readonly #shared = new SharedGenerator();
  readonly #seen: (fn: FunctionIR, module: PythonModule) => Record<string, ValueFact>;

  /** `seen`: what the profile saw in the names of a function. */
  constructor(seen: (fn: FunctionIR, module: PythonModule) => Record<string, ValueFact> = () => ({})) {
    this.#seen = seen;
  }

  factOf(call: Call, env: Environment): JudgedCall {
    const { written, resolved, effect, own } = this.judge(call, env);
    const changed = (effect.changes ?? []).flatMap((change) => changedBy(call, change, own, env));
    const fact: CallFact = {
      written,
      resolved,
      span: call.span,
      // A file that is read on, or a cursor that moves: it waits, and what ties trips together there is said with the dependences.
      purity: own === null && changed.length > 0 && changed.every((one) => one.stream) ? effect.purity : purityOf(effect),
      io: effect.io,
      why: `\`${written}\` (${lineOf(call.span)}) ${effect.why}.`,
      ...(effect.advances === undefined ? {} : { advances: effect.advances }),
      ...(purityOf(effect) === 'rng' && effect.draws?.from === 'seeded' ? { reseeds: true as const } : {}),
    };
    return { fact, effect, changed };
  }

  judge(call: Call, env: Environment): { written: string; resolved: string | null; effect: Effectfulness; own: FunctionIR | null } {
    const written = writtenOf(call.callee);
    const resolved = resolveIn(env, call.callee);
    const own = functionIn(env, call.callee) ?? methodIn(env, call.callee);
    const judged = own ? this.#ofOwn(own, env) : this.#ofOther(call, resolved, env);
    const effect = drawOf(call, judged, env) ?? judged;
    const shown = own ? nameOfFunction(own, resolved) : resolved;
    return { written, resolved: shown, effect: this.#withArguments(call, resolved, effect, env), own };
  }

  /** Variables of its module that a called function of the user's own reads, by itself or through others. */
  globalsRead(call: Call, env: Environment): ReadonlySet<string> {
    const given = [call.callee, ...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const own = given.flatMap((expr) => functionIn(env, expr) ?? methodIn(env, expr) ?? []);
    return new Set(own.flatMap((fn) => [...(this.#globals.get(fn) ?? [])]));
  }

  /** What calling a function of the user's own does, through everything that it calls. */
  ofFunction(fn: FunctionIR, from: Environment): Effectfulness {
    const done = this.#functions.get(fn);
    if (done !== undefined) return done ?? PURE;
    // A function that calls itself does nothing by that call that it does not do elsewhere.
    this.#functions.set(fn, null);
    const module = from.modules.find((one) => one.file === fn.file) ?? from.module;
    const effect = this.#ofBody(fn, { module, modules: from.modules, owner: fn, body: fn.body, values: this.#seen(fn, module) });
    this.#functions.set(fn, effect);
    return effect;
  }

  /** As `factOf`, of an expression that is no call. */
  hiddenFact(expr: Expr, env: Environment): JudgedCall | null {
    const effect = this.hidden(expr, env);
    const of = effect && specialsOf(expr)[0]?.of;
    if (!effect || !of) return null;
    const changed = (effect.changes ?? []).map((change): Changed =>
      change.of === 'outside'
        ? { outside: typeof change.name === 'string' ? change.name : null, why: change.why }
        : { place: of, depth: change.depth, attribute: null, why: change.why },
    );
    return { fact: factFor(describeExpr(expr), expr.span, effect), effect, changed };
  }

  /** An inner loop that takes its items from an iterator, which then lacks them. */
  takenFact(walked: Expr, env: Environment): JudgedCall | null {
    if ((walked.kind !== 'name' && walked.kind !== 'attribute') || !isIterator(typeOf(env, walked))) return null;
    const effect = changing({ of: 'object', name: null, depth: 1, why: 'is used up by the loop over it' });
    return {
      fact: factFor(describeExpr(walked), walked.span, effect),
      effect,
      changed: [{ place: walked, depth: 1, attribute: null, why: effect.why }],
    };
  }

  /** What an expression does without a call being written: a property that is read, an operator of a class of the user's own. Null: nothing. */
  hidden(expr: Expr, env: Environment): Effectfulness | null {
    const own = hiddenMethods(env.modules);
    if (own.size === 0) return null;
    const found = specialsOf(expr).flatMap(({ method, of }) => {
      const methods = own.get(method);
      if (!methods || (expr.kind === 'attribute' && resolveIn(env, expr) !== null)) return [];
      const type = typeOf(env, of);
      if (type !== null && classesNamed(env, type).length === 0) return [];
      return methods.flatMap((fn) => {
        const effect = this.ofFunction(fn, env);
        const harmless = !isChanging(effect) && effect.purity !== 'rng' && effect.io === null;
        return harmless ? [] : [{ ...effect, why: `may run \`${fn.qualname}\`, which ${effect.why}` }];
      });
    });
    if (found.length === 0) return null;
    const whole = together(found);
    const why = found[0]?.why ?? whole.why;
    return whole.changes ? { ...whole, why, changes: whole.changes.map((change) => (change.of === 'outside' ? { ...change, why } : { ...change, of: 'object', why })) } : { ...whole, why }; // prettier-ignore
  }

  /** The method that is found, or one that a derived class has in its place. */
  #ofOwn(fn: FunctionIR, env: Environment): Effectfulness {
    const others = overridesOf(env, fn);
    return others.length === 0 ? this.ofFunction(fn, env) : together([fn, ...others].map((one) => this.ofFunction(one, env)));
  }

  #ofOther(call: Call, resolved: string | null, env: Environment): Effectfulness {
    if (resolved !== null && !resolved.includes(':')) {
      const known = knownCall(resolved, call, (expr) => varies(env, expr));
      return known ?? unknownEffect(`comes from a library that Hotloop knows nothing of`);
    }
    if (resolved !== null) return this.#ofClass(resolved.slice(resolved.lastIndexOf(':') + 1), env);
    const { callee } = call;
    if (callee.kind === 'attribute') return this.#ofMethod(callee, env);
    if (callee.kind === 'name') {
      const given = valuesGiven(env, callee.name);
      const [only] = given ?? [];
      if (only?.kind === 'lambda' && given?.length === 1) return this.#ofExpr(only.body, env);
    }
    if (callee.kind === 'lambda') return this.#ofExpr(callee.body, env);
    return unknownEffect('may be any function');
  }

  #ofMethod(callee: Expr & { kind: 'attribute' }, env: Environment): Effectfulness {
    const home = env.owner?.qualname.slice(0, env.owner.qualname.lastIndexOf('.')) ?? '';
    if (isSuper(env, callee.object) && callee.attribute === '__init__' && hasPlainBases(home, env)) return PURE;
    const type = typeOf(env, callee.object);
    if (type !== null && classesNamed(env, type).length > 0) return unknownEffect(`is a method of \`${type}\` that Hotloop has not found`);
    const effect = methodCall(callee.attribute, type);
    if (effect === null) {
      return unknownEffect(
        type === null ? 'is a method of an object whose type is not known' : `is a method of ${type}, which Hotloop does not know`,
      );
    }
    return PATH_METHODS.has(callee.attribute) && effect.io === 'disk' && !varies(env, callee.object)
      ? { ...effect, ordered: 'changes one and the same file' }
      : effect;
  }

  #ofClass(qualname: string, env: Environment): Effectfulness {
    const scope = env.module.scopes.find((one) => one.kind === 'class' && one.qualname === qualname);
    const init = env.module.functions.find((fn) => fn.qualname === `${qualname}.__init__`);
    if (!scope) return unknownEffect('is defined more than once or made at run time');
    if (!init) return hasBases(scope) && !hasPlainBases(qualname, env) ? unknownEffect('is a class whose base Hotloop has not read') : PURE;
    const effect = this.ofFunction(init, env);
    // What a new object writes to itself nobody else can see.
    const changes = (effect.changes ?? []).filter((change) => change.of !== 'object' || (change.depth > 1 && change.name === null));
    const rest = unchanging(effect);
    const [first] = changes;
    if (first) return { ...rest, why: first.why, changes };
    return isChanging(effect) && rest.purity === 'pure' ? { ...rest, why: 'makes an object' } : rest;
  }

  #ofExpr(expr: Expr, env: Environment): Effectfulness {
    return together([...eachExpr(expr)].flatMap((part) => (part.kind === 'call' ? [this.judge(part, env).effect] : [])));
  }

  /** A function given as an argument may be called: `sorted(xs, key=score)`. An iterator that is given may be used up. */
  #withArguments(call: Call, resolved: string | null, effect: Effectfulness, env: Environment): Effectfulness {
    const given = [...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const called = given.flatMap((arg): Effectfulness[] => {
      const own = arg.kind === 'name' || arg.kind === 'attribute' ? functionIn(env, arg) : null;
      if (!own) return [];
      const one = this.ofFunction(own, env);
      const why = `may call \`${own.name}\`, which ${one.why}`;
      // What it is called with, the called function decides.
      const changes = one.changes?.map((change): Change => (change.of === 'outside' ? { ...change, why } : { ...change, of: 'unknown', why }));
      return [{ purity: one.purity, io: one.io, why, ...(changes ? { changes } : {}), ...(one.ordered === undefined ? {} : { ordered: why }) }];
    });
    const used = CONSUMERS.has(resolved ?? '')
      ? call.args.flatMap((arg, index): Effectfulness[] =>
          (arg.kind === 'name' || arg.kind === 'attribute') && isIterator(typeOf(env, arg))
            ? [changing({ of: 'argument', name: index, depth: 1, why: `takes items from \`${dottedName(arg) ?? 'an iterator'}\`` })]
            : [],
        )
      : [];
    return called.length + used.length === 0 ? effect : together([effect, ...called, ...used]);
  }

  #ofBody(fn: FunctionIR, env: Environment): Effectfulness {
    const strange = fn.decorators.find((decorator) => !HARMLESS_DECORATORS.test(decorator) && !/\.setter$/.test(decorator));
    if (strange !== undefined) return unknownEffect(`is decorated with @${strange.split('(')[0] ?? strange}, which may do anything`);
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
    const effect = together(found);
    return effect.purity === 'rng' && effect.draws === undefined && this.#shared.seeds(fn, env) ? { ...effect, draws: { from: 'seeded' } } : effect;
  }

  #ofStatement(statement: Stmt, env: Environment): Effectfulness[] {
    switch (statement.kind) {
      case 'assign':
        return statement.targets.flatMap((target) => storesOf(target, env));
      case 'augment':
        return [...storesOf(statement.target, env), ...grows(statement, env)];
      case 'loop': {
        const { space, target } = statement.loop;
        const walked = space.kind === 'sequence' && isIterator(typeOf(env, space.value)) ? [space.value] : [];
        const taken = walked.flatMap((value) =>
          changeOf({ place: value, depth: 1, attribute: null }, env, (subject) => `takes items from ${subject} (${lineOf(statement.span)})`),
        );
        return [...(target ? storesOf(target, env) : []), ...taken.map((change) => changing(change))];
      }
      case 'with':
        return statement.items.flatMap((item) => (item.target ? storesOf(item.target, env) : []));
      case 'scope': {
        const written = statement.names.filter((name) => writtenIn(env, name));
        return written.map((name) => {
          const why = `writes the ${statement.type} \`${name}\` (${lineOf(statement.span)})`;
          return changing({ of: 'outside', name, depth: 1, why });
        });
      }
      case 'opaque': {
        if (/^(import_|function_def|class_def|decorated_def|type_alias)/.test(statement.what)) return [];
        if (statement.what === 'delete_statement') {
          return statement.reads
            .filter((name) => !statement.writes.includes(name))
            .flatMap((name) => {
              const place: Expr = { kind: 'name', name, span: statement.span };
              return changeOf({ place, depth: 1, attribute: null }, env, (subject) => `deletes from ${subject} (${lineOf(statement.span)})`);
            })
            .map((change) => changing(change));
        }
        return [unknownEffect(`has a statement that Hotloop does not read (${lineOf(statement.span)})`)];
      }
      default:
        return [];
    }
  }

  #ofPart(expr: Expr, env: Environment): Effectfulness[] {
    if (expr.kind === 'await') return [unknownEffect(`waits in an event loop (${lineOf(expr.span)})`)];
    if (expr.kind === 'opaque') return [unknownEffect(`has an expression that Hotloop does not read (${lineOf(expr.span)})`)];
    if (expr.kind === 'name')
      return readsGlobal(expr.name, env) ? [{ purity: 'reads', io: null, why: `reads the module's \`${expr.name}\` (${lineOf(expr.span)})` }] : [];
    if (expr.kind !== 'call') {
      const hidden = this.hidden(expr, env);
      return hidden ? [{ ...hidden, why: `${hidden.why} (${lineOf(expr.span)})` }] : [];
    }
    const { written, effect, own } = this.judge(expr, env);
    const where = `(${lineOf(expr.span)})`;
    const rest = unchanging(effect);
    const calling = (does: string): string => `calls \`${written}\` ${where}, which ${does}`;
    const ordered = rest.ordered === undefined ? {} : { ordered: calling(rest.ordered) };
    const parts: Effectfulness[] = rest.purity === 'pure' && rest.ordered === undefined ? [] : [{ ...rest, why: calling(rest.why), ...ordered }];
    for (const change of effect.changes ?? []) {
      const byMethod = own === null && expr.callee.kind === 'attribute' && resolveIn(env, expr.callee) === null;
      const why = (subject: string): string =>
        byMethod || own === null ? `changes ${subject} by \`${written}\` ${where}` : calling(`changes ${subject}`);
      for (const changed of changedBy(expr, change, own, env)) {
        if ('outside' in changed) {
          parts.push(changing({ of: 'outside', name: changed.outside, depth: 1, why: calling(change.why) }));
        } else parts.push(...changeOf(changed, env, why).map((one) => changing(one)));
      }
    }
    // Order shows only in what others can reach.
    const owned = isChanging(effect) && parts.every((part) => !isChanging(part));
    return owned ? parts.map((part) => withoutOrder(part)) : parts;
  }
}

const factFor = (written: string, span: Span, effect: Effectfulness): CallFact => ({
  written,
  resolved: null,
  span,
  purity: purityOf(effect),
  io: effect.io,
  why: `\`${written}\` (${lineOf(span)}) ${effect.why}.`,
});

function withoutOrder(effect: Effectfulness): Effectfulness {
  const rest = { ...effect };
  delete rest.ordered;
  return rest;
}

/** Bases that do nothing when an object is made: `Exception`, `NamedTuple`, `Enum`. */
function hasPlainBases(qualname: string, env: Environment): boolean {
  const own = env.module.classes.find((one) => one.qualname === qualname);
  const plain = /^(builtins\.(object|\w*(Error|Exception|Warning))|typing\.(NamedTuple|Generic|Protocol)|abc\.ABC|enum\.\w+)$/;
  return own !== undefined && own.bases.every((base) => plain.test(resolveIn(env, base) ?? ''));
}

/** The method of a class of the user's own that a call on an object of known type runs; null where it is inherited, or there are several. */
function methodIn(env: Environment, callee: Expr): FunctionIR | null {
  if (callee.kind !== 'attribute') return null;
  if (isSuper(env, callee.object)) return methodOfBase(env, callee.attribute);
  const type = typeOf(env, callee.object);
  return type === null ? null : methodNamed(env, type, callee.attribute);
}

const isSuper = (env: Environment, expr: Expr): boolean => expr.kind === 'call' && resolveIn(env, expr.callee) === 'builtins.super';

function methodOfBase(env: Environment, method: string): FunctionIR | null {
  const [self] = env.owner?.params ?? [];
  const type = self ? typeOfSelf(env, self.name) : null;
  const [own] = type === null ? [] : classesNamed(env, type);
  const found = own ? basesOf(env, own).flatMap((base) => methodNamed(env, base, method) ?? []) : [];
  return found[0] ?? null;
}

/** Special methods that an expression runs, and on what. */
function specialsOf(expr: Expr): { method: string; of: Expr }[] {
  switch (expr.kind) {
    case 'attribute':
      return [{ method: expr.attribute, of: expr.object }];
    case 'subscript':
      return [{ method: '__getitem__', of: expr.object }];
    case 'binary':
      return (BINARY[expr.op] ?? []).flatMap((name) => [
        { method: `__${name}__`, of: expr.left },
        { method: `__r${name}__`, of: expr.right },
      ]);
    case 'unary':
      return expr.op === 'not' ? [{ method: '__bool__', of: expr.operand }] : [{ method: expr.op === '-' ? '__neg__' : expr.op === '~' ? '__invert__' : '__pos__', of: expr.operand }]; // prettier-ignore
    case 'compare':
      return expr.rest.flatMap((part) => {
        const method = COMPARE[part.op];
        return method === undefined ? [] : [{ method, of: method === '__contains__' ? part.right : expr.first }];
      });
    default:
      return [];
  }
}
const BINARY: Record<string, string[]> = { '+': ['add'], '-': ['sub'], '*': ['mul'], '/': ['truediv'], '//': ['floordiv'], '%': ['mod'], '**': ['pow'], '@': ['matmul'], '&': ['and'], '|': ['or'], '^': ['xor'], '<<': ['lshift'], '>>': ['rshift'] }; // prettier-ignore
const COMPARE: Record<string, string> = { '<': '__lt__', '<=': '__le__', '>': '__gt__', '>=': '__ge__', '==': '__eq__', '!=': '__ne__', in: '__contains__', 'not in': '__contains__' }; // prettier-ignore

/** A stored-to place that is not the function's own. */
function storesOf(target: Expr, env: Environment): Effectfulness[] {
  if (target.kind === 'collection') return target.items.flatMap((item) => storesOf(item, env));
  if (target.kind === 'spread') return storesOf(target.value, env);
  if (target.kind !== 'subscript' && target.kind !== 'attribute') return [];
  const attribute = target.kind === 'attribute' ? target.attribute : null;
  const where = lineOf(target.span);
  return changeOf({ place: target.object, depth: 1, attribute }, env, (subject) => `changes ${subject} (${where})`).map((change) => changing(change));
}

/** `rows += more` changes the list that a parameter or a global holds; of numbers and text it makes new ones. */
function grows(statement: Stmt & { kind: 'augment' }, env: Environment): Effectfulness[] {
  if (statement.target.kind !== 'name') return [];
  const type = typeOf(env, statement.value) ?? typeOf(env, statement.target);
  if (type === null || !/^(list|set|dict|deque|bytearray|ndarray|Counter|defaultdict)$/.test(type)) return [];
  const why = (subject: string): string => `changes ${subject} (${lineOf(statement.span)})`;
  return changeOf({ place: statement.target, depth: 1, attribute: null }, env, why).map((change) => changing(change));
}

function writtenIn(env: Environment, name: string): boolean {
  if (assignmentsOf(env.body).has(name)) return true;
  return [...eachStmt(env.body)].some(
    (statement) => statement.kind === 'augment' && statement.target.kind === 'name' && statement.target.name === name,
  );
}

function readsGlobal(name: string, env: Environment): boolean {
  if (isLocal(env, name)) return false;
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
