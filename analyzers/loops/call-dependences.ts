/** What ties trips together through the calls that they make. */
import type { Dependence, Expr, Store } from '../types';
import { lineOf, within } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { scopeOfName } from '../syntax/python-names';
import { describeExpr } from '../syntax/python-print';
import { eachExpr, spaceExprs } from '../syntax/python-walk';
import { accessOf, type Access } from './accesses';
import type { IndexScope } from './affine';
import { outerName, shownName } from './callables';
import { ownScope, rootName } from './environment';
import type { JudgedCall } from './judged-call';
import type { TripNames } from './trip-names';

/** What calls change: of a container, of an element, of what is passed. Places inside of something are given back, to be compared with the other places. */
export function changesOfCalls(
  names: TripNames,
  calls: ReadonlyMap<Expr, JudgedCall>,
  scope: IndexScope,
  stores: Store[],
  carried: Dependence[],
): Access[] {
  const places: Access[] = [];
  for (const [call, { fact, effect, changed }] of calls) {
    const tie = (name: string, why: string): number => carried.push({ name, via: 'call', kind: 'flow', why, span: fact.span });
    const unchanged = changed.length === 0 ? fact.why : `\`${fact.written}\` (${lineOf(fact.span)}) draws from a random generator.`;
    if (effect.purity === 'rng' && fact.reseeds !== true) tie(fact.written, unchanged);
    for (const one of changed) {
      // What a function writes outside of what it is given is the same in every trip.
      if ('outside' in one) {
        tie(one.outside ?? fact.written, `\`${fact.written}\` (${lineOf(fact.span)}) ${one.why}.`);
        continue;
      }
      if (names.owned.ownsChange(one)) continue;
      const root = rootName(one.place);
      stores.push({ name: root ?? '', target: call.kind === 'call' && call.callee.kind === 'attribute' && one.place === call.callee.object ? call.callee : one.place, kind: 'method', index: null, span: fact.span }); // prettier-ignore
      if (names.accumulators.some((gathering) => within(fact.span, gathering.statement) && isNamed(one.place, gathering.name))) continue;
      const access = accessOf(one.place, true, scope);
      if (access.dims.length > 0) {
        places.push({ ...access, span: fact.span, byCall: true });
        continue;
      }
      const subject = root ?? describeExpr(one.place);
      tie(subject, `\`${fact.written}\` (${lineOf(fact.span)}) ${one.why}, and other trips use \`${subject}\` too.`);
    }
  }
  return places;
}

/** The accumulator itself or something in it: `groups[k]` of `groups`. */
export function isNamed(place: Expr, name: string): boolean {
  let at = place;
  for (;;) {
    if (dottedName(at) === name) return true;
    if (at.kind === 'subscript' || at.kind === 'attribute') at = at.object;
    else if (at.kind === 'call' && at.callee.kind === 'attribute') at = at.callee.object;
    else return false;
  }
}

/** A function that looks at a global which the loop changes sees what other trips did. */
export function readsThroughCalls(
  { loop, env, flow, globalsRead }: TripNames,
  calls: ReadonlyMap<Expr, JudgedCall>,
  stores: readonly Store[],
  carried: Dependence[],
): void {
  const scope = ownScope(env);
  const changed = new Set(
    [...flow.writes, ...stores.map((store) => store.name)].flatMap((name) => outerName(scopeOfName(env.module, name, scope), name) ?? []),
  );
  if (changed.size === 0) return;
  for (const walked of spaceExprs(loop.space)) {
    // A generator of the user's own goes on between two trips.
    for (const expr of eachExpr(walked)) {
      if (expr.kind !== 'call') continue;
      for (const key of globalsRead(expr)) {
        if (!changed.has(key)) continue;
        const name = shownName(key);
        carried.push({ name, via: 'call', kind: 'flow', why: `What the loop runs over (${lineOf(expr.span)}) reads \`${name}\`, which the trips change.`, span: expr.span }); // prettier-ignore
      }
    }
  }
  for (const [call, { fact }] of calls) {
    if (call.kind !== 'call') continue;
    for (const key of globalsRead(call)) {
      if (!changed.has(key)) continue;
      const name = shownName(key);
      const why = `\`${fact.written}\` (${lineOf(call.span)}) reads \`${name}\`, which other trips change.`;
      carried.push({ name, via: 'call', kind: 'flow', why, span: call.span });
    }
  }
}
