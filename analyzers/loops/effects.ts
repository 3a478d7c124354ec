import type { Expr, LoopFacts, Stmt } from '../types';
import { dottedName } from '../syntax/python-loops';
import { boundNames, eachStmt } from '../syntax/python-walk';
import type { Environment } from './environment';
import { scopeAt } from '../syntax/python-names';
import { lineOf, type JudgedCall } from './purity';

type Effects = LoopFacts['effects'];

/** What a trip does that others can see, and whose order therefore matters. */
export function effectsOf(facts: LoopFacts, env: Environment, calls: ReadonlyMap<Expr, JudgedCall>): Effects {
  const found: Effects = [];
  const scope = scopeAt(env.module, facts.ir.span.start);
  for (const { fact, effect } of calls.values()) {
    if (effect.ordered !== undefined && fact.changes !== 'trip') {
      found.push({ why: `\`${fact.written}\` (${lineOf(fact.span)}) ${effect.ordered}.`, io: fact.io, span: fact.span });
    } else if (
      fact.purity === 'mutates' &&
      fact.changes === undefined &&
      facts.stores.some((store) => store.kind === 'method' && store.span === fact.span)
    ) {
      found.push({ why: fact.why, io: null, span: fact.span });
    }
  }
  for (const store of facts.stores) {
    if (store.kind !== 'attribute' || gathers(facts, store.target)) continue;
    found.push({ why: `An attribute of \`${store.name}\` is set (${lineOf(store.span)}).`, io: null, span: store.span });
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

const gathers = (facts: LoopFacts, place: Expr): boolean => facts.accumulators.some((one) => one.name === dottedName(place));

function namesWritten(statement: Stmt): string[] {
  if (statement.kind === 'assign') return statement.targets.flatMap(boundNames);
  if (statement.kind === 'augment') return boundNames(statement.target);
  if (statement.kind === 'loop' && statement.loop.target) return boundNames(statement.loop.target);
  return [];
}

const statementName = (what: string): string => `A ${what.replace(/_(statement|definition)$/, '').replaceAll('_', ' ')} statement`;
