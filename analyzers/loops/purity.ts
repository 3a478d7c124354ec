import type { CallFact, Expr, FunctionIR, Stmt, ValueFact } from '../types';
import { lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import type { PythonModule } from '../syntax/python-module';
import { scopeOfName } from '../syntax/python-names';
import { describeExpr } from '../syntax/python-print';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { CONSUMERS } from './call-names';
import {
  callMethodIn,
  factFor,
  functionsGiven,
  grows,
  HARMLESS_CLASS_DECORATORS,
  HARMLESS_DECORATORS,
  hasPlainBases,
  isStrange,
  isSuper,
  makesAttribute,
  makesPlainly,
  methodIn,
  nameOfFunction,
  outerName,
  pathOfDecorator,
  readsGlobal,
  storesOf,
  withoutOrder,
  writtenIn,
  writtenOf,
} from './callables';
import { knownCall, methodCall } from './call-table';
import { changedBy, changeOf, type Changed } from './changes';
import { basesOf, classesNamed, hiddenMethods, methodNamed, overridesOf, ownClassType } from './classes';
import { changing, isChanging, PURE, purityOf, together, unchanging, unknownEffect, type Change, type Effectfulness } from './effect';
import { mayMixUpCalls, MIXED_UP } from './equal-arguments';
import { functionIn, isLocal, ownScope, resolveIn, valuesGiven, varies, type Environment } from './environment';
import { drawOf, SharedGenerator } from './generators';
import { PATH_METHODS } from './method-names';
import { specialsOf, specialsOfArguments, specialsOfStatement, type Special } from './special-methods';
import { mayBeIterator, typeOf } from './value-types';

type Call = Expr & { kind: 'call' };

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
    const judged = own ? this.#ofCall(own, call, env) : this.#ofOther(call, resolved, env);
    const effect = drawOf(call, judged, env) ?? judged;
    const shown = own ? nameOfFunction(own, resolved) : resolved;
    return { written, resolved: shown, effect: this.#withArguments(call, resolved, effect, own, env), own };
  }

  /** Variables of its module that a called function of the user's own reads, by itself or through others. */
  globalsRead(call: Call, env: Environment): ReadonlySet<string> {
    const given = [call.callee, ...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const found = new Set<string>();
    for (const expr of given) {
      if (expr.kind !== 'name' && expr.kind !== 'attribute') continue;
      const fn = functionIn(env, expr) ?? methodIn(env, expr);
      for (const name of (fn && this.#globals.get(fn)) ?? []) found.add(name);
    }
    return found;
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
    if (expr.kind === 'attribute' && resolveIn(env, expr) !== null) return null;
    const missing = this.#ofMissing(expr, env);
    if (missing) return { fact: factFor(describeExpr(expr), expr.span, missing), effect: missing, changed: [] };
    return this.#specialFact(specialsOf(expr), expr, env);
  }

  /** As `hiddenFact`, of what a statement itself runs: what it stores to, enters, walks over, takes apart. By the object that it is done to. */
  hiddenFacts(statement: Stmt, env: Environment): [Expr, JudgedCall][] {
    if (hiddenMethods(env.modules).size === 0) return [];
    const specials = specialsOfStatement(statement);
    return [...new Set(specials.map((special) => special.of))].flatMap((of): [Expr, JudgedCall][] => {
      const fact = this.#specialFact(
        specials.filter((special) => special.of === of),
        of,
        env,
      );
      // The object is a part of the statement in its own right as well.
      return fact ? [[{ ...of }, fact]] : [];
    });
  }

  #specialFact(specials: readonly Special[], shown: Expr, env: Environment): JudgedCall | null {
    const effect = this.#special(specials, env);
    if (!effect) return null;
    const changed = (effect.changes ?? []).flatMap((change): Changed[] =>
      change.of === 'outside'
        ? [{ outside: typeof change.name === 'string' ? change.name : null, why: change.why }]
        : [...new Set(specials.map((special) => special.of))].map((of) => ({ place: of, depth: change.depth, attribute: null, why: change.why })),
    );
    return { fact: factFor(describeExpr(shown), shown.span, effect), effect, changed };
  }

  /** What is given to the call that takes the items of a lazy loop: a function that it calls, a start whose class says what is added how. */
  consumerFact(given: Expr, consumer: string, env: Environment): JudgedCall | null {
    const type = typeOf(env, given);
    const own = type !== null && classesNamed(env, type).length > 0;
    const called =
      given.kind === 'name' || given.kind === 'attribute' ? (functionIn(env, given) ?? methodIn(env, given) ?? callMethodIn(env, given)) : null;
    const effect = called ? this.#ofOwn(called, env) : own && consumer === 'sum' ? unknownEffect('says itself what it is to add to it') : PURE;
    if (effect.purity !== 'unknown' && effect.purity !== 'rng' && !isChanging(effect)) return null;
    return {
      fact: factFor(describeExpr(given), given.span, { ...effect, purity: 'unknown' }),
      effect: { ...unchanging(effect), purity: 'unknown' },
      changed: [],
    };
  }

  /** What a dictionary runs for a key that it lacks, where that is more than to make an empty value. */
  #ofMissing(expr: Expr, env: Environment): Effectfulness | null {
    const given = expr.kind === 'subscript' && expr.object.kind === 'name' ? (valuesGiven(env, expr.object.name) ?? []) : [];
    const factories = given.flatMap((value) => (value?.kind === 'call' ? [value.args[0] ?? null] : []));
    const plain = factories.every((factory) => factory !== null && makesPlainly(factory, env));
    if (plain || expr.kind !== 'subscript' || !/(^|\.)defaultdict$/.test(typeOf(env, expr.object) ?? '')) return null;
    return unknownEffect('may call a function for a key that it lacks');
  }

  /** An inner loop that takes its items from an iterator, which then lacks them. */
  takenFact(walked: Expr, env: Environment): JudgedCall | null {
    if ((walked.kind !== 'name' && walked.kind !== 'attribute') || !mayBeIterator(env, walked)) return null;
    const effect = changing({ of: 'object', name: null, depth: 1, why: 'is used up by the loop over it' });
    return {
      fact: factFor(describeExpr(walked), walked.span, effect),
      effect,
      changed: [{ place: walked, depth: 1, attribute: null, why: effect.why }],
    };
  }

  /** What an expression does without a call being written: a property that is read, an operator of a class of the user's own. Null: nothing. */
  hidden(expr: Expr, env: Environment): Effectfulness | null {
    if (expr.kind === 'attribute' && resolveIn(env, expr) !== null) return null;
    return this.#ofMissing(expr, env) ?? this.#special(specialsOf(expr), env);
  }

  /** Special methods of the user's own classes that may run there; what they do to their object is done to it. */
  #special(specials: readonly Special[], env: Environment): Effectfulness | null {
    const own = hiddenMethods(env.modules);
    if (own.size === 0) return null;
    const found = specials.flatMap(({ method, of }) => {
      const methods = own.get(method);
      if (!methods) return [];
      const harmful = methods.flatMap((fn) => {
        const effect = this.ofFunction(fn, env);
        const harmless = !isChanging(effect) && effect.purity !== 'rng' && effect.purity !== 'unknown' && effect.io === null;
        return harmless ? [] : [{ fn, effect: { ...effect, why: `may run \`${fn.qualname}\`, which ${effect.why}` } }];
      });
      if (harmful.length === 0) return [];
      const type = typeOf(env, of);
      if (type === null) return harmful.map(({ effect }) => effect);
      const classes = classesNamed(env, type);
      if (classes.length === 0) return [];
      const found = methodNamed(env, type, method);
      // A descriptor is of another class than the object whose field it is.
      const runs = found === null || method === '__get__' || method === '__set__' ? harmful : harmful.filter(({ fn }) => fn === found || overridesOf(env, found).includes(fn)); // prettier-ignore
      return runs.map(({ effect }) => effect);
    });
    if (found.length === 0) return null;
    const whole = together(found);
    const why = found[0]?.why ?? whole.why;
    return whole.changes ? { ...whole, why, changes: whole.changes.map((change) => (change.of === 'outside' ? { ...change, why } : { ...change, of: 'object', why })) } : { ...whole, why }; // prettier-ignore
  }

  #ofCall(fn: FunctionIR, call: Call, env: Environment): Effectfulness {
    const effect = this.#ofOwn(fn, env);
    return mayMixUpCalls(call, fn, env) ? together([effect, MIXED_UP]) : effect;
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
    const { callee } = call;
    if (resolved !== null) {
      const qualname = resolved.slice(resolved.lastIndexOf(':') + 1);
      const named = env.module.scopes.some((scope) => scope.qualname === qualname);
      // `Ticket.issued.append(x)`: a method of what the class holds.
      return !named && callee.kind === 'attribute' && callee.object.kind === 'attribute' ? this.#ofMethod(callee, env) : this.#ofClass(qualname, env);
    }
    if (callee.kind === 'attribute') {
      const effect = this.#ofMethod(callee, env);
      // `a.clip(0, 1, out=b)`
      const out = call.keywords.find(({ name, value }) => name === 'out' && !(value.kind === 'constant' && value.value === 'None'));
      return out ? together([effect, changing({ of: 'argument', name: 'out', depth: 1, why: 'writes into the array given as `out`' })]) : effect;
    }
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
    if (type?.includes('|') === true) return this.#ofAlternatives(type.split('|'), callee.attribute, env);
    if (type !== null && classesNamed(env, type).length > 0) return unknownEffect(`is a method of \`${type}\` that Hotloop has not found`);
    const effect = methodCall(callee.attribute, type);
    // A decoder, a scanner: what a library made keeps where it is, whatever its methods are called.
    if (effect?.purity === 'reads' && !isChanging(effect) && type === null && env.trip && isStrange(callee.object, env)) return unknownEffect('is a method of an object whose type is not known'); // prettier-ignore
    if (effect === null) {
      return unknownEffect(
        type === null ? 'is a method of an object whose type is not known' : `is a method of ${type}, which Hotloop does not know`,
      );
    }
    return PATH_METHODS.has(callee.attribute) && effect.io === 'disk' && !varies(env, callee.object)
      ? { ...effect, ordered: 'changes one and the same file' }
      : effect;
  }

  /** A method of objects of several classes: whatever any of them does. */
  #ofAlternatives(types: readonly string[], method: string, env: Environment): Effectfulness {
    const whole = together(
      types.map((type): Effectfulness => {
        const fn = methodNamed(env, type, method);
        if (fn !== null) return this.#ofOwn(fn, env);
        const known = classesNamed(env, type).length > 0 ? null : methodCall(method, type);
        return known ?? unknownEffect(`is a method of ${type}, which Hotloop does not know`);
      }),
    );
    // Which argument is which parameter differs from class to class.
    const changes = whole.changes?.map((change): Change => (change.of === 'argument' ? { ...change, of: 'unknown', name: null } : change));
    return changes ? { ...whole, changes } : whole;
  }

  #ofClass(qualname: string, env: Environment): Effectfulness {
    const scope = env.module.scopes.find((one) => one.kind === 'class' && one.qualname === qualname);
    const own = env.module.classes.find((one) => one.qualname === qualname);
    if (!scope || !own) return unknownEffect('is defined more than once or made at run time');
    if (own.metaclass === true) return unknownEffect('is a class whose metaclass makes its objects');
    const inside: Environment = { module: env.module, modules: env.modules, owner: null, body: own.body, values: {} };
    const strange = (own.decorators ?? []).find((decorator) => !HARMLESS_CLASS_DECORATORS.test(pathOfDecorator(decorator, own.span, inside)));
    if (strange !== undefined) return unknownEffect(`is decorated with @${strange.split('(')[0] ?? strange}, which may do anything`);
    const type = ownClassType(env, `${env.module.file}:${qualname}`);
    const makers = ['__new__', '__init__', '__post_init__'].flatMap((method) => (type === null ? [] : (methodNamed(env, type, method) ?? [])));
    const bases = own.bases.length === 0 || hasPlainBases(qualname, env) || (type !== null && basesOf(env, { module: env.module, qualname, scope }).length === own.bases.length); // prettier-ignore
    if (!bases && !makers.some((fn) => fn.qualname === `${qualname}.__init__`)) return unknownEffect('is a class whose base Hotloop has not read');
    const parts = [...makers.map((fn) => this.#ofMaker(fn, env)), ...this.#ofFactories(own.body, inside)];
    return parts.length === 0 ? PURE : together(parts);
  }

  #ofMaker(fn: FunctionIR, env: Environment): Effectfulness {
    const effect = this.ofFunction(fn, env);
    // What a new object writes to itself nobody else can see, and what its own attributes hold only where it made that.
    const changes = (effect.changes ?? []).filter(
      ({ of, name, depth }) => of !== 'object' || (depth > 1 && (typeof name !== 'string' || !makesAttribute(fn, name, depth, env))),
    );
    const rest = unchanging(effect);
    const [first] = changes;
    if (first)
      return {
        ...rest,
        why: first.why,
        changes: changes.map((change) => (change.of === 'object' ? { ...change, of: 'outside', name: null } : change)),
      };
    return isChanging(effect) && rest.purity === 'pure' ? { ...rest, why: 'makes an object' } : rest;
  }

  /** `id: int = field(default_factory=make)`: called for every new object. */
  #ofFactories(body: readonly Stmt[], env: Environment): Effectfulness[] {
    return body.flatMap((statement) => {
      if (statement.kind !== 'assign' || statement.value.kind !== 'call') return [];
      const factory = statement.value.keywords.find((keyword) => /^(default_)?factory$/.test(keyword.name))?.value;
      return factory ? [this.#ofCallable(factory, env)] : [];
    });
  }

  /** What calling the value of an expression does, its arguments not known. */
  #ofCallable(expr: Expr, env: Environment): Effectfulness {
    if (expr.kind === 'lambda') return this.#ofExpr(expr.body, env);
    if (expr.kind === 'constant') return PURE;
    const own = functionIn(env, expr) ?? methodIn(env, expr) ?? callMethodIn(env, expr);
    if (own) return this.#ofOwn(own, env);
    const resolved = resolveIn(env, expr);
    const called: Call = { kind: 'call', callee: expr, args: [], keywords: [], span: expr.span };
    if (resolved !== null || expr.kind === 'attribute') return this.#ofOther(called, resolved, env);
    if (expr.kind === 'call') {
      const maker = resolveIn(env, expr.callee);
      if (maker === 'operator.itemgetter') return PURE;
      const [first] = expr.args;
      if (maker === 'functools.partial' && first) return this.#ofCallable(first, env);
      if (maker === 'functools.cmp_to_key' && first) return this.#ofCallable(first, env);
    }
    if (expr.kind === 'name') {
      const given = valuesGiven(env, expr.name);
      const [only] = given ?? [];
      if (only && given?.length === 1 && only.kind !== 'name') return this.#ofCallable(only, env);
    }
    return unknownEffect(`may call any function, as \`${describeExpr(expr)}\` says`);
  }

  #ofExpr(expr: Expr, env: Environment): Effectfulness {
    return together([...eachExpr(expr)].flatMap((part) => (part.kind === 'call' ? [this.judge(part, env).effect] : [])));
  }

  /** A function given as an argument may be called: `sorted(xs, key=score)`. An iterator that is given may be used up. */
  #withArguments(call: Call, resolved: string | null, effect: Effectfulness, own: FunctionIR | null, env: Environment): Effectfulness {
    const given = [...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const called = given.flatMap((arg): Effectfulness[] => {
      const fn = arg.kind === 'name' || arg.kind === 'attribute' ? (functionIn(env, arg) ?? methodIn(env, arg) ?? callMethodIn(env, arg)) : null;
      if (!fn) return [];
      const one = this.ofFunction(fn, env);
      const why = `may call \`${fn.name}\`, which ${one.why}`;
      // What it is called with, the called function decides.
      const changes = one.changes?.map((change): Change => (change.of === 'outside' ? { ...change, why } : { ...change, of: 'unknown', why }));
      return [{ purity: one.purity, io: one.io, why, ...(changes ? { changes } : {}), ...(one.ordered === undefined ? {} : { ordered: why }) }];
    });
    const used =
      CONSUMERS.has(resolved ?? '') || resolved?.startsWith('itertools.') === true
        ? call.args.flatMap((arg, index): Effectfulness[] =>
            (arg.kind === 'name' || arg.kind === 'attribute') && mayBeIterator(env, arg)
              ? [changing({ of: 'argument', name: index, depth: 1, why: `takes items from \`${dottedName(arg) ?? 'an iterator'}\`` })]
              : [],
          )
        : [];
    const other = own === null && !(resolved?.includes(':') ?? false);
    const receiver = other && resolved === null && call.callee.kind === 'attribute' ? [call.callee.object] : [];
    const specials = other ? specialsOfArguments(resolved) : [];
    const hidden = other ? this.#special([...given, ...receiver].flatMap((expr) => specials.map((method) => ({ method, of: expr.kind === 'spread' ? expr.value : expr }))), env) : null; // prettier-ignore
    const ran = hidden ? [{ ...hidden, ...(hidden.changes ? { changes: hidden.changes.map((change): Change => (change.of === 'outside' ? change : { ...change, of: 'unknown' })) } : {}) }] : []; // prettier-ignore
    const functions = other ? functionsGiven(call, resolved).map((expr) => this.#ofCallable(expr, env)) : [];
    const strange = functions.filter((one) => one.purity === 'unknown' || one.purity === 'rng' || one.ordered !== undefined);
    const all = [...called, ...used, ...ran, ...strange];
    return all.length === 0 ? effect : together([effect, ...all]);
  }

  #ofBody(fn: FunctionIR, env: Environment): Effectfulness {
    const around: Environment = { ...env, owner: null };
    const strange = fn.decorators.find(
      (one) => !/\.(setter|deleter|getter)$/.test(one) && !HARMLESS_DECORATORS.test(pathOfDecorator(one, fn.span, around)),
    );
    if (strange !== undefined) return unknownEffect(`is decorated with @${strange.split('(')[0] ?? strange}, which may do anything`);
    const found: Effectfulness[] = [];
    const globals = new Set<string>();
    const { module } = env;
    this.#globals.set(fn, globals);
    for (const statement of eachStmt(fn.body)) {
      found.push(...this.#ofStatement(statement, env));
      for (const [place, { effect }] of this.hiddenFacts(statement, env)) found.push(...this.#ofSpecial(place, effect, env));
      for (const top of stmtExprs(statement)) {
        for (const expr of eachExpr(top)) {
          found.push(...this.#ofPart(expr, env));
          if (expr.kind === 'name' && !isLocal(env, expr.name)) {
            const key = outerName(scopeOfName(module, expr.name, ownScope(env)), expr.name);
            if (key !== null) globals.add(key);
          }
          if (expr.kind === 'call') for (const name of this.globalsRead(expr, env)) globals.add(name);
        }
      }
    }
    const effect = together(found);
    return effect.purity === 'rng' && effect.draws === undefined && this.#shared.seeds(fn, env) ? { ...effect, draws: { from: 'seeded' } } : effect;
  }

  /** As part of a function's body: what a special method changes of its object, the function changes. */
  #ofSpecial(place: Expr, effect: Effectfulness, env: Environment): Effectfulness[] {
    const why = `${effect.why} (${lineOf(place.span)})`;
    const rest = unchanging(effect);
    const changes = (effect.changes ?? []).flatMap((change): Change[] =>
      change.of === 'outside' ? [{ ...change, why }] : changeOf({ place, depth: change.depth, attribute: null }, env, () => why),
    );
    return [...(rest.purity === 'pure' && rest.ordered === undefined ? [] : [{ ...rest, why }]), ...changes.map((change) => changing(change))];
  }

  #ofStatement(statement: Stmt, env: Environment): Effectfulness[] {
    switch (statement.kind) {
      case 'assign':
        return statement.targets.flatMap((target) => storesOf(target, env));
      case 'augment':
        return [...storesOf(statement.target, env), ...grows(statement, env)];
      case 'loop': {
        const { space, target } = statement.loop;
        const walked = space.kind === 'sequence' && mayBeIterator(env, space.value) ? [space.value] : [];
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
      const [first] = hidden ? specialsOf(expr) : [];
      return hidden && first ? this.#ofSpecial(first.of, hidden, env) : [];
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
