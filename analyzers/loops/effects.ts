import type { CallFact, Expr, LoopFacts, Stmt } from '../types';
import { boundNames, eachStmt } from '../syntax/python-walk';
import type { Environment } from './environment';
import { scopeAt } from '../syntax/python-names';
import { lineOf } from './purity';

type Effects = LoopFacts['effects'];

/** What a trip does that others can see, and whose order therefore matters. */
export function effectsOf(facts: LoopFacts, env: Environment, calls: ReadonlyMap<Expr, CallFact>): Effects {
  const found: Effects = [];
  const scope = scopeAt(env.module, facts.ir.span.start);
  for (const [call, fact] of calls) {
    if (call.kind !== 'call') continue;
    if (fact.io !== null && isOrdered(call, fact)) found.push({ why: fact.why, io: fact.io, span: call.span });
    else if (
      fact.purity === 'mutates' &&
      facts.stores.some((store) => store.kind === 'method' && store.span === call.span && !gathers(facts, store.name))
    ) {
      found.push({ why: fact.why, io: null, span: call.span });
    }
  }
  for (const store of facts.stores) {
    if (store.kind !== 'attribute') continue;
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

const gathers = (facts: LoopFacts, name: string): boolean => facts.accumulators.some((one) => one.name === name);

/** Reading a file or a page leaves nothing behind; writing does. */
function isOrdered(call: Expr & { kind: 'call' }, fact: CallFact): boolean {
  if (fact.io === 'console' || fact.io === 'database') return true;
  if (fact.io !== 'disk') return false;
  const method = call.callee.kind === 'attribute' ? call.callee.attribute : '';
  if (/^(write\w*|unlink|mkdir|rmdir|touch|flush|to_\w+|savefig|dump|save\w*|remove|rename|replace|makedirs|move|copy\w*|rmtree)$/.test(method))
    return true;
  const mode = call.args[1] ?? call.keywords.find((keyword) => keyword.name === 'mode')?.value;
  return /(^|\.)open$/.test(fact.resolved ?? '') && mode !== undefined && (mode.kind !== 'string' || /[wax+]/.test(mode.text));
}

function namesWritten(statement: Stmt): string[] {
  if (statement.kind === 'assign') return statement.targets.flatMap(boundNames);
  if (statement.kind === 'augment') return boundNames(statement.target);
  if (statement.kind === 'loop' && statement.loop.target) return boundNames(statement.loop.target);
  return [];
}

const statementName = (what: string): string => `A ${what.replace(/_(statement|definition)$/, '').replaceAll('_', ' ')} statement`;
