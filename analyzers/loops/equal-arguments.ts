/** A function that remembers its results gives the one that it gave first for equal arguments, and what is equal need not be alike. */
import type { Expr, FunctionIR } from '../types';
import type { ClassIR } from '../syntax/python-module';
import { classesNamed, methodNamed } from './classes';
import { unknownEffect, type Effectfulness } from './effect';
import type { Environment } from './environment';
import { typeOf } from './value-types';

type Call = Expr & { kind: 'call' };

const REMEMBERS = /^(functools\.)?(lru_cache|cache)\b/;
/** `cache(1)` is `cache(1.0)` and `cache(True)`, unless it tells types apart. */
const TELLS_TYPES = /\btyped\s*=\s*True\b/;
const NUMBER = /^(int|float|bool|complex|(u?int|float|complex)\d+|(decimal\.)?Decimal|(fractions\.)?Fraction)$/;

const mixesUp = 'may give what it gave first for equal arguments that are not the same';
/** What a call does that may. */
export const MIXED_UP: Effectfulness = { ...unknownEffect(mixesUp), ordered: mixesUp };

/** May a remembered result be one that was made for other arguments, so that it matters which call came first? */
export function mayMixUpCalls({ args, keywords, callee }: Call, fn: FunctionIR, env: Environment): boolean {
  const decorator = fn.decorators.find((one) => REMEMBERS.test(one));
  if (decorator === undefined) return false;
  const given = [...args, ...keywords.map(({ value }) => value), ...(fn.method && callee.kind === 'attribute' ? [callee.object] : [])];
  return given.some((arg) => {
    const types = typeOf(env, arg)?.split('|');
    if (types === undefined) return env.modules.some(({ classes }) => classes.some((one) => saysWhatIsEqual(one, env)));
    const numbers = types.filter((type) => NUMBER.test(type));
    return (numbers.length > 1 && !TELLS_TYPES.test(decorator)) || types.some((type) => isComparedOwnWay(type, env));
  });
}

function isComparedOwnWay(type: string, env: Environment): boolean {
  if (methodNamed(env, type, '__eq__') !== null || methodNamed(env, type, '__hash__') !== null) return true;
  return classesNamed(env, type).some(({ module, qualname }) => module.classes.some((one) => one.qualname === qualname && saysWhatIsEqual(one, env)));
}

/** `__eq__`, or a field of a data class that does not count. */
function saysWhatIsEqual({ qualname, body }: ClassIR, env: Environment): boolean {
  const methods = [`${qualname}.__eq__`, `${qualname}.__hash__`];
  if (env.modules.some(({ functions }) => functions.some((fn) => methods.includes(fn.qualname)))) return true;
  return body.some(
    (statement) =>
      statement.kind === 'assign' && statement.value.kind === 'call' && statement.value.keywords.some(({ name }) => name === 'compare' || name === 'eq' || name === 'hash'),
  ); // prettier-ignore
}
