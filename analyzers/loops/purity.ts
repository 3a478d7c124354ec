import type { CallFact, Expr, FunctionIR, ValueFact } from '../types';
import { lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import type { PythonModule } from '../syntax/python-module';
import { scopeOfName } from '../syntax/python-names';
import { describeExpr } from '../syntax/python-print';
import { eachExpr, eachStmt, stmtExprs } from '../syntax/python-walk';
import { effectsOfCall, effectsOfStatement, effectsOnObject } from './body-effects';
import { CONSUMERS } from './call-names';
import { knownCall } from './call-table';
import {
  callMethodIn,
  factFor,
  functionsGiven,
  HARMLESS_DECORATORS,
  methodIn,
  nameOfFunction,
  outerName,
  pathOfDecorator,
  readsGlobal,
  writtenOf,
} from './callables';
import { calledValues, functionsCalled, givesIterator, MAKES_PLAIN_CALLABLE } from './called-values';
import { changedBy } from './changes';
import { effectOfClass } from './class-effects';
import { classesNamed, overridesOf, typeOfSelf } from './classes';
import {
  changing,
  detached,
  isChanging,
  isHarmless,
  PURE,
  purityOf,
  together,
  unchanging,
  unknownEffect,
  type Change,
  type Effectfulness,
} from './effect';
import { functionIn, isLocal, ownScope, resolveIn, varies, type Environment } from './environment';
import { mayMixUpCalls, MIXED_UP } from './equal-arguments';
import { drawOf, SharedGenerator } from './generators';
import { HiddenCalls } from './hidden-calls';
import type { Call, FunctionJudge, JudgedCall, Judgement } from './judged-call';
import { effectOfMethod } from './method-effects';
import { specialsOf, specialsOfArguments } from './special-methods';
import { mayBeIterator, typeOf } from './value-types';

/** Functions that call each other and are judged one by one; more get what all of them do together. */
const SMALL_CIRCLE = 4;

/** Judges calls by tables for what is known, and by their bodies for the user's own functions. One judge serves one set of modules. */
export class PurityJudge implements FunctionJudge {
  readonly hidden = new HiddenCalls(this);
  readonly #functions = new Map<FunctionIR, Effectfulness>();
  /** Being judged right now, each called by the one before it. */
  readonly #open: FunctionIR[] = [];
  /** The outermost of those that what is judged right now comes back to. */
  #reached = Infinity;
  /** Judged without what the one that they come back to does: that one has it all, they do not. */
  readonly #partly = new Map<FunctionIR, { effect: Effectfulness; reached: number }>();
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

  judge(call: Call, env: Environment): Judgement {
    const written = writtenOf(call.callee);
    const resolved = resolveIn(env, call.callee);
    const own = functionIn(env, call.callee) ?? methodIn(env, call.callee);
    const judged = own ? this.#ofCall(own, call, env) : this.#ofOther(call, resolved, env);
    const effect = drawOf(call, judged, env) ?? judged;
    const shown = own ? nameOfFunction(own, resolved) : resolved;
    return { written, resolved: shown, effect: this.#withArguments(call, resolved, effect, own, env), own };
  }

  /** Variables of its module that a called function of the user's own reads, by itself or through others. */
  globalsRead(call: Call, env: Environment, inside: readonly Expr[] = []): ReadonlySet<string> {
    const given = [call.callee, ...call.args, ...call.keywords.map((keyword) => keyword.value)];
    const found = new Set<string>();
    for (const expr of given) {
      for (const fn of functionsCalled(expr, env)) for (const name of this.#globals.get(fn) ?? []) found.add(name);
      if (expr.kind === 'lambda') continue;
      for (const value of calledValues(expr, env) ?? []) {
        const { expr: lambda } = value;
        if (lambda.kind !== 'lambda' || inside.includes(lambda)) continue;
        for (const name of this.#readBy(lambda, value.env, [...inside, lambda])) found.add(name);
      }
    }
    return found;
  }

  /** Variables from around a lambda that it reads, by itself or through what it calls. */
  #readBy(lambda: Expr, env: Environment, inside: readonly Expr[]): string[] {
    const parts = [...eachExpr(lambda)];
    const own = new Set(parts.flatMap((part) => (part.kind === 'lambda' ? part.params : [])));
    return parts.flatMap((part) => {
      if (part.kind === 'call') return [...this.globalsRead(part, env, inside)];
      const key = part.kind === 'name' && !own.has(part.name) ? outerName(scopeOfName(env.module, part.name, ownScope(env)), part.name) : null;
      return key === null ? [] : [key];
    });
  }

  /** What calling a function of the user's own does, through everything that it calls. */
  ofFunction(fn: FunctionIR, from: Environment): Effectfulness {
    const done = this.#functions.get(fn);
    if (done !== undefined) return done;
    const partly = this.#partly.get(fn);
    const open = partly?.reached ?? this.#open.indexOf(fn);
    if (open >= 0) {
      this.#reached = Math.min(this.#reached, open);
      // A function that calls itself does nothing by that call that it does not do elsewhere.
      return partly?.effect ?? PURE;
    }
    const [reached, depth] = [this.#reached, this.#open.length];
    this.#reached = Infinity;
    this.#open.push(fn);
    const module = from.modules.find((one) => one.file === fn.file) ?? from.module;
    const effect = this.#ofBody(fn, { module, modules: from.modules, owner: fn, body: fn.body, values: this.#seen(fn, module) });
    this.#open.pop();
    if (this.#reached < depth) this.#partly.set(fn, { effect, reached: this.#reached });
    else {
      this.#functions.set(fn, effect);
      this.#settle(fn, effect, depth);
      this.#reached = Infinity;
    }
    this.#reached = Math.min(reached, this.#reached);
    return effect;
  }

  /** Ends a circle of functions that call each other: the outermost is judged, with all that any of them does. */
  #settle(outermost: FunctionIR, effect: Effectfulness, depth: number): void {
    const circle = [...this.#partly].filter(([, { reached }]) => reached >= depth);
    for (const [other] of circle) this.#partly.delete(other);
    // Each can be judged anew when it is asked for, from itself as the outermost; in a large circle that would never end.
    if (circle.length <= SMALL_CIRCLE) return;
    for (const [other, { effect: partly }] of circle) {
      this.#functions.set(other, together([partly, detached(effect, false)]));
      const globals = this.#globals.get(other);
      for (const name of this.#globals.get(outermost) ?? []) globals?.add(name);
    }
  }

  /** What is given to the call that takes the items of a lazy loop: a function that it calls, a start whose class says what is added how. */
  consumerFact(given: Expr, consumer: string, env: Environment): JudgedCall | null {
    const type = typeOf(env, given);
    const own = type !== null && classesNamed(env, type).length > 0;
    const called =
      given.kind === 'name' || given.kind === 'attribute' ? (functionIn(env, given) ?? methodIn(env, given) ?? callMethodIn(env, given)) : null;
    const effect = called ? this.ofMethod(called, env) : own && consumer === 'sum' ? unknownEffect('says itself what it is to add to it') : PURE;
    if (effect.purity !== 'unknown' && effect.purity !== 'rng' && !isChanging(effect)) return null;
    return {
      fact: factFor(describeExpr(given), given.span, { ...effect, purity: 'unknown' }),
      effect: { ...unchanging(effect), purity: 'unknown' },
      changed: [],
    };
  }

  #ofCall(fn: FunctionIR, call: Call, env: Environment): Effectfulness {
    const effect = this.ofMethod(fn, env);
    return mayMixUpCalls(call, fn, env) ? together([effect, MIXED_UP]) : effect;
  }

  /** The method that is found, or one that a derived class has in its place. */
  ofMethod(fn: FunctionIR, env: Environment): Effectfulness {
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
      return !named && callee.kind === 'attribute' && callee.object.kind === 'attribute'
        ? effectOfMethod(callee, env, this)
        : effectOfClass(qualname, env, this);
    }
    if (callee.kind === 'attribute') {
      const effect = this.#ofField(call, callee, env) ?? effectOfMethod(callee, env, this);
      // `a.clip(0, 1, out=b)`
      const out = call.keywords.find(({ name, value }) => name === 'out' && !(value.kind === 'constant' && value.value === 'None'));
      return out ? together([effect, changing({ of: 'argument', name: 'out', depth: 1, why: 'writes into the array given as `out`' })]) : effect;
    }
    return this.#ofValues(call, env) ?? unknownEffect('may be any function');
  }

  /** `self.objective(x)`: what the constructor was given. */
  #ofField(call: Call, callee: Expr & { kind: 'attribute' }, env: Environment): Effectfulness | null {
    return callee.object.kind === 'name' && typeOfSelf(env, callee.object.name) !== null ? this.#ofValues(call, env) : null;
  }

  /** Whatever an entry of a table, a parameter or a name with several values may stand for; null where it may be anything. */
  #ofValues(call: Call, env: Environment): Effectfulness | null {
    const values = calledValues(call.callee, env) ?? [];
    if (values.length === 0) return null;
    const effects = values.map(({ expr, env: there, partial }) => {
      const own = functionIn(there, expr);
      const effect = detached(this.ofCallable(expr, there), partial === true || expr.kind === 'lambda');
      const mixed = own && mayMixUpCalls(call, own, env) ? together([effect, MIXED_UP]) : effect;
      if (givesIterator(expr, there)) return unknownEffect(`may be \`${describeExpr(expr)}\`, which gives an iterator`);
      const given = this.#withArguments(call, resolveIn(there, expr), mixed, own, env);
      return isHarmless(given) ? given : { ...given, why: `may be \`${describeExpr(expr)}\`, which ${given.why}` };
    });
    return together(effects);
  }

  /** What calling the value of an expression does, its arguments not known. */
  ofCallable(expr: Expr, env: Environment): Effectfulness {
    if (expr.kind === 'lambda') return this.#ofExpr(expr.body, env);
    if (expr.kind === 'constant') return PURE;
    const own = functionIn(env, expr) ?? methodIn(env, expr) ?? callMethodIn(env, expr);
    if (own) return this.ofMethod(own, env);
    const resolved = resolveIn(env, expr);
    const called: Call = { kind: 'call', callee: expr, args: [], keywords: [], span: expr.span };
    if (resolved !== null || expr.kind === 'attribute') return this.#ofOther(called, resolved, env);
    if (expr.kind === 'call') {
      const maker = resolveIn(env, expr.callee);
      if (MAKES_PLAIN_CALLABLE.test(maker ?? '')) return PURE;
      const [first] = expr.args;
      if (maker === 'functools.partial' && first) return this.ofCallable(first, env);
      if (maker === 'functools.cmp_to_key' && first) return this.ofCallable(first, env);
    }
    const values = calledValues(expr, env) ?? [];
    if (values.length > 0) return together(values.map((value) => detached(this.ofCallable(value.expr, value.env), true)));
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
    const hidden = other ? this.hidden.ofSpecials([...given, ...receiver].flatMap((expr) => specials.map((method) => ({ method, of: expr.kind === 'spread' ? expr.value : expr }))), env) : null; // prettier-ignore
    const ran = hidden ? [{ ...hidden, ...(hidden.changes ? { changes: hidden.changes.map((change): Change => (change.of === 'outside' ? change : { ...change, of: 'unknown' })) } : {}) }] : []; // prettier-ignore
    const functions = other ? functionsGiven(call, resolved) : [];
    const strange = functions.flatMap((expr) => {
      const one = this.ofCallable(expr, env);
      // What a lambda that is written there changes is a call of the trip's own.
      const changes =
        expr.kind !== 'lambda' &&
        isChanging(one) &&
        functionIn(env, expr) === null &&
        methodIn(env, expr) === null &&
        callMethodIn(env, expr) === null;
      return changes || one.purity === 'unknown' || one.purity === 'rng' || one.ordered !== undefined ? [one] : [];
    });
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
      found.push(...effectsOfStatement(statement, env));
      for (const [place, { effect }] of this.hidden.factsOf(statement, env)) found.push(...effectsOnObject(place, effect, env));
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

  #ofPart(expr: Expr, env: Environment): Effectfulness[] {
    if (expr.kind === 'await') return [unknownEffect(`waits in an event loop (${lineOf(expr.span)})`)];
    if (expr.kind === 'opaque') return [unknownEffect(`has an expression that Hotloop does not read (${lineOf(expr.span)})`)];
    if (expr.kind === 'name')
      return readsGlobal(expr.name, env) ? [{ purity: 'reads', io: null, why: `reads the module's \`${expr.name}\` (${lineOf(expr.span)})` }] : [];
    if (expr.kind === 'call') return effectsOfCall(expr, this.judge(expr, env), env);
    const hidden = this.hidden.effectOf(expr, env);
    const [first] = hidden ? specialsOf(expr) : [];
    return hidden && first ? effectsOnObject(first.of, hidden, env) : [];
  }
}
