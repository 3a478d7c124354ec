/** What runs without a call being written: properties, operators and other special methods of the user's own classes, what makes a missing entry. */
import type { Expr, Stmt } from '../types';
import { describeExpr } from '../syntax/python-print';
import { factFor, makesPlainly } from './callables';
import type { Changed } from './changes';
import { classesNamed, hiddenMethods, methodNamed, overridesOf } from './classes';
import { changing, isChanging, together, unknownEffect, type Effectfulness } from './effect';
import { resolveIn, valuesGiven, type Environment } from './environment';
import type { FunctionJudge, JudgedCall } from './judged-call';
import { specialsOf, specialsOfStatement, type Special } from './special-methods';
import { mayBeIterator, typeOf } from './value-types';

export class HiddenCalls {
  constructor(private readonly judge: FunctionJudge) {}

  /** Of an expression that is no call; null where it only looks. */
  factOf(expr: Expr, env: Environment): JudgedCall | null {
    if (expr.kind === 'attribute' && resolveIn(env, expr) !== null) return null;
    const missing = missingEntry(expr, env);
    if (missing) return { fact: factFor(describeExpr(expr), expr.span, missing), effect: missing, changed: [] };
    return this.#specialFact(specialsOf(expr), expr, env);
  }

  /** As `factOf`, of what a statement itself runs: what it stores to, enters, walks over, takes apart. By the object that it is done to. */
  factsOf(statement: Stmt, env: Environment): [Expr, JudgedCall][] {
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
    const effect = this.ofSpecials(specials, env);
    if (!effect) return null;
    const changed = (effect.changes ?? []).flatMap((change): Changed[] =>
      change.of === 'outside'
        ? [{ outside: typeof change.name === 'string' ? change.name : null, why: change.why }]
        : [...new Set(specials.map((special) => special.of))].map((of) => ({ place: of, depth: change.depth, attribute: null, why: change.why })),
    );
    return { fact: factFor(describeExpr(shown), shown.span, effect), effect, changed };
  }

  /** What an expression does without a call being written: a property that is read, an operator of a class of the user's own. Null: nothing. */
  effectOf(expr: Expr, env: Environment): Effectfulness | null {
    if (expr.kind === 'attribute' && resolveIn(env, expr) !== null) return null;
    return missingEntry(expr, env) ?? this.ofSpecials(specialsOf(expr), env);
  }

  /** Special methods of the user's own classes that may run there; what they do to their object is done to it. */
  ofSpecials(specials: readonly Special[], env: Environment): Effectfulness | null {
    const own = hiddenMethods(env.modules);
    if (own.size === 0) return null;
    const found = specials.flatMap(({ method, of }) => {
      const methods = own.get(method);
      if (!methods) return [];
      const harmful = methods.flatMap((fn) => {
        const effect = this.judge.ofFunction(fn, env);
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
}

/** What a dictionary runs for a key that it lacks, where that is more than to make an empty value. */
function missingEntry(expr: Expr, env: Environment): Effectfulness | null {
  const given = expr.kind === 'subscript' && expr.object.kind === 'name' ? (valuesGiven(env, expr.object.name) ?? []) : [];
  const factories = given.flatMap((value) => (value?.kind === 'call' ? [value.args[0] ?? null] : []));
  const plain = factories.every((factory) => factory !== null && makesPlainly(factory, env));
  if (plain || expr.kind !== 'subscript' || !/(^|\.)defaultdict$/.test(typeOf(env, expr.object) ?? '')) return null;
  return unknownEffect('may call a function for a key that it lacks');
}

/** An inner loop that takes its items from an iterator, which then lacks them. */
export function takenFact(walked: Expr, env: Environment): JudgedCall | null {
  if ((walked.kind !== 'name' && walked.kind !== 'attribute') || !mayBeIterator(env, walked)) return null;
  const effect = changing({ of: 'object', name: null, depth: 1, why: 'is used up by the loop over it' });
  return {
    fact: factFor(describeExpr(walked), walked.span, effect),
    effect,
    changed: [{ place: walked, depth: 1, attribute: null, why: effect.why }],
  };
}
