/** What the parts of a function's body do to what is not the function's own. */
import type { Expr, Stmt } from '../types';
import { lineOf } from '../platform/span';
import { grows, storesOf, withoutOrder, writtenIn } from './callables';
import { changedBy, changeOf } from './changes';
import { changing, isChanging, unchanging, unknownEffect, type Change, type Effectfulness } from './effect';
import { resolveIn, type Environment } from './environment';
import type { Call, Judgement } from './judged-call';
import { mayBeIterator } from './value-types';

/** As part of a function's body: what a special method changes of its object, the function changes. */
export function effectsOnObject(place: Expr, effect: Effectfulness, env: Environment): Effectfulness[] {
  const why = `${effect.why} (${lineOf(place.span)})`;
  const rest = unchanging(effect);
  const changes = (effect.changes ?? []).flatMap((change): Change[] =>
    change.of === 'outside' ? [{ ...change, why }] : changeOf({ place, depth: change.depth, attribute: null }, env, () => why),
  );
  return [...(rest.purity === 'pure' && rest.ordered === undefined ? [] : [{ ...rest, why }]), ...changes.map((change) => changing(change))];
}

/** What a statement itself stores to or uses up, its expressions apart. */
export function effectsOfStatement(statement: Stmt, env: Environment): Effectfulness[] {
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

/** What a call in the body does to what is not the function's own. */
export function effectsOfCall(call: Call, { written, effect, own }: Judgement, env: Environment): Effectfulness[] {
  const where = `(${lineOf(call.span)})`;
  const rest = unchanging(effect);
  const calling = (does: string): string => `calls \`${written}\` ${where}, which ${does}`;
  const ordered = rest.ordered === undefined ? {} : { ordered: calling(rest.ordered) };
  const parts: Effectfulness[] = rest.purity === 'pure' && rest.ordered === undefined ? [] : [{ ...rest, why: calling(rest.why), ...ordered }];
  for (const change of effect.changes ?? []) {
    const byMethod = own === null && call.callee.kind === 'attribute' && resolveIn(env, call.callee) === null;
    const why = (subject: string): string =>
      byMethod || own === null ? `changes ${subject} by \`${written}\` ${where}` : calling(`changes ${subject}`);
    for (const changed of changedBy(call, change, own, env)) {
      if ('outside' in changed) {
        parts.push(changing({ of: 'outside', name: changed.outside, depth: 1, why: calling(change.why) }));
      } else parts.push(...changeOf(changed, env, why).map((one) => changing(one)));
    }
  }
  // Order shows only in what others can reach.
  const owned = isChanging(effect) && parts.every((part) => !isChanging(part));
  return owned ? parts.map((part) => withoutOrder(part)) : parts;
}
