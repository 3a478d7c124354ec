import type { Expr, LoopFacts, Stmt } from '../types';
import { lineOf } from '../platform/span';
import { dottedName } from '../syntax/python-loops';
import { boundNames, eachStmt } from '../syntax/python-walk';
import type { Environment } from './environment';
import { elementOf, looksElsewhere } from './own-elements';
import { scopeAt } from '../syntax/python-names';
import type { JudgedCall } from './judged-call';

type Effects = LoopFacts['effects'];

/** What a trip does that others can see, and whose order therefore matters. */
export function effectsOf(facts: LoopFacts, env: Environment, calls: ReadonlyMap<Expr, JudgedCall>): Effects {
  const found: Effects = [];
  const scope = scopeAt(env.module, facts.ir.span.start);
  const isElement = elementsChanged(facts, env, calls);
  for (const { fact, effect, changed } of calls.values()) {
    if (effect.ordered !== undefined && fact.changes !== 'trip') {
      found.push({ why: `\`${fact.written}\` (${lineOf(fact.span)}) ${effect.ordered}.`, io: fact.io, span: fact.span });
    } else if (
      fact.purity === 'mutates' &&
      fact.changes === undefined &&
      facts.stores.some((store) => store.kind === 'method' && store.span === fact.span)
    ) {
      const known = effect.purity !== 'unknown' && effect.purity !== 'rng';
      const own = known && changed.every((one) => 'place' in one && one.depth === 1 && isElement(one.place));
      found.push({ why: fact.why, io: null, span: fact.span, ...(own ? { own: true as const } : {}) });
    }
  }
  for (const { name, kind, target, span } of facts.stores) {
    if (kind !== 'attribute' || gathers(facts, target)) continue;
    const own = target.kind === 'attribute' && isElement(target.object);
    found.push({ why: `An attribute of \`${name}\` is set (${lineOf(span)}).`, io: null, span, ...(own ? { own: true as const } : {}) });
  }
  for (const statement of eachStmt(facts.ir.body)) {
    for (const name of namesWritten(statement)) {
      const declared = scope?.globals.has(name) === true ? 'global' : scope?.nonlocals.has(name) === true ? 'nonlocal' : null;
      if (declared) found.push({ why: `The ${declared} \`${name}\` is written (${lineOf(statement.span)}).`, io: null, span: statement.span });
    }
    if (statement.kind === 'opaque' && !/^(import_|type_alias)/.test(statement.what)) {
      found.push({ why: `${statementName(statement.what)} (${lineOf(statement.span)}) is not read by Hotloop.`, io: null, span: statement.span });
    }
  }
  return found;
}

/** Tells the places that are the trip's own element, where no trip looks at what another does to its own. */
function elementsChanged(facts: LoopFacts, env: Environment, calls: ReadonlyMap<Expr, JudgedCall>): (place: Expr) => boolean {
  const element = elementOf(facts.ir);
  if (element === null) return () => false;
  const isElement = (place: Expr): boolean => place.kind === 'name' && place.name === element;
  const stored = facts.stores.flatMap(({ kind, target }) =>
    kind === 'attribute' && target.kind === 'attribute' && isElement(target.object) ? [target.attribute] : [],
  );
  const changed = [...calls.values()].flatMap((call) => call.changed).filter((one) => 'place' in one && isElement(one.place));
  const fields = changed.map((one) => ('place' in one ? one.attribute : null));
  if (fields.includes(null)) return () => false;
  const all = new Set([...stored, ...fields.filter((field) => field !== null)]);
  return looksElsewhere(all, element, facts.ir, env) ? () => false : isElement;
}

const gathers = (facts: LoopFacts, place: Expr): boolean => facts.accumulators.some((one) => one.name === dottedName(place));

function namesWritten(statement: Stmt): string[] {
  if (statement.kind === 'assign') return statement.targets.flatMap(boundNames);
  if (statement.kind === 'augment') return boundNames(statement.target);
  if (statement.kind === 'loop' && statement.loop.target) return boundNames(statement.loop.target);
  return [];
}

const statementName = (what: string): string => `A ${what.replace(/_(statement|definition)$/, '').replaceAll('_', ' ')} statement`;
