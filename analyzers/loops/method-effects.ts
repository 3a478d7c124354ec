/** What calling a method of a value does, by the type of the value. */
import type { Expr, FunctionIR } from '../types';
import { hasPlainBases, isStrange, isSuper } from './callables';
import { methodCall } from './call-table';
import { classesNamed, methodNamed } from './classes';
import { isChanging, PURE, together, unknownEffect, type Change, type Effectfulness } from './effect';
import { varies, type Environment } from './environment';
import type { FunctionJudge } from './judged-call';
import { PATH_METHODS } from './method-names';
import { typeOf } from './value-types';

/** @param judge: knows the methods of the user's own classes. */
export function effectOfMethod(callee: Expr & { kind: 'attribute' }, env: Environment, judge: FunctionJudge): Effectfulness {
  const home = env.owner?.qualname.slice(0, env.owner.qualname.lastIndexOf('.')) ?? '';
  if (isSuper(env, callee.object) && callee.attribute === '__init__' && hasPlainBases(home, env)) return PURE;
  const type = typeOf(env, callee.object);
  if (type?.includes('|') === true) return effectOfAlternatives(type.split('|'), callee.attribute, env, judge);
  if (type !== null && classesNamed(env, type).length > 0) return unknownEffect(`is a method of \`${type}\` that Hotloop has not found`);
  const own = type === null ? ownMethodsNamed(callee.attribute, env) : [];
  const known = methodCall(callee.attribute, type);
  // What goes by the name of a method of the standard library may as well be one of the program's own.
  const effect = known && own.length > 0 ? anyOf([known, ...own.map((fn) => judge.ofMethod(fn, env))]) : known;
  // A decoder, a scanner: what a library made keeps where it is, whatever its methods are called.
  if (effect?.purity === 'reads' && !isChanging(effect) && type === null && env.trip && isStrange(callee.object, env)) return unknownEffect('is a method of an object whose type is not known'); // prettier-ignore
  if (effect === null) {
    return unknownEffect(type === null ? 'is a method of an object whose type is not known' : `is a method of ${type}, which Hotloop does not know`);
  }
  return PATH_METHODS.has(callee.attribute) && effect.io === 'disk' && !varies(env, callee.object)
    ? { ...effect, ordered: 'changes one and the same file' }
    : effect;
}

/** A method of objects of several classes: whatever any of them does. */
function effectOfAlternatives(types: readonly string[], method: string, env: Environment, judge: FunctionJudge): Effectfulness {
  const whole = together(
    types.map((type): Effectfulness => {
      const fn = methodNamed(env, type, method);
      if (fn !== null) return judge.ofMethod(fn, env);
      const known = classesNamed(env, type).length > 0 ? null : methodCall(method, type);
      return known ?? unknownEffect(`is a method of ${type}, which Hotloop does not know`);
    }),
  );
  return withoutParameters(whole);
}

const ownMethodsNamed = (name: string, env: Environment): FunctionIR[] =>
  env.modules.flatMap(({ functions }) => functions.filter((fn) => fn.method && fn.name === name));

const anyOf = (effects: readonly Effectfulness[]): Effectfulness => withoutParameters(together(effects));

/** Which argument is which parameter differs from class to class. */
function withoutParameters(whole: Effectfulness): Effectfulness {
  const changes = whole.changes?.map((change): Change => (change.of === 'argument' ? { ...change, of: 'unknown', name: null } : change));
  return changes ? { ...whole, changes } : whole;
}
