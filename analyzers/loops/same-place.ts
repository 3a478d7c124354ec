/** May two places of a loop be one, though their text differs or names another element? */
import { boundNames, eachExpr } from '../syntax/python-walk';
import type { Access } from './accesses';
import { resolveIn, valuesGiven, type Environment } from './environment';
import { freshnessOf, isFresh, isOwn } from './freshness';
import { mayOverlap } from './shared-memory';
import { isImmutable, typeOf } from './value-types';

/** `[[0] * n] * m` holds one row m times, `[Body()] * m` one object: which one is asked for says nothing. */
export function hasSharedRows(env: Environment, { dims, base, expr }: Access): boolean {
  const inside = expr.kind === 'attribute' ? dims.length > 0 : expr.kind === 'subscript' && expr.index.kind !== 'collection' && dims.length > 1;
  if (base === null || !inside) return false;
  return (valuesGiven(env, base.split('.')[0] ?? '') ?? []).some((value) => {
    if (value?.kind === 'call')
      return resolveIn(env, value.callee) === 'builtins.dict.fromkeys' && value.args[1] !== undefined && !isImmutable(typeOf(env, value.args[1]));
    // `[row for _ in range(n)]`
    if (value?.kind === 'loop') {
      const own = new Set(value.loop.target ? boundNames(value.loop.target) : []);
      return value.loop.body.some(
        (one) => one.kind === 'emit' && one.value.kind === 'name' && !own.has(one.value.name) && !isImmutable(typeOf(env, one.value)),
      );
    }
    if (value?.kind !== 'binary' || value.op !== '*') return false;
    const list = [value.left, value.right].find((part) => part.kind === 'collection');
    return list?.kind === 'collection' && list.items.some((item) => !isImmutable(typeOf(env, item)));
  });
}

/** One is the other or a part of it. */
export function sameThing(a: Access, b: Access): boolean {
  if (a.base === null || b.base === null) return a.base === b.base && a.root === b.root;
  return a.base === b.base || (a.base.startsWith(`${b.base}.`) && b.dims.length <= a.dims.length) || b.base.startsWith(`${a.base}.`);
}

export const overlaps = (a: Access, b: Access, env: Environment): boolean =>
  a.root !== null && b.root !== null && a.root !== b.root && mayOverlap(env, a.root, b.root);

/** Two names may hold one object unless one of them holds only what was made here, or the profile saw different kinds. */
export function mayBeSame(a: Access, b: Access, env: Environment): boolean {
  const [first, second] = [a.root, b.root];
  if (first === null || second === null || first === second) return false;
  const seen = [env.values[first], env.values[second]] as const;
  if (seen[0] && seen[1]) {
    if (seen[0].type !== seen[1].type || seen[0].dtype !== seen[1].dtype) return false;
    if (seen[0].type !== 'ndarray' && seen[0].length !== seen[1].length) return false;
  }
  // A new list may hold what others hold, so only its own level is new.
  const deep = a.expr.kind === 'subscript' && a.expr.object.kind === 'subscript' && seen[0]?.type !== 'ndarray';
  // `a = b = []`: one object under two names.
  if ((valuesGiven(env, first) ?? []).some((value) => value !== null && value.kind !== 'number' && (valuesGiven(env, second) ?? []).includes(value)))
    return true;
  const own = (name: string): boolean =>
    isOwn(env, name) && (!deep || (valuesGiven(env, name) ?? []).every((value) => value !== null && freshnessOf(env, value) === 2));
  if ((own(first) && !comesFrom(env, second, first)) || (own(second) && !comesFrom(env, first, second))) return false;
  return true;
}

/** True when some value given to `name` is, or is a part of, what `other` holds. */
const comesFrom = (env: Environment, name: string, other: string): boolean =>
  (valuesGiven(env, name) ?? []).some(
    (value) => value !== null && !isFresh(env, value) && [...eachExpr(value)].some((part) => part.kind === 'name' && part.name === other),
  );
